import Fabric
import Quantities
import Testing

/// The fewest links from one node to every other, endpoints not forwarding: a plain breadth-first search.
private func distances(_ fabric: Fabric, from start: Int) -> [Int] {
  var distances = [Int](repeating: .max, count: fabric.nodes.count)
  distances[start] = 0
  var queue = [start]
  var next = 0
  while next < queue.count {
    let node = queue[next]
    next += 1
    if node != start, fabric.nodes[node].kind == .endpoint { continue }
    for link in fabric.links where link.from == node && distances[link.to] == .max {
      distances[link.to] = distances[node] + 1
      queue.append(link.to)
    }
  }
  return distances
}

@Suite("Paths are whole, as short as any, and the same for the same flow")
struct ShortestPathTests {
  private static let timing = LinkTiming(link: .nanoseconds(100), throughSwitch: .nanoseconds(300))
  private static let nvLink = RailOptimized.NVLink(rate: .gigabytes(450), latency: .zero)

  private static func tiered() throws -> [Fabric] {
    let rate = Bandwidth.gigabits(400)
    return [
      try SingleSwitch(hosts: 5, rate: rate, timing: timing).fabric(named: "switch"),
      try LeafSpine(
        leaves: 3, hostsPerLeaf: 4, spines: 2, uplinksPerSpine: 3, hostRate: rate, uplinkRate: rate,
        timing: timing
      ).fabric(named: "two tiers"),
      try LeafSpine(leaves: 1, hostsPerLeaf: 2, spines: 1, hostRate: rate, uplinkRate: rate, timing: timing)
        .fabric(named: "one leaf"),
      try FatTree(k: 2, rate: rate, timing: timing).fabric(named: "smallest tree"),
      try FatTree(k: 6, rate: rate, timing: timing).fabric(named: "tree"),
      try RailOptimized(
        hosts: 7, gpusPerHost: 4, hostsPerUnit: 4, rate: rate, nvLink: nvLink, timing: timing
      ).fabric(named: "rails with a unit that is not full"),
      try RailOptimized(
        hosts: 6, gpusPerHost: 1, hostsPerUnit: 2, switchPorts: 4, rate: rate, nvLink: nvLink, timing: timing
      )
      .fabric(named: "one rail"),
    ]
  }

  private func check(_ fabric: Fabric, _ routing: Routing, isTiered: Bool) throws {
    let router = Router(fabric, routing: routing)
    #expect(router.isTiered == isTiered, "\(fabric.name)")
    for source in fabric.endpoints.indices {
      let shortest = distances(fabric, from: fabric.endpoints[source])
      for destination in fabric.endpoints.indices {
        var path: [Int32] = [-1]
        router.appendPath(from: source, to: destination, flow: UInt64(source), to: &path)
        var again: [Int32] = [-1]
        router.appendPath(from: source, to: destination, flow: UInt64(source), to: &again)
        #expect(path == again)
        #expect(path.removeFirst() == -1)
        let nodes = try #require(visited(path, from: source, on: fabric), "\(fabric.name): broken path")
        #expect(nodes.last == fabric.endpoints[destination])
        #expect(
          path.count == shortest[fabric.endpoints[destination]], "\(fabric.name) \(source) to \(destination)")
        #expect(nodes.dropFirst().dropLast().allSatisfy { fabric.nodes[$0].kind != .endpoint })
      }
    }
  }

  @Test("On every builder's fabric", arguments: [Routing.destinationModulo, .ecmp(seed: 11)])
  func builders(routing: Routing) throws {
    for fabric in try Self.tiered() { try check(fabric, routing, isTiered: true) }
  }

  @Test("On random graphs of switches with hosts on some of them", arguments: UInt64(1)...20)
  func randomGraphs(seed: UInt64) throws {
    var generator = SmallGenerator(state: seed)
    var drawing = Drawing()
    let switches = (0..<Int.random(in: 2...9, using: &generator)).map {
      drawing.networkSwitch("s\($0)", tier: 1)
    }
    for index in switches.indices.dropFirst() {
      drawing.cable(switches[index], switches[Int.random(in: 0..<index, using: &generator)])
    }
    for _ in 0..<Int.random(in: 1...8, using: &generator) {
      let (one, other) = (
        switches.randomElement(using: &generator) ?? 0, switches.randomElement(using: &generator) ?? 0
      )
      if one != other { drawing.cable(one, other) }
    }
    // Some endpoints have two or three NICs.
    for host in 0..<Int.random(in: 2...8, using: &generator) {
      let endpoint = drawing.endpoint("h\(host)")
      for _ in 0..<Int.random(in: 1...3, using: &generator) {
        drawing.cable(endpoint, switches.randomElement(using: &generator) ?? 0)
      }
    }
    let fabric = try drawing.fabric()
    for routing in [Routing.destinationModulo, .ecmp(seed: seed)] {
      try check(fabric, routing, isTiered: Router(fabric, routing: routing).isTiered)
    }
  }

  @Test("Two GPUs of a host use the NVSwitch, one rail of a unit one leaf, all others a spine")
  func rails() throws {
    let fabric = try Topology(contentsOf: "\(shipped)/rail-128x8.yaml").fabric
    let router = Router(fabric, routing: .destinationModulo)
    let path = { (source: Int, destination: Int) throws -> [String] in
      var path = [Int32]()
      router.appendPath(from: source, to: destination, flow: 0, to: &path)
      return try #require(visited(path, from: source, on: fabric)).map { fabric.nodes[$0].id }
    }
    #expect(try path(0, 7) == ["host0.gpu0", "host0.nvswitch", "host0.gpu7"])
    #expect(try path(3, 8 * 31 + 3) == ["host0.gpu3", "unit0.rail3", "host31.gpu3"])
    #expect(
      try path(3, 8 * 32 + 3) == ["host0.gpu3", "unit0.rail3", "spine0", "unit1.rail3", "host32.gpu3"])
    #expect(try path(3, 8 * 5 + 4) == ["host0.gpu3", "unit0.rail3", "spine5", "unit0.rail4", "host5.gpu4"])
  }

  @Test("A cable from endpoint to endpoint is taken, and not forwarded over")
  func directCables() throws {
    var drawing = Drawing()
    let hosts = (0..<3).map { drawing.endpoint("h\($0)") }
    drawing.cable(hosts[0], hosts[1])
    drawing.cable(hosts[1], hosts[2])
    #expect(throws: FabricError.self) { try drawing.fabric() }
    drawing.cable(hosts[0], hosts[2])
    try check(drawing.fabric(), .destinationModulo, isTiered: true)
  }

  // Known paths hold the hash still: a prediction made today can be made again with any later version.
  @Test("A flow's hash is the same on every machine")
  func fixedHash() throws {
    let fabric = try FatTree(k: 8, rate: .gigabits(400), timing: Self.timing).fabric(named: "tree")
    let cores = (UInt64(0)..<6).map { flow in
      var path = [Int32]()
      Router(fabric, routing: .ecmp(seed: 7)).appendPath(from: 0, to: 100, flow: flow, to: &path)
      return fabric.nodes[fabric.links[Int(path[2])].to].id
    }
    #expect(cores == ["core15", "core1", "core8", "core8", "core1", "core1"])
  }
}

/// A generator for tests, so that cases are the same in every run.
struct SmallGenerator: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return (state ^ (state >> 29)) &* 0xBF58_476D_1CE4_E5B9
  }
}

@Suite("A graph that is too large to be routed by distance is refused")
struct RoutingLimitTests {
  /// Two hosts at the ends of a chain of switches that are all of one tier.
  private func chain(_ count: Int) throws(FabricError) -> Fabric {
    var drawing = Drawing()
    drawing.nodes = (0..<count).map { Fabric.Node(id: "s\($0)", kind: .networkSwitch(tier: 1)) }
    for index in 1..<count { drawing.cable(index - 1, index) }
    drawing.nodes += (0..<2).map { Fabric.Node(id: "h\($0)", kind: .endpoint, host: $0) }
    drawing.cable(0, count)
    drawing.cable(count - 1, count + 1)
    return try drawing.fabric()
  }

  @Test("By its number of switches, so that each distance fits")
  func switches() throws {
    let router = Router(try chain(65_533), routing: .destinationModulo)
    var path = [Int32]()
    router.appendPath(from: 0, to: 1, flow: 0, to: &path)
    #expect(path.count == 65_534)
    let error = #expect(throws: FabricError.self) { _ = try chain(65_534) }
    #expect(error?.description.contains("65533 switches") == true)
  }

  // 9,000 switches in a ring, each with a host: 9,000 searches over 36,000 links are within the limit; 18,000 over
  // 72,000 are not.
  @Test("By its searches")
  func searches() {
    var drawing = Drawing()
    let count = 18_000
    drawing.nodes = (0..<count).map { Fabric.Node(id: "s\($0)", kind: .networkSwitch(tier: 1)) }
    drawing.nodes += (0..<count).map { Fabric.Node(id: "h\($0)", kind: .endpoint, host: $0) }
    for index in 0..<count {
      drawing.cable(index, (index + 1) % count)
      drawing.cable(count + index, index)
    }
    let error = #expect(throws: FabricError.self) { _ = try drawing.fabric() }
    #expect(error?.description.contains("too large to be routed by distance") == true)
  }
}
