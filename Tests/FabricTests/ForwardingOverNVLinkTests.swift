import Fabric
import Quantities
import Testing

@Suite("Traffic changes rail over NVLink where no network joins the rails, or where it is told to")
struct ForwardingOverNVLinkTests {
  private static func names(_ fabric: Fabric, _ routing: String, _ source: Int, _ destination: Int) throws
    -> [String]
  {
    let router = Router(fabric, routing: try Routing(parsing: routing))
    var path = [Int32]()
    router.appendPath(from: source, to: destination, flow: 1, to: &path)
    return try #require(visited(path, from: source, on: fabric)).map { fabric.nodes[$0].id }
  }

  /// Two hosts of two GPUs, and a switch for each rail.
  private static func rails(_ nvSwitches: [Bool]) throws -> Fabric {
    var drawing = Drawing()
    let rails = (0..<2).map { drawing.networkSwitch("rail\($0)", tier: 1) }
    for (host, hasNVSwitch) in nvSwitches.enumerated() {
      let gpus = (0..<2).map { drawing.endpoint("h\(host)g\($0)", host: host, rail: $0) }
      for (gpu, rail) in zip(gpus, rails) { drawing.cable(gpu, rail) }
      guard hasNVSwitch else { continue }
      let center = drawing.nvSwitch("h\(host)nv", host: host)
      for gpu in gpus { drawing.cable(gpu, center) }
    }
    return try drawing.fabric()
  }

  @Test("Between rails without spines, in the source's host", arguments: ["d-mod-k", "ecmp:3", "random:1"])
  func separateRails(routing: String) throws {
    let fabric = try Self.rails([true, true])
    #expect(try Self.names(fabric, routing, 0, 3) == ["h0g0", "h0nv", "h0g1", "rail1", "h1g1"])
    #expect(try Self.names(fabric, routing, 0, 2) == ["h0g0", "rail0", "h1g0"])
    #expect(try Self.names(fabric, routing, 0, 1) == ["h0g0", "h0nv", "h0g1"])
  }

  @Test(
    "An NVSwitch of several hosts is one way to all its GPUs, and a neighbour of the right rail is preferred")
  func sharedNVSwitch() throws {
    var drawing = Drawing()
    let rails = (0..<2).map { drawing.networkSwitch("rail\($0)", tier: 1) }
    for domain in 0..<2 {
      let center = drawing.nvSwitch("nv\(domain)", host: 2 * domain)
      for place in 0..<4 {
        let gpu = drawing.endpoint("d\(domain)g\(place)", host: 2 * domain + place / 2, rail: place % 2)
        drawing.cable(gpu, center)
        drawing.cable(gpu, rails[place % 2])
        // The first GPU of a domain has a NIC on each rail.
        if place == 0 { drawing.cable(gpu, rails[1]) }
      }
    }
    let fabric = try drawing.fabric()
    #expect(try Self.names(fabric, "d-mod-k", 0, 3) == ["d0g0", "nv0", "d0g3"])
    for seed in 0..<20 {
      // Of the neighbours on the network of d1g3 one is of rail 0.
      let path = try Self.names(fabric, "ecmp:\(seed)", 2, 7)
      #expect(
        path == ["d0g2", "nv0", "d0g1", "rail1", "d1g3"] || path == ["d0g2", "nv0", "d0g3", "rail1", "d1g3"])
    }
  }

  @Test("With pxn the rail is changed in the source's host, and not over a spine")
  func byChoice() throws {
    let fabric = try RailOptimized(
      hosts: 8, gpusPerHost: 4, hostsPerUnit: 4, rate: .gigabits(400),
      nvLink: RailOptimized.NVLink(rate: .gigabytes(450), latency: .zero),
      timing: LinkTiming(link: .zero, throughSwitch: .zero)
    ).fabric(named: "rails")
    #expect(
      try Self.names(fabric, "d-mod-k", 0, 6) == [
        "host0.gpu0", "unit0.rail0", "spine1", "unit0.rail2", "host1.gpu2",
      ])
    for routing in ["d-mod-k,pxn", "ecmp:1,pxn"] {
      #expect(
        try Self.names(fabric, routing, 0, 6)
          == ["host0.gpu0", "host0.nvswitch", "host0.gpu2", "unit0.rail2", "host1.gpu2"])
      #expect(try Self.names(fabric, routing, 0, 4) == ["host0.gpu0", "unit0.rail0", "host1.gpu0"])
    }
    for routing in ["adaptive,pxn", "spray,pxn"] {
      var shares = [LinkShare]()
      let loads = [Double](repeating: 0, count: fabric.links.count)
      Router(fabric, routing: try Routing(parsing: routing)).appendShares(
        from: 0, to: 6, flow: 0, loads: loads, to: &shares)
      #expect(shares.allSatisfy { $0.share == 1 })
      #expect(
        visited(shares.map(\.link), from: 0, on: fabric)?.map { fabric.nodes[$0].id }
          == ["host0.gpu0", "host0.nvswitch", "host0.gpu2", "unit0.rail2", "host1.gpu2"])
    }
  }

  @Test("A host without an NVSwitch is reached by way of the other's")
  func oneSided() throws {
    var drawing = Drawing()
    let rails = (0..<2).map { drawing.networkSwitch("rail\($0)", tier: 1) }
    let alone = drawing.endpoint("alone", host: 0, rail: 0)
    drawing.cable(alone, rails[0])
    let center = drawing.nvSwitch("nv", host: 1)
    for rail in 0..<2 {
      let gpu = drawing.endpoint("g\(rail)", host: 1, rail: rail)
      drawing.cable(gpu, rails[rail])
      drawing.cable(gpu, center)
    }
    let fabric = try drawing.fabric()
    #expect(try Self.names(fabric, "d-mod-k", 0, 2) == ["alone", "rail0", "g0", "nv", "g1"])
    #expect(try Self.names(fabric, "d-mod-k", 2, 0) == ["g1", "nv", "g0", "rail0", "alone"])
  }
}
