import Simulation

/// Random links and flows, the same on every machine.
struct FlowCase {
  struct Flow {
    var start: Int64
    var bytes: Int
    var path: [Int32]
    var cap: Double
    /// For each link of the path, how many flows like this one are on it; all one where it is empty.
    var counts: [Int32] = []

    var hops: [FluidNetwork.Hop] {
      path.indices.map { .init(link: path[$0], count: counts.isEmpty ? 1 : counts[$0]) }
    }
  }

  var capacities: [Double] = []
  var flows: [Flow] = []

  init(capacities: [Double], flows: [Flow]) {
    (self.capacities, self.flows) = (capacities, flows)
  }

  /// Up to 20 links and 48 flows.
  ///
  /// In every other case sizes, starts and capacities come from a few round values, so
  /// that many things happen in the same picosecond; in the others hardly any do.
  init(seed: UInt64) {
    var random = Random(seed: seed)
    let isRound = seed.isMultiple(of: 2)
    for _ in 0..<random.below(20) + 1 {
      capacities.append(isRound ? [12.5e6, 1e9, 25e9, 50e9][random.below(4)] : random.between(1e9, 50e9))
    }
    for _ in 0..<random.below(48) + 1 {
      var links = Array(capacities.indices.map(Int32.init))
      let length = min(links.count, random.below(6) + 1)
      for place in 0..<length { links.swapAt(place, place + random.below(links.count - place)) }
      let bytes = isRound ? 1 << (10 + random.below(12)) : random.below(1 << 22) + 1
      let cap = random.below(3) == 0 ? (isRound ? 5e9 : random.between(1e8, 30e9)) : .infinity
      flows.append(
        Flow(
          start: isRound ? Int64(random.below(4)) * 10_000_000 : Int64(random.below(100_000_000)),
          bytes: bytes,
          path: Array(links.prefix(length)), cap: cap))
    }
    // A path without links is possible if the flow has a cap.
    if random.below(4) == 0 { flows.append(Flow(start: 5, bytes: 4096, path: [], cap: 1e9)) }
  }

  /// When each flow drains, by the network under test; `inspect` sees the network after every settlement.
  func drains(inspect: (borrowing FluidNetwork) -> Void = { _ in }) -> [Int64] {
    var network = FluidNetwork(capacities: capacities)
    let routes = flows.map { network.addRoute($0.hops) }
    let order = flows.indices.sorted { (flows[$0].start, $0) < (flows[$1].start, $1) }
    var drains = [Int64](repeating: -1, count: flows.count)
    var (waiting, tags) = (order[...], [Int32]())
    while let now = [network.nextDrain, waiting.first.map { flows[$0].start } ?? .max].min(), now < .max {
      tags.removeAll()
      network.popDrained(at: now, to: &tags)
      for tag in tags { drains[Int(tag)] = now }
      while let next = waiting.first, flows[next].start == now {
        waiting.removeFirst()
        network.start(
          route: routes[next], bytes: flows[next].bytes, cap: flows[next].cap, tag: Int32(next), at: now)
      }
      network.settle(at: now)
      inspect(network)
    }
    return drains
  }

  /// When each flow drains, in picoseconds: everything is computed again at every event, in continuous time.
  ///
  /// All rates rise together from zero. Whenever a link is full, the flows on it stop rising; so does a flow at its
  /// cap. What is left of each flow is reduced by its rate times the time to the next start or end.
  func naiveDrains() -> [Double] {
    var left = flows.map { Double($0.bytes) }
    var drains = [Double](repeating: .infinity, count: flows.count)
    var now = 0.0
    while true {
      let active = flows.indices.filter { Double(flows[$0].start) <= now && drains[$0] == .infinity }
      let rates = naiveRates(of: active)
      let starts = flows.indices.map { Double(flows[$0].start) }.filter { $0 > now }
      let ends = active.map { now + left[$0] / rates[$0] * 1e12 }
      guard let next = (starts + ends).min() else { return drains }
      for flow in active {
        if now + left[flow] / rates[flow] * 1e12 <= next { drains[flow] = next }
        left[flow] -= rates[flow] * (next - now) * 1e-12
      }
      now = next
    }
  }

  /// The max-min fair rates of `active`, in bytes a second; 0 for other flows.
  func naiveRates(of active: [Int]) -> [Double] {
    var rates = [Double](repeating: 0, count: flows.count)
    var rising = Set(active)
    while !rising.isEmpty {
      var rise = Double.infinity
      for flow in rising { rise = min(rise, flows[flow].cap - rates[flow]) }
      var headroom: [Double] = []
      for link in capacities.indices {
        let on = active.filter { flows[$0].path.contains(Int32(link)) }
        let free = capacities[link] - on.reduce(0) { $0 + rates[$1] }
        let count = on.filter { rising.contains($0) }.count
        headroom.append(count == 0 ? .infinity : free / Double(count))
        rise = min(rise, headroom[link])
      }
      for flow in rising { rates[flow] += max(0, rise) }
      let slack = 1e-12 * (capacities.max() ?? 0)
      for flow in rising {
        let isFull = flows[flow].path.contains { headroom[Int($0)] - rise <= slack }
        if isFull || flows[flow].cap - rates[flow] <= slack { rising.remove(flow) }
      }
    }
    return rates
  }
}

/// SplitMix64 (Steele, Lea and Flood 2014).
struct Random {
  private var state: UInt64

  init(seed: UInt64) { state = seed &* 0x9E37_79B9_7F4A_7C15 }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }

  /// A number from 0 up to `bound`.
  mutating func below(_ bound: Int) -> Int { Int(next() % UInt64(bound)) }

  mutating func between(_ low: Double, _ high: Double) -> Double {
    low + (high - low) * Double(next() >> 11) * 0x1p-53
  }
}
