/// Finds the path of a message, one of the shortest, without a table of all pairs.
///
/// Two endpoints on one NVSwitch go over it, and two that share a cable over that; all others go over network switches.
/// Where the switches form tiers (each switch is over a run of neighbouring leaves, and all those above it are over the
/// same leaves), a path goes up until the destination is below, then down, at a cost of its length. Any other graph has
/// the distances of each switch to each place where endpoints are attached, computed once.
///
/// An endpoint may be on several networks (planes), or on several leaves of one: of its links to them a path takes one
/// of those that lead to the destination by the fewest links. Where no network joins two endpoints (rails without
/// spines), the path goes over the source's NVSwitch to an endpoint that shares a network with the destination first
/// (PXN), or comes to one that shares an NVSwitch with it; see ``crossing(from:to:by:)``.
///
/// D-mod-k follows Zahavi ("Fat-trees routing and node ordering providing contention free traffic for MPI global
/// collectives", 2012): at each tier the destination's number, divided by the product of the numbers of parents at
/// the tiers below, modulo the ways up here, parallel ones included. The number is the endpoint's place within its
/// rail (in the whole fabric where there are no rails), so that on a full-bisection fabric no two flows of a shift share
/// a link.
public struct Router: Sendable {
  enum Paths: Sendable {
    case tiered(TieredPaths)
    case general(GeneralPaths)
  }

  /// How a path is chosen among those that are equally short.
  public let routing: Routing

  let paths: Paths
  let local: LocalLinks
  /// The fabric's, in shared storage.
  let links: [Fabric.Link]
  let endpoints: [Int]
  /// Each endpoint's place among those of its rail, in the order of the endpoints; empty where that is its own index.
  private let numbers: [Int32]
  /// The rail of each endpoint; empty where rails don't matter.
  private let rails: [Int32]
  /// Whether a network joins any two endpoints, so that no path needs an endpoint to forward.
  private let joinsAll: Bool
  /// What decides in place of the paths' choices, under ``Routing/Policy/table(_:)``.
  private let table: ForwardingTable?

  /// A router over `fabric`; near-linear in its links for tiers, else the links times the places of attachment.
  ///
  /// A caller's bug under forwarding tables, which have to be read: see ``init(_:reading:)``.
  public init(_ fabric: Fabric, routing: Routing) {
    if case .table = routing.policy { preconditionFailure("forwarding tables have been read") }
    self.init(fabric, routing: routing, table: nil)
  }

  /// A router over `fabric`, with the forwarding tables that the routing names.
  ///
  /// - Throws: ``TopologyFileError`` for tables that can't be read, don't fit the fabric, or leave an endpoint out of
  ///   another's reach.
  public init(_ fabric: Fabric, reading routing: Routing) throws(TopologyFileError) {
    guard case .table(let path) = routing.policy else {
      self.init(fabric, routing: routing, table: nil)
      return
    }
    self.init(fabric, routing: routing, table: try ForwardingTable(contentsOf: path, on: fabric))
  }

  private init(_ fabric: Fabric, routing: Routing, table: ForwardingTable?) {
    (self.routing, self.table) = (routing, table)
    (links, endpoints) = (fabric.links, fabric.endpoints)
    local = LocalLinks(fabric)
    numbers = Self.numbers(fabric)
    if let tiered = TieredPaths(fabric) {
      (paths, joinsAll) = (.tiered(tiered), tiered.joinsAll)
    } else {
      let general = GeneralPaths(fabric)
      (paths, joinsAll) = (.general(general), general.joinsAll)
    }
    rails = joinsAll && !routing.usesPXN ? [] : fabric.endpoints.map { Int32(fabric.nodes[$0].rail) }
  }

  /// Whether the fabric's switches form tiers, so that no distances had to be stored.
  package var isTiered: Bool {
    if case .tiered = paths { true } else { false }
  }

  private static func numbers(_ fabric: Fabric) -> [Int32] {
    var next = [Int: Int32]()
    let numbers = fabric.endpoints.map { node in
      let rail = fabric.nodes[node].rail
      defer { next[rail, default: 0] += 1 }
      return next[rail, default: 0]
    }
    return next.count > 1 ? numbers : []
  }

  /// Appends the link indices of the path between two endpoints (indices into the fabric's endpoints).
  ///
  /// Equal endpoints have no links between them: nothing is appended. The same arguments give the same path on every
  /// machine. Nothing is allocated but what `path` grows by.
  ///
  /// Where the routing has no paths, see ``Routing/hasPaths``, it is that of d-mod-k: one of those that carry a part, or
  /// that are taken where all links are loaded alike. Which links are loaded, ``appendShares(from:to:flow:loads:to:)``
  /// says.
  ///
  /// - Parameters:
  ///   - flow: tells flows of one pair apart for ECMP.
  ///   - message: how many messages of the flow were before; they take the queue pairs in turn.
  public func appendPath(
    from source: Int, to destination: Int, flow: UInt64, message: Int = 0, to path: inout [Int32]
  ) {
    walk(from: source, to: destination, flow: flow, message: message) { path.append($0) }
  }

  /// Gives `visit` the links of a path.
  @inline(__always)
  func walk(from source: Int, to destination: Int, flow: UInt64, message: Int, visit: (Int32) -> Void) {
    guard source != destination, !local.walk(from: source, to: destination, visit: visit) else { return }
    var (from, to) = (source, destination)
    if !rails.isEmpty {
      let own = selector(from: source, to: destination, flow: flow, message: message)
      (from, to) = crossing(from: source, to: destination, by: own)
      if from != source { _ = local.walk(from: source, to: from, visit: visit) }
    }
    let selector = selector(from: from, to: to, flow: flow, message: message)
    switch paths {
    case .tiered(let tiered): cross(tiered, from: from, to: to, by: selector, visit: visit)
    case .general(let general): cross(general, from: from, to: to, by: selector, visit: visit)
    }
    if to != destination { _ = local.walk(from: to, to: destination, visit: visit) }
  }

  @inline(__always)
  func selector(from source: Int, to destination: Int, flow: UInt64, message: Int) -> Selector {
    Selector(
      routing, source: source, destination: destination,
      number: numbers.isEmpty ? destination : Int(numbers[destination]),
      flow: flow, message: message)
  }

  @inline(__always)
  private func cross(
    _ paths: some NetworkPaths, from source: Int, to destination: Int, by selector: Selector,
    visit: (Int32) -> Void
  ) {
    guard let table else { return paths.walk(from: source, to: destination, by: selector, visit: visit) }
    var count = 0
    paths.eachHop(fromEndpoint: source, to: destination) { _ in count += 1 }
    var choice = selector.choice(of: count, at: endpoints[source], divisor: 1)
    var link: Int32 = -1
    paths.eachHop(fromEndpoint: source, to: destination) {
      if choice == 0 { link = $0 }
      choice -= 1
    }
    visit(link)
    while links[Int(link)].to != endpoints[destination] {
      link = table.next(at: links[Int(link)].to, to: destination)
      visit(link)
    }
  }

  /// The two endpoints between which a path crosses the network: its own ends, but for one that forwards over NVLink.
  ///
  /// Where a network joins the ends, it is the ends themselves; with ``Routing/usesPXN`` and different rails, the
  /// source's neighbour on the destination's rail, if there is one. Else it is the way that crosses by the fewest
  /// links; of those a neighbour of the source rather than one of the destination, one of the rail that the other end
  /// is of rather than another, and among equal ones the selector's choice.
  func crossing(from source: Int, to destination: Int, by selector: Selector) -> (from: Int, to: Int) {
    if rails.isEmpty { return (source, destination) }
    let isDirect = distance(from: source, to: destination) < .max
    if isDirect, !routing.usesPXN || rails[source] == rails[destination] { return (source, destination) }
    var (best, count) = (Int.max, 0)
    eachDetour(from: source, to: destination, onRailOnly: isDirect) { rank, _, _ in
      if rank < best { (best, count) = (rank, 0) }
      if rank == best { count += 1 }
    }
    if best == .max {
      precondition(isDirect, "the fabric is connected")
      return (source, destination)
    }
    var choice = selector.choice(of: count, at: source, divisor: 1)
    var chosen = (from: source, to: destination)
    eachDetour(from: source, to: destination, onRailOnly: isDirect) { rank, from, to in
      guard rank == best else { return }
      if choice == 0 { chosen = (from, to) }
      choice -= 1
    }
    return chosen
  }

  /// Gives `visit` each way that an endpoint forwards over NVLink, with its rank: the less, the better.
  @inline(__always)
  private func eachDetour(
    from source: Int, to destination: Int, onRailOnly: Bool,
    visit: (_ rank: Int, _ from: Int, _ to: Int) -> Void
  ) {
    local.eachNeighbour(of: source) { neighbour in
      let isOnRail = rails[neighbour] == rails[destination]
      guard neighbour != source, isOnRail || !onRailOnly else { return }
      let links = distance(from: neighbour, to: destination)
      if links < .max { visit(4 * links + (isOnRail ? 0 : 1), neighbour, destination) }
    }
    if onRailOnly { return }
    local.eachNeighbour(of: destination) { neighbour in
      guard neighbour != destination else { return }
      let links = distance(from: source, to: neighbour)
      if links < .max { visit(4 * links + (rails[neighbour] == rails[source] ? 2 : 3), source, neighbour) }
    }
  }

  @inline(__always)
  private func distance(from source: Int, to destination: Int) -> Int {
    switch paths {
    case .tiered(let tiered): tiered.distance(from: source, to: destination)
    case .general(let general): general.distance(from: source, to: destination)
    }
  }
}
