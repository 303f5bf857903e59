import Collectives
import Foundation
import Synchronization
import Testing
import Transport

import VerbsTransport

@Suite("The data path, over queue pairs made of software")
struct DataPathTests {
  /// Limits of the wire and settings of the path that belong together.
  struct Setting: CustomTestStringConvertible, Sendable {
    let name: String
    var limits = SoftwareWire.Limits()
    var path = DataPathSettings()
    var testDescription: String { name }

    init(
      _ name: String, eager: Int = 64, slots: Int = 4, grants: Int = 4, moderation: Int = 1, stripe: Int = 32,
      polled: Bool = false, rails: Int = 1, queuePairs: Int = 1, depth: Int = 16, largest: Int = 1 << 30
    ) {
      self.name = name
      path.eagerLimit = eager
      path.ringSlots = slots
      path.grants = grants
      path.moderation = moderation
      path.leastStripe = stripe
      path.polledRing = polled
      limits = SoftwareWire.Limits(
        rails: rails, queuePairsPerPeer: queuePairs, sendDepth: depth, largestMessage: largest)
    }
  }

  static let settings = [
    Setting("all small", eager: 1 << 16),
    Setting("all large", eager: 0),
    Setting("small ones found in memory", eager: 1 << 16, polled: true),
    Setting("found in memory, through two slots", slots: 2, polled: true, queuePairs: 2),
    Setting("one slot, one grant", eager: 100, slots: 1, grants: 1, depth: 4),
    Setting("three slots", slots: 3, depth: 8),
    Setting("three queue pairs", queuePairs: 3),
    Setting("two rails with two queue pairs each", rails: 2, queuePairs: 4, depth: 4),
    Setting("messages split at 136 B", largest: 136),
    Setting("split and striped in a short queue", queuePairs: 2, depth: 4, largest: 128),
    Setting("a completion for every seventh message", eager: 0, grants: 16, moderation: 7, depth: 32),
  ]

  /// A rank's contribution to element `index`.
  private static func contribution(_ rank: Int, _ index: Int) -> Int64 { Int64((rank + 1) * 1_000 + index) }

  /// Runs `schedule` three times over a wire, and gives what was wrong.
  static func run(
    _ schedule: Schedule, _ setting: Setting, seed: UInt64 = 1
  ) throws -> [String] {
    let wire = SoftwareWire(ranks: schedule.ranks, limits: setting.limits, seed: seed)
    let results = InProcessTransport.run(ranks: schedule.ranks, timeLimit: 20) { channel -> [String] in
      let rank = channel.rank
      var transport = QueuePairTransport(
        SoftwareProvider(wire, rank: rank), over: channel, settings: setting.path)
      let vector = Memory(bytes: schedule.count * 8)
      var executor = try Executor(schedule, rank: rank, type: .int64, operation: .sum)
      try transport.prepare(executor.traffic(on: vector.region))
      var wrong: [String] = []
      for round in 0..<3 {
        for index in 0..<schedule.count { vector.region.store(contribution(rank, index), at: index) }
        try executor.run(on: vector.region, over: &transport)
        for index in 0..<schedule.count where schedule.collective == .allReduce {
          let right = (0..<schedule.ranks).reduce(0) { $0 + contribution($1, index) }
          let found = vector.region.load(index, as: Int64.self)
          if found != right { wrong.append("round \(round), rank \(rank), element \(index): \(found)") }
        }
      }
      _ = try transport.close()
      return wrong
    }
    return try results.flatMap { try $0.get() } + wire.breaches
  }

  @Test("Every algorithm's all-reduce is right and no rule of the device is broken", arguments: settings)
  func allReduce(setting: Setting) throws {
    for (number, algorithm) in Algorithm.allCases.enumerated() where algorithm.serves(.allReduce) {
      for (ranks, count) in [(2, 1), (2, 300), (3, 301), (4, 97)] {
        let schedule = try Schedule(
          .allReduce, algorithm, ranks: ranks, count: count,
          parameters: .init(channels: 2, chunk: 40, depth: 3, domain: ranks == 4 ? 2 : 1))
        let wrong = try Self.run(schedule, setting, seed: UInt64(number * 10 + ranks))
        #expect(wrong.isEmpty, "\(algorithm), \(ranks) ranks, \(count) elements: \(wrong.prefix(3))")
      }
    }
  }

  @Test("A run connects the pairs that it needs, and no others")
  func pairs() throws {
    let schedule = try Schedule(.allReduce, .ring, ranks: 5, count: 100, parameters: .init())
    let wire = SoftwareWire(ranks: 5)
    let peers = InProcessTransport.run(ranks: 5, timeLimit: 20) { channel -> [Int] in
      var transport = QueuePairTransport(SoftwareProvider(wire, rank: channel.rank), over: channel)
      let vector = Memory(bytes: 800)
      let executor = try Executor(schedule, rank: channel.rank, type: .int64, operation: .sum)
      try transport.prepare(executor.traffic(on: vector.region))
      try transport.prepare(executor.traffic(on: vector.region))
      return transport.connectedPeers
    }
    for (rank, peers) in peers.enumerated() {
      #expect(try Set(peers.get()) == [(rank + 1) % 5, (rank + 4) % 5] && peers.get().count == 2)
    }
  }

  @Test("Memory is registered once however often it is used, and let go when it is not")
  func registrations() throws {
    let wire = SoftwareWire(ranks: 1)
    let numbers = try InProcessTransport.run(ranks: 1) { channel -> [[Int]] in
      var transport = QueuePairTransport(SoftwareProvider(wire, rank: 0), over: channel)
      func known() -> [Int] { wire.state.withLock { $0.seats[0].registrations.keys.sorted() } }
      var found: [[Int]] = []
      do {
        let first = Memory(bytes: 64)
        let second = Memory(bytes: 64)
        try transport.prepare(Traffic(slots: 1, peers: [], memory: [first.region, second.region]))
        found.append(known())
        try transport.prepare(Traffic(slots: 1, peers: [], memory: [second.region, first.region.part(8, 8)]))
        found.append(known())
        try transport.prepare(Traffic(slots: 1, peers: [], memory: [second.region]))
        found.append(known())
      }
      // It may lie where the last one lay.
      let third = Memory(bytes: 64)
      try transport.prepare(Traffic(slots: 1, peers: [], memory: [third.region]))
      found.append(known())
      return found
    }[0].get()
    #expect(numbers == [[1, 2], [1, 2], [2], [3]])
  }

  @Test("A message that comes before its receive waits without holding up what comes behind it")
  func unexpected() throws {
    let wire = SoftwareWire(ranks: 2)
    var path = DataPathSettings()
    (path.eagerLimit, path.ringSlots) = (64, 2)
    let settings = path
    let results = InProcessTransport.run(ranks: 2, timeLimit: 10) { channel -> Bool in
      var transport = QueuePairTransport(
        SoftwareProvider(wire, rank: channel.rank), over: channel, settings: settings)
      let memory = Memory(bytes: 80)
      try transport.prepare(Traffic(slots: 10, peers: [1 - channel.rank], memory: [memory.region]))
      // Tag 9 goes last and is received first, through a ring of two slots.
      for index in 0..<10 where channel.rank == 0 {
        memory.region.store(Int64(index), at: index)
        try transport.send(memory.region.part(8 * index, 8), to: 1, tag: Int32(index), slot: index)
      }
      for index in (0..<10).reversed() where channel.rank == 1 {
        try transport.receive(memory.region.part(8 * index, 8), from: 0, tag: Int32(index), slot: index)
        var completed: [Int] = []
        while !completed.contains(index) { try transport.wait(into: &completed) }
      }
      var completed: [Int] = []
      while channel.rank == 0, completed.count < 10 { try transport.wait(into: &completed) }
      _ = try transport.close()
      return channel.rank == 0 || (0..<10).allSatisfy { memory.region.load($0, as: Int64.self) == Int64($0) }
    }
    #expect(try results.allSatisfy { try $0.get() } && wire.breaches.isEmpty)
  }

  @Test(
    "Ends of different length are refused on both sides of the limit",
    arguments: [(8, 16), (100, 200), (200, 100)])
  func lengths(sent: Int, expected: Int) throws {
    let wire = SoftwareWire(ranks: 2)
    var path = DataPathSettings()
    path.eagerLimit = 64
    let settings = path
    let results = InProcessTransport.run(ranks: 2, timeLimit: 0.3) { channel in
      let memory = Memory(bytes: 256)
      var transport = QueuePairTransport(
        SoftwareProvider(wire, rank: channel.rank), over: channel, settings: settings)
      try transport.prepare(Traffic(slots: 1, peers: [1 - channel.rank], memory: [memory.region]))
      if channel.rank == 0 {
        try transport.send(memory.region.part(0, sent), to: 1, tag: 7, slot: 0)
      } else {
        try transport.receive(memory.region.part(0, expected), from: 0, tag: 7, slot: 0)
      }
      var completed: [Int] = []
      while completed.isEmpty { try transport.wait(into: &completed) }
    }
    let errors = results.compactMap { result in
      if case .failure(let error) = result { "\(error)" } else { nil }
    }
    #expect(
      errors.contains { $0.contains("a message of \(sent) B") && $0.contains("\(expected) B are expected") })
  }

  @Test("A broken connection ends the run with the peer's number")
  func broken() throws {
    let schedule = try Schedule(.allReduce, .ring, ranks: 3, count: 1_000, parameters: .init())
    let wire = SoftwareWire(ranks: 3)
    wire.state.withLock { _ = $0.cut.insert(2) }
    let results = InProcessTransport.run(ranks: 3, timeLimit: 0.5) { channel in
      let vector = Memory(bytes: 8_000)
      var transport = QueuePairTransport(SoftwareProvider(wire, rank: channel.rank), over: channel)
      var executor = try Executor(schedule, rank: channel.rank, type: .int64, operation: .sum)
      try transport.prepare(executor.traffic(on: vector.region))
      try executor.run(on: vector.region, over: &transport)
    }
    #expect(throws: TransportError.peerLost(rank: 2, reason: "status 12")) { try results[1].get() }
    #expect(throws: TransportError.self) { try results[0].get() }
  }
}
