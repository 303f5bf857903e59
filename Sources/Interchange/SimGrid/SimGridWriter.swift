import Fabric
import Quantities

/// Writes SimGrid's platform XML: a zone of hosts, routers, links of one direction, and a route for each pair of neighbours.
///
/// The zone is routed by Dijkstra, so that SimGrid finds longer routes by itself; that allows one route between two
/// neighbours, so parallel links become one that carries their sum. What SimGrid has no attribute for is in properties,
/// which it keeps and doesn't look at; routers can't have any, so theirs are in those of the zone.
struct SimGridWriter {
  let draft: Draft

  /// The speed of hosts, which SimGrid demands and a fabric doesn't have.
  private static let speed = "1Gf"

  init(_ fabric: Fabric) {
    var draft = Draft()
    draft.text = """
      <?xml version="1.0"?>
      <!DOCTYPE platform SYSTEM "https://simgrid.org/simgrid.dtd">
      <platform version="4.1">
        <zone id="\(fabric.name.withXMLEntities)" routing="Dijkstra">

      """
    for node in fabric.nodes where node.kind != .endpoint {
      let values = Attributes.of(node).map { "\($0.name)=\($0.value)" }.joined(separator: " ")
      draft.text += "    <prop id=\"\(node.id.withXMLEntities)\" value=\"\(values)\"/>\n"
    }
    for (index, node) in fabric.nodes.enumerated() {
      draft.text += "    \(Self.element(node))\n"
      draft.nodes.append(index)
    }
    draft.cables = Self.cables(fabric)
    for cable in draft.cables { draft.text += Self.links(cable, fabric) }
    for cable in draft.cables { draft.text += Self.routes(cable[0], fabric) }
    draft.text += "  </zone>\n</platform>\n"
    self.draft = draft
  }

  /// The links there of each pair of neighbours.
  private static func cables(_ fabric: Fabric) -> [[Int]] {
    var cables = [[Int]]()
    var places = [UInt64: Int]()
    for index in stride(from: 0, to: fabric.links.count, by: 2) {
      let (from, to) = (fabric.links[index].from, fabric.links[index].to)
      if let place = places[UInt64(from) << 32 | UInt64(to)] {
        cables[place].append(index)
      } else if let place = places[UInt64(to) << 32 | UInt64(from)] {
        cables[place].append(index + 1)
      } else {
        places[UInt64(from) << 32 | UInt64(to)] = cables.count
        cables.append([index])
      }
    }
    return cables
  }

  private static func element(_ node: Fabric.Node) -> String {
    let id = node.id.withXMLEntities
    guard node.kind == .endpoint else { return "<router id=\"\(id)\"/>" }
    return "<host id=\"\(id)\" speed=\"\(speed)\">\(properties(Attributes.of(node)))</host>"
  }

  private static func properties(_ attributes: [(name: String, value: String)]) -> String {
    attributes.map { "<prop id=\"\($0.name)\" value=\"\($0.value.withXMLEntities)\"/>" }.joined()
  }

  private static func links(_ cable: [Int], _ fabric: Fabric) -> String {
    var text = ""
    for turn in [0, 1] {
      let rate = cable.reduce(0) { $0 + fabric.links[$1 ^ turn].bandwidth.bytesPerSecond }
      let type = Attributes.of(cable: cable[0], in: fabric).filter {
        !$0.name.hasPrefix("bytes_per_second") && !$0.name.hasPrefix("latency_ns")
      }
      let latency = fabric.links[cable[0] ^ turn].latency.exactText.filter { $0 != " " }
      text +=
        "    <link id=\"\(name(cable[0] ^ turn, fabric))\" bandwidth=\"\(Attributes.whole(rate))Bps\""
        + " latency=\"\(latency)\">\(properties(type))</link>\n"
    }
    return text
  }

  private static func routes(_ index: Int, _ fabric: Fabric) -> String {
    var text = ""
    for link in [index, index ^ 1] {
      let ends = [fabric.links[link].from, fabric.links[link].to].map { fabric.nodes[$0].id.withXMLEntities }
      text +=
        "    <route src=\"\(ends[0])\" dst=\"\(ends[1])\" symmetrical=\"NO\">"
        + "<link_ctn id=\"\(name(link, fabric))\"/></route>\n"
    }
    return text
  }

  private static func name(_ link: Int, _ fabric: Fabric) -> String {
    fabric.name(ofLink: link).withXMLEntities
  }
}
