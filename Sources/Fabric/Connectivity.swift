/// Whether each endpoint can reach each other one through switches alone, since endpoints never forward.
struct Connectivity {
  private let nodes: [Fabric.Node]
  private let links: [Fabric.Link]
  private let endpoints: [Int]

  init(nodes: [Fabric.Node], links: [Fabric.Link], endpoints: [Int]) {
    (self.nodes, self.links, self.endpoints) = (nodes, links, endpoints)
  }

  /// The most endpoints for which each pair is looked at where no single network joins them all.
  private static let pairLimit = 4_096

  /// Throws where an endpoint is out of another's reach; near-linear where one network joins all endpoints.
  func check() throws(FabricError) {
    var isLinked = [Bool](repeating: false, count: nodes.count)
    for link in links { (isLinked[link.from], isLinked[link.to]) = (true, true) }
    if let alone = isLinked.indices.first(where: { !isLinked[$0] && nodes[$0].kind != .endpoint }) {
      throw FabricError(.node(alone), "switch '\(nodes[alone].id)' has no link, expected one or more")
    }
    guard endpoints.count > 1 else { return }
    var sets = DisjointSets(count: nodes.count)
    for link in links where nodes[link.from].kind != .endpoint && nodes[link.to].kind != .endpoint {
      sets.join(link.from, link.to)
    }
    // What an endpoint touches: connected groups of switches, and endpoints at the other end of a direct cable.
    var touched = [[Int]](repeating: [], count: nodes.count)
    for link in links where nodes[link.from].kind == .endpoint {
      let other = nodes[link.to].kind == .endpoint ? link.to : sets.root(of: link.to)
      if !touched[link.from].contains(other) { touched[link.from].append(other) }
    }
    var reach = [Int](repeating: 0, count: nodes.count)
    for endpoint in endpoints {
      for group in touched[endpoint] where nodes[group].kind != .endpoint { reach[group] += 1 }
    }
    if reach.contains(endpoints.count) { return }

    for endpoint in endpoints where touched[endpoint].isEmpty {
      throw FabricError(.node(endpoint), "endpoint '\(nodes[endpoint].id)' has no link, expected one or more")
    }
    let largest = reach.indices.max { reach[$0] < reach[$1] } ?? 0
    guard endpoints.count <= Self.pairLimit else {
      let stray = endpoints.first { !touched[$0].contains(largest) } ?? endpoints[0]
      let anchor = endpoints.first { touched[$0].contains(largest) } ?? endpoints[0]
      throw unreachable(stray, anchor)
    }
    // The endpoints outside of the largest network are the likely culprits: they come first.
    let outside = endpoints.filter { !touched[$0].contains(largest) }
    for source in outside + endpoints {
      for destination in endpoints where destination != source {
        let isJoined = touched[source].contains {
          $0 == destination || (nodes[$0].kind != .endpoint && touched[destination].contains($0))
        }
        guard isJoined else {
          throw unreachable(source, destination)
        }
      }
    }
  }

  private func unreachable(_ source: Int, _ destination: Int) -> FabricError {
    FabricError(
      .node(source),
      "endpoint '\(nodes[source].id)' can't reach '\(nodes[destination].id)',"
        + " expected a path through switches between any two endpoints")
  }
}

/// Sets that only grow together, with path halving: near-linear in the number of joins (Tarjan 1975).
private struct DisjointSets {
  private var parents: [Int]

  init(count: Int) { parents = Array(0..<count) }

  mutating func root(of element: Int) -> Int {
    var element = element
    while parents[element] != element {
      parents[element] = parents[parents[element]]
      element = parents[element]
    }
    return element
  }

  mutating func join(_ left: Int, _ right: Int) {
    let (left, right) = (root(of: left), root(of: right))
    parents[max(left, right)] = min(left, right)
  }
}
