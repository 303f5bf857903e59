import Collectives
import Quantities
import Simulation
import Testing

@Suite("Adapters and protocols")
struct ConditionsHostTests {
  /// Five messages of a byte, each of which drains in 1 ns, leave every 100 ns.
  @Test("a message rate holds back small messages, (n - 1) gaps for n of them", arguments: [1, 2, 5, 40])
  func gap(messages: Int) throws {
    let schedule = try Schedule(
      .broadcast, .ring, ranks: 2, count: messages, parameters: .init(chunk: 1, depth: 64))
    let run = try ConditionedRun(hosts: 2, host: HostModel.ideal.paced(by: .nanoseconds(100)))
    let ends = try run.run(Simulation.Job(schedule, endpoints: [0, 1]))
    #expect(ends == Array(repeating: .nanoseconds(Int64(messages - 1) * 100 + 1), count: 2))
  }

  @Test("a gap that is shorter than a message drains costs nothing")
  func wideGap() throws {
    let schedule = try Schedule(
      .broadcast, .ring, ranks: 2, count: 5_000, parameters: .init(chunk: 1_000, depth: 64))
    let run = try ConditionedRun(hosts: 2, host: HostModel.ideal.paced(by: .nanoseconds(999)))
    #expect(try run.run(Simulation.Job(schedule, endpoints: [0, 1])).last == .nanoseconds(5_000))
  }

  /// The way is 60 ns.
  ///
  /// The send is ready at 200 ns, and its receive was posted at 0: the message starts 120 ns later,
  /// drains after 1,000 ns and arrives 60 ns after that.
  @Test("a message that asks first goes there and back before it moves")
  func earlyReceive() throws {
    let host = HostModel(regimes: [.init(sendOverhead: .nanoseconds(200))]).asking(from: ByteCount(1_000))
    let run = try ConditionedRun(hosts: 2, latency: "30 ns", host: host)
    #expect(
      try run.run(ConditionedRun.message(1_000, from: 0, to: 1)) == [
        .nanoseconds(1_320), .nanoseconds(1_380),
      ])
    #expect(try run.run(ConditionedRun.message(999, from: 0, to: 1)).last == .nanoseconds(200 + 999 + 60))
  }

  /// One message after the other, of which the receiver has one posted at a time.
  ///
  /// The first starts at 120 ns, has drained at 1,120 and arrived at 1,180; after 300 ns of the receiver's processor the
  /// second receive is posted, at 1,480. The request of the second came at 1,180, so that the answer takes
  /// 60 ns more: it starts at 1,540, has drained at 2,540, arrived at 2,600 and is in place at 2,900 ns.
  @Test("after a receive that was late, only the way back is added")
  func lateReceive() throws {
    let host = HostModel(regimes: [.init(receiveOverhead: .nanoseconds(300))]).asking(from: ByteCount(1_000))
    let schedule = try Schedule(
      .broadcast, .ring, ranks: 2, count: 2_000, parameters: .init(chunk: 1_000, depth: 1))
    let run = try ConditionedRun(hosts: 2, latency: "30 ns", host: host)
    #expect(
      try run.run(Simulation.Job(schedule, endpoints: [0, 1])) == [.nanoseconds(2_540), .nanoseconds(2_900)])
  }

  @Test(
    "a limit divides the regime that it falls in, and no other changes", arguments: [0, 1, 99, 100, 101, 500])
  func limits(limit: Int) {
    let host = HostModel(regimes: [
      .init(latency: .nanoseconds(1)), .init(from: ByteCount(100), latency: .nanoseconds(2), asksFirst: true),
    ])
    let asking = host.asking(from: ByteCount(limit))
    #expect(asking.flaw == nil)
    for size in [0, 1, 2, 98, 99, 100, 101, 499, 500, 1_000] {
      let (before, after) = (host.regime(of: ByteCount(size)), asking.regime(of: ByteCount(size)))
      #expect(after?.asksFirst == (size >= limit) && after?.latency == before?.latency)
    }
  }

  @Test("jitter hangs on seed, sender and step alone")
  func jitter() throws {
    let schedule = try Schedule(.allReduce, .ring, ranks: 4, count: 4_000)
    let job = Simulation.Job(schedule, endpoints: [0, 1, 2, 3])
    // The other job shares no link with it.
    let other = try ConditionedRun.message(77_777, from: 4, to: 5, repetitions: 3)
    func ends(_ delays: String, seed: Int, _ jobs: [Simulation.Job]) throws -> [Time] {
      let run = try ConditionedRun(hosts: 6, conditions: "jitter: {delays: [\(delays)], seed: \(seed)}")
      return Array(try run.simulation(jobs).run().completions.prefix(4))
    }
    let first = try ends("0 us, 1 us, 5 us", seed: 7, [job])
    #expect(try ends("0 us, 1 us, 5 us", seed: 7, [job]) == first)
    #expect(try ends("5 us, 0 us, 1 us", seed: 7, [job]) == first)
    #expect(try ends("0 us, 1 us, 5 us", seed: 7, [job, other]) == first)
    #expect(try ends("0 us, 1 us, 5 us", seed: 8, [job]) != first)
    let still = try ends("0 us", seed: 7, [job])
    #expect(still == Array(repeating: .nanoseconds(6_000), count: 4))
    #expect(zip(first, still).allSatisfy { $0 > $1 && $0 <= $1 + .microseconds(30) })
  }
}
