extension Fabric {
  /// The fabric that is left when switches and links have failed.
  ///
  /// A removed switch takes its links along, a removed link its way back, and a switch that is left without any link
  /// goes too. All others keep their names, parallel links their numbers. Near-linear in nodes and links.
  ///
  /// - Parameters:
  ///   - nodes: indices of switches; endpoints are what ranks run on, and stay.
  ///   - links: indices of links, either direction.
  /// - Throws: ``FabricError`` where a node is an endpoint, an index is none, or endpoints no longer reach each other;
  ///   its subject counts in this fabric's indices.
  package func without(nodes removedNodes: Set<Int>, links removedLinks: Set<Int>) throws(FabricError)
    -> Fabric
  {
    for node in removedNodes.sorted() {
      guard nodes.indices.contains(node) else {
        throw FabricError(.fabric, "switch \(node) is no node, expected 0 to \(nodes.count - 1)")
      }
      guard nodes[node].kind != .endpoint else {
        throw FabricError(.node(node), "'\(nodes[node].id)' is an endpoint, expected a switch to remove")
      }
    }
    if let link = removedLinks.min(by: <), link < 0 { throw noLink(link) }
    if let link = removedLinks.max(by: <), link >= links.count { throw noLink(link) }

    let keptLinks = stride(from: 0, to: links.count, by: 2).filter { there in
      !removedLinks.contains(there) && !removedLinks.contains(there + 1)
        && !removedNodes.contains(links[there].from) && !removedNodes.contains(links[there].to)
    }
    var isLinked = [Bool](repeating: false, count: nodes.count)
    for link in keptLinks {
      isLinked[links[link].from] = true
      isLinked[links[link].to] = true
    }
    let keptNodes = nodes.indices.filter { isLinked[$0] || nodes[$0].kind == .endpoint }
    var place = [Int](repeating: -1, count: nodes.count)
    for (index, node) in keptNodes.enumerated() { place[node] = index }
    let directions = keptLinks.flatMap { [$0, $0 + 1] }
    do {
      return try Fabric(
        name: name, nodes: keptNodes.map { nodes[$0] },
        links: directions.map { index in
          let link = links[index]
          return Link(
            from: place[link.from], to: place[link.to], bandwidth: link.bandwidth, latency: link.latency,
            number: link.number, cableType: link.cableType)
        },
        endpoints: endpoints.map { place[$0] }, cableTypes: cableTypes)
    } catch {
      switch error.subject {
      case .node(let index): throw FabricError(.node(keptNodes[index]), error.description)
      case .link(let index): throw FabricError(.link(directions[index]), error.description)
      case .fabric, .parameter: throw error
      }
    }
  }

  private func noLink(_ index: Int) -> FabricError {
    FabricError(.fabric, "link \(index) is none, expected 0 to \(links.count - 1)")
  }
}
