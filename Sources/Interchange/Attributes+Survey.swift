import Fabric

extension Attributes {
  /// The node that has these attributes; one without a kind is a switch until ``Survey/decideKinds()``.
  func node(named id: String, at place: Survey.Place, to survey: inout Survey) throws(TopologyFileError)
    -> Survey.Node
  {
    let kind = try kind()
    if kind == nil { survey.open.insert(survey.nodes.count) }
    return Survey.Node(
      id: id, kind: kind ?? .networkSwitch, host: host, rail: try count("rail"), plane: try count("plane"),
      tier: try count("tier"), place: place)
  }

  /// Joins two nodes by a cable that has these attributes.
  func join(_ from: Int, _ to: Int, at place: Survey.Place, in survey: inout Survey) throws(TopologyFileError)
  {
    let (there, back) = try directions()
    let type = survey.cableType(try cableType())
    try survey.join(from, to, there, back: back, type: type, at: place)
  }
}

extension Survey {
  /// Makes nodes of no kind endpoints where they have one cable; the others stay switches.
  mutating func decideKinds() {
    guard !open.isEmpty else { return }
    var degrees = [Int](repeating: 0, count: nodes.count)
    for cable in cables {
      degrees[cable.from] += 1
      degrees[cable.to] += 1
    }
    for node in open where degrees[node] <= 1 { nodes[node].kind = .endpoint }
    note(
      .assumed, "kinds, an endpoint where there is one cable and a switch else", count: open.count, of: "node"
    )
    open = []
  }
}
