import Collectives
import Quantities
import Simulation
import Testing

/// Programs over links, with every way to run them.
private struct ProgramCase {
  let programs: RandomPrograms
  let capacities: [Double]
  let latencies: [Time]
  let host: HostModel
  let path: @Sendable (_ from: Int, _ to: Int, _ lane: Int) -> [Int32]

  /// The picosecond at which each rank is done; nil where some wait for ever.
  func completions(folds: Bool, skips: Bool, onTheClock: Bool = false) throws(SimulationError) -> [Int64]? {
    var simulation = try simulation()
    (simulation.folds, simulation.skips) = (folds, skips)
    do {
      return try simulation.run(programs: programs.programs, observe: onTheClock ? { _ in } : nil)
        .completions.map(\.picoseconds)
    } catch {
      guard case .deadlock = error else { throw error }
      return nil
    }
  }

  func events(skips: Bool) throws(SimulationError) -> Int {
    var simulation = try simulation()
    simulation.skips = skips
    do { return try simulation.run(programs: programs.programs).events } catch { return 0 }
  }

  private func simulation() throws(SimulationError) -> Simulation {
    let schedule: Schedule
    do {
      schedule = try Schedule(
        .allReduce, .ring, ranks: programs.ranks, count: 1, parameters: .init(channels: programs.lanes))
    } catch {
      fatalError("\(error)")
    }
    let path = path
    return try Simulation(
      schedule: schedule, elementSize: 1, capacities: capacities, latencies: latencies, host: host
    ) { from, to, lane, _ in path(from, to, lane) }
  }

  func naive() -> [Int64]? {
    var naive = NaiveReplay(
      programs.programs, lanes: programs.lanes, capacities: capacities, latencies: latencies, host: host,
      path: path)
    let completions = naive.run()
    return completions.contains(-1) ? nil : completions
  }

  static func host(_ random: inout Random) -> HostModel {
    guard random.below(2) == 0 else { return .ideal }
    let costsTime = random.below(2) == 0
    return HostModel(
      regimes: [0, 100].map { from in
        var regime = HostModel.Regime(from: ByteCount(from))
        if costsTime {
          regime.sendOverhead = Time(picoseconds: Int64(random.below(3) * 7_001))
          regime.receiveOverhead = Time(picoseconds: Int64(random.below(3) * 11_003))
          regime.reduction = Double(random.below(2)) * 3.1e-11
          regime.gap = Time(picoseconds: Int64(random.below(2) * 23_011))
        }
        regime.latency = Time(picoseconds: Int64(random.below(3) * 5_003))
        if random.below(2) == 0 { regime.bandwidth = Bandwidth(bytesPerSecond: random.between(1e9, 2e9)) }
        regime.asksFirst = random.below(2) == 0
        return regime
      })
  }

  /// Irregular ones, over private links, two in the middle, or some of either.
  static func irregular(_ random: inout Random) -> ProgramCase {
    let programs = RandomPrograms.irregular(&random)
    let (ranks, kind) = (programs.ranks, random.below(3))
    let links = 2 * ranks + 2 + ranks * ranks
    return ProgramCase(
      programs: programs, capacities: (0..<links).map { _ in random.between(0.5e9, 4e9) },
      latencies: (0..<links).map { _ in Time(picoseconds: Int64(random.below(3) * 10_007)) },
      host: host(&random)
    ) { from, to, lane in
      let own = Int32(2 * ranks + 2 + from * ranks + to)
      let middle = Int32(2 * ranks + (from + to + lane) % 2)
      switch kind {
      case 0: return [own]
      case 1: return from / 2 == to / 2 ? [] : [Int32(from), middle, Int32(ranks + to)]
      default: return from < to ? [own] : [Int32(from), middle]
      }
    }
  }

  /// Programs that are alike, over links that are alike: private ones, or one up and one down for each rank.
  static func circulant(_ random: inout Random) -> ProgramCase {
    let programs = RandomPrograms.circulant(&random)
    let (ranks, isPrivate) = (programs.ranks, random.below(2) == 0)
    let (capacity, latency) = (random.between(0.5e9, 4e9), Time(picoseconds: Int64(random.below(3) * 10_007)))
    let links = isPrivate ? ranks * ranks : 2 * ranks
    return ProgramCase(
      programs: programs, capacities: Array(repeating: capacity, count: links),
      latencies: Array(repeating: latency, count: links), host: host(&random)
    ) { from, to, _ in isPrivate ? [Int32(from * ranks + to)] : [Int32(from), Int32(ranks + to)] }
  }
}

@Suite("Programs that are no collective's")
struct EqualityOfPrograms {
  private func check(_ drawn: ProgramCase, _ name: String) throws {
    let plain = try drawn.completions(folds: false, skips: false)
    #expect(try drawn.completions(folds: true, skips: false) == plain, "\(name), folded")
    #expect(try drawn.completions(folds: false, skips: true) == plain, "\(name), skipped")
    #expect(try drawn.completions(folds: true, skips: true) == plain, "\(name), folded and skipped")
    #expect(
      try drawn.completions(folds: true, skips: true, onTheClock: true) == plain, "\(name), on the clock")
    let naive = drawn.naive()
    #expect((naive == nil) == (plain == nil), "\(name), one of the two waits for ever")
    for (time, expected) in zip(plain ?? [], naive ?? []) {
      #expect(abs(time - expected) <= 1_000, "\(name), naive")
    }
  }

  @Test("run as if every step were looked at again whenever anything happens", arguments: 0..<4)
  func irregular(part: Int) throws {
    for seed in 100 * part..<100 * (part + 1) {
      var random = Random(seed: UInt64(seed))
      try check(.irregular(&random), "case \(seed)")
    }
  }

  @Test("and so do those that repeat and are alike, whose rhythm is skipped", arguments: 0..<4)
  func circulant(part: Int) throws {
    var skipped = 0
    for seed in 50 * part..<50 * (part + 1) {
      var random = Random(seed: UInt64(1_000 + seed))
      let drawn = ProgramCase.circulant(&random)
      try check(drawn, "case \(seed)")
      if try drawn.events(skips: true) < drawn.events(skips: false) { skipped += 1 }
    }
    #expect(skipped > 4)
  }

  private func message(from sender: Int, step: Int, to receiver: Int, step peerStep: Int, bytes: Int)
    -> [Step]
  {
    var (send, receive) = (Step.idle, Step.idle)
    (send.action, send.peer, send.peerStep, send.count) = (.send, Int32(receiver), Int32(peerStep), bytes)
    (receive.action, receive.peer, receive.peerStep, receive.count) = (
      .receive, Int32(sender), Int32(step), bytes
    )
    return [send, receive]
  }

  private func run(_ steps: [[Step]]) throws -> (ahead: [Int64]?, naive: [Int64]?) {
    var programs = RandomPrograms(ranks: steps.count, lanes: 1)
    programs.setSteps(steps, window: 32)
    let ranks = steps.count
    let drawn = ProgramCase(
      programs: programs, capacities: Array(repeating: 1e9, count: ranks * ranks),
      latencies: Array(repeating: .zero, count: ranks * ranks), host: .ideal
    ) { from, to, _ in [Int32(from * ranks + to)] }
    return (try drawn.completions(folds: false, skips: false), drawn.naive())
  }

  /// Rank 0 sends A to rank 1 once it has 1,000 bytes of rank 2, and B, which stands behind, at 3 ns: after three
  /// messages of one byte.
  ///
  /// A is known first and is ready last. B takes 100 ns from 3 ns on, A from 1,000 ns.
  @Test("A connection takes messages as they are ready, whatever is known first")
  func outOfOrder() throws {
    var (zero, one, two) = ([Step](), [Step](), [Step]())
    let slow = message(from: 2, step: 0, to: 0, step: 0, bytes: 1_000)
    var first = message(from: 0, step: 1, to: 1, step: 0, bytes: 100)
    first[0].after.0 = 0
    zero += [slow[1], first[0]]
    one.append(first[1])
    two.append(slow[0])
    // Three hops: 1 to 3, 3 to 1, 1 to 0.
    let (there, back) = (
      message(from: 1, step: 1, to: 3, step: 0, bytes: 1), message(from: 3, step: 1, to: 1, step: 2, bytes: 1)
    )
    var last = message(from: 1, step: 3, to: 0, step: 2, bytes: 1)
    var answer = back[0]
    answer.after.0 = 0
    last[0].after.0 = 2
    one += [there[0], back[1], last[0]]
    zero.append(last[1])
    var second = message(from: 0, step: 3, to: 1, step: 4, bytes: 100)
    second[0].after.0 = 2
    zero.append(second[0])
    one.append(second[1])
    let (ahead, naive) = try run([zero, one, two, [there[1], answer]])
    #expect(ahead == [1_100_000, 1_100_000, 1_000_000, 2_000])
    #expect(naive == ahead)
  }

  /// At 0 rank 0 may send M and B to rank 1, which takes B at an earlier step, but B is known only after a row of idle
  /// steps; at 10 ns, when the first of them has drained, also L, for a still earlier step.
  ///
  /// So B goes first, then L, then M, which rank 1 passes on to rank 3 at 30 ns.
  @Test("And those that are ready at one time by the receiver's steps, also where one has just drained")
  func tie() throws {
    let (late, middle, main) = (
      message(from: 0, step: 1, to: 1, step: 0, bytes: 10),
      message(from: 0, step: 9, to: 1, step: 1, bytes: 10),
      message(from: 0, step: 2, to: 1, step: 2, bytes: 10)
    )
    let trigger = message(from: 2, step: 0, to: 0, step: 0, bytes: 10)
    var zero = [trigger[1], late[0], main[0]]
    zero[1].after.0 = 0
    for index in 3..<9 {
      var idle = Step.idle
      if index > 3 { idle.after.0 = Int32(index - 1) }
      zero.append(idle)
    }
    zero.append(middle[0])
    zero[9].after.0 = 8
    let passed = message(from: 1, step: 3, to: 3, step: 0, bytes: 10)
    var one = [late[1], middle[1], main[1], passed[0]]
    one[3].after.0 = 2
    let (ahead, naive) = try run([zero, one, [trigger[0]], [passed[1]]])
    #expect(naive == [30_000, 40_000, 10_000, 40_000])
    #expect(ahead == naive)
  }
}
