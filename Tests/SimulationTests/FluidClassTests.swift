import Simulation
import Testing

@Suite("A class of flows does what its flows do")
struct FluidClasses {
  /// Late by a picosecond for each end before it at most, as in ``FluidNetworks``.
  @Test("as if everything were computed again for each flow by itself, in 400 random cases")
  func naive() {
    for seed in 0..<400 {
      let classes = ClassCase(seed: UInt64(seed))
      let (quotient, naive) = (classes.quotient.drains(), classes.whole.naiveDrains())
      for (flow, ofClass) in classes.classes.enumerated() {
        let difference = abs(Double(quotient[ofClass]) - naive[flow])
        #expect(
          difference <= max(1_000, 1e-9 * naive[flow]),
          "case \(seed), class \(ofClass): \(quotient[ofClass]), \(naive[flow])")
      }
    }
  }

  @Test("to the picosecond as the network does with the whole")
  func whole() {
    for seed in 0..<400 {
      let classes = ClassCase(seed: UInt64(seed))
      let quotient = classes.quotient.drains()
      #expect(classes.classes.map { quotient[$0] } == classes.whole.drains(), "case \(seed)")
    }
  }

  @Test("and never fills a link past its capacity")
  func capacities() {
    for seed in 0..<200 {
      let quotient = ClassCase(seed: UInt64(seed)).quotient
      var worst = 0.0
      _ = quotient.drains { network in
        for link in quotient.capacities.indices {
          worst = max(worst, network.load(on: link) / quotient.capacities[link])
        }
      }
      #expect(worst <= 1 + 1e-12, "case \(seed)")
    }
  }

  /// A link of 12 GB/s with three of one class and one of another: 3 GB/s each.
  ///
  /// The one drains after 1 us; the three then have 4 GB/s each, and their other 4,000 bytes take another.
  @Test("three flows as one take three shares")
  func shares() {
    let flows = FlowCase(
      capacities: [12e9],
      flows: [
        .init(start: 0, bytes: 7_000, path: [0], cap: .infinity, counts: [3]),
        .init(start: 0, bytes: 3_000, path: [0], cap: .infinity, counts: [1]),
      ])
    #expect(flows.drains() == [2_000_000, 1_000_000])
  }

  /// Alone on a link of 12 GB/s, each of six flows has 2 GB/s.
  @Test("a class alone shares its link among its own")
  func alone() {
    let flows = FlowCase(
      capacities: [12e9, 100e9],
      flows: [.init(start: 0, bytes: 2_000, path: [0, 1], cap: .infinity, counts: [6, 12])])
    #expect(flows.drains() == [1_000_000])
  }
}
