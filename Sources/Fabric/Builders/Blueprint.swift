import Quantities

/// A fabric under construction: nodes first, then cables between them.
struct Blueprint {
  /// The most endpoints that a builder makes; past it a file is more likely wrong than large.
  static let endpointLimit = 1 << 20
  /// The most links, one direction each.
  static let linkLimit = 1 << 23

  /// What is added to a link's own latency where it ends at a switch.
  private let switchLatency: Time
  private var nodes = [Fabric.Node]()
  private var links = [Fabric.Link]()
  private var endpoints = [Int]()
  private var cableTypes = [CableType()]

  init(switchLatency: Time) { self.switchLatency = switchLatency }

  /// Throws where a builder's fabric would be larger than what is made at all.
  static func checkSize(endpoints: Int, links: Int, field: String) throws(FabricError) {
    guard endpoints <= endpointLimit else {
      throw FabricError(
        .parameter(field), "found \(endpoints) endpoints in all, expected at most \(endpointLimit)")
    }
    guard links <= linkLimit else {
      throw FabricError(
        .parameter(field), "found \(links) links in all, one direction each, expected at most \(linkLimit)")
    }
  }

  mutating func addEndpoint(_ id: String, host: Int, rail: Int = -1) -> Int {
    endpoints.append(nodes.count)
    return add(Fabric.Node(id: id, kind: .endpoint, host: host, rail: rail))
  }

  mutating func addNVSwitch(_ id: String, host: Int = -1) -> Int {
    add(Fabric.Node(id: id, kind: .nvSwitch, host: host))
  }

  mutating func addSwitch(_ id: String, tier: Int, rail: Int = -1, plane: Int = -1) -> Int {
    add(Fabric.Node(id: id, kind: .networkSwitch(tier: tier), rail: rail, plane: plane))
  }

  private mutating func add(_ node: Fabric.Node) -> Int {
    nodes.append(node)
    return nodes.count - 1
  }

  /// The place of a cable type, which is kept once.
  mutating func cableType(_ type: CableType) -> Int { cableTypes.place(of: type) }

  /// Joins two nodes by a link there and one back.
  ///
  /// - Parameters:
  ///   - number: tells parallel links apart, from 1.
  ///   - cableType: a place that ``cableType(_:)`` gave.
  mutating func join(
    _ from: Int, _ to: Int, at rate: Bandwidth, latency: Time, number: Int = 1, cableType: Int = 0
  ) {
    for (from, to) in [(from, to), (to, from)] {
      let atEnd = nodes[to].isNetworkSwitch ? switchLatency : .zero
      links.append(
        Fabric.Link(
          from: from, to: to, bandwidth: rate, latency: latency + atEnd, number: number,
          cableType: cableType))
    }
  }

  func fabric(named name: String) throws(FabricError) -> Fabric {
    try Fabric(name: name, nodes: nodes, links: links, endpoints: endpoints, cableTypes: cableTypes)
  }
}
