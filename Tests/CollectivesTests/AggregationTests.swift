import Collectives
import Testing

/// Trees of switches: one over all, domains below one, uneven ones, and tall ones in which ranks hang at all heights.
let aggregationTrees: [AggregationTree] = {
  let parents: [(ranks: Int, parents: [Int])] = [
    (1, [1, -1]),
    (2, [2, 2, -1]),
    (8, Array(repeating: 8, count: 8) + [-1]),
    (4, [4, 4, 5, 5, 6, 6, -1]),
    (6, [6, 7, 6, 7, 6, 7, 8, 8, -1]),
    (5, [5, 6, 6, 7, 7, -1, 5, 6]),
    (70, (0..<70).map { 70 + $0 / 9 } + Array(repeating: 78, count: 8) + [-1]),
  ]
  return parents.compactMap { try? AggregationTree(ranks: $0.ranks, parents: $0.parents) }
}()

private let collectives = Collective.allCases.filter { $0 != .allToAll }

@Suite("Switches that combine and multicast")
struct AggregationTests {
  @Test("the trees of these tests are trees")
  func trees() { #expect(aggregationTrees.map(\.ranks) == [1, 2, 8, 4, 6, 5, 70]) }

  @Test(
    "every collective is proved over every tree, cut and window", arguments: collectives, aggregationTrees)
  func proofs(collective: Collective, tree: AggregationTree) throws {
    for count in [0, 1, tree.ranks, 61] {
      for (chunk, depth) in [(1 << 30, 8), (1, 1), (4, 2), (7, 1)] {
        for root in collective.isRooted ? [0, tree.ranks - 1] : [0] {
          let schedule = try AggregationSchedule(
            collective, tree: tree, count: count, chunk: chunk, depth: depth, root: root)
          _ = try Proof(of: schedule)
          for node in 0..<schedule.nodes {
            let flaw = RepeatTests.flaw(in: schedule.program(node: node))
            #expect(flaw == nil, "node \(node): \(flaw ?? "")")
          }
        }
      }
    }
  }

  @Test("an all-reduce crosses every edge once each way, and no rank sends more than the vector")
  func volume() throws {
    for tree in aggregationTrees where tree.ranks > 1 {
      let proof = try Proof(of: AggregationSchedule(.allReduce, tree: tree, count: 100, chunk: 9))
      #expect(proof.elementsSent == 2 * 100 * (tree.nodes - 1))
      let gather = try Proof(of: AggregationSchedule(.allGather, tree: tree, count: 100, chunk: 9))
      // Each block crosses each edge once, away from its owner.
      #expect(gather.elementsSent == 100 * (tree.nodes - 1))
    }
  }

  @Test("what a node waits for is needed: without it the proof fails", arguments: collectives)
  func broken(collective: Collective) throws {
    let tree = try AggregationTree(ranks: 4, parents: [4, 4, 5, 5, 6, 6, -1])
    let schedule = try AggregationSchedule(collective, tree: tree, count: 8, chunk: 4)
    var tried = 0
    for broken in 0..<schedule.nodes {
      let program = schedule.program(node: broken)
      for index in 0..<program.count where program[index].movesData && program[index].action != .reduce {
        guard program[index].after.0 >= 0 else { continue }
        tried += 1
        #expect(throws: ProofError.self, "node \(broken), step \(index)") {
          _ = try Proof(schedule) { node in
            Unordered(program: schedule.program(node: node), step: node == broken ? index : -1)
          }
        }
      }
    }
    #expect(tried > 0)
  }

  /// A program of which one step waits for nothing.
  private struct Unordered: StepSequence {
    let program: AggregationProgram
    let step: Int

    var count: Int { program.count }
    var window: Int { program.window }
    subscript(index: Int) -> Step {
      var found = program[index]
      if index == step { found.after = (-1, -1) }
      return found
    }
  }

  @Test("pieces repeat, whatever their number; a block's owner only matters by its side")
  func repeats() throws {
    let tree = try AggregationTree(
      ranks: 64, parents: (0..<64).map { 64 + $0 / 8 } + Array(repeating: 72, count: 8) + [-1])
    for node in [0, 63, 64, 72] {
      let reduce = try AggregationSchedule(.allReduce, tree: tree, count: 10_007, chunk: 10)
      #expect(RepeatTests.remainder(of: reduce.program(node: node)) <= 2 * 2 * 9)
      let gather = try AggregationSchedule(.allGather, tree: tree, count: 640, chunk: 5)
      #expect(RepeatTests.remainder(of: gather.program(node: node)) <= 20 * 2 * 9)
    }
  }

  /// Eight ranks below one switch, S = 4,000 bytes: up and down, two hops; as one piece 2α + 2Sβ, in ten pieces 2α + 1.1 Sβ.
  @Test("costs are a + S b once pieces are small")
  func costs() throws {
    let tree = aggregationTrees[2]
    let whole = try AggregationSchedule(.allReduce, tree: tree, count: 1_000)
    #expect(whole.closedForm(elementSize: 4).cost == Cost(latencies: 2, bytes: 8_000))
    let pieces = try AggregationSchedule(.allReduce, tree: tree, count: 1_000, chunk: 100)
    #expect(pieces.closedForm(elementSize: 4).cost == Cost(latencies: 2, bytes: 4_400))
    #expect(pieces.lowerBound(elementSize: 4) == Cost(latencies: 2, bytes: 4_000))
    let gather = try AggregationSchedule(.allGather, tree: tree, count: 1_000)
    #expect(gather.lowerBound(elementSize: 4) == Cost(latencies: 2, bytes: 3_500))
    #expect(
      try AggregationSchedule(.reduce, tree: aggregationTrees[3], count: 10).lowerBound(elementSize: 1)
        .latencies == 4)
  }

  @Test("what is no tree of switches over ranks is refused with what is wrong")
  func refused() {
    func error(_ ranks: Int, _ parents: [Int]) -> AggregationTreeError? {
      do throws(AggregationTreeError) {
        _ = try AggregationTree(ranks: ranks, parents: parents)
        return nil
      } catch {
        return error
      }
    }
    #expect(error(0, [-1]) == .nodes(1, ranks: 0))
    #expect(error(2, [1, -1]) == .nodes(2, ranks: 2))
    #expect(error(2, [2, 2, 2]) == .roots([], ranks: 2))
    #expect(error(2, [2, -1, 2]) == .roots([1], ranks: 2))
    #expect(error(2, [2, 2, -1, -1]) == .roots([2, 3], ranks: 2))
    #expect(error(2, [2, 0, -1]) == .parent(0, node: 1, switches: 2..<3))
    #expect(error(2, [2, 9, -1]) == .parent(9, node: 1, switches: 2..<3))
    #expect(error(2, [2, 2, -1, 2]) == .barren(3))
    #expect(error(2, [3, 3, -1, 2]) == .lone(2))
    #expect(error(4, [4, 4, 5, 5, -1, 6, 5]) == .cycle(2))
    #expect(throws: ScheduleError.unaggregated(.allToAll)) {
      try AggregationSchedule(.allToAll, tree: aggregationTrees[1], count: 4)
    }
    #expect(throws: ScheduleError.root(2, ranks: 2)) {
      try AggregationSchedule(.reduce, tree: aggregationTrees[1], count: 4, root: 2)
    }
  }
}
