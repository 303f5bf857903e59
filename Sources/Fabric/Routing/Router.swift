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
/// collectives", 2012): at each tier the destination's number, divided by the product of the choices below, modulo
/// the choices here. The number is the endpoint's place within its rail (in the whole fabric where there are no
/// rails), so that on a full-bisection fabric no two flows of a shift share a link.
public struct Router: Sendable {
  enum Paths: Sendable {
    case tiered(TieredPaths)
    case general(GeneralPaths)
  }

  /// How a path is chosen among those that are equally short.
  public let routing: Routing

  let paths: Paths
  let local: LocalLinks
  /// Each endpoint's place among those of its rail, in the order of the endpoints.
  private let numbers: [Int32]
  /// The rail of each endpoint; empty where rails don't matter.
  private let rails: [Int32]
  /// Whether a network joins any two endpoints, so that no path needs an endpoint to forward.
  private let joinsAll: Bool

  /// A router over `fabric`; near-linear in its links for tiers, else the links times the places of attachment.
  public init(_ fabric: Fabric, routing: Routing) {
    self.routing = routing
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
    return fabric.endpoints.map { node in
      let rail = fabric.nodes[node].rail
      defer { next[rail, default: 0] += 1 }
      return next[rail, default: 0]
    }
  }

  /// Appends the link indices of the path between two endpoints (indices into the fabric's endpoints).
  ///
  /// Equal endpoints have no links between them: nothing is appended. The same arguments give the same path on every
  /// machine. Nothing is allocated but what `path` grows by. A caller's bug where the routing has no paths, see
  /// ``Routing/hasPaths``.
  ///
  /// - Parameters:
  ///   - flow: tells flows of one pair apart for ECMP.
  ///   - message: how many messages of the flow were before; they take the queue pairs in turn.
  public func appendPath(
    from source: Int, to destination: Int, flow: UInt64, message: Int = 0, to path: inout [Int32]
  ) {
    precondition(routing.hasPaths, "the routing takes one path a message")
    walk(from: source, to: destination, flow: flow, message: message) { path.append($0) }
  }

  /// Gives `visit` the links of a path.
  @inline(__always)
  func walk(from source: Int, to destination: Int, flow: UInt64, message: Int, visit: (Int32) -> Void) {
    guard source != destination, !local.walk(from: source, to: destination, visit: visit) else { return }
    let selector = { (source: Int, destination: Int) in
      Selector(
        routing, source: source, destination: destination, number: Int(numbers[destination]), flow: flow,
        message: message)
    }
    var (from, to) = (source, destination)
    if !rails.isEmpty {
      (from, to) = crossing(from: source, to: destination, by: selector(source, destination))
      if from != source { _ = local.walk(from: source, to: from, visit: visit) }
    }
    switch paths {
    case .tiered(let tiered): tiered.walk(from: from, to: to, by: selector(from, to), visit: visit)
    case .general(let general): general.walk(from: from, to: to, by: selector(from, to), visit: visit)
    }
    if to != destination { _ = local.walk(from: to, to: destination, visit: visit) }
  }

  /// The two endpoints between which a path crosses the network: its own ends, but for one that forwards over NVLink.
  ///
  /// Where a network joins the ends, it is the ends themselves; with ``Routing/usesPXN`` and different rails, the
  /// source's neighbour on the destination's rail, if there is one. Else it is the way that crosses by the fewest
  /// links; of those a neighbour of the source rather than one of the destination, one of the rail that the other end
  /// is of rather than another, and among equal ones the selector's choice.
  @inline(__always)
  func crossing(from source: Int, to destination: Int, by selector: Selector) -> (from: Int, to: Int) {
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
