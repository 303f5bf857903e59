import Statistics

/// The permutation of the endpoints that was found to get least, each endpoint sending to one and receiving from one.
///
/// It is a bound: there may be worse ones. Starts are far pairs (the longest matching, greedily), transposes of the
/// endpoints' order as a matrix, for each way to part their number in two factors, and the shift by half. From the
/// worst of them, pairs of flows exchange their destinations while that crowds links more: the sum over links of the
/// square of what they would have to carry over what they can. A try costs as much as four routes.
///
/// - Source: Jyothi, Singla, Godfrey, Kolla, "Measuring and understanding throughput of network topologies", SC 2016, for
///   the longest matching as a near-worst case.
public struct WorstPermutation: Sendable, Equatable {
  /// The mean over flows of the fraction of the NIC rate that they get; 1 for those that stay inside a host.
  public let fraction: Double
  /// The worst flow's fraction.
  public let worstFlow: Double
  /// The most flows on one link.
  public let worstLoad: Double
  /// Where each endpoint sends.
  public let destinations: [Int]
  /// How many exchanges were tried.
  public let tries: Int
  /// What they and the far pairs were drawn from.
  public let seed: UInt64

  /// How many unmatched endpoints a far one is chosen from.
  private static let candidates = 64
  /// Exchanges for each endpoint, and at the most.
  private static let triesPerEndpoint = 200
  private static let mostTries = 200_000

  /// Searches; nil with one endpoint.
  public init?(_ fabric: Fabric, _ router: Router, seed: UInt64 = 0) {
    let count = fabric.endpoints.count
    guard count >= 2 else { return nil }
    var placement = FlowPlacement(fabric, router)
    var generator = SplitMix64(seed: seed)
    let sources = Array(0..<count)
    var worst = (fraction: Double.infinity, destinations: [Int]())
    func look(at destinations: [Int]) {
      placement.place(from: sources, to: destinations, number: 0)
      let fraction = FlowFractions(placement, limit: 1).mean
      if fraction < worst.fraction { worst = (fraction, destinations) }
    }

    look(at: Self.farPairs(placement.router, count: count, by: &generator))
    for rows in 2..<max(3, count) where count.isMultiple(of: rows) && rows < count {
      let columns = count / rows
      let transposed = sources.map { $0 % columns * rows + $0 / columns }
      look(at: transposed)
      // A column on, fewer flows stay where they are.
      look(at: transposed.map { ($0 + rows) % count })
    }
    look(at: sources.map { ($0 + count / 2) % count })

    tries = min(Self.mostTries, Self.triesPerEndpoint * count)
    var crowding = Crowding(placement, destinations: worst.destinations)
    for _ in 0..<tries {
      crowding.tryExchange(
        generator.index(below: count), generator.index(below: count), router: placement.router)
    }
    look(at: crowding.destinations)
    // The last word on what was found has the loads of exactly that permutation.
    placement.place(from: sources, to: worst.destinations, number: 0)
    let flows = FlowFractions(placement, limit: 1)
    fraction = flows.mean
    worstFlow = flows.worst
    worstLoad = placement.worstLoad
    destinations = worst.destinations
    self.seed = seed
  }

  /// Each endpoint in a random order takes the farthest of some that nobody sends to yet, itself only where it must.
  private static func farPairs(_ router: Router, count: Int, by generator: inout SplitMix64) -> [Int] {
    var order = Array(0..<count)
    generator.shuffle(&order)
    var free = order
    var destinations = [Int](repeating: -1, count: count)
    var path = [Int32]()
    for source in order {
      var best = (length: -1, place: 0)
      for place in 0..<min(candidates, free.count) {
        let other = place + generator.index(below: free.count - place)
        free.swapAt(place, other)
        path.removeAll(keepingCapacity: true)
        router.appendPath(from: source, to: free[place], flow: 0, to: &path)
        if path.count > best.length { best = (path.count, place) }
      }
      destinations[source] = free[best.place]
      free.swapAt(best.place, free.count - 1)
      free.removeLast()
    }
    return destinations
  }
}

/// How crowded links are by a permutation, and exchanges of destinations that crowd them more.
///
/// A routing that looks at loads is asked again for what it placed before, so that loads are near to what it would
/// place; what is reported of the outcome is placed anew.
private struct Crowding {
  private(set) var destinations: [Int]
  private var loads: [Double]
  private let capacities: [Double]
  private var before = [LinkShare]()
  private var after = [LinkShare]()

  init(_ placement: borrowing FlowPlacement, destinations: [Int]) {
    self.destinations = destinations
    capacities = placement.capacities
    var flows = [LinkShare]()
    loads = [Double](repeating: 0, count: capacities.count)
    for (source, destination) in destinations.enumerated() {
      flows.removeAll(keepingCapacity: true)
      placement.router.appendShares(from: source, to: destination, flow: 0, loads: loads, to: &flows)
      for share in flows { loads[Int(share.link)] += Double(share.share) }
    }
  }

  /// Lets two sources exchange their destinations where neither then sends to itself and links are more crowded.
  mutating func tryExchange(_ one: Int, _ other: Int, router: Router) {
    let (first, second) = (destinations[one], destinations[other])
    guard one != other, second != one, first != other else { return }
    before.removeAll(keepingCapacity: true)
    after.removeAll(keepingCapacity: true)
    router.appendShares(from: one, to: first, flow: 0, loads: loads, to: &before)
    router.appendShares(from: other, to: second, flow: 0, loads: loads, to: &before)
    router.appendShares(from: one, to: second, flow: 0, loads: loads, to: &after)
    router.appendShares(from: other, to: first, flow: 0, loads: loads, to: &after)
    var gain = 0.0
    for share in before { gain += add(-Double(share.share), to: Int(share.link)) }
    for share in after { gain += add(Double(share.share), to: Int(share.link)) }
    if gain > 0 {
      destinations.swapAt(one, other)
    } else {
      for share in after { _ = add(-Double(share.share), to: Int(share.link)) }
      for share in before { _ = add(Double(share.share), to: Int(share.link)) }
    }
  }

  /// Changes a link's load, and gives by how much the square of its time for it changes.
  private mutating func add(_ share: Double, to link: Int) -> Double {
    let old = loads[link]
    loads[link] = old + share
    return share * (2 * old + share) / (capacities[link] * capacities[link])
  }
}
