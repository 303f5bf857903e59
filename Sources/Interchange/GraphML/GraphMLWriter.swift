import Fabric

/// Writes GraphML: an undirected graph, an edge a cable, attributes by the names of ``Attributes``.
struct GraphMLWriter {
  let draft: Draft

  private static let keys: [(name: String, domain: String, type: String)] = [
    ("kind", "node", "string"), ("tier", "node", "int"), ("host", "node", "string"), ("rail", "node", "int"),
    ("plane", "node", "int"), ("bytes_per_second", "edge", "double"), ("latency_ns", "edge", "double"),
    ("bytes_per_second_back", "edge", "double"), ("latency_ns_back", "edge", "double"),
    ("medium", "edge", "string"), ("links_per_cable", "edge", "int"),
    ("links_per_lower_transceiver", "edge", "int"), ("links_per_upper_transceiver", "edge", "int"),
    ("metres", "edge", "double"),
  ]

  init(_ fabric: Fabric) {
    var draft = Draft()
    draft.text = """
      <?xml version="1.0" encoding="UTF-8"?>
      <graphml xmlns="http://graphml.graphdrawing.org/xmlns">

      """
    for key in Self.keys {
      draft.text +=
        "  <key id=\"\(key.name)\" for=\"\(key.domain)\" attr.name=\"\(key.name)\" attr.type=\"\(key.type)\"/>\n"
    }
    draft.text += "  <graph id=\"\(fabric.name.withXMLEntities)\" edgedefault=\"undirected\">\n"
    for (index, node) in fabric.nodes.enumerated() {
      draft.text += "    <node id=\"\(node.id.withXMLEntities)\">\(Self.data(Attributes.of(node)))</node>\n"
      draft.nodes.append(index)
    }
    for index in stride(from: 0, to: fabric.links.count, by: 2) {
      let ends = [fabric.links[index].from, fabric.links[index].to].map {
        fabric.nodes[$0].id.withXMLEntities
      }
      let data = Self.data(Attributes.of(cable: index, in: fabric))
      draft.text += "    <edge source=\"\(ends[0])\" target=\"\(ends[1])\">\(data)</edge>\n"
      draft.cables.append([index])
    }
    draft.text += "  </graph>\n</graphml>\n"
    self.draft = draft
  }

  private static func data(_ attributes: [(name: String, value: String)]) -> String {
    attributes.map { "<data key=\"\($0.name)\">\($0.value.withXMLEntities)</data>" }.joined()
  }
}
