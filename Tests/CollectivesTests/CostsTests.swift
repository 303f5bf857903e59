import Collectives
import Testing

@Suite("Costs are what the published formulas say")
struct CostsTests {
  private func cost(
    _ collective: Collective, _ algorithm: Algorithm, ranks: Int, count: Int, elementSize: Int = 4
  ) throws -> Cost {
    try #require(
      Schedule(collective, algorithm, ranks: ranks, count: count).closedForm(elementSize: elementSize)
    ).cost
  }

  /// Between two ranks the ring and Rabenseifner's algorithm are 2α + Sβ, recursive doubling is α + Sβ.
  ///
  /// It sends the whole vector at once. All three reduce: half the vector, or all of it.
  @Test("between two ranks")
  func pairs() throws {
    #expect(
      try cost(.allReduce, .ring, ranks: 2, count: 100) == Cost(latencies: 2, bytes: 400, reducedBytes: 200))
    #expect(
      try cost(.allReduce, .halvingDoubling, ranks: 2, count: 100)
        == Cost(latencies: 2, bytes: 400, reducedBytes: 200))
    #expect(
      try cost(.allReduce, .recursiveDoubling, ranks: 2, count: 100)
        == Cost(latencies: 1, bytes: 400, reducedBytes: 400))
  }

  /// Eight ranks, 800 elements of 4 bytes, S = 3,200: a ring sends 14 blocks of 400 bytes and reduces 7; halving and
  /// doubling 3 rounds of 1,600, 800 and 400 bytes each way; a binomial tree 3 whole vectors.
  @Test("between eight")
  func eight() throws {
    #expect(
      try cost(.allReduce, .ring, ranks: 8, count: 800)
        == Cost(latencies: 14, bytes: 5_600, reducedBytes: 2_800))
    #expect(
      try cost(.allReduce, .halvingDoubling, ranks: 8, count: 800)
        == Cost(latencies: 6, bytes: 5_600, reducedBytes: 2_800))
    #expect(
      try cost(.reduceScatter, .recursiveDoubling, ranks: 8, count: 800)
        == Cost(latencies: 3, bytes: 2_800, reducedBytes: 2_800))
    #expect(try cost(.allGather, .ring, ranks: 8, count: 800) == Cost(latencies: 7, bytes: 2_800))
    #expect(
      try cost(.broadcast, .recursiveDoubling, ranks: 8, count: 800) == Cost(latencies: 3, bytes: 9_600))
    #expect(try cost(.broadcast, .tree, ranks: 8, count: 800) == Cost(latencies: 3, bytes: 16_000))
  }

  /// Five ranks fold one into four corners: a whole vector in front, reduced, and one behind.
  @Test("folding adds two whole vectors to other rank counts")
  func folding() throws {
    #expect(
      try cost(.allReduce, .recursiveDoubling, ranks: 5, count: 100)
        == Cost(latencies: 4, bytes: 1_600, reducedBytes: 1_200))
    #expect(
      try cost(.allReduce, .halvingDoubling, ranks: 5, count: 100)
        == Cost(latencies: 6, bytes: 600 + 800, reducedBytes: 300 + 400))
  }

  @Test(
    "and are never below the bounds",
    arguments: allPairs)
  func bounds(collective: Collective, algorithm: Algorithm) throws {
    for ranks in 1...64 {
      let schedule = try Schedule(
        collective, algorithm, ranks: ranks, count: 64 * ranks,
        parameters: Schedule.Parameters().dividing(ranks))
      guard let form = schedule.closedForm(elementSize: 4) else { continue }
      let bound = LowerBound(collective, ranks: ranks, bytes: Double(256 * ranks))
      for (alpha, beta, gamma) in [(1.0, 0.0, 0.0), (0, 1, 0), (0, 0, 1), (1e-6, 1e-10, 1e-11)] {
        #expect(
          form.cost.time(alpha: alpha, beta: beta, gamma: gamma) * (1 + 1e-12)
            >= bound.time(alpha: alpha, beta: beta, gamma: gamma), "\(ranks) ranks")
      }
    }
  }

  @Test("bounds take the busiest port or processor, whichever is slower")
  func parts() {
    let bound = LowerBound(.allReduce, ranks: 4, bytes: 1_000)
    #expect(bound.parts == Cost(latencies: 2, bytes: 1_500, reducedBytes: 750))
    #expect(bound.time(alpha: 10, beta: 1, gamma: 1) == 1_510)
    #expect(bound.time(alpha: 10, beta: 1, gamma: 4) == 3_010)
    #expect(LowerBound(.allReduce, ranks: 1, bytes: 1_000).time(alpha: 10, beta: 1, gamma: 1) == 0)
    #expect(LowerBound(.broadcast, ranks: 9, bytes: 0).time(alpha: 10, beta: 1, gamma: 1) == 0)
  }

  @Test("there is none where pieces overlap or runs are empty")
  func none() throws {
    let chunked = Schedule.Parameters(chunk: 10)
    #expect(
      try Schedule(.allReduce, .ring, ranks: 4, count: 100, parameters: chunked).closedForm(elementSize: 4)
        == nil)
    let spread = Schedule.Parameters(channels: 2)
    #expect(
      try Schedule(.allReduce, .ring, ranks: 4, count: 100, parameters: spread).closedForm(elementSize: 4)
        == nil)
    #expect(try Schedule(.allReduce, .ring, ranks: 4, count: 3).closedForm(elementSize: 4) == nil)
  }
}
