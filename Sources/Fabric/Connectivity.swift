/// Whether each endpoint can reach each other one: over switches, a cable of their own, or NVLink and then switches.
///
/// Endpoints forward only what comes from their own NVSwitch, or goes to it. So an endpoint reaches another one where the
/// networks that it is cabled to, or those of an endpoint on its NVSwitch, meet the other's; or the other way around.
struct Connectivity {
  private let nodes: [Fabric.Node]
  private let links: [Fabric.Link]
  private let endpoints: [Int]

  init(nodes: [Fabric.Node], links: [Fabric.Link], endpoints: [Int]) {
    (self.nodes, self.links, self.endpoints) = (nodes, links, endpoints)
  }

  /// The most endpoints for which each pair is looked at where not all have the same networks in reach.
  private static let pairLimit = 4_096

  /// Throws where an endpoint is out of another's reach; near-linear where all have the same networks in reach.
  func check() throws(FabricError) {
    var isLinked = [Bool](repeating: false, count: nodes.count)
    for link in links { isLinked[link.from] = true }
    if let alone = isLinked.indices.first(where: { !isLinked[$0] && nodes[$0].kind != .endpoint }) {
      throw FabricError(.node(alone), "switch '\(nodes[alone].id)' has no link, expected one or more")
    }
    guard endpoints.count > 1 else { return }
    for endpoint in endpoints where !isLinked[endpoint] {
      throw FabricError(
        .node(endpoint), "endpoint '\(nodes[endpoint].id)' has no link, expected one or more")
    }
    let networks = Networks(nodes: nodes, links: links)
    if networks.joinsAll(endpoints) { return }
    try checkPairs(networks)
  }

  private func checkPairs(_ networks: Networks) throws(FabricError) {
    var neighbours = [Int: Set<Int>]()
    for link in links where nodes[link.from].kind == .endpoint && nodes[link.to].kind == .endpoint {
      neighbours[link.from, default: []].insert(link.to)
    }
    // Those outside of the network that most endpoints are on are the likely culprits: they come first.
    let main = networks.commonest(endpoints)
    let outside = endpoints.filter { !networks.of($0).contains(main) }
    guard endpoints.count <= Self.pairLimit else {
      let stray = outside.first ?? endpoints[0]
      throw unreachable(stray, endpoints.first { networks.of($0).contains(main) } ?? endpoints[0])
    }
    for source in outside + endpoints {
      for destination in endpoints where destination != source {
        let isJoined =
          networks.joins(source, destination) || neighbours[source]?.contains(destination) == true
        guard isJoined else { throw unreachable(source, destination) }
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
