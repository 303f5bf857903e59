import Fabric
import Quantities
import Testing

/// A fabric written down cable by cable.
struct Drawing {
  var nodes = [Fabric.Node]()
  var links = [Fabric.Link]()
  /// How many cables each pair of nodes has, so that the next one gets a number.
  private var cables = [[Int]: Int]()

  /// Adds an endpoint of its own host, or of the host given.
  mutating func endpoint(_ id: String, host: Int? = nil, rail: Int = -1) -> Int {
    let next = nodes.count { $0.kind == .endpoint }
    nodes.append(Fabric.Node(id: id, kind: .endpoint, host: host ?? next, rail: rail))
    return nodes.count - 1
  }

  mutating func networkSwitch(_ id: String, tier: Int, plane: Int = -1) -> Int {
    nodes.append(Fabric.Node(id: id, kind: .networkSwitch(tier: tier), plane: plane))
    return nodes.count - 1
  }

  mutating func nvSwitch(_ id: String, host: Int) -> Int {
    nodes.append(Fabric.Node(id: id, kind: .nvSwitch, host: host))
    return nodes.count - 1
  }

  mutating func cable(_ left: Int, _ right: Int, gigabits: Double = 100) {
    let number = cables[[min(left, right), max(left, right)], default: 0] + 1
    cables[[min(left, right), max(left, right)]] = number
    for (from, to) in [(left, right), (right, left)] {
      links.append(
        Fabric.Link(
          from: from, to: to, bandwidth: .gigabits(gigabits), latency: .nanoseconds(500), number: number))
    }
  }

  func fabric() throws(FabricError) -> Fabric {
    try Fabric(
      name: "drawn", nodes: nodes, links: links,
      endpoints: nodes.indices.filter { nodes[$0].kind == .endpoint })
  }
}

/// The nodes that a path visits, or nil where it is broken.
func visited(_ path: [Int32], from source: Int, on fabric: Fabric) -> [Int]? {
  var nodes = [fabric.endpoints[source]]
  for link in path {
    let link = fabric.links[Int(link)]
    guard link.from == nodes[nodes.count - 1] else { return nil }
    nodes.append(link.to)
  }
  return nodes
}

@Suite("A path leads from source to destination, is one of the shortest, and no endpoint forwards")
struct RouterTests {
  @Test("On one switch, each path is up and down", arguments: [Routing.destinationModulo, .ecmp(seed: 3)])
  func singleSwitch(routing: Routing) throws {
    var drawing = Drawing()
    let hosts = (0..<4).map { drawing.endpoint("h\($0)") }
    let center = drawing.networkSwitch("s", tier: 1)
    for host in hosts { drawing.cable(host, center) }
    let fabric = try drawing.fabric()
    let router = Router(fabric, routing: routing)
    #expect(router.isTiered)
    for source in 0..<4 {
      for destination in 0..<4 {
        var path = [Int32]()
        router.appendPath(from: source, to: destination, flow: 0, to: &path)
        let expected = source == destination ? [source] : [hosts[source], center, hosts[destination]]
        #expect(visited(path, from: source, on: fabric) == expected)
      }
    }
  }

  @Test("A ring of switches is no tree and still has shortest paths", arguments: [3, 4, 7, 8])
  func ring(switches count: Int) throws {
    var drawing = Drawing()
    let hosts = (0..<count).map { drawing.endpoint("h\($0)") }
    let switches = (0..<count).map { drawing.networkSwitch("s\($0)", tier: 1) }
    for index in 0..<count {
      drawing.cable(hosts[index], switches[index])
      drawing.cable(switches[index], switches[(index + 1) % count])
    }
    let fabric = try drawing.fabric()
    let router = Router(fabric, routing: .ecmp(seed: 1))
    #expect(!router.isTiered)
    for source in 0..<count {
      for destination in 0..<count where source != destination {
        var path = [Int32]()
        router.appendPath(from: source, to: destination, flow: 9, to: &path)
        let nodes = try #require(visited(path, from: source, on: fabric))
        let apart = abs(source - destination)
        #expect(nodes.last == hosts[destination])
        #expect(path.count == 2 + min(apart, count - apart))
        #expect(nodes.dropFirst().dropLast().allSatisfy { fabric.nodes[$0].kind != .endpoint })
      }
    }
  }
}
