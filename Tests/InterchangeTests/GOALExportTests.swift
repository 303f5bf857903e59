import Collectives
import Interchange
import Testing

@Suite("A schedule in GOAL")
struct GOALExportTests {
  private func text(_ schedule: Schedule, elementSize: Int = 1) throws -> String {
    var bytes: [UInt8] = []
    try GOALExport(schedule, elementSize: elementSize).write { bytes += $0 }
    return String(decoding: bytes, as: UTF8.self)
  }

  private func goal(_ schedule: Schedule, elementSize: Int = 1) throws -> GOALText {
    try GOALText(text(schedule, elementSize: elementSize))
  }

  /// A chain of two pieces with one in flight: the window is two steps, so that step 4 waits for steps 1 and 2.
  @Test("is what LogGOPSim's txt2bin reads, line by line")
  func golden() throws {
    let schedule = try Schedule(.broadcast, .ring, ranks: 2, count: 8, parameters: .init(chunk: 4, depth: 1))
    let lines = try text(schedule, elementSize: 2).split(separator: "\n").filter { !$0.hasPrefix("//") }
    #expect(
      lines == [
        "num_ranks 2",
        "rank 0 {",
        "l1: calc 0",
        "l2: send 8b to 1 tag 1", "l2 requires l1",
        "l3: calc 0", "l3 requires l1",
        "w0_2: calc 0", "w0_2 requires l1", "w0_2 requires l2",
        "l4: send 8b to 1 tag 3", "l4 requires w0_2", "l4 requires l3",
        "}",
        "rank 1 {",
        "l1: recv 8b from 0 tag 1",
        "l2: calc 0",
        "l3: recv 8b from 0 tag 3", "l3 requires l1",
        "w0_2: calc 0", "w0_2 requires l1", "w0_2 requires l2",
        "l4: calc 0", "l4 requires w0_2",
        "}",
      ])
  }

  /// Rounds of `size / ranks` bytes over 50 GB/s and 1,000 ns, 2 (ranks - 1) of them: 126 x (327.68 + 1,000) ns, and
  /// 126 x (20,971.52 + 1,000) ns.
  @Test(
    "of a ring takes the published time of others' simulators under LogGP",
    arguments: [(20, 167.288), (26, 2_768.412)])
  func ring(power: Int, microseconds: Double) throws {
    let goal = try goal(Schedule(.allReduce, .ring, ranks: 64, count: 1 << power))
    let time = try #require(LogGP(latency: 1e-6, gap: 1 / 50e9).time(of: goal))
    #expect(abs(time * 1e6 - microseconds) < 5.1e-4)
  }

  private static let shapes: [Schedule.Parameters] = [
    .init(), .init(channels: 2, chunk: 3, depth: 1), .init(channels: 1, chunk: 2, depth: 2),
  ]

  /// Every schedule that exists over `ranks` ranks, in a few shapes.
  private func schedules(ranks: Int) -> [Schedule] {
    Collective.allCases.flatMap { collective in
      Algorithm.allCases.flatMap { algorithm in
        Self.shapes.compactMap { shape in
          try? Schedule(
            collective, algorithm, ranks: ranks, count: 25, root: collective.isRooted ? ranks - 1 : 0,
            parameters: shape)
        }
      }
    }
  }

  @Test("comes to its end, each message once, with the schedule's bytes", arguments: [1, 2, 3, 5, 7, 8, 12])
  func messages(ranks: Int) throws {
    let schedules = schedules(ranks: ranks)
    #expect(schedules.count > 50)
    for schedule in schedules {
      let goal = try goal(schedule, elementSize: 4)
      #expect(LogGP(latency: 1e-6, gap: 1e-9).time(of: goal) != nil, "\(schedule)")
      var sent: [[Int]: Int] = [:]
      var received: [[Int]: Int] = [:]
      for (rank, operations) in goal.ranks.enumerated() {
        for operation in operations {
          switch operation.kind {
          case .send(let bytes, let to, let tag):
            #expect(sent.updateValue(bytes, forKey: [rank, to, tag]) == nil)
          case .receive(let bytes, let from, let tag):
            #expect(received.updateValue(bytes, forKey: [from, rank, tag]) == nil)
          case .calculate(let cost): #expect(cost == 0)
          }
        }
      }
      #expect(sent == received, "\(schedule)")
      #expect(sent.values.reduce(0, +) == 4 * elementsSent(schedule))
    }
  }

  private func elementsSent(_ schedule: Schedule) -> Int {
    var total = 0
    for rank in 0..<schedule.ranks {
      for lane in 0..<schedule.lanes {
        let program = schedule.program(rank: rank, lane: lane)
        for index in 0..<program.count where program[index].action == .send { total += program[index].count }
      }
    }
    return total
  }

  @Test("waits for what the schedule's rules say, and for nothing else", arguments: [2, 3, 5, 8])
  func waits(ranks: Int) throws {
    for schedule in schedules(ranks: ranks) {
      let goal = try goal(schedule)
      for rank in 0..<ranks {
        let stated = statedWaits(goal.ranks[rank])
        var first = 0
        for lane in 0..<schedule.lanes {
          let program = schedule.program(rank: rank, lane: lane)
          let ruled = ruledWaits(program)
          for index in 0..<program.count {
            let expected = Set(ruled[index].map { first + $0 })
            #expect(
              stated[first + index] == expected, "\(schedule): rank \(rank), lane \(lane), step \(index)")
          }
          first += program.count
        }
        #expect(stated.count == first)
      }
    }
  }

  /// For each step, the steps that must be complete before, by way of others included: rules 1 and 2 as they stand.
  private func ruledWaits(_ program: Program) -> [Set<Int>] {
    var waits: [Set<Int>] = []
    for index in 0..<program.count {
      let step = program[index]
      let below = max(Int(step.barrier), index - program.window + 1)
      var own = Set(0..<max(0, below))
      for after in [step.after.0, step.after.1] where after >= 0 { own.insert(Int(after)) }
      waits.append(own.reduce(into: own) { $0.formUnion(waits[$1]) })
    }
    return waits
  }

  /// The same by the text: numbers of steps, with the waits between them followed.
  private func statedWaits(_ operations: [GOALText.Operation]) -> [Set<Int>] {
    var waits: [Set<Int>] = []
    var steps: [Set<Int>] = []
    for operation in operations {
      var own = Set<Int>()
      for earlier in operation.requires {
        own.formUnion(waits[earlier])
        let label = operations[earlier].label
        if label.first == "l", let number = Int(label.dropFirst()) { own.insert(number - 1) }
      }
      waits.append(own)
      if operation.label.first == "l" { steps.append(own) }
    }
    return steps
  }

  @Test("is refused before it is written where no one could read it")
  func refusals() throws {
    let long = try Schedule(.allReduce, .ring, ranks: 20_000, count: 1 << 20)
    #expect {
      _ = try GOALExport(long, elementSize: 4)
    } throws: { error in
      "\(error)".contains("GOAL text holds at most 10000000 steps and ranks; expected fewer ranks")
    }
  }
}
