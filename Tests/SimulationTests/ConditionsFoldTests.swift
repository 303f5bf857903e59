import Collectives
import Fabric
import Quantities
import Simulation
import Testing

@Suite("Folding and skipping under conditions")
struct ConditionsFoldTests {
  private static let fabrics = [
    """
    name: leaf-spine
    builder: leaf-spine
    leaves: 4
    hosts-per-leaf: 4
    spines: 2
    host-rate: 8 Gbit/s
    uplink-rate: 8 Gbit/s
    link-latency: 1 us
    switch-latency: 300 ns
    """,
    """
    name: star
    builder: single-switch
    hosts: 16
    rate: 8 Gbit/s
    link-latency: 1 us
    switch-latency: 300 ns
    """,
  ]

  private static let conditions = [
    "efficiency: 0.95",
    "host-limit: 5 Gbit/s",
    "slow-links: [{link: 'host3<>*', factor: 0.3}, {link: 'host5>*', latency: +7 us}]",
    "background: [{links: '*>host1*', load: 0.3}]",
    "stragglers: [{ranks: 2, slowdown: 1.5}, {ranks: 4-6, slowdown: 3}]",
    """
    host-limit: 7 Gbit/s
    slow-links: [{link: '*host7*', factor: 0.9}]
    stragglers: [{ranks: 1, slowdown: 1.5}]
    """,
  ]

  private let host = HostModel(regimes: [
    .init(
      sendOverhead: .nanoseconds(200), receiveOverhead: .nanoseconds(300), reduction: 1e-10,
      gap: .nanoseconds(700)),
    .init(from: ByteCount(500), sendOverhead: .nanoseconds(150), reduction: 2e-10, asksFirst: true),
  ])

  @Test("give the same times and bytes as doing neither", arguments: conditions)
  func agreement(conditions text: String) throws {
    var random = Random(seed: 11)
    for (collective, algorithm) in allPairs {
      for fabric in try Self.fabrics.map({ try Topology(parsing: $0).fabric }) {
        let ranks = 8
        let known = try Conditions(parsing: text, on: fabric, ranks: ranks)
        let depth = 1 + random.below(3)
        let schedule = try Schedule(
          collective, algorithm, ranks: ranks, count: 8 * (1 + random.below(900)),
          parameters: .init(chunk: 40 + random.below(400), depth: depth))
        let neighbour = try Schedule(.allReduce, .ring, ranks: 8, count: 4_096)
        let jobs = [
          Simulation.Job(schedule, endpoints: Array(0..<8), slowdowns: known.slowdowns),
          Simulation.Job(
            neighbour, endpoints: (0..<8).map { (7 + $0) % 16 },
            start: .nanoseconds(Int64(random.below(9_000))),
            repetitions: 2),
        ]
        for host in [HostModel.ideal, host] {
          for jobs in [Array(jobs[..<1]), jobs] {
            var simulation = try Simulation(
              jobs, elementSize: 1, fabric: known.fabric,
              router: Router(known.fabric, routing: .destinationModulo), host: host,
              hostLimit: known.hostLimit)
            let quick = try simulation.run()
            (simulation.folds, simulation.skips) = (false, false)
            let plain = try simulation.run()
            let place: Comment = "\(collective), \(algorithm) on \(fabric.name), \(jobs.count) jobs: \(text)"
            #expect(quick.completions == plain.completions, place)
            #expect(quick.links == plain.links && quick.flows == plain.flows, place)
          }
        }
      }
    }
  }
}
