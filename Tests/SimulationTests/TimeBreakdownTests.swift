import Collectives
import Fabric
import Quantities
import Simulation
import Testing

@Suite("A run's time is taken apart")
struct TimeBreakdownTests {
  private func breakdown(
    of schedule: Schedule, on fabric: Fabric, routing: Routing = .destinationModulo, endpoints: [Int],
    host: HostModel = .ideal
  ) throws -> TimeBreakdown {
    let router = Router(fabric, routing: routing)
    let outcome = try Simulation(
      schedule: schedule, elementSize: 1, fabric: fabric, router: router, endpoints: endpoints, host: host
    ).run()
    let breakdown = try TimeBreakdown(
      of: outcome, job: Simulation.Job(schedule, endpoints: endpoints), elementSize: 1, fabric: fabric,
      router: router, host: host)
    #expect(breakdown.total == outcome.total)
    return breakdown
  }

  private func sum(_ breakdown: TimeBreakdown) -> Time {
    TimeBreakdown.Part.allCases.reduce(.zero) { $0 + breakdown[$1] }
  }

  /// One message of 1,000 bytes over two links of 1 GB/s that add 100 ns, reduced at 0.5 ns a byte, posted in
  /// 200 ns and taken in in 300 ns and copied at 0.25 ns a byte by both, with 50 ns of the host's own and a
  /// cap of 0.5 GB/s.
  @Test("A message's costs are found again, one by one")
  func message() throws {
    let fabric = try Topology(
      parsing: """
        name: pair
        builder: single-switch
        hosts: 2
        rate: 1 GB/s
        link-latency: 30 ns
        switch-latency: 40 ns
        """
    ).fabric
    let host = HostModel(regimes: [
      .init(
        sendOverhead: .nanoseconds(200), receiveOverhead: .nanoseconds(300), latency: .nanoseconds(50),
        bandwidth: .gigabytes(0.5), reduction: 5e-10, copying: 2.5e-10)
    ])
    let found = try breakdown(
      of: try Schedule(.reduce, .ring, ranks: 2, count: 1_000, root: 1), on: fabric, endpoints: [0, 1],
      host: host)
    let expected: [(TimeBreakdown.Part, Int64)] = [
      (.reduction, 500), (.overhead, 200 + 300 + 250 + 250), (.latency, 30 + 30 + 40 + 50), (.contention, 0),
      (.hostBandwidth, 1_000), (.waiting, 0), (.serialisation, 1_000),
    ]
    for (part, nanoseconds) in expected { #expect(found[part] == .nanoseconds(nanoseconds), "\(part)") }
  }

  /// Ranks 0 and 1 on one leaf, 2 and 3 on the other, and an order in which each message of the ring crosses
  /// the one uplink of 1 GB/s: two share it, each at half of it.
  ///
  /// Alone each has 1 GB/s, half of what hosts have: 6 rounds of 1,000 bytes take 6 us, and twice as long
  /// together.
  @Test("Two flows on one uplink are contention, and an uplink slower than hosts is serialisation")
  func contention() throws {
    let fabric = try SmallFabrics.named(
      "oversubscribed", latencies: "link-latency: 0 ns\nswitch-latency: 0 ns")
    let schedule = try Schedule(.allReduce, .ring, ranks: 4, count: 4_000)
    let crossing = try breakdown(of: schedule, on: fabric, endpoints: [0, 2, 1, 3])
    #expect(crossing.total == .microseconds(12))
    #expect(crossing[.contention] == .microseconds(6) && crossing[.serialisation] == .microseconds(6))
    let packed = try breakdown(of: schedule, on: fabric, endpoints: [0, 1, 2, 3])
    #expect(packed.total == .microseconds(6))
    #expect(packed[.contention] == .zero && packed[.serialisation] == .microseconds(6))
  }

  /// A chain of three messages, each as long as the first: two of three thirds are spent waiting.
  @Test("A pipeline that fills is waiting")
  func waiting() throws {
    let fabric = try SmallFabrics.named("single", latencies: "link-latency: 0 ns\nswitch-latency: 0 ns")
    let found = try breakdown(
      of: try Schedule(.broadcast, .ring, ranks: 4, count: 5_000), on: fabric, endpoints: [0, 1, 2, 3])
    #expect(found[.serialisation] == .microseconds(5) && found[.waiting] == .microseconds(10))
  }

  @Test(
    "The parts of any run add up to it, and none but by a change of order is below zero",
    arguments: SmallFabrics.names)
  func sums(name: String) throws {
    let fabric = try SmallFabrics.named(name)
    let host = HostModel(regimes: [
      .init(sendOverhead: .nanoseconds(20), receiveOverhead: .nanoseconds(30), latency: .nanoseconds(5)),
      .init(from: ByteCount(500), latency: .nanoseconds(9), bandwidth: .gigabytes(0.7), reduction: 1e-10),
    ])
    for (collective, algorithm) in allPairs {
      let ranks = fabric.endpoints.count
      let schedule = try Schedule(
        collective, algorithm, ranks: ranks, count: 3_000,
        parameters: .init(chunk: 700).dividing(ranks))
      let found = try breakdown(
        of: schedule, on: fabric, routing: .ecmp(seed: 2),
        endpoints: try Placement.random(seed: 1).endpoints(
          for: ranks, on: fabric), host: host)
      #expect(sum(found) == found.total)
      // A route's bytes take no less than serialisation, up to the picosecond that each of its messages is
      // rounded by.
      #expect(found[.serialisation] > .zero && found[.waiting] >= .zero, "\(collective), \(algorithm)")
      #expect(found[.latency] > .zero)
    }
  }

  @Test(
    "Flowlets and queue pairs are taken apart too", arguments: ["flowlet:3", "ecmp:3,qps=3", "d-mod-k,qps=2"])
  func turns(routing: String) throws {
    let fabric = try SmallFabrics.named("pods")
    let schedule = try Schedule(.allReduce, .tree, ranks: 8, count: 20_000, parameters: .init(chunk: 1_000))
    let found = try breakdown(
      of: schedule, on: fabric, routing: try Routing(parsing: routing), endpoints: Array(0..<8))
    #expect(sum(found) == found.total && found[.serialisation] > .zero && found[.waiting] >= .zero)
  }
}
