import Fabric
import Quantities
import Testing

private let timing = LinkTiming(link: .nanoseconds(100), throughSwitch: .nanoseconds(300))

private func twoTiers(leaves: Int, hosts: Int, spines: Int) throws -> Fabric {
  try LeafSpine(
    leaves: leaves, hostsPerLeaf: hosts, spines: spines, hostRate: .gigabits(100), uplinkRate: .gigabits(100),
    timing: timing
  ).fabric(named: "two tiers")
}

/// What each flow gets where it has the least of capacity over flows along its path, and 1 where it stays at home.
private func fractions(_ fabric: Fabric, _ router: Router, _ destinations: [Int]) -> [Double] {
  var loads = [Double](repeating: 0, count: fabric.links.count)
  let paths = destinations.enumerated().map { source, destination in
    var path = [Int32]()
    router.appendPath(from: source, to: destination, flow: 0, to: &path)
    for link in path { loads[Int(link)] += 1 }
    return path
  }
  return paths.map { path in
    path.map { fabric.links[Int($0)].bandwidth.gigabitsPerSecond / loads[Int($0)] / 100 }.min() ?? 1
  }
}

private func permutations(of count: Int) -> [[Int]] {
  guard count > 0 else { return [[]] }
  return permutations(of: count - 1).flatMap { shorter in
    (0...shorter.count).map { place in
      var longer = shorter
      longer.insert(count - 1, at: place)
      return longer
    }
  }
}

@Suite("Permutations: shifts, and the worst that is found")
struct PermutationTests {
  // Zahavi's theorem, with no tolerance.
  @Test("D-mod-k carries each shift of ranks in order at exactly 1", arguments: [4, 8])
  func zahavi(k: Int) throws {
    let tree = try FatTree(k: k, rate: .gigabits(400), timing: timing).fabric(named: "tree")
    let shifts = try #require(ShiftPermutations(tree, Router(tree, routing: .destinationModulo), limit: .max))
    #expect(shifts.count == tree.endpoints.count - 1)
    #expect(shifts.all == shifts.count)
    #expect(shifts.mean == 1)
    #expect(shifts.best.fraction == 1)
    #expect(shifts.worst.fraction == 1)
    #expect(shifts.worst.worstFlow == 1)
  }

  // An independent Monte Carlo gave 0.595 for random paths with ranks in order, and 0.665 for d-mod-k with ranks in a
  // random order; shifts spread by 0.01 about their mean, and its own figures are good to 0.005.
  @Test(
    "Take away the routing or the order, and shifts get what an independent simulation gave",
    arguments: [
      (Routing.ecmp(seed: 1), Placement.packed, 0.595), (.destinationModulo, .random(seed: 3), 0.665),
    ])
  func hashing(routing: Routing, placement: Placement, expected: Double) throws {
    let fabric = try twoTiers(leaves: 32, hosts: 32, spines: 32)
    let ranks = try placement.endpoints(for: 1_024, on: fabric)
    let shifts = try #require(
      ShiftPermutations(fabric, Router(fabric, routing: routing), limit: 40, ranks: ranks))
    #expect(abs(shifts.mean - expected) < 0.01, "found \(shifts.mean)")
    let router = Router(fabric, routing: routing)
    for shift in [shifts.best, shifts.worst] {
      var destinations = [Int](repeating: -1, count: 1_024)
      for rank in 0..<1_024 { destinations[ranks[rank]] = ranks[(rank + shift.distance) % 1_024] }
      let each = fractions(fabric, router, destinations)
      #expect(abs(each.reduce(0, +) / 1_024 - shift.fraction) < 1e-9)
      #expect(each.min() == shift.worstFlow)
    }
  }

  @Test("A limit spaces shifts evenly, from 1 on")
  func limited() throws {
    let fabric = try twoTiers(leaves: 8, hosts: 8, spines: 8)
    let shifts = try #require(ShiftPermutations(fabric, Router(fabric, routing: .ecmp(seed: 1)), limit: 10))
    #expect(shifts.count == 10)
    #expect(shifts.all == 63)
  }

  @Test(
    "On small fabrics it is the worst of all permutations",
    arguments: [
      (2, 3, 3, Routing.destinationModulo), (3, 2, 2, .destinationModulo), (2, 3, 2, .ecmp(seed: 3)),
      (3, 2, 2, .ecmp(seed: 4)), (7, 1, 2, .ecmp(seed: 5)),
    ])
  func exhaustive(leaves: Int, hosts: Int, spines: Int, routing: Routing) throws {
    let fabric = try twoTiers(leaves: leaves, hosts: hosts, spines: spines)
    let router = Router(fabric, routing: routing)
    let count = fabric.endpoints.count
    let least = permutations(of: count).map { fractions(fabric, router, $0).reduce(0, +) / Double(count) }
      .min()
    let found = try #require(WorstPermutation(fabric, Router(fabric, routing: routing)))
    #expect(abs(found.fraction - (least ?? 0)) < 1e-9, "found \(found.fraction), there is \(least ?? 0)")
  }

  // Eight hosts a leaf, whose flows can all be made to share one uplink, and no more can: 1/8 is the least there is.
  @Test("On two tiers with d-mod-k it comes near to one uplink for all hosts of a leaf")
  func oneUplink() throws {
    let fabric = try twoTiers(leaves: 16, hosts: 8, spines: 8)
    let found = try #require(WorstPermutation(fabric, Router(fabric, routing: .destinationModulo), seed: 1))
    #expect(found.fraction >= 0.125)
    #expect(found.fraction < 0.16, "found \(found.fraction)")
    #expect(found.destinations.sorted() == Array(0..<128))
    let router = Router(fabric, routing: .destinationModulo)
    let each = fractions(fabric, router, found.destinations)
    #expect(abs(each.reduce(0, +) / 128 - found.fraction) < 1e-9)
    #expect(each.min() == found.worstFlow)
  }

  @Test("It is no better than any shift or random pairs, and the same for the same seed")
  func isWorst() throws {
    let fabric = try FatTree(k: 4, rate: .gigabits(100), timing: timing).fabric(named: "tree")
    let found = try #require(WorstPermutation(fabric, Router(fabric, routing: .ecmp(seed: 2)), seed: 5))
    let shifts = try #require(ShiftPermutations(fabric, Router(fabric, routing: .ecmp(seed: 2)), limit: .max))
    let effective = try #require(
      EffectiveBisection(fabric, Router(fabric, routing: .ecmp(seed: 2)), patterns: 100))
    #expect(found.fraction <= shifts.worst.fraction)
    #expect(found.fraction < effective.fraction)
    #expect(found == WorstPermutation(fabric, Router(fabric, routing: .ecmp(seed: 2)), seed: 5))
  }
}
