import Fabric
import Foundation
import Interchange
import Quantities
import Testing

@Suite("Files of other tools are read as those tools mean them")
struct ReadingTests {
  @Test(
    "An ibnetdiscover dump: hosts and rails from descriptions, each cable once, aggregation nodes left out")
  func ibnetdiscover() throws {
    let pod = try Sample.read("pod.ibnetdiscover")
    let fabric = pod.fabric
    #expect(pod.format == .ibnetdiscover)
    #expect(
      fabric.nodes.map(\.id) == [
        "leaf1", "leaf2", "spine1", "node1.mlx5_0", "node1.mlx5_3", "node2.mlx5_0", "node2.mlx5_3",
      ])
    #expect(fabric.endpoints.map { fabric.nodes[$0].host } == [0, 0, 1, 1])
    #expect(fabric.endpoints.map { fabric.nodes[$0].rail } == [0, 1, 0, 1])
    #expect(fabric.node("leaf1")?.kind == .networkSwitch(tier: 1))
    #expect(fabric.node("spine1")?.kind == .networkSwitch(tier: 2))
    #expect(
      fabric.cables == [
        "leaf1-node1.mlx5_0 400 Gbit/s", "leaf1-node1.mlx5_3 400 Gbit/s", "leaf1-node2.mlx5_0 400 Gbit/s",
        "leaf1-spine1 400 Gbit/s", "leaf1-spine1 400 Gbit/s", "leaf2-node2.mlx5_3 400 Gbit/s",
        "leaf2-spine1 400 Gbit/s", "leaf2-spine1 200 Gbit/s",
      ])
    // 100 ns of cable, and 500 ns of switch where there is one at the end.
    #expect(fabric.links[0].latency == .nanoseconds(100) && fabric.links[1].latency == .nanoseconds(600))
    #expect(
      pod.notes.map(\.description) == [
        "left out: ports without a cable (1 port)",
        "left out: links to aggregation nodes, which are inside of switches (1 link)",
        "assumed: tiers, from the distance to endpoints (3 switches)",
        "assumed: latencies, 100 ns and 500 ns in a switch at the end (8 cables)",
      ])
  }

  @Test("ibsim's files, where only one end has the cable")
  func ibsim() throws {
    let fabric = try Sample.read("net.ibsim").fabric
    #expect(fabric.nodes.map(\.id) == ["sw1", "sw2", "hca1", "hca2", "hca3"])
    #expect(
      fabric.cables == [
        "sw1-hca1 100 Gbit/s", "sw1-hca2 100 Gbit/s", "sw1-sw2 100 Gbit/s", "sw2-hca3 100 Gbit/s",
      ])
  }

  @Test(
    "A port's rate is its lanes times what a lane carries",
    arguments: [
      ("4xSDR", 8.0), ("4xQDR", 32), ("4xFDR10", 40), ("4xEDR", 100), ("4xHDR", 200), ("2xHDR", 100),
      ("4xNDR", 400), ("4xXDR", 800), ("8xNDR", 800), ("12xQDR", 96),
    ])
  func portRates(port: String, gigabits: Double) throws {
    let text =
      "Switch 2 \"s\" # \"s\"\n[1] \"a\"[1] # \"a\" lid 1 \(port)\n[2] \"b\"[1] # \"b\" lid 2 \(port)\nCa 1 \"a\"\nCa 1 \"b\"\n"
    let fabric = try FabricImport([SourceText(path: "f", text: text)]).fabric
    #expect(fabric.links.map(\.bandwidth) == Array(repeating: .gigabits(gigabits), count: 4))
  }

  @Test("Adapters that carry their model for a description are called by their GUIDs and share no host")
  func unnamedAdapters() throws {
    let text = """
      Switch 2 "S-1" # "leaf"
      [1] "H-1"[1] # "MT4129 ConnectX7   Mellanox Technologies" lid 1 4xNDR
      [2] "H-2"[1] # "MT4129 ConnectX7   Mellanox Technologies" lid 2 4xNDR
      Ca 1 "H-1" # "MT4129 ConnectX7   Mellanox Technologies"
      Ca 1 "H-2" # "MT4129 ConnectX7   Mellanox Technologies"
      """
    let fabric = try FabricImport([SourceText(path: "f", text: text)]).fabric
    #expect(fabric.nodes.map(\.id) == ["leaf", "H-1", "H-2"])
    #expect(fabric.hostCount == 2)
  }

  @Test("Spare devices and switches that lead to no endpoint are left out, and said")
  func spare() throws {
    let text = """
      Switch 2 "S-1" # "leaf"
      [1] "H-1"[1] # "a HCA-1" lid 1 4xNDR
      [2] "H-2"[1] # "b HCA-1" lid 2 4xNDR
      Switch 2 "S-2" # "far1"
      [1] "S-3"[1] # "far2" lid 3 4xNDR
      Switch 2 "S-3" # "far2"
      Ca 1 "H-1" # "a HCA-1"
      Ca 1 "H-2" # "b HCA-1"
      Ca 1 "H-3" # "c HCA-1"
      """
    let read = try FabricImport([SourceText(path: "f", text: text)])
    #expect(read.fabric.nodes.map(\.id) == ["leaf", "a", "b"])
    #expect(
      read.notes.prefix(2).map(\.description) == [
        "left out: nodes without a cable (1 node)", "left out: switches that reach no endpoint (2 switches)",
      ])
  }

  @Test("A topology file of ibutils, where both ends have the cable")
  func topo() throws {
    let read = try Sample.read("pod.topo")
    #expect(read.fabric.nodes.filter { $0.kind == .endpoint }.map(\.id) == ["h1", "h2", "h3"])
    #expect(
      read.fabric.cables == [
        "leaf-1-h1 32 Gbit/s", "leaf-1-h2 32 Gbit/s", "leaf-1-spine-1 32 Gbit/s", "leaf-2-h3 32 Gbit/s",
        "leaf-2-spine-1 32 Gbit/s",
      ])
    #expect(read.fabric.node("spine-1")?.kind == .networkSwitch(tier: 2))
  }

  @Test("LLDP tables in both of lldpcli's shapes: matched cables, NICs as endpoints, management left out")
  func lldp() throws {
    let read = try Sample.read("lldp/leaf1.json", "lldp/spine1.json", "lldp/gpu02.json")
    let fabric = read.fabric
    #expect(fabric.endpoints.map { fabric.nodes[$0].id } == ["gpu01", "gpu02.eth0", "gpu02.eth1"])
    #expect(fabric.endpoints.map { fabric.nodes[$0].rail } == [0, 0, 1])
    #expect(
      fabric.cables
        == [
          "leaf1-gpu01 100 Gbit/s", "leaf1-gpu02.eth0 100 Gbit/s", "leaf1-spine1.pod.example 400 Gbit/s",
          "gpu02.eth1-leaf1 100 Gbit/s",
        ].map { $0.replacing("spine1.pod.example", with: "spine1") })
    #expect(read.notes.contains { $0.description == "left out: reports of ports for management (1 report)" })
    #expect(read.notes.contains { $0.description == "assumed: rates, 100 Gbit/s (2 cables)" })
  }

  @Test("A cable of unknown rate is refused unless --rate gives one")
  func noRate() throws {
    #expect {
      try Sample.read("net.ibsim", assuming: Assumptions())
    } throws: {
      "\($0)".hasSuffix(
        "net.ibsim:3: found no rate for the cable from 'sw1' to 'hca1', expected one, or --rate for all that have none"
      )
    }
  }

  @Test("SimGrid's fat tree is the PGFT of its parameters")
  func simGridFatTree() throws {
    let fabric = try Sample.read("cluster.simgrid.xml").fabric
    // PGFT(2; 4,4; 1,2; 1,2): 16 hosts, 4 leaves, 2 spines; 16 cables, and 4 x 2 x 2 above.
    #expect(fabric.endpoints.count == 16 && fabric.nodes.count == 22 && fabric.links.count / 2 == 32)
    #expect(fabric.nodes[3].id == "node-3.simgrid.org")
    #expect(fabric.links.allSatisfy { $0.bandwidth == .gigabits(1) && $0.latency == .microseconds(50) })
  }

  @Test("SimGrid's hosts, routers and routes between neighbours")
  func simGridZone() throws {
    let fabric = try Sample.read("small.simgrid.xml").fabric
    #expect(fabric.name == "zone0")
    #expect(fabric.cables == ["Tremblay-hub 330.2 Mbit/s", "Jupiter-hub 10 Gbit/s"])
    #expect(fabric.links[0].bandwidth.bytesPerSecond == 41_279_125)
    #expect(fabric.links[1].latency == Time(picoseconds: 59_904_000))
  }

  @Test("A SimGrid route of several links has no graph in it")
  func simGridLongRoute() throws {
    let text = """
      <platform version="4.1"><zone id="z" routing="Full">
      <host id="a" speed="1f"/><host id="b" speed="1f"/>
      <link id="1" bandwidth="1Bps" latency="1s"/><link id="2" bandwidth="1Bps" latency="1s"/>
      <route src="a" dst="b"><link_ctn id="1"/><link_ctn id="2"/></route>
      </zone></platform>
      """
    #expect {
      try FabricImport([SourceText(path: "p.xml", text: text)])
    } throws: {
      "\($0)".hasPrefix(
        "p.xml:4: found a route of 2 links, expected routes between neighbours, of one link each")
    }
  }

  @Test("ASTRA-sim's two switch dimensions are hosts with an NVSwitch and a switch for each rail")
  func astraSim() throws {
    let fabric = try Sample.read("network.yml").fabric
    #expect(fabric.endpoints.count == 32 && fabric.hostCount == 4)
    #expect(fabric.nodes.count { $0.kind == .nvSwitch } == 4)
    #expect(fabric.nodes.count { $0.kind == .networkSwitch(tier: 1) } == 8)
    #expect(fabric.links[0].bandwidth == .gigabytes(450) && fabric.links[0].latency == .nanoseconds(250))
    #expect(fabric.links.last?.bandwidth == .gigabytes(50) && fabric.links.last?.latency == .nanoseconds(500))
  }

  @Test("ASTRA-sim's ring of NPUs that pass on is refused, a fully connected one is cables")
  func astraSimRing() throws {
    func read(_ topology: String) throws -> Fabric {
      let text = "topology: [ \(topology) ]\nnpus_count: [ 5 ]\nbandwidth: [ 40 ]\nlatency: [ 10 ]\n"
      return try FabricImport([SourceText(path: "network.yml", text: text)]).fabric
    }
    #expect(throws: TopologyFileError.self) { try read("Ring") }
    let mesh = try read("FullyConnected")
    #expect(mesh.links.count == 20)
    #expect(mesh.links.allSatisfy { $0.bandwidth == .gigabytes(10) })
  }

  @Test("SimAI's servers with two NVSwitches get one with the sum of their rates")
  func simAI() throws {
    let read = try Sample.read("hpn.simai")
    let fabric = read.fabric
    #expect(
      fabric.endpoints.map { fabric.nodes[$0].id } == [
        "host0.gpu0", "host0.gpu1", "host1.gpu0", "host1.gpu1",
      ])
    #expect(fabric.nodes.count { $0.kind == .nvSwitch } == 2)
    #expect(fabric.cables.count == 12)
    #expect(fabric.links[0].bandwidth == .gigabits(2400) && fabric.links[0].latency == .nanoseconds(25))
    #expect(fabric.node("switch2")?.kind == .networkSwitch(tier: 2))
    #expect(read.notes.contains { $0.count == 2 && $0.unit == "NVSwitch" })
  }

  @Test("GraphML and DOT of others: kinds by the number of edges, defaults of attributes")
  func graphs() throws {
    let graph = try Sample.read("plain.graphml").fabric
    #expect(graph.name == "three & one")
    #expect(graph.cables == ["a-s 100 Gbit/s", "b-s 100 Gbit/s", "c-s 400 Gbit/s"])
    let dot = try Sample.read("plain.dot").fabric
    #expect(dot.name == "two racks")
    #expect(
      dot.cables == [
        "a-leaf1 100 Gbit/s", "b-leaf1 100 Gbit/s", "c-leaf2 100 Gbit/s", "leaf2-spine 100 Gbit/s",
        "leaf1-spine 100 Gbit/s",
      ])
    #expect(dot.links[9].bandwidth == .gigabits(200))
    #expect(dot.links[4].latency == .microseconds(1))
    #expect(dot.endpoints.count == 3)
  }

  @Test("InfraGraph: accelerators and NICs of one number are an endpoint, PCIe is left out")
  func infraGraph() throws {
    let read = try Sample.read("server.infragraph.yaml")
    let fabric = read.fabric
    #expect(fabric.endpoints.count == 8 && fabric.hostCount == 2)
    #expect(fabric.nodes.count { $0.kind == .nvSwitch } == 2)
    #expect(fabric.links.count / 2 == 16)
    #expect(fabric.links[0].bandwidth == .gigabytes(450))
    #expect(fabric.links.last?.bandwidth == .gigabits(400))
    #expect(read.notes.contains { $0.description == "left out: edges inside of hosts (4 edges)" })
  }

  @Test("Each sample's format is guessed from its text", arguments: Sample.all.indices)
  func guess(index: Int) throws {
    let (files, format) = Sample.all[index]
    for source in try Sample.sources(files) { #expect(FabricFormat(guessing: source.text) == format) }
    #expect(FabricFormat(guessing: "name: a\nbuilder: fat-tree\n") == nil)
    #expect(FabricFormat(guessing: "") == nil)
  }

  @Test("A topology file that is written reads as the imported fabric", arguments: Sample.all.indices)
  func written(index: Int) throws {
    let read = try FabricImport(
      Sample.sources(Sample.all[index].files), assuming: Assumptions(rate: .gigabits(100)))
    #expect(read.isGuess)
    let again = try Topology(parsing: read.fabric.explicitText).fabric
    #expect(
      again.nodes == read.fabric.nodes && again.links == read.fabric.links && again.name == read.fabric.name)
  }
}
