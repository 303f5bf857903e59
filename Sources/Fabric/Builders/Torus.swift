public import Quantities

/// A torus of two or three dimensions, or a ring: each host with a router that has a link to both neighbours each way.
///
/// In a dimension of two routers both neighbours are one, which has one link; a dimension of one has none. A torus
/// with all dimensions above 2 has as many links between routers as dimensions times routers.
public struct Torus: FabricBuilder {
  /// `torus`.
  public static let name = "torus"

  private let dimensions: [Int]
  private let rate: Bandwidth
  private let hostRate: Bandwidth
  private let timing: LinkTiming

  /// Routers of each dimension.
  ///
  /// - Parameters:
  ///   - dimensions: one to three, each 1 to 65,536; at most 65,533 routers in all.
  ///   - rate: each link between routers, each way.
  ///   - hostRate: between a host and its router; the sum of the router's other links where nil, so that it never limits.
  /// - Throws: ``FabricError`` that names the parameter.
  public init(
    dimensions: [Int], rate: Bandwidth, hostRate: Bandwidth? = nil, timing: LinkTiming
  ) throws(FabricError) {
    guard (1...3).contains(dimensions.count) else {
      throw .rule("dimensions", found: "\(dimensions.count) of them", expected: "one to three, as [4, 4, 4]")
    }
    for size in dimensions { try require(size, of: "dimensions", in: 1...65_536) }
    let routers = dimensions.reduce(1, *)
    guard routers <= GeneralPaths.switchLimit else {
      throw .rule(
        "dimensions", found: "\(routers) routers", expected: "at most \(GeneralPaths.switchLimit) of them")
    }
    (self.dimensions, self.rate, self.timing) = (dimensions, rate, timing)
    let links = dimensions.reduce(0) { $0 + min($1 - 1, 2) }
    self.hostRate = hostRate ?? Bandwidth(bytesPerSecond: rate.bytesPerSecond * Double(max(1, links)))
  }

  /// Endpoints `host0`, …, switches `router0.0.0`, …, the last dimension first, all of tier 1.
  ///
  /// A host is next to its router, without a cable; there is only the latency through the router.
  public func fabric(named name: String) throws(FabricError) -> Fabric {
    var blueprint = Blueprint(switchLatency: timing.throughSwitch)
    let count = dimensions.reduce(1, *)
    let hosts = (0..<count).map { blueprint.addEndpoint("host\($0)", host: $0) }
    let routers = (0..<count).map { index in
      blueprint.addSwitch("router" + place(of: index).map { "\($0)" }.joined(separator: "."), tier: 1)
    }
    let inside = blueprint.cableType(CableType(medium: .none))
    for index in 0..<count {
      blueprint.join(hosts[index], routers[index], at: hostRate, latency: .zero, cableType: inside)
    }
    var step = count
    for size in dimensions {
      step /= size
      for index in 0..<count where size > 1 {
        let coordinate = index / step % size
        // Of two routers the second is both neighbours of the first.
        guard size > 2 || coordinate == 0 else { continue }
        let next = index + ((coordinate + 1) % size - coordinate) * step
        blueprint.join(routers[index], routers[next], at: rate, latency: timing.link)
      }
    }
    return try blueprint.fabric(named: name)
  }

  private func place(of index: Int) -> [Int] {
    var rest = index
    let reversed = dimensions.reversed().map { size in
      defer { rest /= size }
      return rest % size
    }
    return reversed.reversed()
  }
}
