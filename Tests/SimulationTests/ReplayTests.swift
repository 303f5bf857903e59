import Collectives
import Quantities
import Simulation
import Testing

@Suite("A schedule is replayed by its rules")
struct Replays {
  private func schedules(ranks: [Int] = [2, 3, 5, 8, 12]) throws -> [Schedule] {
    var schedules: [Schedule] = []
    for (collective, algorithm) in allPairs {
      for ranks in ranks {
        for parameters in [Schedule.Parameters(), .init(chunk: 97, depth: 2)] {
          schedules.append(
            try Schedule(
              collective, algorithm, ranks: ranks, count: 1_003, parameters: parameters.dividing(ranks)))
        }
      }
    }
    return schedules
  }

  private let host = HostModel(regimes: [
    .init(sendOverhead: .nanoseconds(200), receiveOverhead: .nanoseconds(300), latency: .nanoseconds(50)),
    .init(
      from: ByteCount(512), sendOverhead: .nanoseconds(700), receiveOverhead: .nanoseconds(100),
      bandwidth: .gigabytes(3), reduction: 2e-10),
  ])

  @Test("every message that the proof counts is a flow, and every link carries what its flows had")
  func conservation() throws {
    for schedule in try schedules() {
      let proof = try Proof(of: schedule)
      var carried = [Double](repeating: 0, count: 2 * schedule.ranks)
      var (flows, sound) = (0, true)
      let outcome = try SwitchedRanks(ranks: schedule.ranks).simulation(
        of: schedule, elementSize: 4, host: host
      )
      .run(observe: { flow in
        flows += 1
        for link in flow.path { carried[Int(link)] += Double(flow.size.bytes) }
        sound = sound && flow.start < flow.drained && flow.drained < flow.end
      })
      #expect(flows == proof.messages && outcome.flows == flows && sound)
      #expect(outcome.links.map(\.bytes) == carried)
      #expect(carried.reduce(0, +) == Double(8 * proof.elementsSent))
      let total = outcome.total
      #expect(
        outcome.links.allSatisfy {
          $0.utilisation(of: .gigabytes(50), until: total) <= 1 + 1e-9
        })
    }
  }

  @Test("with the same times on every run")
  func determinism() throws {
    for schedule in try schedules(ranks: [7]) {
      let simulation = try SwitchedRanks(ranks: 7).simulation(of: schedule, host: host)
      #expect(try simulation.run() == simulation.run())
    }
  }

  @Test("twice the bandwidth on a switch never makes an even schedule slower")
  func bandwidth() throws {
    for (collective, algorithm) in allPairs {
      for ranks in [2, 4, 8, 16] {
        let schedule = try Schedule(
          collective, algorithm, ranks: ranks, count: 4_096 * ranks,
          parameters: Schedule.Parameters().dividing(ranks))
        let slow = try SwitchedRanks(ranks: ranks, bytesPerSecond: 1e9).simulation(of: schedule).run()
        let fast = try SwitchedRanks(ranks: ranks, bytesPerSecond: 2e9).simulation(of: schedule).run()
        #expect(fast.total <= slow.total, "\(collective), \(algorithm), \(ranks) ranks")
      }
    }
  }

  /// Random schedules over up to seven ranks.
  ///
  /// Their paths meet in one of two links in the middle, with and without costs
  /// of the host, chunks, channels and windows that bind. A picosecond is what rounding may differ by; since the
  /// order of two processor jobs may hang on it, most cases have times that no rounding brings together.
  @Test("as if every step were looked at again whenever anything happens, in 300 random cases")
  func naive() throws {
    var compared = 0
    for seed in 0..<300 {
      var random = Random(seed: UInt64(seed))
      let (collective, algorithm) = allPairs[random.below(allPairs.count)]
      let ranks = 2 + random.below(6)
      let parameters = Schedule.Parameters(
        channels: 1 + random.below(2), chunk: 3 + random.below(40), depth: 1 + random.below(3)
      ).dividing(ranks)
      guard
        let schedule = try? Schedule(
          collective, algorithm, ranks: ranks, count: 1 + random.below(90), parameters: parameters)
      else { continue }
      let capacities = (0..<2 * ranks + 2).map { _ in random.between(0.5e9, 4e9) }
      let latencies = (0..<2 * ranks + 2).map { _ in Time(picoseconds: Int64(random.below(3) * 10_007)) }
      let host =
        random.below(3) == 0
        ? .ideal
        : HostModel(regimes: [
          .init(sendOverhead: Time(picoseconds: 7_001), receiveOverhead: Time(picoseconds: 11_003)),
          .init(
            from: ByteCount(20), sendOverhead: Time(picoseconds: 30_011), latency: Time(picoseconds: 5_003),
            bandwidth: Bandwidth(bytesPerSecond: random.between(1e8, 2e9)),
            reduction: random.between(0, 2e-9),
            copying: Double(random.below(2)) * 3e-10),
        ])
      let path: @Sendable (Int, Int, Int) -> [Int32] = { from, to, lane in
        // Neighbours of an even rank are on its endpoint.
        from / 2 == to / 2 ? [] : [Int32(from), Int32(2 * ranks + (from + to + lane) % 2), Int32(ranks + to)]
      }
      let outcome = try Simulation(
        schedule: schedule, elementSize: 1, capacities: capacities, latencies: latencies, host: host,
        findPath: { from, to, lane, _ in path(from, to, lane) }
      ).run()
      let programs = (0..<ranks * schedule.lanes).map {
        schedule.program(rank: $0 / schedule.lanes, lane: $0 % schedule.lanes)
      }
      var naive = NaiveReplay(
        programs, lanes: schedule.lanes, capacities: capacities, latencies: latencies, host: host, path: path)
      for (time, expected) in zip(outcome.completions, naive.run()) {
        #expect(
          abs(time.picoseconds - expected) <= 1_000,
          "case \(seed): \(collective), \(algorithm), \(ranks) ranks")
      }
      compared += 1
    }
    #expect(compared > 200)
  }

  /// Two ranks, 1,000 bytes from 0 to 1 at 1 GB/s.
  ///
  /// 200 ns to post, 1,000 ns to drain, two links of 30 ns and 50 ns
  /// of the host's own, then 300 ns and 0.5 ns a byte to take in and reduce: 2,110 ns at rank 1. Rank 0 is done
  /// when it has drained.
  @Test("overheads, latencies and reduction add up")
  func worked() throws {
    let schedule = try Schedule(.reduce, .ring, ranks: 2, count: 1_000, root: 1)
    let host = HostModel(regimes: [
      .init(
        sendOverhead: .nanoseconds(200), receiveOverhead: .nanoseconds(300), latency: .nanoseconds(50),
        reduction: 5e-10)
    ])
    let outcome = try SwitchedRanks(ranks: 2, bytesPerSecond: 1e9, latency: .nanoseconds(30))
      .simulation(of: schedule, host: host).run()
    #expect(outcome.completions == [.nanoseconds(1_200), .nanoseconds(2_110)])
    #expect(outcome.flows == 1)
  }

  /// The same over no links at all: a cap of 2 GB/s drains 1,000 bytes in 500 ns.
  @Test("ranks on one endpoint pay what their host costs")
  func oneEndpoint() throws {
    let schedule = try Schedule(.broadcast, .ring, ranks: 2, count: 1_000)
    func total(_ regime: HostModel.Regime) throws -> Time {
      try Simulation(
        schedule: schedule, elementSize: 1, capacities: [], latencies: [], host: HostModel(regimes: [regime])
      ) { _, _, _, _ in [] }.run().total
    }
    #expect(try total(.init()) == .zero)
    #expect(try total(.init(latency: .nanoseconds(7), bandwidth: .gigabytes(2))) == .nanoseconds(507))
    #expect(
      try total(.init(sendOverhead: .nanoseconds(5), receiveOverhead: .nanoseconds(6))) == .nanoseconds(11))
  }

  @Test("a message takes the regime of its size")
  func regimes() throws {
    let host = HostModel(regimes: [
      .init(latency: .nanoseconds(1)), .init(from: ByteCount(100), latency: .nanoseconds(1_000)),
    ])
    for (count, latency) in [(99, 1), (100, 1_000), (101, 1_000)] {
      let schedule = try Schedule(.broadcast, .ring, ranks: 2, count: count)
      let outcome = try SwitchedRanks(ranks: 2, bytesPerSecond: 1e9, latency: .zero)
        .simulation(of: schedule, host: host).run()
      #expect(outcome.total == .nanoseconds(Int64(count + latency)))
    }
  }

  /// A program that sends only once it has received, at both ends.
  private struct Waiting: StepSequence {
    let rank: Int
    var count: Int { 2 }
    var window: Int { 2 }
    private let real: Program

    init(rank: Int, of schedule: Schedule) {
      self.rank = rank
      real = schedule.program(rank: rank, lane: 0)
    }

    subscript(index: Int) -> Step {
      var step = real[1 - index]
      step.peerStep = Int32(1 - index)
      if step.action == .send { step.after.0 = 0 }
      return step
    }
  }

  @Test("ranks that wait for each other are named")
  func deadlock() throws {
    let schedule = try Schedule(.allGather, .ring, ranks: 2, count: 2)
    let programs = [Waiting(rank: 0, of: schedule), Waiting(rank: 1, of: schedule)]
    let error = #expect(throws: SimulationError.self) {
      _ = try SwitchedRanks(ranks: 2).simulation(of: schedule).run(programs: programs)
    }
    #expect(
      error?.description.contains("2 ranks wait for ever: rank 0 lane 0 step 0 (receive from rank 1)") == true
    )
  }

  @Test("ranks without a path between them are named, and nothing is run to its end without it")
  func noPath() throws {
    let schedule = try Schedule(.allGather, .ring, ranks: 3, count: 3)
    let simulation = try Simulation(
      schedule: schedule, elementSize: 1, capacities: [1e9], latencies: [.zero]
    ) { from, to, _, _ throws(SimulationError) in
      guard from != 1 else { throw .noPath(from: "\(from)", to: "\(to)") }
      return [0]
    }
    #expect(throws: SimulationError.noPath(from: "1", to: "2")) { try simulation.run() }
  }

  @Test("what can't be simulated is refused")
  func refusals() throws {
    let schedule = try Schedule(.allGather, .ring, ranks: 2, count: 1 << 50)
    #expect(throws: SimulationError.tooLong) {
      try SwitchedRanks(ranks: 2, bytesPerSecond: 1e-3).simulation(of: schedule).run()
    }
    for flawed in [
      HostModel(regimes: []), HostModel(regimes: [.init(from: ByteCount(1))]),
      HostModel(regimes: [.init(), .init()]),
      HostModel(regimes: [.init(latency: .nanoseconds(-1))]), HostModel(regimes: [.init(reduction: .nan)]),
      HostModel(regimes: [.init(bandwidth: Bandwidth(bytesPerSecond: 0))]),
    ] {
      #expect(throws: SimulationError.self) {
        try SwitchedRanks(ranks: 2).simulation(of: schedule, host: flawed)
      }
    }
  }
}
