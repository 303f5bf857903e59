package import Quantities

extension Fabric {
  /// What a link may carry, in bytes per second; outside of it, times overflow or mean nothing.
  package static let bandwidths = 1.0...1e15
  /// What one link's latency may be.
  package static let latencies = Time.zero...Time(picoseconds: 1_000_000_000_000)

  /// What a network switch's tier may be.
  static let tiers = 1...64

  /// Checks what an initializer was given, in the order that makes the first message the most useful one.
  static func check(
    nodes: [Node], links: [Link], endpoints: [Int], cableTypes: [CableType]
  ) throws(FabricError) {
    guard nodes.count < Int(Int32.max), links.count <= Int(Int32.max) else {
      throw FabricError(.fabric, "a fabric has at most 2,147,483,646 nodes, and one link more")
    }
    try checkNames(nodes)
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
    for type in cableTypes {
      let counts = [type.linksPerCable, type.linksPerLowerTransceiver, type.linksPerUpperTransceiver]
      guard counts.allSatisfy({ (1...64).contains($0) }), type.metres.map({ $0 >= 0 && $0 <= 1e6 }) ?? true
      else {
        throw FabricError(
          .fabric,
          "a cable of \(counts[0]) links: expected 1 to 64 of them, of its transceivers too, and 0 to 1e6 m")
      }
    }
    for index in links.indices {
      try check(links[index], index: index, nodes: nodes, cableTypes: cableTypes.count)
    }
    try checkCables(nodes: nodes, links: links)
    try checkLocalLinks(nodes: nodes, links: links)
    try Connectivity(nodes: nodes, links: links, endpoints: endpoints).check()
  }

  private static func checkNames(_ nodes: [Node]) throws(FabricError) {
    var names = Set<String>(minimumCapacity: nodes.count)
    for (index, node) in nodes.enumerated() where !names.insert(node.id).inserted {
      throw FabricError(.node(index), "two nodes are called '\(node.id)', expected a name for each")
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

  private static func check(
    _ link: Link, index: Int, nodes: [Node], cableTypes: Int
  ) throws(FabricError) {
    func complaint(_ text: String) -> FabricError {
      FabricError(.link(index), "link '\(name(link, nodes))' \(text)")
    }
    guard nodes.indices.contains(link.from), nodes.indices.contains(link.to) else {
      throw complaint("ends at no node, expected two of 0 to \(nodes.count - 1)")
    }
    guard link.from != link.to else { throw complaint("joins '\(nodes[link.from].id)' to itself") }
    let rate = link.bandwidth.bytesPerSecond
    guard bandwidths.contains(rate) else {
      throw complaint("carries \(rate) bytes per second, expected 1 to 1e15")
    }
    guard latencies.contains(link.latency) else {
      throw complaint("takes \(link.latency.seconds) s, expected 0 to 1 s")
    }
    guard link.number >= 1, link.cableType < cableTypes else {
      throw complaint(
        "is number \(link.number) on cable type \(link.cableType), expected 1 or more on 0 to \(cableTypes - 1)"
      )
    }
    if nodes[link.from].kind == .nvSwitch, nodes[link.to].kind != .endpoint {
      throw complaint("leaves an NVSwitch for another switch, expected an endpoint")
    }
  }

  /// Links come in pairs, and parallel ones have different numbers.
  private static func checkCables(nodes: [Node], links: [Link]) throws(FabricError) {
    for index in stride(from: 0, to: links.count, by: 2) {
      let there = links[index]
      guard index + 1 < links.count, links[index + 1].from == there.to, links[index + 1].to == there.from,
        links[index + 1].number == there.number
      else {
        throw FabricError(
          .link(index),
          "link '\(name(there, nodes))' is not followed by the way back, expected a pair for each cable")
      }
    }
    let outgoing = Adjacency(nodes: nodes.count, links: links)
    // For each neighbour of a node the highest number so far, while they rise; else all are looked at.
    var highest = [Int32](repeating: 0, count: nodes.count)
    for node in nodes.indices {
      let own = outgoing[node]
      for index in own { highest[links[Int(index)].to] = 0 }
      for (place, index) in own.enumerated() {
        let link = links[Int(index)]
        if link.number > highest[link.to] {
          highest[link.to] = Int32(link.number)
        } else if own.prefix(place).contains(where: {
          links[Int($0)].to == link.to && links[Int($0)].number == link.number
        }) {
          throw FabricError(
            .link(Int(index)), "two links are called '\(name(link, nodes))', expected a number for each")
        }
      }
    }
  }

  /// Inside a host there is one way: one link to one NVSwitch, one cable from endpoint to endpoint.
  private static func checkLocalLinks(nodes: [Node], links: [Link]) throws(FabricError) {
    var hasNVLink = [Bool](repeating: false, count: nodes.count)
    var direct = Set<UInt64>()
    for (index, link) in links.enumerated() where nodes[link.from].kind == .endpoint {
      switch nodes[link.to].kind {
      case .nvSwitch where hasNVLink[link.from]:
        throw FabricError(
          .link(index),
          "endpoint '\(nodes[link.from].id)' has a second link to an NVSwitch,"
            + " expected one that carries the sum of their rates")
      case .nvSwitch: hasNVLink[link.from] = true
      case .endpoint where !direct.insert(UInt64(link.from) << 32 | UInt64(link.to)).inserted:
        throw FabricError(
          .link(index),
          "endpoints '\(nodes[link.from].id)' and '\(nodes[link.to].id)' share a second cable,"
            + " expected one that carries the sum of their rates")
      default: break
      }
    }
  }
}
