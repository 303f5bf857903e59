import Collectives
import Fabric
import Quantities
import Simulation
import Testing

@Suite("Switches of a fabric combine and copy for ranks")
struct InNetwork {
  private func run(
    _ collective: Collective, on fabric: Fabric, ranks: Int, chunk: Int = 4_000, depth: Int = 64,
    folds: Bool = true
  ) throws -> (outcome: Outcome, tree: SwitchTree) {
    let endpoints = Array(0..<ranks)
    let tree = try SwitchTree(fabric, endpoints: endpoints)
    let schedule = try AggregationSchedule(
      collective, tree: tree.tree, count: 64_000, chunk: chunk, depth: depth)
    var simulation = try Simulation(
      [Simulation.Job(schedule, over: tree)], elementSize: 1, fabric: fabric,
      router: Router(fabric, routing: .destinationModulo))
    (simulation.folds, simulation.skips) = (folds, folds)
    return (try simulation.run(), tree)
  }

  /// 64,000 bytes at 1 GB/s in 16 pieces of 4 µs: 64 µs for the first link, and one piece more for the second; two
  /// links' latencies.
  @Test("in the time that one port needs, where there is one switch")
  func single() throws {
    let fabric = try SmallFabrics.named("single", latencies: "link-latency: 0 ns\nswitch-latency: 0 ns")
    let (outcome, tree) = try run(.allReduce, on: fabric, ranks: 6)
    #expect(tree.tree.height == 1)
    #expect(outcome.total == .microseconds(68))
  }

  @Test("with the vector once up and once down on every link of the tree", arguments: SmallFabrics.names)
  func bytes(name: String) throws {
    let fabric = try SmallFabrics.named(name)
    let (outcome, tree) = try run(.allReduce, on: fabric, ranks: fabric.endpoints.count)
    var expected = [Double](repeating: 0, count: fabric.links.count)
    for (node, link) in tree.links.enumerated() where link >= 0 {
      #expect(fabric.links[link].from == tree.nodes[node])
      #expect(fabric.links[link].to == tree.nodes[tree.tree.parents[node]])
      expected[link] += 64_000
      expected[link ^ 1] += 64_000
    }
    #expect(outcome.links.map(\.bytes) == expected)
    #expect(outcome.completions.count == fabric.endpoints.count)
  }

  @Test("no faster than any bound, and folded or not at the same times", arguments: SmallFabrics.names)
  func laws(name: String) throws {
    let fabric = try SmallFabrics.named(name)
    let ranks = fabric.endpoints.count
    for collective in [Collective.allReduce, .broadcast, .reduce, .allGather, .reduceScatter] {
      let outcome = try run(collective, on: fabric, ranks: ranks, depth: 2).outcome
      let whole = try run(collective, on: fabric, ranks: ranks, depth: 2, folds: false).outcome
      #expect(outcome.completions == whole.completions, "\(collective)")
      let frame = try Schedule(collective, .ring, ranks: ranks, count: 64_000)
      try PhysicalLimits(fabric, endpoints: Array(0..<ranks)).bound(
        on: frame, elementSize: 1, host: .ideal, reduction: .switches
      ).check(outcome)
    }
  }
}
