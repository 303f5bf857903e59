import Simulation

/// Random classes of flows over classes of links, and the whole that they stand for.
///
/// Link class *l* has N links and flow class *j* has M flows, N a divisor of M for each link class that it
/// crosses. Flow *i* of the class is on link *i* mod N, so that each link has M / N of them: the count of the
/// hop.
struct ClassCase {
  var quotient = FlowCase(capacities: [], flows: [])
  var whole = FlowCase(capacities: [], flows: [])
  /// The class of each flow of the whole.
  var classes: [Int] = []

  init(seed: UInt64) {
    var random = Random(seed: seed)
    let isRound = seed.isMultiple(of: 2)
    var firsts: [Int] = []
    var sizes: [Int] = []
    for _ in 0..<random.below(5) + 1 {
      firsts.append(whole.capacities.count)
      sizes.append([1, 2, 3, 4, 6][random.below(5)])
      quotient.capacities.append(isRound ? [1e9, 25e9, 50e9][random.below(3)] : random.between(1e9, 50e9))
      for _ in 0..<sizes[sizes.count - 1] {
        whole.capacities.append(quotient.capacities[quotient.capacities.count - 1])
      }
    }
    for index in 0..<random.below(6) + 1 {
      var links = Array(sizes.indices)
      let length = min(links.count, random.below(4) + 1)
      for place in 0..<length { links.swapAt(place, place + random.below(links.count - place)) }
      let path = links.prefix(length)
      let size = path.reduce(1) { leastCommonMultiple($0, sizes[$1]) } * (random.below(2) + 1)
      let start = isRound ? Int64(random.below(4)) * 1_000_000 : Int64(random.below(10_000_000))
      let bytes = isRound ? 1 << (10 + random.below(8)) : random.below(1 << 18) + 1
      let cap = random.below(3) == 0 ? (isRound ? 5e9 : random.between(1e8, 30e9)) : .infinity
      quotient.flows.append(
        .init(
          start: start, bytes: bytes, path: path.map(Int32.init), cap: cap,
          counts: path.map { Int32(size / sizes[$0]) }))
      for flow in 0..<size {
        whole.flows.append(
          .init(
            start: start, bytes: bytes, path: path.map { Int32(firsts[$0] + flow % sizes[$0]) }, cap: cap))
        classes.append(index)
      }
    }
  }
}

private func leastCommonMultiple(_ one: Int, _ other: Int) -> Int {
  var (divisor, rest) = (one, other)
  while rest > 0 { (divisor, rest) = (rest, divisor % rest) }
  return one / divisor * other
}
