import Collectives
import Fabric
import Quantities
import Simulation
import Testing

/// All times are worked out by hand: a link carries a byte a nanosecond.
@Suite("Jobs beside each other")
struct ConditionsJobTests {
  private let run: ConditionedRun

  init() throws { run = try ConditionedRun(hosts: 8) }

  /// Both go to host 1.
  ///
  /// 1,000 bytes each take 2,000 ns; what is left of the longer one has the link to itself.
  @Test("halve a link while both run")
  func halves() throws {
    let ends = try run.run(
      ConditionedRun.message(1_000, from: 0, to: 1), ConditionedRun.message(3_000, from: 2, to: 1))
    #expect(ends.map(\.nanoseconds) == [2_000, 2_000, 4_000, 4_000])
  }

  /// 500 bytes of the first are alone; its other 500 take 1,000 ns, in which the second moves 500, and 2,500 after.
  @Test("share from the time at which the later one starts")
  func later() throws {
    let ends = try run.run(
      ConditionedRun.message(1_000, from: 0, to: 1),
      ConditionedRun.message(3_000, from: 2, to: 1, start: .nanoseconds(500)))
    #expect(ends.map(\.nanoseconds) == [1_500, 1_500, 4_000, 4_000])
  }

  @Test("don't touch each other where they share no link")
  func apart() throws {
    let ends = try run.run(
      ConditionedRun.message(1_000, from: 0, to: 1),
      ConditionedRun.message(500, from: 2, to: 3, start: .nanoseconds(100)))
    #expect(ends.map(\.nanoseconds) == [1_000, 1_000, 600, 600])
  }

  @Test("have an outcome each, and links that carry what all had")
  func outcomes() throws {
    let outcome = try run.simulation([
      ConditionedRun.message(1_000, from: 0, to: 1), ConditionedRun.message(3_000, from: 2, to: 1),
    ]).run()
    let first = outcome.ofRanks(0..<2)
    #expect(first.total == .nanoseconds(2_000) && first.end == .nanoseconds(4_000))
    let down = try #require(run.fabric.links.indices.first { run.fabric.name(ofLink: $0) == "switch0>host1" })
    #expect(first.links[down].bytes == 4_000)
    #expect(first.busiestLinks(on: run.fabric, most: 1).map(\.share) == [1])
  }

  @Test("over and over take as many times as long, where ranks are done together", arguments: [1, 2, 3, 10])
  func repetitions(times: Int) throws {
    for (collective, algorithm) in [
      (Collective.allReduce, Algorithm.ring), (.allGather, .ring), (.allReduce, .recursiveDoubling),
      (.allReduce, .halvingDoubling),
    ] {
      for chunk in [100, 1_000, 1 << 30] {
        let schedule = try Schedule(
          collective, algorithm, ranks: 8, count: 8_000, parameters: .init(chunk: chunk, depth: 2))
        let once = try run.run(Simulation.Job(schedule, endpoints: Array(0..<8)))
        let ends = try run.run(
          Simulation.Job(schedule, endpoints: Array(0..<8), repetitions: times))
        #expect(Set(once).count == 1, "\(collective), \(algorithm)")
        #expect(ends == once.map { $0 * times }, "\(collective), \(algorithm), chunks of \(chunk)")
      }
    }
  }

  @Test("over and over move every byte each time, whether what repeats is skipped or not")
  func repetitionsOfAll() throws {
    for (collective, algorithm) in allPairs {
      for parameters in [Schedule.Parameters(domain: 7), .init(chunk: 97, depth: 2, domain: 7)] {
        let schedule = try Schedule(collective, algorithm, ranks: 7, count: 1_003, parameters: parameters)
        let run = try ConditionedRun(hosts: 7, latency: "300 ns")
        let job = Simulation.Job(schedule, endpoints: Array(0..<7))
        var thrice = job
        thrice.repetitions = 3
        let (once, all) = (try run.simulation([job]).run(), try run.simulation([thrice]).run())
        #expect(all.flows == 3 * once.flows && all.total > once.total)
        #expect(all.links.map(\.bytes) == once.links.map { 3 * $0.bytes })
        var plain = try run.simulation([thrice])
        (plain.folds, plain.skips) = (false, false)
        #expect(try plain.run().completions == all.completions, "\(collective), \(algorithm)")
      }
    }
  }

  @Test("are placed on endpoints that nobody has, unless they say where")
  func placement() throws {
    let conditions = try Conditions(
      parsing: """
        jobs:
          - {collective: all-reduce, algorithm: ring, size: 1 MiB, ranks: 2}
          - {collective: all-reduce, algorithm: ring, size: 1 MiB, ranks: 3, placement: packed}
          - {collective: broadcast, algorithm: tree, size: 1 KiB, ranks: 1, start: 5 us, repeat: 4}
        """, on: run.fabric, ranks: 2)
    let places = try conditions.endpointsOfNeighbours(beside: [1, 4]) { placement, ranks in
      try placement.endpoints(for: ranks, on: run.fabric)
    }
    #expect(places == [[3, 5], [0, 1, 2], [6]])
    #expect(conditions.neighbours.map(\.start) == [.zero, .zero, .microseconds(5)])
    #expect(conditions.neighbours.map(\.repetitions) == [1, 1, 4])
    #expect(throws: SimulationError.self) {
      try conditions.endpointsOfNeighbours(beside: Array(3..<8)) { _, _ in [0, 1, 2] }
    }
  }
}
