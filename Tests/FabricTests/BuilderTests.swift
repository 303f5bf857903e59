import Fabric
import Foundation
import Quantities
import Testing

/// The folder of the topologies that are shipped.
let shipped = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
  .deletingLastPathComponent().appending(path: "topologies").path

extension Fabric.Node {
  /// Whether it is a switch outside of hosts.
  var isOfNetwork: Bool {
    if case .networkSwitch = kind { true } else { false }
  }
}

extension Fabric {
  /// Both ends of each link between two switches of the network.
  var switchLinks: [(from: Node, to: Node)] {
    links.map { (nodes[$0.from], nodes[$0.to]) }.filter { $0.from.isOfNetwork && $0.to.isOfNetwork }
  }
}

/// How many switches of a tier a fabric has.
func switches(_ fabric: Fabric, tier: Int) -> Int {
  fabric.nodes.count { $0.kind == .networkSwitch(tier: tier) }
}

/// How many cables join a node of one kind with one of another.
func cables(_ fabric: Fabric, _ low: Fabric.Node.Kind, _ high: Fabric.Node.Kind) -> Int {
  fabric.links.count { fabric.nodes[$0.from].kind == low && fabric.nodes[$0.to].kind == high }
}

@Suite("Builders give the counts that are published")
struct BuilderTests {
  private let timing = LinkTiming(link: .nanoseconds(100), throughSwitch: .nanoseconds(300))

  // Al-Fares et al. 2008: k³/4 hosts, 5k²/4 switches, 3k³/4 links. For k = 48, the 27,648 hosts that later papers
  // compare with; for k = 64, the 65,536 endpoints and 5,120 switches of DeepSeek's three-tier row (ISCA 2025).
  @Test(
    "A k-ary fat-tree",
    arguments: [
      (4, 16, 20, 48), (16, 1_024, 320, 3_072), (48, 27_648, 2_880, 82_944), (64, 65_536, 5_120, 196_608),
    ])
  func fatTree(k: Int, hosts: Int, switchCount: Int, cableCount: Int) throws {
    let fabric = try Topology(contentsOf: "\(shipped)/fat-tree-k\(k).yaml").fabric
    #expect(fabric.endpoints.count == hosts)
    #expect(fabric.hostCount == hosts)
    #expect(fabric.nodes.count - hosts == switchCount)
    #expect(fabric.links.count == 2 * cableCount)
    #expect(switches(fabric, tier: 3) == k * k / 4)
    #expect(fabric.links.allSatisfy { $0.bandwidth == .gigabits(400) })
  }

  // NVIDIA's DGX SuperPOD reference architectures: H100 with 1 and 2 scalable units (a host of each left out for the
  // fabric manager), B200 with 2 and 4, B300 XDR with 72 hosts a unit and 144 ports a switch.
  @Test(
    "A rail-optimized fabric",
    arguments: [
      (31, 32, 64, 248, 8, 4, 256), (63, 32, 64, 504, 16, 8, 512), (64, 32, 64, 512, 16, 8, 512),
      (128, 32, 64, 1_024, 32, 16, 1_024), (72, 72, 144, 576, 8, 4, 576), (144, 72, 144, 1_152, 16, 8, 1_152),
      (288, 72, 144, 2_304, 32, 18, 2_304), (1_296, 72, 144, 10_368, 144, 72, 10_368),
      (96, 32, 64, 768, 24, 16, 768),
    ])
  func rails(
    hosts: Int, perUnit: Int, ports: Int, gpus: Int, leaves: Int, spines: Int, uplinks: Int
  ) throws {
    let fabric = try RailOptimized(
      hosts: hosts, gpusPerHost: 8, hostsPerUnit: perUnit, switchPorts: ports, rate: .gigabits(400),
      nvLink: RailOptimized.NVLink(rate: .gigabytes(450), latency: .nanoseconds(250)), timing: timing
    ).fabric(named: "rails")
    #expect(fabric.endpoints.count == gpus)
    #expect(fabric.hostCount == hosts)
    #expect(switches(fabric, tier: 1) == leaves)
    #expect(switches(fabric, tier: 2) == spines)
    #expect(cables(fabric, .endpoint, .networkSwitch(tier: 1)) == gpus)
    #expect(cables(fabric, .networkSwitch(tier: 1), .networkSwitch(tier: 2)) == uplinks)
    #expect(cables(fabric, .endpoint, .nvSwitch) == gpus)
    // Host j of a unit has its GPU r on the unit's leaf of rail r.
    #expect(
      fabric.endpoints.indices.allSatisfy { endpoint in
        let node = fabric.nodes[fabric.endpoints[endpoint]]
        return fabric.nodes[fabric.leaf(of: endpoint)].id == "unit\(node.host / perUnit).rail\(node.rail)"
      })
  }

  // DeepSeek's two-tier row: k = 64, 2,048 hosts, 96 switches, 2,048 links between switches.
  @Test("A full-bisection leaf-spine of 64-port switches")
  func leafSpine() throws {
    let fabric = try LeafSpine(
      leaves: 64, hostsPerLeaf: 32, spines: 32, hostRate: .gigabits(400), uplinkRate: .gigabits(400),
      timing: timing
    ).fabric(named: "two tiers")
    #expect(fabric.endpoints.count == 2_048)
    #expect(switches(fabric, tier: 1) + switches(fabric, tier: 2) == 96)
    #expect(cables(fabric, .networkSwitch(tier: 1), .networkSwitch(tier: 2)) == 2_048)
  }

  @Test("The shipped pilot is what its comment says, the switch's latency in the link that ends there")
  func pilot() throws {
    let fabric = try Topology(contentsOf: "\(shipped)/pilot-4.yaml").fabric
    #expect(fabric.endpoints.count == 4)
    #expect(switches(fabric, tier: 1) == 2)
    #expect(switches(fabric, tier: 2) == 1)
    for (index, link) in fabric.links.enumerated() {
      let ends = [fabric.nodes[link.from], fabric.nodes[link.to]]
      let isHost = ends.contains { $0.kind == .endpoint }
      #expect(link.bandwidth == .gigabits(isHost ? 0.1 : 0.05))
      #expect(link.latency == (ends[1].kind == .endpoint ? .microseconds(1) : .microseconds(11)))
      #expect(fabric.name(ofLink: index) == "\(ends[0].id)>\(ends[1].id)")
    }
  }

  @Test("Oversubscription and parallel uplinks are two ways to say the same")
  func oversubscription() throws {
    let text = { (line: String) in
      """
      name: x
      builder: leaf-spine
      leaves: 4
      hosts-per-leaf: 16
      spines: 2
      host-rate: 100 Gbit/s
      uplink-rate: 200 Gbit/s
      link-latency: 0 ns
      switch-latency: 0 ns
      \(line)
      """
    }
    let byRatio = try Topology(parsing: text("oversubscription: 2:1")).fabric
    let byCount = try Topology(parsing: text("uplinks-per-spine: 2")).fabric
    #expect(byRatio.links == byCount.links)
    #expect(cables(byRatio, .networkSwitch(tier: 1), .networkSwitch(tier: 2)) == 4 * 2 * 2)
  }

  // The rows that are too large to be built in a test, by the tree's numbers; the first one holds these against a fabric.
  @Test(
    "The numbers of a k-ary fat-tree",
    arguments: [
      (4, 16, 20, 48), (16, 1_024, 320, 3_072), (32, 8_192, 1_280, 24_576), (48, 27_648, 2_880, 82_944),
      (64, 65_536, 5_120, 196_608), (128, 524_288, 20_480, 1_572_864),
    ])
  func fatTreeNumbers(k: Int, hosts: Int, switchCount: Int, cableCount: Int) throws {
    let builder = try FatTree(k: k, rate: .gigabits(400), timing: timing)
    #expect(builder.tree.ports == hosts)
    #expect((1...3).reduce(0) { $0 + builder.tree.switches($1) } == switchCount)
    #expect(builder.tree.links == 2 * cableCount)
    guard k <= 16 else { return }
    let fabric = try builder.fabric(named: "x")
    #expect(fabric.endpoints.count == hosts && fabric.links.count == 2 * cableCount)
    #expect((1...3).allSatisfy { switches(fabric, tier: $0) == builder.tree.switches($0) })
  }

  @Test("Every shipped file is valid, is called like its file, and says what it models")
  func shippedFiles() throws {
    let files = try FileManager.default.contentsOfDirectory(atPath: shipped).sorted()
    var builders = Set<String>()
    for file in files {
      let topology = try Topology(contentsOf: "\(shipped)/\(file)")
      #expect("\(topology.fabric.name).yaml" == file)
      #expect(topology.text.hasPrefix("# "))
      builders.insert(topology.builder)
      let isTree = ["single-switch", "leaf-spine", "fat-tree", "rail-optimized", "meta-roce"].contains(
        topology.builder)
      if isTree { #expect(Router(topology.fabric, routing: .destinationModulo).isTiered) }
    }
    // An explicit graph stands in the format's documentation, and a PGFT is what the tree-shaped ones are.
    #expect(builders == Set(Topology.builders).subtracting(["explicit", "pgft"]))
  }
}
