import Simulation
import Testing

/// Thousands of flows come and go on random fabrics; what the network says of itself is checked after each
/// settlement.
@Suite("While flows come and go")
struct FluidChurn {
  /// A flow under way, as ``FluidNetwork/appendState(at:to:name:)`` gives it.
  struct UnderWay {
    let tag: Int
    let route: Int
    /// Bytes a second.
    let rate: Double
  }

  /// A fabric, what may start on it, and what is under way.
  struct Churn: ~Copyable {
    let capacities: [Double]
    var routes: [[FluidNetwork.Hop]] = []
    var network: FluidNetwork
    var random: Random
    var now: Int64 = 0
    var tags: [Int32] = []
    var state: [Int64] = []
    /// The cap of each tag, and the bytes of its flow.
    var starts: [(cap: Double, bytes: Int)] = []

    /// Links in tiers, so that some are crossed by many and some by few; counts past one on every third
    /// fabric.
    init(seed: UInt64) {
      random = Random(seed: seed)
      let kinds = seed.isMultiple(of: 2) ? [25e9, 50e9] : [1.7e9, 12.3e9, 47.1e9, 50e9]
      let linkCount = 8 + random.below(40)
      var capacities: [Double] = []
      for _ in 0..<linkCount { capacities.append(kinds[random.below(kinds.count)]) }
      self.capacities = capacities
      network = FluidNetwork(capacities: capacities)
      for _ in 0..<100 {
        var links = Array(0..<Int32(linkCount))
        let length = 1 + random.below(min(linkCount, 6))
        for place in 0..<length {
          // A few links are on most paths.
          let other =
            random.below(3) == 0
            ? place + random.below(min(4, linkCount - place))
            : place + random.below(linkCount - place)
          links.swapAt(place, other)
        }
        let isClass = seed.isMultiple(of: 3)
        routes.append(
          links.prefix(length).map { .init(link: $0, count: isClass ? Int32(1 + random.below(5)) : 1) })
        _ = network.addRoute(routes[routes.count - 1])
      }
    }

    mutating func start() {
      let cap = random.below(4) == 0 ? random.between(1e8, 30e9) : .infinity
      let bytes = 1 + random.below(1 << (8 + random.below(14)))
      network.start(
        route: Int32(random.below(routes.count)), bytes: bytes, cap: cap, tag: Int32(starts.count), at: now)
      starts.append((cap, bytes))
    }

    /// Goes on to the next drain, and gives the flows that are under way once rates are settled.
    mutating func step() -> [UnderWay] {
      now = network.nextDrain
      tags.removeAll()
      network.popDrained(at: now, to: &tags)
      for _ in 0..<(tags.count - 1 + random.below(3)) { start() }
      if network.active == 0 { start() }
      network.settle(at: now)
      return underWay()
    }

    mutating func underWay() -> [UnderWay] {
      state.removeAll()
      network.appendState(at: now, to: &state)
      return stride(from: 0, to: state.count, by: 6).map { word in
        UnderWay(
          tag: Int(state[word]), route: Int(state[word + 1]),
          rate: Double(bitPattern: UInt64(bitPattern: state[word + 3])) * 1e12)
      }
    }
  }

  @Test("each is at its bound, or on a full link on which none has more", arguments: 0..<24)
  func bottlenecks(seed: Int) {
    var churn = Churn(seed: UInt64(seed))
    for _ in 0..<10 + 4 * seed { churn.start() }
    churn.network.settle(at: 0)
    for _ in 0..<500 {
      let flows = churn.step()
      var loads = [Double](repeating: 0, count: churn.capacities.count)
      var most = [Double](repeating: 0, count: churn.capacities.count)
      for flow in flows {
        for hop in churn.routes[flow.route] {
          loads[Int(hop.link)] += flow.rate * Double(hop.count)
          most[Int(hop.link)] = max(most[Int(hop.link)], flow.rate)
        }
      }
      for (load, capacity) in zip(loads, churn.capacities) { #expect(load <= capacity * (1 + 1e-12)) }
      for flow in flows {
        let hops = churn.routes[flow.route]
        let bound = hops.reduce(churn.starts[flow.tag].cap) {
          min($0, churn.capacities[Int($1.link)] / Double($1.count))
        }
        let isHeldBack = hops.contains { hop in
          let link = Int(hop.link)
          return loads[link] >= churn.capacities[link] * (1 - 1e-12) && flow.rate >= most[link] * (1 - 1e-12)
        }
        #expect(flow.rate >= bound * (1 - 1e-12) || isHeldBack, "flow \(flow.tag) at \(churn.now) ps")
      }
    }
  }

  /// What each link carries by its load, from settlement to settlement, is what its flows had to move; all
  /// but the part of a picosecond by which each of them drains late.
  @Test("every byte is carried, once", arguments: 0..<8)
  func conservation(seed: Int) {
    var churn = Churn(seed: UInt64(seed))
    for _ in 0..<60 { churn.start() }
    churn.network.settle(at: 0)
    var carried = [Double](repeating: 0, count: churn.capacities.count)
    var routeOf: [Int: Int] = [:]
    for flow in churn.underWay() { routeOf[flow.tag] = flow.route }
    while churn.network.active > 0 {
      let next = churn.network.nextDrain
      for link in carried.indices {
        carried[link] += churn.network.load(on: link) * Double(next - churn.now) * 1e-12
      }
      churn.now = next
      churn.tags.removeAll()
      churn.network.popDrained(at: next, to: &churn.tags)
      if churn.starts.count < 400 {
        for _ in churn.tags { churn.start() }
      }
      churn.network.settle(at: next)
      for flow in churn.underWay() { routeOf[flow.tag] = flow.route }
    }
    var asked = [Double](repeating: 0, count: churn.capacities.count)
    for (tag, start) in churn.starts.enumerated() {
      for hop in churn.routes[routeOf[tag] ?? 0] {
        asked[Int(hop.link)] += Double(start.bytes) * Double(hop.count)
      }
    }
    for (link, capacity) in churn.capacities.enumerated() {
      // Flows that drain late take a link's capacity for at most a picosecond each.
      let late = Double(churn.starts.count) * capacity * 1e-12
      #expect(abs(carried[link] - asked[link]) <= 1e-9 * asked[link] + late)
    }
  }

  @Test(
    "the order in which flows of one picosecond start makes no difference, to the last bit", arguments: 0..<24
  )
  func order(seed: Int) {
    var random = Random(seed: UInt64(seed))
    var churn = Churn(seed: UInt64(seed))
    var other = FluidNetwork(capacities: churn.capacities)
    for route in churn.routes.indices { _ = other.addRoute(churn.routes[route]) }
    var (ours, theirs): ([Int64], [Int64]) = ([], [])
    var (tags, otherTags): ([Int32], [Int32]) = ([], [])
    var count: Int32 = 0
    for _ in 0..<300 {
      var starts = (0..<random.below(8) + (churn.network.active == 0 ? 1 : 0)).map { _ in
        defer { count += 1 }
        return (route: Int32(random.below(100)), bytes: 1 + random.below(1 << 20), tag: count)
      }
      for (route, bytes, tag) in starts {
        churn.network.start(route: route, bytes: bytes, cap: .infinity, tag: tag, at: churn.now)
      }
      for place in starts.indices { starts.swapAt(place, place + random.below(starts.count - place)) }
      for (route, bytes, tag) in starts {
        other.start(route: route, bytes: bytes, cap: .infinity, tag: tag, at: churn.now)
      }
      churn.network.settle(at: churn.now)
      other.settle(at: churn.now)
      (ours, theirs) = ([], [])
      churn.network.appendState(at: churn.now, to: &ours)
      other.appendState(at: churn.now, to: &theirs)
      #expect(ours == theirs)
      #expect(churn.network.nextDrain == other.nextDrain)
      churn.now = churn.network.nextDrain
      (tags, otherTags) = ([], [])
      churn.network.popDrained(at: churn.now, to: &tags)
      other.popDrained(at: churn.now, to: &otherTags)
      #expect(tags == otherTags && tags == tags.sorted())
    }
  }

  @Test("all that is under way can be moved into the future", arguments: 0..<8)
  func move(seed: Int) {
    let flows = FlowCase(seed: UInt64(seed))
    var network = FluidNetwork(capacities: flows.capacities)
    for flow in flows.flows { _ = network.addRoute(flow.hops) }
    for (index, flow) in flows.flows.enumerated() {
      network.start(route: Int32(index), bytes: flow.bytes, cap: flow.cap, tag: Int32(index), at: 0)
    }
    network.settle(at: 0)
    func drains(of network: inout FluidNetwork, from now: Int64, stop: Int) -> [[Int64]] {
      var drains: [[Int64]] = []
      while network.active > stop {
        var tags: [Int32] = []
        let next = network.nextDrain
        network.popDrained(at: next, to: &tags)
        network.settle(at: next)
        drains.append([next - now] + tags.map(Int64.init))
      }
      return drains
    }
    let half = flows.flows.count / 2
    let first = drains(of: &network, from: 0, stop: half)
    let now = first.last?[0] ?? 0
    var (before, after): ([Int64], [Int64]) = ([], [])
    network.appendState(at: now, to: &before)
    network.move(by: 123_456_789)
    network.appendState(at: now + 123_456_789, to: &after)
    #expect(before == after)
    let rest = drains(of: &network, from: 123_456_789, stop: 0)
    var unmoved = FluidNetwork(capacities: flows.capacities)
    for flow in flows.flows { _ = unmoved.addRoute(flow.hops) }
    for (index, flow) in flows.flows.enumerated() {
      unmoved.start(route: Int32(index), bytes: flow.bytes, cap: flow.cap, tag: Int32(index), at: 0)
    }
    unmoved.settle(at: 0)
    #expect(first + rest == drains(of: &unmoved, from: 0, stop: 0))
  }

  /// Twenty hops are more than there is room for at first, and the flow before has its place moved.
  @Test("a path may be longer than any before it")
  func longPath() {
    var network = FluidNetwork(capacities: Array(repeating: 10e9, count: 20))
    let short = network.addRoute([.init(link: 19, count: 1), .init(link: 3, count: 1)])
    network.start(route: short, bytes: 10_000, cap: .infinity, tag: 0, at: 0)
    network.settle(at: 0)
    let long = network.addRoute((0..<20).map { .init(link: $0, count: 1) })
    network.start(route: long, bytes: 10_000, cap: .infinity, tag: 1, at: 0)
    network.start(route: short, bytes: 20_000, cap: .infinity, tag: 2, at: 0)
    network.settle(at: 0)
    var tags: [Int32] = []
    // Three share 10 GB/s until two of them drain after 3 us; the last has 10,000 bytes left.
    #expect(network.nextDrain == 3_000_000)
    network.popDrained(at: 3_000_000, to: &tags)
    network.settle(at: 3_000_000)
    #expect(network.nextDrain == 4_000_000)
    network.popDrained(at: 4_000_000, to: &tags)
    network.settle(at: 4_000_000)
    #expect(tags == [0, 1, 2])
    #expect(network.active == 0 && network.nextDrain == .max)
    #expect((0..<20).allSatisfy { network.load(on: $0) == 0 })
  }
}
