import Simulation
import Testing

@Suite("Flows share links max-min fairly")
struct FluidNetworks {
  /// The network rounds each end up to a picosecond and the reference doesn't, so that an end may be late by one
  /// picosecond for each end before it: far less than a nanosecond in all, or than 10^-9 of a long run.
  @Test("as if everything were computed again at every event, in 500 random cases")
  func naive() {
    for seed in 0..<500 {
      let flows = FlowCase(seed: UInt64(seed))
      let (fast, naive) = (flows.drains(), flows.naiveDrains())
      for flow in fast.indices {
        let difference = abs(Double(fast[flow]) - naive[flow])
        #expect(
          difference <= max(1_000, 1e-9 * naive[flow]),
          "case \(seed), flow \(flow): \(fast[flow]), \(naive[flow])")
      }
    }
  }

  @Test("and never fill a link past its capacity")
  func capacities() {
    for seed in 0..<200 {
      let flows = FlowCase(seed: UInt64(seed))
      var (worst, settlements) = (0.0, 0)
      _ = flows.drains { network in
        for link in flows.capacities.indices {
          worst = max(worst, network.load(on: link) / flows.capacities[link])
        }
        settlements += 1
      }
      #expect(worst <= 1 + 1e-9, "case \(seed)")
      #expect(settlements > 1)
    }
  }

  @Test("whatever the order of the links and flows, to 0.1 ns or one part in 10^10")
  func order() {
    for seed in 0..<200 {
      let flows = FlowCase(seed: UInt64(seed))
      var reversed = flows
      let last = Int32(flows.capacities.count - 1)
      reversed.capacities.reverse()
      reversed.flows = flows.flows.reversed().map { flow in
        var flow = flow
        flow.path = flow.path.map { last - $0 }
        return flow
      }
      for (one, other) in zip(flows.drains(), reversed.drains().reversed()) {
        #expect(abs(one - other) <= max(100, one / 10_000_000_000))
      }
    }
  }

  @Test("the same on every run")
  func determinism() {
    for seed in 0..<50 {
      #expect(FlowCase(seed: UInt64(seed)).drains() == FlowCase(seed: UInt64(seed)).drains())
    }
  }

  /// Two flows of 1,000 bytes over a link of 1 GB/s, one of them capped at 0.25 GB/s: the other has 0.75 GB/s and
  /// drains after 1,333.34 ns; the capped one goes on alone to 4,000 ns.
  @Test("a capped flow leaves the rest to the others")
  func cap() {
    var flows = FlowCase(seed: 0)
    flows.capacities = [1e9]
    flows.flows = [
      .init(start: 0, bytes: 1_000, path: [0], cap: 0.25e9),
      .init(start: 0, bytes: 1_000, path: [0], cap: .infinity),
    ]
    #expect(flows.drains() == [4_000_000, 1_333_334])
  }

  /// Capacities 1 and 10 GB/s; one flow over both, three over the second.
  ///
  /// The first link gives 1 GB/s; 9 are left
  /// for three: 3 GB/s each, so 3,000 bytes drain after 1 us.
  @Test("what one link denies a flow, others get on the next")
  func bottlenecks() {
    var flows = FlowCase(seed: 0)
    flows.capacities = [1e9, 10e9]
    flows.flows = [.init(start: 0, bytes: 2_000, path: [0, 1], cap: .infinity)]
    for _ in 0..<3 { flows.flows.append(.init(start: 0, bytes: 3_000, path: [1], cap: .infinity)) }
    #expect(flows.drains() == [2_000_000, 1_000_000, 1_000_000, 1_000_000])
  }
}
