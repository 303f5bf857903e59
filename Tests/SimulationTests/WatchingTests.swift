import Collectives
import Fabric
import Quantities
import Simulation
import Testing

@Suite("A run can be watched, and stopped")
struct WatchingTests {
  @Test("What ranks send is what the proof counts")
  func traffic() throws {
    for (collective, algorithm) in allPairs {
      for ranks in [2, 3, 5, 8] {
        let channels = collective.isBlocked && algorithm != .ring ? 1 : 2
        guard
          let schedule = try? Schedule(
            collective, algorithm, ranks: ranks, count: 1_003,
            parameters: .init(channels: channels, chunk: 97))
        else { continue }
        let proof = try Proof(of: schedule)
        var messages = 0
        for rank in 0..<ranks {
          for lane in 0..<schedule.lanes {
            let traffic = schedule.traffic(rank: rank, lane: lane)
            #expect(Set(traffic.map(\.peer)).count == traffic.count && !traffic.contains { $0.peer == rank })
            messages += traffic.reduce(0) { $0 + $1.messages }
          }
        }
        #expect(messages == proof.messages)
        #expect(schedule.countMessages() == messages)
      }
    }
  }

  @Test(
    "The users of a link are those whose flows crossed it", arguments: ["d-mod-k", "ecmp:4", "flowlet:4"])
  func users(routing: String) throws {
    let fabric = try SmallFabrics.named("pods")
    let router = Router(fabric, routing: try Routing(parsing: routing))
    let endpoints = try Placement.random(seed: 2).endpoints(for: 8, on: fabric)
    for algorithm in [Algorithm.ring, .tree, .halvingDoubling] {
      let schedule = try Schedule(
        .allReduce, algorithm, ranks: 8, count: 4_000, parameters: .init(chunk: 300))
      var crossed = fabric.links.map { _ in Set<[Int]>() }
      _ = try Simulation(
        schedule: schedule, elementSize: 1, fabric: fabric, router: router, endpoints: endpoints
      ).run(observe: { flow in
        for link in flow.path { crossed[Int(link)].insert([flow.source, flow.destination]) }
      })
      let users = LinkUsers(
        of: Array(fabric.links.indices), schedule: schedule, router: router, endpoints: endpoints)
      for (pairs, expected) in zip(users.pairs, crossed) {
        #expect(pairs.map { [$0.from, $0.to] } == expected.sorted { $0.lexicographicallyPrecedes($1) })
      }
    }
  }

  /// Of ten spans of 100 ns, 500 bytes from 250 to 750 ns put 50 into the third, 100 into each of the next
  /// four and 50 into the eighth; a link of 1 GB/s carries 100 bytes in a span.
  @Test("Bytes are spread over the spans of a flow")
  func timeline() throws {
    var timeline = LinkTimeline(
      links: [3, 4], capacities: [1e9, 1e9], total: .nanoseconds(1_000), spans: 10)
    timeline.add(
      SimulatedFlow(
        source: 0, destination: 1, lane: 0, step: 0, size: ByteCount(500), start: .nanoseconds(250),
        drained: .nanoseconds(750), end: .nanoseconds(800), path: [1, 3, 9]))
    let expected = [0, 0, 0.5, 1, 1, 1, 1, 0.5, 0, 0]
    for span in 0..<10 {
      #expect(abs(timeline.utilisation(ofLinkAt: 0, in: span) - expected[span]) < 1e-12)
      #expect(timeline.bytes(ofLinkAt: 1, in: span) == 0)
    }
  }

  @Test("A timeline holds every byte of its links, whatever the spans", arguments: [1, 7, 100])
  func conservation(spans: Int) throws {
    let fabric = try SmallFabrics.named("pods")
    let schedule = try Schedule(
      .allReduce, .doubleTree, ranks: 8, count: 4_001, parameters: .init(chunk: 300))
    let simulation = try Simulation(
      schedule: schedule, elementSize: 1, fabric: fabric, router: Router(fabric, routing: .ecmp(seed: 1)),
      endpoints: Array(0..<8))
    let outcome = try simulation.run()
    let busiest = outcome.busiestLinks(on: fabric, most: 6)
    #expect(busiest.count == 6 && busiest.map(\.share) == busiest.map(\.share).sorted(by: >))
    var timeline = LinkTimeline(
      links: busiest.map(\.link),
      capacities: busiest.map { fabric.links[$0.link].bandwidth.bytesPerSecond }, total: outcome.total,
      spans: spans)
    _ = try simulation.run(observe: { timeline.add($0) })
    for (place, link) in timeline.links.enumerated() {
      let bytes = (0..<spans).reduce(0) { $0 + timeline.bytes(ofLinkAt: place, in: $1) }
      #expect(abs(bytes - outcome.links[link].bytes) < 1e-6)
    }
  }

  @Test("Whoever watches a run can end it, and learns how far it was")
  func interruption() throws {
    let fabric = try SmallFabrics.named("single")
    let schedule = try Schedule(.broadcast, .ring, ranks: 6, count: 1 << 20, parameters: .init(chunk: 64))
    let simulation = try Simulation(
      schedule: schedule, elementSize: 1, fabric: fabric, router: Router(fabric, routing: .destinationModulo),
      endpoints: Array(0..<6))
    // Observed, each message is simulated.
    let whole = try simulation.run(progress: { _ in true }, observe: { _ in })
    var calls = 0
    let error = #expect(throws: SimulationError.self) {
      try simulation.run(
        progress: { _ in
          calls += 1
          return false
        }, observe: { _ in })
    }
    guard case .interrupted(let progress)? = error else {
      Issue.record("expected an interruption, found \(String(describing: error))")
      return
    }
    #expect(calls == 1 && progress.ranks == 6 && progress.ranksDone == 0)
    #expect(progress.now > .zero && progress.now < whole.total && progress.events < whole.events)
    #expect(progress.fraction > 0 && progress.fraction < 1)
  }
}
