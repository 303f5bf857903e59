import Fabric

/// Writes Graphviz DOT: an undirected graph, an edge a cable, attributes by the names of ``Attributes``.
struct DOTWriter {
  let draft: Draft

  init(_ fabric: Fabric) {
    var draft = Draft()
    draft.text = "graph \(Self.quoted(fabric.name)) {\n"
    for (index, node) in fabric.nodes.enumerated() {
      draft.text += "  \(Self.quoted(node.id)) [\(Self.list(Attributes.of(node)))];\n"
      draft.nodes.append(index)
    }
    for index in stride(from: 0, to: fabric.links.count, by: 2) {
      let ends = [fabric.links[index].from, fabric.links[index].to].map { Self.quoted(fabric.nodes[$0].id) }
      let list = Self.list(Attributes.of(cable: index, in: fabric))
      draft.text += "  \(ends[0]) -- \(ends[1]) [\(list)];\n"
      draft.cables.append([index])
    }
    draft.text += "}\n"
    self.draft = draft
  }

  private static func list(_ attributes: [(name: String, value: String)]) -> String {
    attributes.map { "\($0.name)=\(quoted($0.value))" }.joined(separator: ", ")
  }

  /// DOT knows one escape within quotes, that of the quote itself; a backslash stands for itself, but where a quote follows.
  static func quoted(_ text: String) -> String {
    "\"" + text.replacing("\"", with: "\\\"") + "\""
  }
}
