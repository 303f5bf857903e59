import Collectives
import Fabric
import Quantities
import Simulation
import Testing

/// All times are worked out by hand: a link carries a byte a nanosecond.
@Suite("Conditions of links and hosts")
struct ConditionsTests {
  private func message(_ bytes: Int, conditions: String, host: HostModel = .ideal) throws -> [Time] {
    try ConditionedRun(hosts: 2, conditions: conditions, host: host)
      .run(ConditionedRun.message(bytes, from: 0, to: 1))
  }

  @Test(
    "of links change the time of one message by what they say",
    arguments: [
      ("efficiency: 0.5", 2_000),
      ("efficiency: {network: 0.5}", 2_000),
      ("efficiency: {nvlink: 0.5}", 1_000),
      ("slow-links: [{link: 'host0>switch0', rate: 2 Gbit/s}]", 4_000),
      ("slow-links: [{link: 'switch0>host0', rate: 2 Gbit/s}]", 1_000),
      ("slow-links: [{link: 'switch0<>host0', rate: 2 Gbit/s}]", 4_000),
      ("slow-links: [{link: 'host*', factor: 0.1}]", 10_000),
      ("slow-links: [{link: '*>host1', latency: +2 us}]", 3_000),
      ("slow-links: [{link: 'host0>*', factor: 0.5}, {link: 'host0>switch0', factor: 0.5}]", 4_000),
      ("slow-links: [{link: 'host0>*', factor: 0.5}, {link: 'host0>*', rate: 4 Gbit/s}]", 4_000),
      ("background: [{links: 'host*>switch*', load: 0.5}]", 2_000),
      ("background: [{links: '*', load: 0.25}, {links: 'host0>*', load: 0.25}]", 2_000),
      ("efficiency: 0.5\nbackground: [{links: '*', load: 0.5}]", 4_000),
      ("host-limit: 2 Gbit/s", 4_000),
      ("host-limit: 80 Gbit/s", 1_000),
      ("jitter: {delays: [5 us], seed: 1}", 6_000),
    ])
  func oneMessage(conditions: String, nanoseconds: Int64) throws {
    let ends = try message(1_000, conditions: conditions)
    #expect(ends.last == .nanoseconds(nanoseconds))
  }

  /// Two ranks exchange 500 bytes each at the same time, and each way has half a byte a nanosecond.
  @Test("a host's limit is one of what it sends, and another of what it receives")
  func bothWays() throws {
    let job = Simulation.Job(try Schedule(.allGather, .ring, ranks: 2, count: 1_000), endpoints: [0, 1])
    let ends = try ConditionedRun(hosts: 2, conditions: "host-limit: 4 Gbit/s").run(job)
    #expect(ends == [.nanoseconds(1_000), .nanoseconds(1_000)])
  }

  /// A GPU has two NICs of a byte a nanosecond on two planes; its host lets both together have one and a half.
  ///
  /// Two messages of 3,000 bytes, one a plane, take 4,000 ns in place of 3,000.
  @Test("a host's limit is of all NICs of an endpoint together")
  func planes() throws {
    let topology = """
      name: planes
      builder: explicit
      nodes:
        - {id: a, kind: endpoint, host: 0}
        - {id: b, kind: endpoint, host: 1}
        - {id: c, kind: endpoint, host: 2}
        - {id: s, kind: switch, tier: 1}
        - {id: t, kind: switch, tier: 1}
      links:
        - {from: a, to: s, rate: 8 Gbit/s, latency: 0 ns}
        - {from: b, to: s, rate: 8 Gbit/s, latency: 0 ns}
        - {from: a, to: t, rate: 8 Gbit/s, latency: 0 ns}
        - {from: c, to: t, rate: 8 Gbit/s, latency: 0 ns}
        - {from: s, to: t, rate: 8 Gbit/s, latency: 0 ns}
      """
    let fabric = try Topology(parsing: topology).fabric
    let jobs = [
      try ConditionedRun.message(3_000, from: 0, to: 1), try ConditionedRun.message(3_000, from: 0, to: 2),
    ]
    for (conditions, time) in [("efficiency: 1", 3_000), ("host-limit: 12 Gbit/s", 4_000)] {
      let ends = try ConditionedRun(fabric, conditions: conditions).simulation(jobs).run().completions
      #expect(ends == Array(repeating: .nanoseconds(Int64(time)), count: 4), "\(conditions)")
    }
  }

  @Test("a host's limit leaves NVLink alone, and its links are not shown")
  func nvLink() throws {
    let fabric = try Topology(
      parsing: """
        name: one
        builder: nvlink-domain
        hosts-per-domain: 2
        gpus-per-host: 1
        nvlink-rate: 8 Gbit/s
        nvlink-latency: 0 ns
        """
    ).fabric
    let run = ConditionedRun(fabric, conditions: "host-limit: 1 Gbit/s")
    let outcome = try run.simulation([ConditionedRun.message(1_000, from: 0, to: 1)]).run()
    #expect(outcome.total == .nanoseconds(1_000))
    let star = try ConditionedRun(hosts: 2, conditions: "host-limit: 1 Gbit/s")
    var paths: [[Int32]] = []
    let limited = try star.simulation([ConditionedRun.message(1_000, from: 0, to: 1)])
      .run(observe: { paths.append(Array($0.path)) })
    #expect(limited.links.count == star.fabric.links.count && limited.total == .nanoseconds(8_000))
    #expect(
      paths.map { $0.map { star.fabric.name(ofLink: Int($0)) } } == [["host0>switch0", "switch0>host1"]])
  }

  /// Rank 1 sends three blocks of 1,000 bytes over a link of a quarter, one after the other, and always has the next:
  /// rank 2 has the last at 12,000 ns.
  ///
  /// Rank 3 has its last from rank 2, which got it at 8,000; rank 0 from rank 3, which
  /// got it at 5,000.
  @Test("a slow link is on a ring's critical path, and found as the busiest")
  func critical() throws {
    let run = try ConditionedRun(
      hosts: 4, conditions: "slow-links: [{link: 'host1>switch0', rate: 2 Gbit/s}]")
    let known = try run.read()
    let schedule = try Schedule(.allGather, .ring, ranks: 4, count: 4_000)
    let outcome = try Simulation(
      schedule: schedule, elementSize: 1, fabric: known.fabric,
      router: Router(known.fabric, routing: .destinationModulo), endpoints: [0, 1, 2, 3]
    ).run()
    #expect(outcome.completions.map(\.nanoseconds) == [6_000, 12_000, 12_000, 9_000])
    let busiest = outcome.busiestLinks(on: known.fabric, most: 1)
    #expect(busiest.map { known.fabric.name(ofLink: $0.link) } == ["host1>switch0"])
    #expect(busiest[0].share == 1)
  }

  /// 1,000 bytes drain in 1,000 ns, after 200 ns to post; taking in and reducing are 300 and 500 ns.
  @Test(
    "a straggler's processor takes longer, and nothing else of it",
    arguments: [("0", 2_200), ("1", 2_800), ("0-1", 3_000), ("0, 1", 3_000)])
  func straggler(ranks: String, nanoseconds: Int64) throws {
    let host = HostModel(regimes: [
      .init(sendOverhead: .nanoseconds(200), receiveOverhead: .nanoseconds(300), reduction: 5e-10)
    ])
    let run = try ConditionedRun(
      hosts: 2, conditions: "stragglers: [{ranks: '\(ranks)', slowdown: 2}]", host: host)
    let job = Simulation.Job(
      try Schedule(.reduce, .ring, ranks: 2, count: 1_000, root: 1), endpoints: [0, 1])
    #expect(try run.run(job).last == .nanoseconds(nanoseconds))
  }

  /// Hosts 0 and 1 on one leaf send to 2 and 3 on another, over a spine each; without one both share the other.
  @Test(
    "what has failed is gone around",
    arguments: [
      ("efficiency: 1", 1_000), ("failed-switches: [spine0]", 2_000),
      ("failed-links: ['leaf0>spine1']", 2_000),
    ])
  func failures(conditions: String, nanoseconds: Int64) throws {
    let fabric = try Topology(
      parsing: """
        name: two spines
        builder: leaf-spine
        leaves: 2
        hosts-per-leaf: 2
        spines: 2
        host-rate: 8 Gbit/s
        uplink-rate: 8 Gbit/s
        link-latency: 0 ns
        switch-latency: 0 ns
        """
    ).fabric
    let jobs = [
      try ConditionedRun.message(1_000, from: 0, to: 2), try ConditionedRun.message(1_000, from: 1, to: 3),
    ]
    let outcome = try ConditionedRun(fabric, conditions: conditions).simulation(jobs).run()
    #expect(outcome.completions == Array(repeating: .nanoseconds(nanoseconds), count: 4))
  }
}
