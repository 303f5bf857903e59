import Collectives
import Fabric
import Quantities
import Simulation
import Testing

@Suite("No prediction beats physics")
struct PhysicalBoundTests {
  private static let still = "link-latency: 0 ns\nswitch-latency: 0 ns"

  private let costly = HostModel(regimes: [
    .init(sendOverhead: .nanoseconds(200), receiveOverhead: .nanoseconds(300), latency: .nanoseconds(50)),
    .init(
      from: ByteCount(4_096), sendOverhead: .nanoseconds(100), receiveOverhead: .nanoseconds(500),
      bandwidth: .gigabytes(3), reduction: 2e-10, copying: 1e-11),
  ])

  private func bound(
    _ collective: Collective, on fabric: Fabric, count: Int = 1_000_000, root: Int = 0,
    host: HostModel = .ideal, reduction: ReductionPlace = .ranks
  ) throws -> PhysicalBound {
    let ranks = fabric.endpoints.count
    return PhysicalLimits(fabric, endpoints: Array(0..<ranks), root: root).bound(
      on: try Schedule(collective, .ring, ranks: ranks, count: count, root: root), elementSize: 1, host: host,
      reduction: reduction)
  }

  /// Two hosts of 2 GB/s each on two leaves with an uplink of 1 GB/s each, and 10^6 bytes.
  ///
  /// Ports: 2 × 3 × 1 MB over 4 × 2 GB/s, 750 us. An uplink carries all of the vector of a leaf, reduced or
  /// not, 1 ms; of a reduce-scatter or all-gather half of it. Into leaf 0 comes all that rank 3 broadcasts.
  @Test(
    "The narrowest cut is found, and named",
    arguments: [
      (Collective.allReduce, 0, 1_000, "uplinks of leaf0, out: 1 GB/s"),
      (.reduceScatter, 0, 500, "uplinks of leaf0, out: 1 GB/s"),
      (.allGather, 0, 500, "uplinks of leaf0, out: 1 GB/s"),
      (.broadcast, 3, 1_000, "uplinks of leaf0, in: 1 GB/s"),
      (.reduce, 3, 1_000, "uplinks of leaf0, out: 1 GB/s"),
    ])
  func cuts(collective: Collective, root: Int, microseconds: Int64, name: String) throws {
    let fabric = try SmallFabrics.named("oversubscribed", latencies: Self.still)
    let bound = try bound(collective, on: fabric, root: root)
    #expect(bound.time == .microseconds(microseconds) && bound.name == name)
  }

  /// Six hosts of 1 GB/s: 2 × 5/6 × 1.2 MB at 1 GB/s are 2 ms, which a ring takes; switches that reduce need
  /// 1.2 ms.
  @Test("On one switch it is the published bound, which a ring reaches, unless switches reduce")
  func ports() throws {
    let fabric = try SmallFabrics.named("single", latencies: Self.still)
    let bound = try bound(.allReduce, on: fabric, count: 1_200_000)
    #expect(
      bound
        == PhysicalBound(name: "links of all 6 endpoints, out: 6 GB/s together", time: .microseconds(2_000)))
    let ring = try Schedule(.allReduce, .ring, ranks: 6, count: 1_200_000)
    let total = try Simulation(
      schedule: ring, elementSize: 1, fabric: fabric, router: Router(fabric, routing: .destinationModulo),
      endpoints: Array(0..<6)
    ).run().total
    #expect(abs(total.picoseconds - bound.time.picoseconds) <= 20)
    let aggregated = try self.bound(.allReduce, on: fabric, count: 1_200_000, reduction: .switches)
    #expect(
      aggregated.time == .microseconds(1_200)
        && aggregated.name.hasPrefix("links of rank 0 (host0), out: 1 GB/s"))
  }

  /// Hosts of 4, 4 and 1/2 GB/s around a switch: 2 × 2 × 1 MB over all 8.5 GB/s are less than 1 MB over the
  /// slowest.
  @Test("A slow port of one rank counts, not the fastest of all")
  func slowPort() throws {
    var nodes = (0..<3).map { Fabric.Node(id: "h\($0)", kind: .endpoint, host: $0) }
    nodes.append(Fabric.Node(id: "s", kind: .networkSwitch(tier: 1)))
    let links = [4, 4, 0.5].enumerated().flatMap { host, rate in
      [(host, 3), (3, host)].map {
        Fabric.Link(from: $0.0, to: $0.1, bandwidth: .gigabytes(rate), latency: .zero)
      }
    }
    let fabric = try Fabric(name: "uneven", nodes: nodes, links: links, endpoints: [0, 1, 2])
    let bound = try bound(.allReduce, on: fabric)
    #expect(bound == PhysicalBound(name: "links of rank 2 (h2), out: 500 MB/s", time: .microseconds(2_000)))
  }

  /// 200 ns to post, 1 ns for a byte at 1 GB/s, 30 ns and 30 ns of cables and 70 ns of the switch, 50 ns of
  /// the host and 300 ns to take in.
  @Test("One message takes as long as the bound")
  func latency() throws {
    let fabric = try Topology(
      parsing: """
        name: pair
        builder: single-switch
        hosts: 2
        rate: 1 GB/s
        link-latency: 30 ns
        switch-latency: 70 ns
        """
    ).fabric
    let schedule = try Schedule(.broadcast, .ring, ranks: 2, count: 1)
    let host = HostModel(regimes: [costly.regimes[0]])
    let outcome = try Simulation(
      schedule: schedule, elementSize: 1, fabric: fabric, router: Router(fabric, routing: .destinationModulo),
      endpoints: [0, 1], host: host
    ).run()
    let bound = PhysicalLimits(fabric, endpoints: [0, 1]).bound(on: schedule, elementSize: 1, host: host)
    #expect(bound.time == outcome.total)
    let way: Int64 = 30 + 70 + 30
    #expect(outcome.total == .nanoseconds(way + 551))
  }

  /// Two pods of two leaves: leaf, spine, core, spine and leaf are on the way, 6 cables of 30 ns and 5
  /// switches of 50 ns.
  ///
  /// The first message between neighbours crosses just one switch. A byte takes 0.5 ns to leave at 2 GB/s.
  @Test(
    "A small vector has to come to the farthest rank",
    arguments: Collective.allCases.filter { $0 != .allToAll })
  func reach(collective: Collective) throws {
    let fabric = try SmallFabrics.named("pods")
    let bound = try bound(
      collective, on: fabric, count: 1, root: 0, host: HostModel(regimes: [costly.regimes[0]]))
    let way: Int64 = 6 * 30 + 5 * 50
    #expect(bound.time == .nanoseconds(way + 550))
    #expect(bound.name == "one message's overheads, and latency between rank 0 and the farthest rank")
  }

  /// Each fabric, packed and shuffled, with all ranks and some, hosts with costs and without.
  @Test("on any small fabric, whatever the collective and algorithm", arguments: SmallFabrics.names)
  func law(name: String) throws {
    let fabric = try SmallFabrics.named(name)
    let router = Router(fabric, routing: .ecmp(seed: 5))
    for ranks in Set([2, 3, fabric.endpoints.count]).sorted() {
      for placement in [Placement.packed, .random(seed: 3)] {
        let endpoints = try placement.endpoints(for: ranks, on: fabric)
        let all = (0...1).map { PhysicalLimits(fabric, endpoints: endpoints, root: $0) }
        for (collective, algorithm) in allPairs {
          let limits = all[collective.isRooted ? 1 : 0]
          for (count, host) in [(1, HostModel.ideal), (ranks + 1, costly), (9_000, .ideal), (9_000, costly)] {
            let schedule = try Schedule(
              collective, algorithm, ranks: ranks, count: count, root: collective.isRooted ? 1 : 0,
              parameters: .init(chunk: 1_500, depth: 2).dividing(ranks))
            let bound = limits.bound(on: schedule, elementSize: 4, host: host)
            let outcome = try Simulation(
              schedule: schedule, elementSize: 4, fabric: fabric, router: router, endpoints: endpoints,
              host: host
            ).run()
            #expect(throws: Never.self, "\(collective), \(algorithm), \(ranks) ranks, \(count) elements") {
              try bound.check(outcome)
            }
            // One element of an all-to-all has nobody to go to.
            #expect(bound.time > .zero || collective == .allToAll && count < ranks)
          }
        }
      }
    }
  }

  /// Ranks that share endpoints cross no link among themselves.
  @Test("Ranks on one endpoint are one party")
  func sharedEndpoints() throws {
    let fabric = try SmallFabrics.named("single", latencies: Self.still)
    let endpoints = [0, 0, 1, 1]
    for (collective, algorithm) in allPairs {
      let schedule = try Schedule(
        collective, algorithm, ranks: 4, count: 4_000, parameters: .init(domain: 2))
      let bound = PhysicalLimits(fabric, endpoints: endpoints).bound(
        on: schedule, elementSize: 1, host: .ideal)
      let outcome = try Simulation(
        schedule: schedule, elementSize: 1, fabric: fabric,
        router: Router(fabric, routing: .destinationModulo),
        endpoints: endpoints
      ).run()
      try bound.check(outcome)
      // Two parties: all of an all-reduce and of an all-to-all, half of what is cut into blocks.
      #expect(bound.time == .microseconds(collective.isBlocked ? 2 : 4))
    }
    let alone = PhysicalLimits(fabric, endpoints: [0, 0]).bound(
      on: try Schedule(.allReduce, .ring, ranks: 2, count: 100), elementSize: 1, host: .ideal)
    #expect(alone.time == .zero)
  }

  /// What any set of nodes asks for, from the definition: bytes out of it and into it over its links.
  ///
  /// Five leaves of the law: the sets of the limits are some of them, so that they can't ask for more; and
  /// simulations are no faster than any of them.
  @Test(
    "and of all sets of nodes none asks for more than a simulation takes, or for less than the bound of cuts")
  func allSets() throws {
    let fabric = try SmallFabrics.named("oversubscribed", latencies: Self.still)
    let router = Router(fabric, routing: .destinationModulo)
    for (collective, algorithm) in allPairs {
      let schedule = try Schedule(
        collective, algorithm, ranks: 4, count: 4_000, parameters: .init(domain: 2))
      var greatest = 0.0
      for set in 1..<(1 << fabric.nodes.count) - 1 {
        let inside = (0..<4).filter { set >> fabric.endpoints[$0] & 1 == 1 }
        guard !inside.isEmpty, inside.count < 4 else { continue }
        var (out, into) = (0.0, 0.0)
        for link in fabric.links {
          let (from, to) = (set >> link.from & 1, set >> link.to & 1)
          if from > to { out += link.bandwidth.bytesPerSecond }
          if from < to { into += link.bandwidth.bytesPerSecond }
        }
        let own = Double(1_000 * inside.count)
        let bytes: (out: Double, into: Double)
        switch collective {
        case .allReduce: bytes = (4_000, 4_000)
        case .reduceScatter: bytes = (4_000 - own, own)
        case .allGather: bytes = (own, 4_000 - own)
        case .broadcast: bytes = inside.contains(0) ? (4_000, 0) : (0, 4_000)
        case .reduce: bytes = inside.contains(0) ? (0, 4_000) : (4_000, 0)
        // Each rank inside has a block of 1,000 bytes for each outside, and the other way round.
        case .allToAll: bytes = (own * Double(4 - inside.count), own * Double(4 - inside.count))
        }
        greatest = max(greatest, bytes.out / out, bytes.into / into)
      }
      let total = try Simulation(
        schedule: schedule, elementSize: 1, fabric: fabric, router: router, endpoints: [0, 1, 2, 3]
      ).run().total
      #expect(total.seconds >= greatest - 1e-9)
      let cuts = PhysicalLimits(fabric, endpoints: [0, 1, 2, 3]).bound(
        on: schedule, elementSize: 1, host: .ideal, reduction: .switches)
      // On a tree the thinnest set of nodes is a subtree, and the limits look at all of those.
      #expect(abs(cuts.time.seconds - greatest) < 1e-11)
    }
  }

  @Test("A prediction below a bound is refused, with both times and the name of what it beats")
  func broken() throws {
    let bound = PhysicalBound(name: "uplinks of leaf0, out: 1 GB/s", time: .microseconds(1_000))
    func outcome(_ picoseconds: Int64) -> Outcome {
      Outcome(completions: [.zero, Time(picoseconds: picoseconds)], links: [], flows: 1, events: 2)
    }
    for picoseconds in [1_000_000_000, 999_999_000, 2_000_000_000] as [Int64] {
      try bound.check(outcome(picoseconds))
    }
    let error = #expect(throws: PhysicsViolation.self) { try bound.check(outcome(999_998_999)) }
    #expect(
      error?.description.hasPrefix(
        "a prediction of 999998999 ps is below what uplinks of leaf0, out: 1 GB/s allows, 1000000000 ps")
        == true)
  }

  @Test("One rank and an empty vector need no time")
  func nothing() throws {
    let fabric = try SmallFabrics.named("single")
    for (ranks, count) in [(1, 100), (4, 0)] {
      let bound = PhysicalLimits(fabric, endpoints: Array(0..<ranks)).bound(
        on: try Schedule(.allReduce, .ring, ranks: ranks, count: count), elementSize: 1, host: costly)
      #expect(bound == PhysicalBound(name: "nothing to move", time: .zero))
    }
  }
}
