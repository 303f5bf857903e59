/// Links that flows share like pipes share water: at every moment the rates are max-min fair.
///
/// No flow can be given more without taking from one that has no more than it. A flow that starts or drains
/// changes the rates; those of one picosecond do so together, in ``settle(at:)``, which only looks at links
/// whose flows change (its file tells how, and why that is exact).
///
///     var network = FluidNetwork(capacities: [50e9, 50e9])
///     let route = network.addRoute([.init(link: 0, count: 1), .init(link: 1, count: 1)])
///     network.start(route: route, bytes: 1 << 20, cap: .infinity, tag: 7, at: 0)
///     network.settle(at: 0)
///     network.popDrained(at: network.nextDrain, to: &tags)
///
/// A flow may stand for a class of equal flows and a link for a class of equal links: a hop says how many of
/// the flow's like are on each of the link's like. All of them have the flow's rate, so a link is full when
/// the sum of rate × count is its capacity. A hop of count *c* is what *c* flows are that start and drain
/// together.
///
/// Times are whole picoseconds; a flow drains `ceil(remaining / rate)` after its rate last changed (less a
/// thousandth of a picosecond, so that rounding doesn't part what ends together, and at least one). Flows
/// that drain in one picosecond come out in the order of their tags, so that what is under way decides all
/// that follows, and not how it came about. Invariant after each settlement: every flow's rate is its bound,
/// or it is on a full link on which no flow has more (Bertsekas and Gallager, Data Networks, 1992, section
/// 6.5.2); a link is full if its load is its capacity up to one part in 2^44. Rates depend on the flows
/// alone, not on the order in which they came, up to that.
package struct FluidNetwork: ~Copyable {
  /// A link of a path, and how many flows like this one are on it.
  package struct Hop: Sendable, BitwiseCopyable, Hashable {
    package var link: Int32
    /// One or more.
    package var count: Int32

    package init(link: Int32, count: Int32) {
      (self.link, self.count) = (link, count)
    }
  }

  struct Link: BitwiseCopyable {
    /// In units, see ``units(_:)``.
    var load: Int128 = 0
    let capacity: Int128
    /// The rate of the flows that it holds back, in bytes a picosecond; infinite where it holds back none.
    var level = Double.infinity
    /// How many flows are on it, each counted as often as its hop says.
    var weight: Int32 = 0
    /// The last settlement that lowered its level.
    var lowered: UInt32 = 0
    var flows = OccupantLists.List()
    var isTouched = false
    /// Whether a flow has started on it or has been given more since it was last looked at.
    var hasRisen = false
    var isWaiting = false
    /// Whether what it waits for is less than what is due, because flows on it have been given less.
    var isEarly = false

    @inline(__always)
    var isOverloaded: Bool { load &- capacity > capacity &>> 44 }

    /// Whether the flows that it holds back could have more.
    @inline(__always)
    var isSlack: Bool { level < .infinity && capacity &- load > capacity &>> 44 }

    /// Whether its level may have to change, or what it waits for.
    @inline(__always)
    var isConcerned: Bool { level < .infinity || isWaiting || isOverloaded }

    /// Counts flows whose rates have become higher by this many units.
    @inline(__always)
    mutating func add(_ units: Int128, times count: Int32) {
      load &+= count == 1 ? units : units &* Int128(count)
      hasRisen = hasRisen || units > 0
    }
  }

  struct Route: BitwiseCopyable {
    let start: Int32
    let end: Int32
    /// The most that a flow on it can have, in bytes a second.
    let bound: Double
  }

  struct Flow: BitwiseCopyable {
    var remaining: Double
    /// In force since `since`, in bytes a picosecond.
    var rate: Double
    /// When `remaining` was true.
    var since: Int64
    /// When it drains; -1 once it has.
    var drain: Int64
    /// What its route and its own cap allow.
    let bound: Double
    let route: Int32
    let tag: Int32
    let hopCount: Int32
    var isChanged = true

    /// Goes on at another rate.
    mutating func change(to newRate: Double, at now: Int64) {
      remaining = max(0, remaining - rate * Double(now - since))
      (since, rate) = (now, newRate)
      // Past 53 days the sum could leave the range; whoever runs the clock refuses to go that far.
      drain = now + Int64(min(max(1, (remaining / rate - 1e-3).rounded(.up)), 0x1p62))
    }
  }

  /// A hop of a flow that is under way.
  struct FlowHop: BitwiseCopyable {
    let link: Int32
    let count: Int32
    /// Where the flow is in the link's list.
    var place: Int32
  }

  /// In bytes a second.
  private let capacities: [Double]
  var links = Arena<Link>()
  var occupants = OccupantLists()
  private var routes = Arena<Route>()
  private var path = Arena<Hop>()
  var flows = Arena<Flow>()
  /// The rate of each flow while rates are settled, in bytes a picosecond and in units.
  var rates = Arena<Double>()
  var units = Arena<Int128>()
  /// A unit is two to the power of `unitExponent`, in bytes a picosecond.
  private let unitExponent: Int
  /// Hop *h* of flow *f* is at `f << strideBits + h`.
  var hops = Arena<FlowHop>()
  var strideBits = 3
  private var freeFlows = Arena<Int32>()
  /// Links whose load has changed since they were last looked at, and flows whose rate has.
  var touched = Arena<Int32>()
  var changed = Arena<Int32>()
  /// The links whose level is to be set, by the lower of what it is and what it will be.
  var waiting: IndexedHeap<Double>
  /// Flows that a link held back, while its level is found.
  var held = Arena<Int32>()
  var settlement: UInt32 = 0
  /// The flows under way, by the time when they drain.
  var ends = IndexedHeap<Int64>(subjects: 0)
  /// How many flows are on their way.
  package private(set) var active = 0

  /// Links with these capacities in bytes a second, above zero and finite.
  package init(capacities: [Double]) {
    self.capacities = capacities
    waiting = IndexedHeap(subjects: capacities.count)
    unitExponent = Int(((capacities.max() ?? 1) * 1e-12).exponent) - 95
    for capacity in capacities {
      precondition(capacity > 0 && capacity.isFinite, "a link carries something")
      links.append(Link(capacity: units(capacity * 1e-12)))
    }
  }

  /// A rate in bytes a picosecond as a whole number of units.
  ///
  /// The unit is so small that the greatest capacity has 96 bits. Rates above 2^-43 of it have no fraction at
  /// all, so loads are the exact sums of the rates: they never drift, and the order of the flows makes no
  /// difference. Counts on one link sum to less than 2^31, so no load leaves the range.
  @inline(__always)
  func units(_ rate: Double) -> Int128 {
    let significand = Int64(truncatingIfNeeded: rate.significandBitPattern | 1 << 52)
    let shift = Int(truncatingIfNeeded: rate.exponentBitPattern) &- (1_023 + 52) &- unitExponent
    return shift >= 0
      ? Int128(significand) &<< Int128(shift) : Int128(significand &>> Int64(min(0 &- shift, 63)))
  }

  /// What is left of a link's capacity, in bytes a picosecond.
  @inline(__always)
  func rate(_ units: Int128) -> Double {
    let (high, low) = (Int64(truncatingIfNeeded: units &>> 64), UInt64(truncatingIfNeeded: units))
    let scale = Double(sign: .plus, exponent: unitExponent, significand: 1)
    return (Double(high) * 0x1p64 + Double(low)) * scale
  }

  /// Makes a path known; links may not repeat, and none at all is a path too.
  package mutating func addRoute(_ path: some Collection<Hop>) -> Int32 {
    let start = Int32(self.path.count)
    for hop in path { self.path.append(hop) }
    let bound = path.reduce(Double.infinity) { least, hop in
      precondition(hop.count > 0, "a hop stands for a flow")
      return min(least, capacities[Int(hop.link)] / Double(hop.count))
    }
    routes.append(Route(start: start, end: Int32(self.path.count), bound: bound))
    while path.count > 1 << strideBits { widen() }
    return Int32(routes.count - 1)
  }

  /// The hops of a route.
  package func hops(of route: Int32) -> [Hop] {
    (Int(routes[Int(route)].start)..<Int(routes[Int(route)].end)).map { path[$0] }
  }

  /// Whether a route has no link.
  package func isEmpty(route: Int32) -> Bool { routes[Int(route)].start == routes[Int(route)].end }

  /// Makes room for paths of twice the length.
  private mutating func widen() {
    var wide = Arena(repeating: FlowHop(link: -1, count: 0, place: -1), count: 2 * hops.count)
    let mask = 1 << strideBits - 1
    for flow in flows.indices where flows[flow].drain >= 0 {
      for hop in 0..<Int(flows[flow].hopCount) {
        let moved = hops[flow << strideBits + hop]
        wide[flow << (strideBits + 1) + hop] = moved
        let place = Int(links[Int(moved.link)].flows.start + moved.place)
        let old = Int(occupants[place].hop)
        occupants[place].hop = Int32((old & ~mask) << 1 | old & mask)
      }
    }
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
  package mutating func start(route number: Int32, bytes: Int, cap: Double, tag: Int32, at now: Int64) {
    let route = routes[Int(number)]
    let bound = min(cap, route.bound)
    precondition(bound > 0 && bound < .infinity && bytes > 0, "a flow has something to move and a limit")
    let hopCount = Int(route.end - route.start)
    let flow = Flow(
      remaining: Double(bytes), rate: 0, since: now, drain: 0, bound: bound * 1e-12, route: number, tag: tag,
      hopCount: Int32(hopCount))
    let index = freeFlows.isEmpty ? addFlow(flow) : Int(freeFlows.removeLast())
    flows[index] = flow
    active += 1
    let firstHop = index << strideBits
    var rate = flow.bound
    for hop in 0..<hopCount {
      let (link, count) = (Int(path[Int(route.start) + hop].link), path[Int(route.start) + hop].count)
      rate = min(rate, links[link].level)
      let place = occupants.add(
        Occupant(hop: Int32(firstHop + hop), count: count), to: &links[link].flows)
      hops[firstHop + hop] = FlowHop(link: Int32(link), count: count, place: place)
    }
    let units = units(rate)
    for hop in firstHop..<firstHop + hopCount {
      let (link, count) = (Int(hops[hop].link), hops[hop].count)
      links[link].weight += count
      links[link].add(units, times: count)
      touch(link)
    }
    (rates[index], self.units[index]) = (rate, units)
    changed.append(Int32(index))
  }

  private mutating func addFlow(_ flow: Flow) -> Int {
    flows.append(flow)
    rates.append(0)
    units.append(0)
    ends.addSubject()
    hops.append(FlowHop(link: -1, count: 0, place: -1), count: 1 << strideBits)
    return flows.count - 1
  }

  /// When the next flow drains, or `Int64.max`.
  package var nextDrain: Int64 { ends.isEmpty ? .max : ends.first.key }

  /// Takes out the flows that drain at `now` and appends their tags; ``settle(at:)`` must follow.
  package mutating func popDrained(at now: Int64, to tags: inout [Int32]) {
    let first = tags.count
    var isSorted = true
    while !ends.isEmpty, ends.first.key == now {
      let index = Int(ends.first.subject)
      let tag = flows[index].tag
      if tags.count > first, tags[tags.count - 1] > tag { isSorted = false }
      tags.append(tag)
      ends.remove(index)
      remove(index, at: now)
    }
    if !isSorted { Self.sort(&tags, from: first) }
  }

  /// Sorts the tail of a list of tags; few of them, as is usual, in place, since the library's sort takes memory.
  private static func sort(_ tags: inout [Int32], from first: Int) {
    guard tags.count - first <= 32 else { return tags[first...].sort() }
    for place in (first + 1)..<tags.count {
      let tag = tags[place]
      var hole = place
      while hole > first, tags[hole - 1] > tag {
        tags[hole] = tags[hole - 1]
        hole -= 1
      }
      tags[hole] = tag
    }
  }

  private mutating func remove(_ index: Int, at now: Int64) {
    flows[index].drain = -1
    active -= 1
    freeFlows.append(Int32(index))
    let units = units[index]
    let firstHop = index << strideBits
    for hop in firstHop..<firstHop + Int(flows[index].hopCount) {
      let (link, count) = (Int(hops[hop].link), hops[hop].count)
      if let moved = occupants.remove(at: hops[hop].place, from: &links[link].flows) {
        hops[Int(moved.hop)].place = hops[hop].place
      }
      links[link].weight -= count
      links[link].add(0 &- units, times: count)
      touch(link)
    }
  }

  @inline(__always)
  mutating func touch(_ link: Int) {
    guard links[link].isConcerned, !links[link].isTouched else { return }
    links[link].isTouched = true
    touched.append(Int32(link))
  }

  /// What the flows on `link` take now, in bytes a second.
  package func load(on link: Int) -> Double {
    var load = 0.0
    for place in links[link].flows.range {
      let occupant = occupants[place]
      load += rates[Int(occupant.hop) >> strideBits] * Double(occupant.count)
    }
    return load * 1e12
  }
}
