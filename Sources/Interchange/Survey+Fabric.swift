import Fabric
import Quantities

extension Survey {
  /// The fabric, with what the file leaves open filled in and noted.
  ///
  /// - Parameters:
  ///   - name: for a file that names none.
  ///   - path: what errors about the whole call the file.
  func fabric(
    named name: String, path: String, assuming assumptions: Assumptions
  ) throws(TopologyFileError) -> (Fabric, [InterchangeNote]) {
    var survey = self
    survey.dropUncabled()
    survey.inferTiers()
    let links = try survey.links(assuming: assumptions)
    let nodes = survey.fabricNodes()
    do {
      let fabric = try Fabric(
        name: self.name ?? name, nodes: nodes, links: links,
        endpoints: nodes.indices.filter { nodes[$0].kind == .endpoint }, cableTypes: survey.cableTypes)
      return (fabric, survey.notes)
    } catch {
      switch error.subject {
      case .node(let index): throw survey.nodes[index].place.error(error.description)
      case .link(let index): throw survey.cables[index / 2].place.error(error.description)
      case .fabric, .parameter: throw TopologyFileError(path: path, error.description.oneLine)
      }
    }
  }

  /// Leaves out what has no cable, or can't reach an endpoint: a live network has devices that are off or spare.
  private mutating func dropUncabled() {
    var isKept = distances().map { $0 != nil }
    var isCabled = [Bool](repeating: false, count: nodes.count)
    for cable in cables { (isCabled[cable.from], isCabled[cable.to]) = (true, true) }
    let endpoints = nodes.indices.filter { nodes[$0].kind == .endpoint }
    if endpoints.count > 1 {
      for endpoint in endpoints where !isCabled[endpoint] { isKept[endpoint] = false }
    }
    guard isKept.contains(false), isKept.contains(true) else { return }
    let dropped = nodes.indices.filter { !isKept[$0] }
    let (alone, far) = (dropped.count { !isCabled[$0] }, dropped.count { isCabled[$0] })
    note(.leftOut, "nodes without a cable", count: alone, of: "node")
    note(.leftOut, "switches that reach no endpoint", count: far, of: "switch")
    keep(isKept)
  }

  /// The number of cables to the nearest endpoint, for each node; nil where there is no way.
  func distances() -> [Int?] {
    var neighbours = [[Int]](repeating: [], count: nodes.count)
    for cable in cables {
      neighbours[cable.from].append(cable.to)
      neighbours[cable.to].append(cable.from)
    }
    var distances = nodes.map { $0.kind == .endpoint ? 0 : nil }
    var queue = nodes.indices.filter { nodes[$0].kind == .endpoint }
    var next = 0
    while next < queue.count {
      let node = queue[next]
      next += 1
      for other in neighbours[node] where distances[other] == nil {
        distances[other] = (distances[node] ?? 0) + 1
        queue.append(other)
      }
    }
    return distances
  }

  /// Gives a switch without a tier its distance from the endpoints.
  mutating func inferTiers() {
    let open = nodes.indices.filter { nodes[$0].kind == .networkSwitch && nodes[$0].tier == nil }
    guard !open.isEmpty else { return }
    let distances = distances()
    for node in open { nodes[node].tier = distances[node] ?? 1 }
    note(.assumed, "tiers, from the distance to endpoints", count: open.count, of: "switch")
  }

  private mutating func links(assuming assumptions: Assumptions) throws(TopologyFileError) -> [Fabric.Link] {
    var links = [Fabric.Link]()
    links.reserveCapacity(2 * cables.count)
    var numbers = [UInt64: Int]()
    var (openRates, openLatencies) = (0, 0)
    for cable in cables {
      let number = numbers[cable.pair, default: 0] + 1
      numbers[cable.pair] = number
      if cable.there.rate == nil { openRates += 1 }
      if cable.there.latency == nil { openLatencies += 1 }
      for (from, to, direction) in cable.directions {
        guard let rate = direction.rate ?? assumptions.rate else {
          throw cable.place.error(
            "found no rate for the cable from \(nodes[cable.from].id.quoted) to \(nodes[cable.to].id.quoted),"
              + " expected one, or --rate for all that have none")
        }
        let atSwitch = nodes[to].kind == .networkSwitch ? assumptions.switchLatency : .zero
        links.append(
          Fabric.Link(
            from: from, to: to, bandwidth: rate,
            latency: direction.latency ?? assumptions.linkLatency + atSwitch,
            number: number, cableType: cable.type))
      }
    }
    if let rate = assumptions.rate { note(.assumed, "rates, \(rate)", count: openRates, of: "cable") }
    let latencies = "\(assumptions.linkLatency) and \(assumptions.switchLatency) in a switch at the end"
    note(.assumed, "latencies, \(latencies)", count: openLatencies, of: "cable")
    return links
  }

  /// Hosts get numbers in the order of their first mention.
  func fabricNodes() -> [Fabric.Node] {
    var hosts = [String: Int]()
    var count = 0
    return nodes.map { node in
      var host = -1
      if node.kind == .endpoint || node.host != nil {
        if let known = node.host.flatMap({ hosts[$0] }) {
          host = known
        } else {
          if let name = node.host { hosts[name] = count }
          (host, count) = (count, count + 1)
        }
      }
      let kind: Fabric.Node.Kind =
        switch node.kind {
        case .endpoint: .endpoint
        case .nvSwitch: .nvSwitch
        case .networkSwitch: .networkSwitch(tier: node.tier ?? 1)
        }
      return Fabric.Node(
        id: node.id, kind: kind, host: kind.isNetworkSwitch ? -1 : host, rail: node.rail ?? -1,
        plane: node.plane ?? -1)
    }
  }
}

extension Survey.Cable {
  /// The two ends in any order.
  var pair: UInt64 { UInt64(min(from, to)) << 32 | UInt64(max(from, to)) }

  /// Both ways.
  var directions: [(from: Int, to: Int, Survey.Direction)] { [(from, to, there), (to, from, back ?? there)] }
}
