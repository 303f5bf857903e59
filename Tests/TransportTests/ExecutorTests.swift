import Collectives
import Testing
import Transport

@Suite("The executor does what the collective promises, on real memory")
struct ExecutorTests {
  private static let pairs = Algorithm.allCases.flatMap { algorithm in
    algorithm.collectives.map { ($0, algorithm) }
  }

  /// What rank `rank` contributes to element `index`.
  private static func contribution(_ rank: Int, _ index: Int) -> Int64 { Int64((rank + 1) * 1_000 + index) }

  /// The naive reference: no schedule, one loop over all ranks.
  private static func expected(_ schedule: Schedule, _ rank: Int, _ index: Int) -> Int64? {
    let sum = (0..<schedule.ranks).reduce(Int64(0)) { $0 + contribution($1, index) }
    let starts = Schedule.blockStarts(count: schedule.count, ranks: schedule.ranks)
    let owner = starts.dropFirst().firstIndex { index < $0 }.map { $0 - 1 } ?? 0
    switch schedule.collective {
    case .allReduce: return sum
    case .reduce: return rank == schedule.root ? sum : nil
    case .reduceScatter: return rank == owner ? sum : nil
    case .broadcast: return contribution(schedule.root, index)
    case .allGather: return contribution(owner, index)
    case .allToAll:
      let blocks = ExchangedBlocks(count: schedule.count, ranks: schedule.ranks)
      let sender = (0..<schedule.ranks).first { blocks.block(of: rank, with: $0).contains(index) } ?? 0
      let offset = index - blocks.block(of: rank, with: sender).lowerBound
      return contribution(sender, blocks.block(of: sender, with: rank).lowerBound + offset)
    }
  }

  /// Runs `schedule` twice over threads, so that what one run leaves behind would spoil the next.
  private static func run(_ schedule: Schedule) throws {
    let results = InProcessTransport.run(ranks: schedule.ranks, timeLimit: 20) { transport -> String? in
      let rank = transport.rank
      let vector = Memory(bytes: schedule.count * 8)
      var executor = try Executor(schedule, rank: rank, type: .int64, operation: .sum)
      try transport.prepare(executor.traffic(on: vector.region))
      for _ in 0..<2 {
        for index in 0..<schedule.count { vector.region.store(contribution(rank, index), at: index) }
        try executor.run(on: vector.region, over: &transport)
        for index in 0..<schedule.count {
          guard let right = expected(schedule, rank, index) else { continue }
          let found = vector.region.load(index, as: Int64.self)
          guard found == right else { return "rank \(rank), element \(index): \(found), not \(right)" }
        }
      }
      return nil
    }
    for result in results { #expect(try result.get() == nil) }
  }

  @Test("for odd and even rank counts, more and fewer elements than ranks", arguments: pairs)
  func everyPair(collective: Collective, algorithm: Algorithm) throws {
    for ranks in [1, 2, 3, 4, 7] {
      for count in [0, 1, ranks - 1, 3 * ranks + 2] {
        for domain in algorithm == .hierarchical ? [1, ranks] : [1] {
          try Self.run(
            Schedule(
              collective, algorithm, ranks: ranks, count: count,
              parameters: Schedule.Parameters(domain: domain)
            ))
        }
      }
    }
  }

  @Test("in chunks, in channels, from any root", arguments: pairs)
  func parameters(collective: Collective, algorithm: Algorithm) throws {
    let runsOfBlocks =
      collective.isBlocked && (algorithm == .recursiveDoubling || algorithm == .halvingDoubling)
    for (ranks, channels, chunk, depth) in [(2, 2, 3, 1), (5, 3, 2, 2), (8, 1, 5, 8), (6, 2, 1, 1)] {
      let parameters = Schedule.Parameters(
        channels: runsOfBlocks ? 1 : channels, chunk: chunk, depth: depth,
        domain: ranks.isMultiple(of: 4) ? 4 : ranks.isMultiple(of: 3) ? 3 : 1)
      let root = collective.isRooted ? ranks - 1 : 0
      try Self.run(
        Schedule(collective, algorithm, ranks: ranks, count: 71, root: root, parameters: parameters))
    }
  }

  @Test("A rank that waits for one that never comes gives up in time, and says who waited")
  func timeOut() throws {
    let schedule = try Schedule(.allReduce, .ring, ranks: 2, count: 4)
    let results = InProcessTransport.run(ranks: 2, timeLimit: 0.1) { transport in
      guard transport.rank == 0 else { return }
      let vector = Memory(bytes: 16)
      var executor = try Executor(schedule, rank: 0, type: .float32, operation: .sum)
      try executor.run(on: vector.region, over: &transport)
    }
    let error = #expect(throws: TransportError.self) { try results[0].get() }
    guard case .timedOut(rank: 0, waited: 0.1...) = error else {
      Issue.record("\(String(describing: error))")
      return
    }
  }
}

@Suite("In-process ranks agree")
struct InProcessTests {
  @Test("on the greatest value and on all values, many times", arguments: [1, 2, 5])
  func control(ranks: Int) throws {
    let results = InProcessTransport.run(ranks: ranks, timeLimit: 20) { transport in
      var rounds: [[Int64]] = []
      for round in 0..<50 {
        let mine = Int64(transport.rank * 100 + round)
        let all = try transport.gather([mine, -mine])
        guard try transport.greatest(mine) == Int64((ranks - 1) * 100 + round) else { return false }
        rounds.append(all.map { $0[0] + $0[1] })
        guard all.map({ $0[0] }) == (0..<ranks).map({ Int64($0 * 100 + round) }) else { return false }
      }
      return rounds.count == 50
    }
    for result in results { #expect(try result.get()) }
  }
}
