import Collectives
import Quantities
import Simulation
import Testing

@Suite("Aggregation in switches is replayed, and keeps to its closed form")
struct AggregationReplays {
  /// A link each way for every edge: 1 µs, 10 GB/s.
  private func time(_ schedule: AggregationSchedule) throws -> Double {
    let edges = schedule.nodes
    // The replay takes what it must know of a schedule, lanes and number of programs, from one of as many ranks.
    let frame = try Schedule(.allReduce, .ring, ranks: edges, count: schedule.count)
    let parents = schedule.tree.parents
    let simulation = try Simulation(
      schedule: frame, elementSize: 4, capacities: Array(repeating: 1e10, count: 2 * edges),
      latencies: Array(repeating: .microseconds(1), count: 2 * edges)
    ) { from, to, _, _ in parents[from] == to ? [Int32(2 * from)] : [Int32(2 * to + 1)] }
    return try simulation.run(programs: (0..<edges).map { schedule.program(node: $0) }).total.seconds
  }

  private static let trees = [
    (2, [2, 2, -1]), (8, Array(repeating: 8, count: 8) + [-1]), (4, [4, 4, 5, 5, 6, 6, -1]),
    (64, (0..<64).map { 64 + $0 / 8 } + Array(repeating: 72, count: 8) + [-1]),
  ]

  @Test("exactly for even pieces, whatever the number of ranks", arguments: trees)
  func exact(ranks: Int, parents: [Int]) throws {
    let tree = try AggregationTree(ranks: ranks, parents: parents)
    for collective in [Collective.allReduce, .broadcast, .reduce] {
      for chunk in [1 << 16, 1 << 13, 1 << 10] {
        let schedule = try AggregationSchedule(
          collective, tree: tree, count: 1 << 16, chunk: chunk, depth: 64)
        let form = schedule.closedForm(elementSize: 4)
        let expected = form.cost.time(alpha: 1e-6, beta: 1e-10, gamma: 0)
        let simulated = try time(schedule)
        #expect(form.meaning == .exact)
        #expect(abs(simulated - expected) <= 1e-9 * form.cost.latencies, "\(collective), \(chunk)")
      }
    }
  }

  @Test(
    "and never beats its bound",
    arguments: [Collective.allReduce, .allGather, .reduceScatter, .broadcast, .reduce])
  func bound(collective: Collective) throws {
    for (ranks, parents) in Self.trees {
      let tree = try AggregationTree(ranks: ranks, parents: parents)
      for (chunk, depth) in [(1 << 16, 1), (1 << 13, 2), (1_000, 8)] {
        let schedule = try AggregationSchedule(
          collective, tree: tree, count: 1 << 16, chunk: chunk, depth: depth)
        let least = schedule.lowerBound(elementSize: 4).time(alpha: 1e-6, beta: 1e-10, gamma: 0)
        #expect(try time(schedule) >= least - 1e-12)
      }
    }
  }

  @Test(
    "A narrow window has pieces wait for the return of those before them, and a wider one is never slower")
  func window() throws {
    let tree = try AggregationTree(ranks: 4, parents: [4, 4, 5, 5, 6, 6, -1])
    // 32 pieces of 4,096 bytes: 0.4096 µs on each link, and four links there and back of 1.4096 µs each.
    let times = try [1, 2, 4, 8, 64].map {
      try time(AggregationSchedule(.allReduce, tree: tree, count: 32 << 10, chunk: 1 << 10, depth: $0))
    }
    #expect(zip(times, times.dropFirst()).allSatisfy { $0 >= $1 })
    #expect(times[0] > 2 * times[4])
  }
}
