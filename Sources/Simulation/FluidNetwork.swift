/// Links that flows share like pipes share water: at every moment the rates are max-min fair.
///
/// No flow can be given more without taking from one that has no more than it. A flow that starts or drains changes
/// the rates; those of one picosecond do so together, in ``settle(at:)``. Only flows that are joined to the change
/// through *tight* links are looked at: a link is tight if the flows on it could together fill it. On a link that is
/// not tight each flow is held back by something else, so it joins nobody (flows without contention cost O(path)).
///
///     var network = FluidNetwork(capacities: [50e9, 50e9])
///     let route = network.addRoute([0, 1])
///     network.start(route: route, bytes: 1 << 20, cap: .infinity, tag: 7, at: 0)
///     network.settle(at: 0)
///     network.popDrained(at: network.nextDrain, to: &tags)
///
/// Times are whole picoseconds; a flow drains `ceil(remaining / rate)` after its rate last changed (less a thousandth
/// of a picosecond, so that rounding doesn't part what ends together, and at least one). A rate that would change by less
/// than one part in 10^12 stays as it is. Flows that drain in one picosecond come out in the order in which their ends
/// were settled, the same on every run. Invariant: every flow's rate is its bound, or it is on a full link on
/// which no flow has more (Bertsekas and Gallager, Data Networks, 1992, section 6.5.2).
package struct FluidNetwork {
  struct Link {
    let bytesPerSecond: Double
    /// Bytes a picosecond.
    let capacity: Double
    /// The capacity, rounded down, and what its flows could take together, each rounded up, in bytes a second.
    let limit: Int64
    var demand: Int64 = 0
    var busySince: Int64 = 0
    var busy: Int64 = 0
    /// What is left while rates are filled, and to how many flows.
    var room = 0.0
    var open: Int32 = 0
    var flows: Int32 = 0
    /// The first of the hops that are on it.
    var first: Int32 = -1
    var mark: UInt32 = 0

    var isTight: Bool { demand > limit && flows > 1 }
  }

  struct Route {
    let start: Int32
    let end: Int32
    /// The least capacity on it, in bytes a second.
    let bound: Double
    var bytes = 0.0
  }

  struct Flow {
    var remaining: Double
    var rate: Double
    /// What its route and its own cap allow.
    let bound: Double
    let demand: Int64
    /// When `remaining` was true.
    var since: Int64
    /// When it drains; -1 once it has.
    var drain: Int64
    let route: Int32
    let tag: Int32
    var seen: UInt32 = 0
    var filled: UInt32 = 0
  }

  /// A flow's place in the list of a link's flows.
  struct Hop {
    var next: Int32
    var previous: Int32
  }

  var links: [Link]
  var routes: [Route] = []
  var path: [Int32] = []
  var flows: [Flow] = []
  /// Hop *h* of flow *f* is at `f << strideBits + h`.
  var hops: [Hop] = []
  var strideBits = 3
  var freeFlows: [Int32] = []
  var fresh: [Int32] = []
  /// Links that were tight when a flow left them.
  var relieved: [Int32] = []
  var epoch: UInt32 = 0
  var component: [Int32] = []
  var tightLinks: [Int32] = []
  /// The flows of a component whose bound may come before their links are full.
  var boundedFlows: [Int32] = []
  var levels = LevelHeap()
  var queue = TimeQueue()
  private var popped: [Int32] = []
  /// How many flows are on their way.
  package private(set) var active = 0

  /// Links with these capacities in bytes a second, above zero and finite.
  package init(capacities: [Double]) {
    links = capacities.map { capacity in
      precondition(capacity > 0 && capacity.isFinite, "a link carries something")
      return Link(
        bytesPerSecond: capacity, capacity: capacity * 1e-12, limit: Int64(min(capacity, Self.demandLimit)))
    }
  }

  /// Rates past this many bytes a second count as this in `limit` and `demand`, so that no sum overflows: such links
  /// are tight too early, never too late.
  private static let demandLimit = 0x1p40

  /// Makes a path known; links may not repeat, and none at all is a path too.
  package mutating func addRoute(_ path: some Collection<Int32>) -> Int32 {
    let start = Int32(self.path.count)
    self.path.append(contentsOf: path)
    let bound = path.reduce(Double.infinity) { min($0, links[Int($1)].bytesPerSecond) }
    routes.append(Route(start: start, end: Int32(self.path.count), bound: bound))
    while path.count > 1 << strideBits { widen() }
    return Int32(routes.count - 1)
  }

  /// The links of a route.
  package func links(of route: Int32) -> ArraySlice<Int32> {
    path[Int(routes[Int(route)].start)..<Int(routes[Int(route)].end)]
  }

  /// Makes room for paths of twice the length.
  private mutating func widen() {
    var wide = [Hop](repeating: Hop(next: -1, previous: -1), count: 2 * hops.count)
    let mask = Int32(1 << strideBits - 1)
    func moved(_ hop: Int32) -> Int32 { hop < 0 ? -1 : (hop & ~mask) << 1 | hop & mask }
    for hop in hops.indices {
      wide[Int(moved(Int32(hop)))] = Hop(next: moved(hops[hop].next), previous: moved(hops[hop].previous))
    }
    for link in links.indices { links[link].first = moved(links[link].first) }
    hops = wide
    strideBits += 1
  }

  /// Starts a flow; it gets its rate in the next ``settle(at:)``, which must come at the same time.
  ///
  /// - Parameters:
  ///   - route: what ``addRoute(_:)`` gave.
  ///   - bytes: one or more.
  ///   - cap: the most bytes a second that the flow takes of its own; infinite for no cap, but then the route
  ///     must not be empty.
  ///   - tag: what ``popDrained(at:to:)`` gives back.
  ///   - now: the picosecond.
  package mutating func start(route: Int32, bytes: Int, cap: Double, tag: Int32, at now: Int64) {
    let bound = min(cap, routes[Int(route)].bound)
    precondition(bound > 0 && bound < .infinity && bytes > 0, "a flow has something to move and a limit")
    let flow = Flow(
      remaining: Double(bytes), rate: 0, bound: bound * 1e-12,
      demand: Int64(min(bound, Self.demandLimit).rounded(.up)), since: now, drain: 0, route: route, tag: tag)
    let index: Int32
    if let free = freeFlows.popLast() {
      index = free
      flows[Int(index)] = flow
    } else {
      index = Int32(flows.count)
      flows.append(flow)
      for _ in 0..<1 << strideBits { hops.append(Hop(next: -1, previous: -1)) }
    }
    active += 1
    routes[Int(route)].bytes += Double(bytes)
    var hop = index << Int32(strideBits)
    for place in Int(routes[Int(route)].start)..<Int(routes[Int(route)].end) {
      let link = Int(path[place])
      if links[link].flows == 0 { links[link].busySince = now }
      links[link].flows += 1
      links[link].demand += flow.demand
      let first = links[link].first
      hops[Int(hop)] = Hop(next: first, previous: -1)
      if first >= 0 { hops[Int(first)].previous = hop }
      links[link].first = hop
      hop += 1
    }
    fresh.append(index)
  }

  /// When the next flow drains, or `Int64.max`; it may be earlier than that, but then nothing drains at that time.
  package var nextDrain: Int64 { queue.next }

  /// Takes out the flows that drain at `now` and appends their tags; ``settle(at:)`` must follow.
  package mutating func popDrained(at now: Int64, to tags: inout [Int32]) {
    guard queue.next == now else { return }
    popped.removeAll(keepingCapacity: true)
    queue.popEarliest(to: &popped)
    for index in popped where flows[Int(index)].drain == now {
      remove(Int(index), at: now)
      tags.append(flows[Int(index)].tag)
    }
  }

  private mutating func remove(_ index: Int, at now: Int64) {
    flows[index].drain = -1
    active -= 1
    freeFlows.append(Int32(index))
    let (route, demand) = (routes[Int(flows[index].route)], flows[index].demand)
    var hop = index << strideBits
    for place in Int(route.start)..<Int(route.end) {
      let link = Int(path[place])
      let (next, previous) = (hops[hop].next, hops[hop].previous)
      if previous >= 0 { hops[Int(previous)].next = next } else { links[link].first = next }
      if next >= 0 { hops[Int(next)].previous = previous }
      if links[link].isTight { relieved.append(Int32(link)) }
      links[link].flows -= 1
      links[link].demand -= demand
      if links[link].flows == 0 { links[link].busy += now - links[link].busySince }
      hop += 1
    }
  }

  /// What a link has carried or been asked to carry, in bytes, and the picoseconds for which it had a flow.
  package func usage() -> [(bytes: Double, busy: Int64)] {
    var usage = links.map { (bytes: 0.0, busy: $0.busy) }
    for route in routes where route.bytes > 0 {
      for link in path[Int(route.start)..<Int(route.end)] { usage[Int(link)].bytes += route.bytes }
    }
    return usage
  }

  /// What the flows on `link` take now, in bytes a second.
  package func load(on link: Int) -> Double {
    var (load, hop) = (0.0, links[link].first)
    while hop >= 0 {
      load += flows[Int(hop) >> strideBits].rate
      hop = hops[Int(hop)].next
    }
    return load * 1e12
  }
}
