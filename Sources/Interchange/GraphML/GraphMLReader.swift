import Fabric
import Quantities

/// Reads GraphML: the attributes that ``GraphMLWriter`` writes, and graphs of others that have fewer.
///
/// A node that doesn't say its kind is an endpoint where it has one edge, and a switch where it has more.
struct GraphMLReader {
  private let source: SourceText
  private var survey = Survey()
  /// What each key is called.
  private var names = [String: String]()
  private var defaults = [String: [String: String]]()

  static func survey(_ source: SourceText) throws(TopologyFileError) -> Survey {
    var reader = GraphMLReader(source: source)
    try reader.read(XMLText.root(of: source))
    return reader.survey
  }

  private init(source: SourceText) { self.source = source }

  private mutating func read(_ root: XMLElement) throws(TopologyFileError) {
    guard root.name == "graphml" else {
      throw source.error(root.line, found: "<\(root.name)>", expected: "<graphml>")
    }
    for key in root.children where key.name == "key" {
      let id = try key.required("id", source)
      names[id] = key.attributes["attr.name"] ?? id
      let domain = key.attributes["for"] ?? "all"
      for value in key.children where value.name == "default" {
        for element in ["node", "edge"] where domain == element || domain == "all" {
          defaults[element, default: [:]][names[id] ?? id] = value.text.trimmed
        }
      }
    }
    let graphs = root.children.filter { $0.name == "graph" }
    guard let graph = graphs.first, graphs.count == 1 else {
      throw source.error(root.line, found: "\(graphs.count) <graph>", expected: "one")
    }
    survey.name = graph.attributes["id"]
    for node in graph.children where node.name == "node" { try addNode(node) }
    for edge in graph.children where edge.name == "edge" { try addEdge(edge) }
    let other = graph.children.count { !["node", "edge", "data", "desc"].contains($0.name) }
    survey.note(.leftOut, "elements that are neither node nor edge", count: other, of: "element")
    survey.decideKinds()
  }

  private func attributes(_ element: XMLElement) -> Attributes {
    var values = defaults[element.name] ?? [:]
    for data in element.children where data.name == "data" {
      guard let key = data.attributes["key"] else { continue }
      values[names[key] ?? key] = data.text.trimmed
    }
    return Attributes(values, at: element.place(source))
  }

  private mutating func addNode(_ element: XMLElement) throws(TopologyFileError) {
    guard !element.children.contains(where: { $0.name == "graph" }) else {
      throw source.error(element.line, found: "a graph inside of a node", expected: "nodes side by side")
    }
    try survey.add(
      attributes(element).node(named: element.required("id", source), at: element.place(source), to: &survey))
  }

  private mutating func addEdge(_ element: XMLElement) throws(TopologyFileError) {
    let place = element.place(source)
    let from = try survey.index(of: element.required("source", source), at: place)
    let to = try survey.index(of: element.required("target", source), at: place)
    try attributes(element).join(from, to, at: place, in: &survey)
  }
}
