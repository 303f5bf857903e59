/// Finds the path of a flow, one of the shortest, without a table of all pairs.
///
/// Two endpoints of one host go over its NVSwitch where both are on one, or over a direct cable; all others go over
/// network switches. Where the switches form tiers (each switch is over a run of neighbouring leaves, and all those
/// above it are over the same leaves), a path goes up until the destination is below, then down, at a cost of its
/// length. Any other graph has the distances of each switch to each place where endpoints are attached, computed
/// once.
///
/// D-mod-k follows Zahavi ("Fat-trees routing and node ordering providing contention free traffic for MPI global
/// collectives", 2012): at each tier the destination's number, divided by the product of the choices below, modulo
/// the choices here. The number is the endpoint's place within its rail (in the whole fabric where there are no
/// rails), so that on a full-bisection fabric no two flows of a shift share a link.
public struct Router: Sendable {
  private enum Paths: Sendable {
    case tiered(TieredPaths)
    case general(GeneralPaths)
  }

  /// How a path is chosen among those that are equally short.
  public let routing: Routing

  private let paths: Paths
  private let hosts: [Int32]
  private let local: LocalLinks
  private let numbers: [Int32]

  /// A router over `fabric`; near-linear in its links for tiers, else the links times the places of attachment.
  public init(_ fabric: Fabric, routing: Routing) {
    self.routing = routing
    hosts = fabric.endpoints.indices.map { Int32(fabric.host(of: $0)) }
    local = LocalLinks(fabric)
    numbers = Self.numbers(fabric)
    if let tiered = TieredPaths(fabric) {
      paths = .tiered(tiered)
    } else {
      paths = .general(GeneralPaths(fabric))
    }
  }

  /// Whether the fabric's switches form tiers, so that no distances had to be stored.
  package var isTiered: Bool {
    if case .tiered = paths { true } else { false }
  }

  /// Each endpoint's place among those of its rail, in the order of the endpoints.
  private static func numbers(_ fabric: Fabric) -> [Int32] {
    var next = [Int: Int32]()
    return fabric.endpoints.map { node in
      let rail = fabric.nodes[node].rail
      defer { next[rail, default: 0] += 1 }
      return next[rail, default: 0]
    }
  }

  /// Appends the link indices of the path between two endpoints (indices into the fabric's endpoints).
  ///
  /// Equal endpoints have no links between them: nothing is appended. The same arguments give the same path on every
  /// machine.
  ///
  /// - Parameter flow: tells flows of one pair apart for ECMP.
  public func appendPath(from source: Int, to destination: Int, flow: UInt64, to path: inout [Int32]) {
    guard source != destination else { return }
    if hosts[source] == hosts[destination] || local.hasCables,
      local.appendPath(from: source, to: destination, to: &path)
    {
      return
    }
    let selector = Selector(
      routing, source: source, destination: destination, number: Int(numbers[destination]), flow: flow)
    switch paths {
    case .tiered(let tiered): tiered.appendPath(from: source, to: destination, by: selector, to: &path)
    case .general(let general): general.appendPath(from: source, to: destination, by: selector, to: &path)
    }
  }
}

/// A link that a flow loads, and the part of the flow's bytes that crosses it.
public struct LinkShare: Sendable, Equatable {
  /// The link's index.
  public let link: Int32
  /// Above 0, up to 1.
  public let share: Float

  /// A part of a flow on a link.
  public init(link: Int32, share: Float) { (self.link, self.share) = (link, share) }
}

extension Router {
  /// Appends the links that a flow between two endpoints loads, each once.
  ///
  /// - Parameters:
  ///   - flow: tells flows of one pair apart.
  ///   - loads: what each link carries already, in flows.
  public func appendShares(
    from source: Int, to destination: Int, flow: UInt64, loads: [Double], to shares: inout [LinkShare]
  ) {
    var path: [Int32] = []
    appendPath(from: source, to: destination, flow: flow, to: &path)
    for link in path { shares.append(LinkShare(link: link, share: 1)) }
  }
}
