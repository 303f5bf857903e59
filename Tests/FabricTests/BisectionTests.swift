import Fabric
import Quantities
import Testing

private let timing = LinkTiming(link: .nanoseconds(100), throughSwitch: .nanoseconds(300))

private func twoTiers(leaves: Int, hosts: Int, spines: Int) throws -> Fabric {
  try LeafSpine(
    leaves: leaves, hostsPerLeaf: hosts, spines: spines, hostRate: .gigabits(100), uplinkRate: .gigabits(100),
    timing: timing
  ).fabric(named: "two tiers")
}

@Suite("Bisection bandwidth: what vendors rate, and what random pairs get")
struct BisectionTests {
  // k³/8 links cross: 8, 512, 13,824 and 32,768.
  @Test("A fat-tree is rated full", arguments: [(4, 8), (16, 512), (48, 13_824), (64, 32_768)])
  func ratedFatTree(k: Int, crossing: Int) throws {
    let rated = try #require(RatedBisection(Topology(contentsOf: "\(shipped)/fat-tree-k\(k).yaml").fabric))
    #expect(rated.fraction == 1)
    #expect(rated.crossingLinks == Double(crossing))
    #expect(rated.bandwidth == .gigabits(400 * Double(crossing)))
  }

  // Two uplinks of 50 Mbit/s, one of which crosses; two hosts of 100 Mbit/s send: a quarter.
  @Test("The pilot is rated by its uplinks")
  func ratedPilot() throws {
    let rated = try #require(RatedBisection(Topology(contentsOf: "\(shipped)/pilot-4.yaml").fabric))
    #expect(rated.bandwidth == .gigabits(0.05))
    #expect(rated.fraction == 0.25)
    #expect(rated.tier == 1)
  }

  @Test("Rails are rated by the network, whatever NVLink carries", arguments: ["rail-32x8", "rail-128x8"])
  func ratedRails(name: String) throws {
    let rated = try #require(RatedBisection(Topology(contentsOf: "\(shipped)/\(name).yaml").fabric))
    #expect(rated.fraction == 1)
    #expect(rated.tier == 0)
  }

  @Test("A ring of switches has no tier to rate")
  func unrated() throws {
    var drawing = Drawing()
    let hosts = (0..<3).map { drawing.endpoint("h\($0)") }
    let switches = (0..<3).map { drawing.networkSwitch("s\($0)", tier: 1) }
    for index in 0..<3 {
      drawing.cable(hosts[index], switches[index])
      drawing.cable(switches[index], switches[(index + 1) % 3])
    }
    #expect(RatedBisection(try drawing.fabric()) == nil)
  }

  // An independent Monte Carlo gave these figures, to the last digit shown (0.005 for the two-digit worst flow). Means
  // over 400 patterns have their own margin here; the reference's, over fewer, is taken as 0.01 at 64 hosts, where
  // patterns spread by 0.04, and half of that from 256 hosts on, where they spread by 0.014 to 0.021.
  @Test(
    "Effective bisection of two-tier fabrics matches an independent simulation",
    arguments: [
      Reference(
        8, 8, 8, .destinationModulo, 0.743, fair: 0.743, worstFlow: 0.33, worstLoad: 3.1, error: 0.01),
      Reference(8, 8, 8, .ecmp(seed: 1), 0.577, fair: 0.588, worstFlow: 0.27, worstLoad: 3.7, error: 0.01),
      Reference(16, 16, 16, .destinationModulo, 0.696, error: 0.005),
      Reference(16, 16, 16, .ecmp(seed: 1), 0.544, fair: 0.557, error: 0.005),
      Reference(32, 16, 8, .ecmp(seed: 1), 0.346, error: 0.005),
      Reference(32, 16, 8, .destinationModulo, 0.401, error: 0.005),
      Reference(32, 16, 4, .ecmp(seed: 1), 0.218, error: 0.005),
      Reference(32, 16, 4, .destinationModulo, 0.237, error: 0.005),
    ])
  func effective(reference: Reference) throws {
    let fabric = try twoTiers(leaves: reference.leaves, hosts: reference.hosts, spines: reference.spines)
    let patterns = reference.hosts == 8 ? 400 : 100
    let effective = try #require(
      EffectiveBisection(fabric, Router(fabric, routing: reference.routing), patterns: patterns, seed: 7))
    let margin = try #require(effective.margin)
    #expect(margin < 0.006)
    #expect(
      abs(effective.fraction - reference.mean) < reference.error + margin, "found \(effective.fraction)")
    if let fair = reference.fair {
      let margin = try #require(effective.fairMargin)
      #expect(
        abs(effective.fairFraction - fair) < reference.error + margin, "fair: found \(effective.fairFraction)"
      )
    }
    if let worst = reference.worstFlow {
      #expect(abs(effective.worstFlow - worst) < 0.015, "worst flow: found \(effective.worstFlow)")
    }
    if let load = reference.worstLoad {
      #expect(abs(effective.worstLoad - load) < 0.1, "worst link: found \(effective.worstLoad)")
    }
    #expect(effective.worstFlow <= effective.firstPercentile)
    #expect(effective.firstPercentile < effective.fraction)
    // Max-min fair rates give no flow less than an equal share of its worst link.
    #expect(effective.fairFraction >= effective.fraction - 1e-9)
    #expect(abs(effective.bandwidth.gigabitsPerSecond / 100 - effective.fraction) < 1e-9)
  }

  struct Reference: Sendable, CustomTestStringConvertible {
    let leaves, hosts, spines: Int
    let routing: Routing
    let mean, error: Double
    let fair, worstFlow, worstLoad: Double?

    init(
      _ leaves: Int, _ hosts: Int, _ spines: Int, _ routing: Routing, _ mean: Double, fair: Double? = nil,
      worstFlow: Double? = nil, worstLoad: Double? = nil, error: Double
    ) {
      (self.leaves, self.hosts, self.spines, self.routing) = (leaves, hosts, spines, routing)
      (self.mean, self.error, self.fair) = (mean, error, fair)
      (self.worstFlow, self.worstLoad) = (worstFlow, worstLoad)
    }

    var testDescription: String { "\(leaves * hosts) hosts, \(hosts):\(spines), \(routing)" }
  }

  @Test(
    "Where no link is shared, each pair gets its NIC's rate",
    arguments: [Routing.destinationModulo, .ecmp(seed: 2)])
  func crossbar(routing: Routing) throws {
    let fabric = try SingleSwitch(hosts: 9, rate: .gigabits(100), timing: timing).fabric(named: "one")
    let effective = try #require(
      EffectiveBisection(fabric, Router(fabric, routing: routing), patterns: 20, seed: 1))
    #expect(effective.fraction == 1)
    #expect(effective.margin == 0)
    #expect(effective.worstLoad == 1)
  }

  // Four hosts on two leaves, one uplink of half the rate each. Of three ways to pair them, one keeps both pairs
  // inside the leaves (fraction 1), two send both pairs over the uplinks: half the rate shared by two, a quarter.
  @Test("The pilot's mean is that of its three pairings")
  func pilot() throws {
    let fabric = try Topology(contentsOf: "\(shipped)/pilot-4.yaml").fabric
    let effective = try #require(
      EffectiveBisection(fabric, Router(fabric, routing: .destinationModulo), patterns: 4_000, seed: 3))
    let margin = try #require(effective.margin)
    #expect(abs(effective.fraction - 0.5) < 2 * margin)
    #expect(margin < 0.02)
  }

  @Test("The same seed gives the same figures, another seed others")
  func deterministic() throws {
    let fabric = try twoTiers(leaves: 8, hosts: 8, spines: 8)
    let draw = { (seed: UInt64) in
      EffectiveBisection(fabric, Router(fabric, routing: .ecmp(seed: 1)), patterns: 10, seed: seed)
    }
    #expect(draw(1) == draw(1))
    #expect(draw(1)?.fraction != draw(2)?.fraction)
  }

  @Test("Pairs of a rail-optimized fabric never stay inside a host")
  func rails() throws {
    let fabric = try Topology(contentsOf: "\(shipped)/rail-32x8.yaml").fabric
    let effective = try #require(
      EffectiveBisection(fabric, Router(fabric, routing: .destinationModulo), patterns: 10, seed: 1))
    #expect(effective.fraction < 1)
    #expect(effective.fraction > 0.5)
  }

  @Test("One endpoint has nobody to talk to")
  func alone() throws {
    let fabric = try SingleSwitch(hosts: 1, rate: .gigabits(100), timing: timing).fabric(named: "one")
    #expect(EffectiveBisection(fabric, Router(fabric, routing: .destinationModulo)) == nil)
  }
}
