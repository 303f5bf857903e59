import Collectives
import Quantities
import Simulation
import Testing

@Suite("Ranks that take turns on processors")
struct ProcessorsTests {
  /// All of a message's cost is processor time: 1 us to send, 2 us to take in, whatever its size.
  private static let busy = HostModel(regimes: [
    .init(sendOverhead: .microseconds(1), receiveOverhead: .microseconds(2))
  ])

  /// The time of a schedule over links without cost.
  private func time(
    _ collective: Collective, _ algorithm: Algorithm, ranks: Int, on processors: Processors?
  ) throws -> Double {
    let schedule = try Schedule(
      collective, algorithm, ranks: ranks, count: 4 * ranks,
      parameters: Schedule.Parameters().dividing(ranks))
    return try Simulation(
      schedule: schedule, elementSize: 4, capacities: [], latencies: [], host: Self.busy,
      processors: processors
    ) { _, _, _, _ in [] }.run().total.microseconds
  }

  @Test("As many processors as ranks are no sharing")
  func enough() {
    #expect(Processors(hostOfRank: [0, 0, 1, 1], counts: [2, 4]) == nil)
    #expect(Processors(hostOfRank: [0, 0, 0], counts: [2]) != nil)
  }

  @Test("One processor does all work one after the other", arguments: [2, 3, 4, 7])
  func one(ranks: Int) throws {
    // 2 (n - 1) rounds of n messages, 3 us each.
    let expected = Double(2 * (ranks - 1) * ranks * 3)
    let shared = Processors(hostOfRank: Array(repeating: 0, count: ranks), counts: [1])
    #expect(try time(.allReduce, .ring, ranks: ranks, on: shared) == expected)
  }

  @Test("Half as many processors as busy ranks take twice as long")
  func half() throws {
    let own = try time(.allReduce, .ring, ranks: 4, on: nil)
    #expect(own == 6 * 3)
    #expect(
      try time(.allReduce, .ring, ranks: 4, on: Processors(hostOfRank: [0, 0, 0, 0], counts: [2])) == 2 * own)
    // Two hosts of one processor, two ranks each: the same.
    #expect(
      try time(.allReduce, .ring, ranks: 4, on: Processors(hostOfRank: [0, 0, 1, 1], counts: [1, 1])) == 2
        * own)
  }

  @Test("Ranks that wait for messages leave their processor to others")
  func idle() throws {
    // A chain of whole messages: one rank works at a time.
    let own = try time(.broadcast, .ring, ranks: 5, on: nil)
    #expect(own == 4 * 3)
    #expect(
      try time(.broadcast, .ring, ranks: 5, on: Processors(hostOfRank: [0, 0, 0, 0, 0], counts: [1])) == own)
  }

  @Test(
    "More processors never make it slower",
    arguments: Algorithm.allCases.filter { $0.serves(.allReduce) })
  func monotone(algorithm: Algorithm) throws {
    let times = try (1...6).map { count in
      try time(
        .allReduce, algorithm, ranks: 6,
        on: Processors(hostOfRank: Array(repeating: 0, count: 6), counts: [count]))
    }
    #expect(zip(times, times.dropFirst()).allSatisfy { $0 >= $1 })
    #expect(try times[5] == time(.allReduce, algorithm, ranks: 6, on: nil))
  }

  @Test("Processors for other ranks than the schedule's are refused")
  func mismatch() throws {
    let schedule = try Schedule(.allReduce, .ring, ranks: 3, count: 3)
    #expect(throws: SimulationError.self) {
      try Simulation(
        schedule: schedule, elementSize: 4, capacities: [], latencies: [],
        processors: Processors(hostOfRank: [0, 0], counts: [1])
      ) { _, _, _, _ in [] }
    }
  }
}
