import Fabric
import Quantities
import Testing

@Suite("Nodes and links that make no fabric are refused, with what is wrong")
struct ValidationTests {
  /// Three hosts on a switch, as a start for what goes wrong.
  private func star() -> Drawing {
    var drawing = Drawing()
    let hosts = (0..<3).map { drawing.endpoint("h\($0)") }
    let center = drawing.networkSwitch("s", tier: 1)
    for host in hosts { drawing.cable(host, center) }
    return drawing
  }

  private func expect(_ drawing: Drawing, _ subject: FabricError.Subject, _ text: String) {
    let error = #expect(throws: FabricError.self) { try drawing.fabric() }
    #expect(error?.subject == subject)
    #expect(error?.description.contains(text) == true, "found: \(error?.description ?? "")")
  }

  private func replace(
    _ drawing: inout Drawing, _ index: Int, bytesPerSecond: Double? = nil, latency: Time? = nil
  ) {
    let link = drawing.links[index]
    drawing.links[index] = Fabric.Link(
      from: link.from, to: link.to,
      bandwidth: bytesPerSecond.map { Bandwidth(bytesPerSecond: $0) } ?? link.bandwidth,
      latency: latency ?? link.latency)
  }

  @Test("A capacity is a number above zero", arguments: [0, -1, .nan, .infinity, -.infinity, 1e-300, 1e300])
  func capacity(bytesPerSecond: Double) {
    var drawing = star()
    replace(&drawing, 2, bytesPerSecond: bytesPerSecond)
    expect(drawing, .link(2), "bytes per second, expected 1 to 1e15")
  }

  @Test(
    "A latency is zero or more, and no eternity", arguments: [Time(picoseconds: -1), .never, .seconds(2)])
  func latency(latency: Time) {
    var drawing = star()
    replace(&drawing, 4, latency: latency)
    expect(drawing, .link(4), "expected 0 to 1 s")
  }

  @Test("Names are unique")
  func names() {
    var nodes = star()
    nodes.nodes[2] = Fabric.Node(id: "h0", kind: .endpoint, host: 2)
    expect(nodes, .node(2), "two nodes are called 'h0'")
    var links = star()
    links.cable(0, 3)
    links.links[6...].indices.forEach {
      let link = links.links[$0]
      links.links[$0] = Fabric.Link(
        from: link.from, to: link.to, bandwidth: .gigabits(1), latency: .zero)
    }
    expect(links, .link(6), "two links are called 'h0>s'")
  }

  @Test("A link ends at two different nodes", arguments: [(0, 0), (0, 4), (-1, 0), (.max, 0)])
  func ends(from: Int, to: Int) {
    var drawing = star()
    drawing.links[1] = Fabric.Link(from: from, to: to, bandwidth: .gigabits(1), latency: .zero)
    expect(drawing, .link(1), from == to ? "to itself" : "ends at no node")
  }

  @Test("A cable has both directions")
  func directions() {
    var drawing = star()
    drawing.links.removeLast()
    expect(drawing, .link(4), "expected a pair")
  }

  @Test("Every endpoint reaches every other")
  func connected() {
    var alone = star()
    _ = alone.endpoint("lost")
    expect(alone, .node(4), "'lost' has no link")
    var apart = star()
    let (one, other) = (apart.endpoint("h3"), apart.endpoint("h4"))
    let island = apart.networkSwitch("island", tier: 1)
    apart.cable(one, island)
    apart.cable(other, island)
    expect(apart, .node(4), "'h3' can't reach 'h0'")
  }

  @Test("Rails without spines are joined by NVSwitches: a GPU forwards what comes over NVLink")
  func railsOnly() {
    var drawing = Drawing()
    let leaves = (0..<2).map { drawing.networkSwitch("rail\($0)", tier: 1) }
    for host in 0..<2 {
      let center = drawing.nvSwitch("nv\(host)", host: host)
      for rail in 0..<2 {
        let gpu = drawing.endpoint("host\(host).gpu\(rail)", host: host, rail: rail)
        drawing.cable(gpu, leaves[rail])
        drawing.cable(gpu, center)
      }
    }
    #expect(throws: Never.self) { try drawing.fabric() }
    // Without its NVSwitch a host's GPUs stay on their own rails.
    drawing.links.removeAll { drawing.nodes[$0.from].id == "nv1" || drawing.nodes[$0.to].id == "nv1" }
    drawing.nodes[drawing.nodes.firstIndex { $0.id == "nv1" }!] = Fabric.Node(
      id: "s", kind: .networkSwitch(tier: 1))
    drawing.cable(drawing.nodes.firstIndex { $0.id == "s" }!, 0)
    drawing.links.removeAll { drawing.nodes[$0.from].id == "nv0" || drawing.nodes[$0.to].id == "nv0" }
    drawing.nodes[drawing.nodes.firstIndex { $0.id == "nv0" }!] = Fabric.Node(
      id: "t", kind: .networkSwitch(tier: 1))
    drawing.cable(drawing.nodes.firstIndex { $0.id == "t" }!, 1)
    let error = #expect(throws: FabricError.self) { try drawing.fabric() }
    #expect(error?.description.contains("can't reach") == true)
  }

  @Test("An endpoint has one link to one NVSwitch, which joins endpoints, also of several hosts")
  func nvSwitches() {
    var twice = star()
    let center = twice.nvSwitch("nv", host: 0)
    twice.cable(0, center)
    twice.cable(0, center)
    expect(twice, .link(8), "second link to an NVSwitch")
    var foreign = star()
    foreign.cable(3, foreign.nvSwitch("nv", host: 0))
    expect(foreign, .link(7), "leaves an NVSwitch for another switch")
    var rack = star()
    let domain = rack.nvSwitch("rack", host: -1)
    for host in 0..<3 { rack.cable(host, domain) }
    #expect(throws: Never.self) { try rack.fabric() }
  }

  @Test("There is an endpoint, listed once, in a host with a possible number; tiers count from 1")
  func endpoints() {
    let nodes = star().nodes
    let links = star().links
    for endpoints in [[], [0, 1], [0, 1, 2, 2], [0, 1, 3], [0, 1, 9], [0, 1, -1]] {
      #expect(throws: FabricError.self) {
        try Fabric(name: "x", nodes: nodes, links: links, endpoints: endpoints)
      }
    }
    for node in [Fabric.Node(id: "h0", kind: .endpoint), Fabric.Node(id: "h0", kind: .endpoint, host: .max)] {
      var drawing = star()
      drawing.nodes[0] = node
      expect(drawing, .node(0), "expected 0 to 2")
    }
    for tier in [0, -1, 65, .max] {
      var drawing = star()
      drawing.nodes[3] = Fabric.Node(id: "s", kind: .networkSwitch(tier: tier))
      expect(drawing, .node(3), "expected 1 to 64")
    }
  }

  @Test("Hosts and leaves are known for each endpoint")
  func lookup() throws {
    let fabric = try Topology(contentsOf: "\(shipped)/rail-32x8.yaml").fabric
    #expect(fabric.hostCount == 32)
    #expect(fabric.host(of: 17) == 2)
    #expect(fabric.nodes[fabric.leaf(of: 17)].id == "unit0.rail1")
  }
}
