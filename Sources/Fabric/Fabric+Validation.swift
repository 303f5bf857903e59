import Quantities

extension Fabric {
  /// What a link may carry, in bytes per second; outside of it, times overflow or mean nothing.
  static let bandwidths = 1.0...1e15
  /// What one link's latency may be.
  static let latencies = Time.zero...Time(picoseconds: 1_000_000_000_000)

  /// What a network switch's tier may be.
  static let tiers = 1...64

  /// Checks what an initializer was given, in the order that makes the first message the most useful one.
  static func check(nodes: [Node], links: [Link], endpoints: [Int]) throws(FabricError) {
    guard nodes.count <= Int(Int32.max), links.count <= Int(Int32.max) else {
      throw FabricError(.fabric, "a fabric has at most 2,147,483,647 nodes and as many links")
    }
    try checkNames(nodes: nodes, links: links)
    try checkEndpoints(nodes: nodes, endpoints: endpoints)
    for (index, node) in nodes.enumerated() {
      switch node.kind {
      case .endpoint where !endpoints.indices.contains(node.host):
        throw FabricError(
          .node(index), "endpoint '\(node.id)' is in host \(node.host), expected 0 to \(endpoints.count - 1)")
      case .networkSwitch(let tier) where !tiers.contains(tier):
        throw FabricError(
          .node(index), "switch '\(node.id)' is of tier \(tier), expected 1 to \(tiers.upperBound)")
      default: break
      }
    }
    for (index, link) in links.enumerated() { try check(link, index: index, nodes: nodes) }
    try checkCables(nodes: nodes, links: links)
    try checkLocalLinks(nodes: nodes, links: links)
    try Connectivity(nodes: nodes, links: links, endpoints: endpoints).check()
  }

  private static func checkNames(nodes: [Node], links: [Link]) throws(FabricError) {
    var names = Set<String>(minimumCapacity: max(nodes.count, links.count))
    for (index, node) in nodes.enumerated() where !names.insert(node.id).inserted {
      throw FabricError(.node(index), "two nodes are called '\(node.id)', expected a name for each")
    }
    names.removeAll(keepingCapacity: true)
    for (index, link) in links.enumerated() where !names.insert(link.id).inserted {
      throw FabricError(.link(index), "two links are called '\(link.id)', expected a name for each")
    }
  }

  private static func checkEndpoints(nodes: [Node], endpoints: [Int]) throws(FabricError) {
    guard !endpoints.isEmpty else {
      throw FabricError(.fabric, "there is no endpoint, expected one or more to place ranks on")
    }
    var isListed = [Bool](repeating: false, count: nodes.count)
    for endpoint in endpoints {
      guard nodes.indices.contains(endpoint) else {
        throw FabricError(.fabric, "endpoint \(endpoint) is no node, expected 0 to \(nodes.count - 1)")
      }
      guard nodes[endpoint].kind == .endpoint else {
        throw FabricError(.node(endpoint), "'\(nodes[endpoint].id)' is a switch, expected an endpoint")
      }
      guard !isListed[endpoint] else {
        throw FabricError(.node(endpoint), "endpoint '\(nodes[endpoint].id)' is listed twice")
      }
      isListed[endpoint] = true
    }
    for (index, node) in nodes.enumerated() where node.kind == .endpoint && !isListed[index] {
      throw FabricError(.node(index), "endpoint '\(node.id)' is missing from the list of endpoints")
    }
  }

  private static func check(_ link: Link, index: Int, nodes: [Node]) throws(FabricError) {
    for end in [link.from, link.to] where !nodes.indices.contains(end) {
      throw FabricError(
        .link(index), "link '\(link.id)' ends at node \(end), expected 0 to \(nodes.count - 1)")
    }
    guard link.from != link.to else {
      throw FabricError(.link(index), "link '\(link.id)' joins '\(nodes[link.from].id)' to itself")
    }
    let rate = link.bandwidth.bytesPerSecond
    guard bandwidths.contains(rate) else {
      throw FabricError(
        .link(index), "link '\(link.id)' carries \(rate) bytes per second, expected 1 to 1e15")
    }
    guard latencies.contains(link.latency) else {
      throw FabricError(
        .link(index), "link '\(link.id)' takes \(link.latency.seconds) s, expected 0 to 1 s")
    }
    for (end, other) in [(link.from, link.to), (link.to, link.from)] where nodes[end].kind == .nvSwitch {
      guard nodes[other].kind == .endpoint, nodes[other].host == nodes[end].host else {
        throw FabricError(
          .link(index),
          "link '\(link.id)' joins NVSwitch '\(nodes[end].id)' to '\(nodes[other].id)',"
            + " expected an endpoint of its own host")
      }
    }
  }

  /// A cable is two links: as many lead from a node to another as back.
  private static func checkCables(nodes: [Node], links: [Link]) throws(FabricError) {
    var surplus: [UInt64: Int] = Dictionary(minimumCapacity: links.count / 2)
    func key(_ link: Link) -> UInt64 {
      UInt64(min(link.from, link.to)) << 32 | UInt64(max(link.from, link.to))
    }
    for link in links { surplus[key(link), default: 0] += link.from < link.to ? 1 : -1 }
    for (index, link) in links.enumerated() where surplus[key(link), default: 0] != 0 {
      throw FabricError(
        .link(index),
        "more links lead one way than back between '\(nodes[link.from].id)' and '\(nodes[link.to].id)',"
          + " expected a pair for each cable")
    }
  }

  /// Inside a host there is one way: one link to one NVSwitch, one cable from endpoint to endpoint.
  private static func checkLocalLinks(nodes: [Node], links: [Link]) throws(FabricError) {
    var hasNVLink = [Bool](repeating: false, count: nodes.count)
    var direct = Set<[Int]>()
    for (index, link) in links.enumerated() where nodes[link.from].kind == .endpoint {
      switch nodes[link.to].kind {
      case .nvSwitch where hasNVLink[link.from]:
        throw FabricError(
          .link(index),
          "endpoint '\(nodes[link.from].id)' has a second link to an NVSwitch,"
            + " expected one that carries the sum of their rates")
      case .nvSwitch: hasNVLink[link.from] = true
      case .endpoint where !direct.insert([link.from, link.to]).inserted:
        throw FabricError(
          .link(index),
          "endpoints '\(nodes[link.from].id)' and '\(nodes[link.to].id)' share a second cable,"
            + " expected one that carries the sum of their rates")
      default: break
      }
    }
  }
}
