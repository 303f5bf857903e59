/// The ways that need no network switch: the NVSwitch of a host, and cables from endpoint to endpoint.
struct LocalLinks: Sendable {
  /// The NVSwitch of each endpoint, or -1, and its links there and back.
  private let switches: [Int32]
  private let up: [Int32]
  private let down: [Int32]
  /// The first link of each pair of endpoints that share a cable, by source << 32 | destination.
  private let cables: [UInt64: Int32]

  /// Whether any two endpoints share a cable.
  var hasCables: Bool { !cables.isEmpty }

  init(_ fabric: Fabric) {
    var switches = [Int32](repeating: -1, count: fabric.nodes.count)
    var up = switches
    var down = switches
    var cables = [UInt64: Int32]()
    var places = switches
    for (place, node) in fabric.endpoints.enumerated() { places[node] = Int32(place) }
    for (index, link) in fabric.links.enumerated() {
      switch (fabric.nodes[link.from].kind, fabric.nodes[link.to].kind) {
      case (.endpoint, .nvSwitch) where switches[link.from] < 0 || switches[link.from] == Int32(link.to):
        switches[link.from] = Int32(link.to)
        if up[link.from] < 0 { up[link.from] = Int32(index) }
      case (.endpoint, .endpoint):
        let key = Self.key(Int(places[link.from]), Int(places[link.to]))
        if cables[key] == nil { cables[key] = Int32(index) }
      default: break
      }
    }
    for (index, link) in fabric.links.enumerated()
    where fabric.nodes[link.from].kind == .nvSwitch && switches[link.to] == Int32(link.from) {
      if down[link.to] < 0 { down[link.to] = Int32(index) }
    }
    self.switches = fabric.endpoints.map { switches[$0] }
    self.up = fabric.endpoints.map { up[$0] }
    self.down = fabric.endpoints.map { down[$0] }
    self.cables = cables
  }

  private static func key(_ source: Int, _ destination: Int) -> UInt64 {
    UInt64(source) << 32 | UInt64(destination)
  }

  /// Appends the local way, or returns false where there is none.
  func appendPath(from source: Int, to destination: Int, to path: inout [Int32]) -> Bool {
    if !cables.isEmpty, let cable = cables[Self.key(source, destination)] {
      path.append(cable)
      return true
    }
    guard switches[source] >= 0, switches[source] == switches[destination] else { return false }
    path.append(up[source])
    path.append(down[destination])
    return true
  }
}
