import Fabric

/// Reads Graphviz DOT: the attributes that ``DOTWriter`` writes, and graphs of others that have fewer.
///
/// Subgraphs count for their nodes and edges only; ports and what is there for drawing are left out. Edges of a directed
/// graph are cables too: one there and one back between two nodes are one cable.
struct DOTReader {
  /// How deep subgraphs may be nested.
  private static let depthLimit = 32

  private let source: SourceText
  private var tokens: DOTTokens
  private var survey = Survey()
  private var isDirected = false
  /// The attributes of each node so far, which may come in several statements, and where it was named first.
  private var nodes = [(id: String, values: [String: String], place: Survey.Place)]()
  private var places = [String: Int]()
  private var edges = [(from: Int, to: Int, values: [String: String], place: Survey.Place)]()
  private var ports = 0

  /// What `node [...]` and `edge [...]` set for all that follow in their braces.
  private struct Defaults {
    var node = [String: String]()
    var edge = [String: String]()
  }

  static func survey(_ source: SourceText) throws(TopologyFileError) -> Survey {
    var reader = try DOTReader(source)
    try reader.readGraph()
    return try reader.made()
  }

  private init(_ source: SourceText) throws(TopologyFileError) {
    self.source = source
    tokens = try DOTTokens(source)
  }

  private mutating func readGraph() throws(TopologyFileError) {
    if tokens.isAt(keyword: "strict") { try tokens.advance() }
    isDirected = tokens.isAt(keyword: "digraph")
    guard isDirected || tokens.isAt(keyword: "graph") else {
      throw tokens.error(expected: "graph or digraph")
    }
    try tokens.advance()
    if case .word(let name) = tokens.next {
      survey.name = name
      try tokens.advance()
    }
    try tokens.expect("{", "before the graph's statements")
    try readStatements(Defaults(), depth: 0)
    guard tokens.next == .end else { throw tokens.error(expected: "one graph") }
  }

  /// Reads up to the closing brace.
  private mutating func readStatements(_ defaults: Defaults, depth: Int) throws(TopologyFileError) {
    guard depth < Self.depthLimit else {
      throw source.error(
        tokens.line, found: "a subgraph inside of \(depth) others", expected: "less than \(Self.depthLimit)")
    }
    var defaults = defaults
    while try !tokens.take("}") {
      if try tokens.take(";") { continue }
      if tokens.isAt(keyword: "subgraph") || tokens.next == .mark("{") {
        if try !tokens.take("{") {
          try tokens.advance()
          if case .word = tokens.next { try tokens.advance() }
          try tokens.expect("{", "before the subgraph's statements")
        }
        try readStatements(defaults, depth: depth + 1)
        if tokens.next == .edge { throw tokens.error(expected: "edges between nodes, not subgraphs") }
      } else {
        try readStatement(&defaults)
      }
    }
  }

  private mutating func readStatement(_ defaults: inout Defaults) throws(TopologyFileError) {
    let line = tokens.line
    let isQuoted = !["graph", "node", "edge"].contains(where: tokens.isAt(keyword:))
    let first = try tokens.word("a node, an edge or '}'")
    if !isQuoted, tokens.next == .mark("[") {
      let values = try attributes()
      switch first.lowercased() {
      case "node": defaults.node.merge(values) { $1 }
      case "edge": defaults.edge.merge(values) { $1 }
      default: break
      }
      return
    }
    if try tokens.take("=") {
      _ = try tokens.word("a value")
      return
    }
    var ends = [try node(first, line, defaults)]
    while tokens.next == .edge {
      try tokens.advance()
      ends.append(try node(tokens.word("the node at the edge's other end"), line, defaults))
    }
    let values = try attributes()
    guard ends.count > 1 else {
      nodes[ends[0]].values.merge(values) { $1 }
      return
    }
    let place = Survey.Place(path: source.path, line: line)
    for (from, to) in zip(ends, ends.dropFirst()) {
      edges.append((from, to, defaults.edge.merging(values) { $1 }, place))
    }
  }

  /// The node of that name, which may be its first mention.
  private mutating func node(_ id: String, _ line: Int, _ defaults: Defaults) throws(TopologyFileError) -> Int
  {
    while try tokens.take(":") {
      _ = try tokens.word("a port")
      ports += 1
    }
    if let known = places[id] { return known }
    places[id] = nodes.count
    nodes.append((id, defaults.node, Survey.Place(path: source.path, line: line)))
    return nodes.count - 1
  }

  private mutating func attributes() throws(TopologyFileError) -> [String: String] {
    var values = [String: String]()
    while try tokens.take("[") {
      while try !tokens.take("]") {
        let name = try tokens.word("an attribute's name or ']'")
        try tokens.expect("=", "behind the attribute's name")
        values[name] = try tokens.word("the attribute's value")
        if try !tokens.take(",") { _ = try tokens.take(";") }
      }
    }
    return values
  }

  private mutating func made() throws(TopologyFileError) -> Survey {
    for (id, values, place) in nodes {
      try survey.add(Attributes(values, at: place).node(named: id, at: place, to: &survey))
    }
    // The cables there, of which a directed graph may have the other way too.
    var waiting = [UInt64: [Int]]()
    for edge in edges {
      let attributes = Attributes(edge.values, at: edge.place)
      let key = UInt64(edge.to) << 32 | UInt64(edge.from)
      if isDirected, let cable = waiting[key]?.popLast() {
        survey.cables[cable].back = try attributes.directions().there
      } else {
        waiting[UInt64(edge.from) << 32 | UInt64(edge.to), default: []].append(survey.cables.count)
        try attributes.join(edge.from, edge.to, at: edge.place, in: &survey)
      }
    }
    survey.note(.leftOut, "ports", count: ports, of: "end")
    survey.decideKinds()
    return survey
  }
}
