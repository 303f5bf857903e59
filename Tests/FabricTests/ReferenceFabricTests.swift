import Fabric
import Quantities
import Testing

@Suite("Fabrics of the literature have the counts that it gives")
struct ReferenceFabricTests {
  private let timing = LinkTiming(link: .nanoseconds(150), throughSwitch: .nanoseconds(300))
  private let nvLink = Fabric.NVLink(rate: .gigabytes(450), latency: .nanoseconds(250))

  private func degrees(_ fabric: Fabric) -> [Int] {
    var degrees = [Int](repeating: 0, count: fabric.nodes.count)
    for link in fabric.links { degrees[link.from] += 1 }
    return degrees
  }

  /// Logical links between switches.
  private func interSwitch(_ census: Census) -> Int {
    census.cabling.reduce(0) {
      if case .tier = $1.lower, case .tier = $1.upper { return $0 + $1.logicalLinks }
      return $0
    }
  }

  // Two tiers at full bisection: k²/2 hosts, k leaves, k/2 spines, k²/2 links between switches. k = 64 is DeepSeek's FT2
  // row, 128 and 512 are ports of 800G and 100G of later switches.
  @Test(
    "Two tiers of k-port switches",
    arguments: [(64, 2_048, 96, 2_048), (128, 8_192, 192, 8_192), (512, 131_072, 768, 131_072)])
  func twoTiers(k: Int, hosts: Int, switchCount: Int, links: Int) throws {
    let census = try Census(
      LeafSpine(
        leaves: k, hostsPerLeaf: k / 2, spines: k / 2, hostRate: .gigabits(400), uplinkRate: .gigabits(400),
        switchPorts: k, timing: timing
      ).fabric(named: "x"), switchPorts: [k, k])
    #expect(
      census.endpoints == hosts && census.networkSwitches == switchCount && interSwitch(census) == links)
    #expect(census.tiers.map(\.spare) == [0, 0])
  }

  // DeepSeek's MPFT row: eight times FT2.
  @Test("DeepSeek's multi-plane fat tree")
  func mpft() throws {
    let fabric = try MultiPlane(
      MultiPlane.Hosts(count: 2_048, gpusPerHost: 8, planesPerGPU: 1), planes: 8, switchPorts: 64,
      rate: .gigabits(400), nvLink: nvLink, timing: timing
    ).fabric(named: "mpft")
    let census = Census(fabric, switchPorts: [64, 64])
    #expect(census.endpoints == 16_384 && census.networkSwitches == 768 && interSwitch(census) == 16_384)
    #expect(census.tiers.map(\.spare) == [0, 0])
    #expect(
      fabric.links.allSatisfy { link in
        let (from, to) = (fabric.nodes[link.from], fabric.nodes[link.to])
        return from.kind != .endpoint || !to.isOfNetwork || from.rail == to.plane
      })
  }

  // 51.2 Tbit/s as 512 ports of 100 Gbit/s: 512 leaves and 256 spines a plane, 131,072 GPUs. One plane is built here.
  @Test("A plane of eight, of 100 Gbit/s")
  func eightPlanes() throws {
    let census = try Census(
      MultiPlane(
        MultiPlane.Hosts(count: 16_384, gpusPerHost: 8, planesPerGPU: 1), planes: 1, switchPorts: 512,
        rate: .gigabits(100), nvLink: nvLink, timing: timing
      ).fabric(named: "plane"))
    #expect(census.endpoints == 131_072)
    #expect(census.tiers.map(\.switches) == [512, 256])
    #expect(8 * census.networkSwitches == 6_144)
  }

  @Test("A NIC with a port in each of eight planes is one module with eight links")
  func striped() throws {
    let fabric = try MultiPlane(
      MultiPlane.Hosts(count: 16, gpusPerHost: 8, planesPerGPU: 8), planes: 8, switchPorts: 32,
      rate: .gigabits(100), nvLink: nvLink, timing: timing
    ).fabric(named: "striped")
    let census = Census(fabric, switchPorts: [32, 32])
    // 128 GPUs on leaves of 16: 8 leaves and 4 spines a plane.
    #expect(census.tiers.map(\.switches) == [64, 32])
    let up = try #require(census.cabling.first { $0.lower == .endpoint && $0.upper == .tier(1) })
    #expect(up.logicalLinks == 8 * 128 && up.cables == 8 * 128)
    // A module a GPU, and one for each port of a leaf.
    #expect(up.transceivers == 128 + 8 * 128)
  }

  // Qian et al., SIGCOMM 2024: 15 segments of 1,024 GPUs, 240 top-of-rack switches, 60 aggregation switches a plane.
  @Test("A pod of Alibaba's HPN")
  func hpn() throws {
    let builder = try HPN(nvLink: nvLink, timing: timing)
    let fabric = try builder.fabric(named: "hpn")
    let census = Census(fabric, switchPorts: builder.switchPorts)
    #expect(census.endpoints == 15_360)
    #expect(census.tiers.map(\.switches) == [240, 120])
    // 128 links of 200G down and 60 of 400G up: 25.6 to 24 Tbit/s.
    #expect(census.tiers[0].portsUsed == 188...188)
    #expect(abs((census.tiers[0].oversubscription ?? 0) - 25.6 / 24) < 1e-12)
    #expect(census.tiers[1].portsUsed == 120...120)
    // In reserve: 8 ports down of each top-of-rack switch; 8 up of each aggregation switch, where there is one pod.
    #expect(census.tiers.map(\.spare) == [240 * 8, 120 * 8])
    // 3.2 Tbit/s a host.
    #expect(census.cabling[0].logicalLinks * 200 == 1_920 * 3_200)
  }

  @Test(
    "HPN's planes share no switch up to the core, which has an aggregation switch's links down for 15 times as many"
  )
  func hpnPods() throws {
    let builder = try HPN(pods: 2, segments: 15, hostsPerSegment: 2, nvLink: nvLink, timing: timing)
    let fabric = try builder.fabric(named: "hpn")
    let census = Census(fabric, switchPorts: builder.switchPorts)
    #expect(census.tiers.map(\.switches) == [480, 240, 120])
    #expect(census.tiers[1].oversubscription == 15)
    #expect(fabric.switchLinks.allSatisfy { $0.from.plane == $0.to.plane })
    let lost = Set(fabric.nodes.indices.filter { fabric.nodes[$0].plane == 0 })
    #expect(try fabric.without(nodes: lost, links: []).endpoints.count == fabric.endpoints.count)
  }

  // HPN's table 4: with a network for each rail in each of two planes, a pod of two tiers reaches 122,880 GPUs.
  @Test("Rail-only in two planes, at HPN's switches")
  func railOnly() throws {
    let fabric = try RailOnly(
      RailOptimized.Hosts(count: 15_360, gpusPerHost: 8, perUnit: 128), planes: 2, switchPorts: 120,
      uplinks: 60,
      rate: .gigabits(200), uplinkRate: .gigabits(400), nvLink: nvLink, timing: timing
    ).fabric(named: "rails")
    #expect(fabric.endpoints.count == 122_880)
    // 120 segments of 16 top-of-rack switches, 60 aggregation switches for each of 16 networks.
    #expect(switches(fabric, tier: 1) == 1_920)
    #expect(switches(fabric, tier: 2) == 960)
  }

  @Test("No link leads from one rail to another")
  func railsApart() throws {
    let fabric = try RailOnly(
      RailOptimized.Hosts(count: 12, gpusPerHost: 4, perUnit: 4), rate: .gigabits(400),
      uplinkRate: .gigabits(400),
      nvLink: nvLink, timing: timing
    ).fabric(named: "rails")
    #expect(
      fabric.links.allSatisfy { link in
        let (from, to) = (fabric.nodes[link.from], fabric.nodes[link.to])
        return from.kind == .nvSwitch || to.kind == .nvSwitch || from.rail == to.rail
      })
    // 3 leaves of 4 hosts a rail, 4 uplinks each: 2 spines of 8 ports would carry 12 links.
    #expect(switches(fabric, tier: 1) == 12 && switches(fabric, tier: 2) == 8)
  }

  // The Llama 3 herd of models: 8 pods of 192 racks of 16 GPUs; a pod at full bisection. 192 links down of a cluster
  // switch are no multiple of 7, so 28 lead up.
  @Test("Meta's 24,576 GPUs")
  func meta() throws {
    let census = try Census(MetaRoCE(nvLink: nvLink, timing: timing).fabric(named: "meta"))
    #expect(census.endpoints == 24_576 && census.hosts == 3_072)
    #expect(census.tiers.map(\.switches) == [8 * 192, 8 * 16, 16])
    #expect(census.tiers[0].oversubscription == 1)
    #expect(census.tiers[1].oversubscription == 192.0 / 28)
    let ratio = try #require(census.tiers[1].oversubscription)
    #expect(ratio <= 7 && 192.0 / 27 > 7)
  }

  @Test(
    "Meta's tiers keep to any ratio that is asked for, with the fewest links",
    arguments: [1, 2, 3, 7, 12, 1.5])
  func metaRatio(asked: Double) throws {
    let census = try Census(
      MetaRoCE(
        pods: MetaRoCE.Pods(count: 3, racks: 12), oversubscription: asked, nvLink: nvLink, timing: timing
      ).fabric(named: "meta"))
    let uplinks = 12 / (census.tiers[1].oversubscription ?? 0)
    #expect(12 / uplinks <= asked && 12 / (uplinks - 1) > asked)
  }

  @Test("NVL72: 72 GPUs of 18 hosts on one NVSwitch, no network")
  func nvl72() throws {
    let census = try Census(NVLinkDomain(nvLink: nvLink).fabric(named: "nvl72"))
    #expect(census.endpoints == 72 && census.hosts == 18 && census.nvSwitches == 1)
    #expect(census.networkSwitches == 0 && census.cables == 0 && census.logicalLinks == 72)
  }

  @Test("Eight such racks are a scalable unit of 576 GPUs")
  func domains() throws {
    let rails = try RailOptimized(
      RailOptimized.Hosts(count: 8 * 18, gpusPerHost: 4, perUnit: 36, perDomain: 18),
      below: RailOptimized.Switches(), rate: .gigabits(400), nvLink: nvLink, timing: timing)
    let fabric = try NVLinkDomain(joinedBy: rails).fabric(named: "racks")
    let census = Census(fabric)
    #expect(census.endpoints == 576 && census.hosts == 144 && census.nvSwitches == 8)
    #expect(
      fabric.links.allSatisfy { link in
        let (from, to) = (fabric.nodes[link.from], fabric.nodes[link.to])
        return to.kind != .nvSwitch || to.id == "domain\(from.host / 18).nvswitch"
      })
  }

  @Test("Three tiers of leaves, spines and cores: each spine is on its own group of cores, all ports in use")
  func threeTiers() throws {
    let fabric = try LeafSpine(
      leaves: 4, hostsPerLeaf: 6, spines: 3, uplinksPerSpine: 2, hostRate: .gigabits(100),
      uplinkRate: .gigabits(100),
      cores: LeafSpine.Cores(pods: 5, count: 6, uplinksPerCore: 2, rate: .gigabits(100)), switchPorts: 12,
      timing: timing
    ).fabric(named: "x")
    let census = Census(fabric, switchPorts: [12, 12, 12])
    #expect(census.endpoints == 120 && census.tiers.map(\.switches) == [20, 15, 6])
    #expect(census.tiers.map(\.oversubscription) == [1, 2, nil])
    #expect(census.tiers.map(\.portsUsed) == [12...12, 12...12, 10...10])
    #expect(census.tiers.map(\.spare) == [0, 0, 12])
    for link in fabric.links where fabric.nodes[link.to].kind == .networkSwitch(tier: 3) {
      let spine = try #require(fabric.nodes[link.from].id.last?.wholeNumberValue)
      let core = try #require(fabric.nodes[link.to].id.last?.wholeNumberValue)
      #expect(core / 2 == spine)
    }
  }

  @Test("Every switch that a builder calls full is full, whatever the planes, rails and tiers")
  func ports() throws {
    let fabric = try RailOptimized(
      RailOptimized.Hosts(count: 32, gpusPerHost: 4, perUnit: 8, nicsPerGPU: 2),
      below: RailOptimized.Switches(planes: 3, tiers: 3, ports: 32), rate: .gigabits(400), nvLink: nvLink,
      timing: timing
    ).fabric(named: "x")
    let degrees = degrees(fabric)
    for (index, node) in fabric.nodes.enumerated() where node.isOfNetwork {
      #expect(degrees[index] == 32 && (0..<3).contains(node.plane))
    }
    // Two NICs in each of three planes, and NVLink.
    #expect(fabric.endpoints.allSatisfy { degrees[$0] == 7 })
    // 4 leaves of 16 uplinks a rail: 4 spines of 16 down; 4 rails of 16 uplinks on each of those: 2 cores.
    #expect((1...3).map { switches(fabric, tier: $0) } == [3 * 16, 3 * 16, 3 * 8])
  }
}
