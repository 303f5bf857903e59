import Fabric
import Quantities

/// Reads SimGrid's platform XML: hosts, routers, links and routes of one link each, or one `<cluster>`.
///
/// A route of several links says which links a message crosses and not which nodes they join, so it is refused: there is no
/// graph in it. A zone that is routed by Dijkstra or Floyd has routes between neighbours.
struct SimGridReader {
  private struct Link {
    let direction: Survey.Direction
    let type: CableType
  }

  private let source: SourceText
  private var survey = Survey()
  private var links = [String: Link]()
  /// The attributes of routers, which are in their zone's properties.
  private var routers = [String: String]()
  private var cables = [UInt64: Int]()
  /// The pairs that have a route of their own, by source << 32 | destination.
  private var routed = Set<UInt64>()

  static func survey(_ source: SourceText) throws(TopologyFileError) -> Survey {
    let root = try XMLText.root(of: source)
    guard root.name == "platform" else {
      throw source.error(root.line, found: "<\(root.name)>", expected: "<platform>")
    }
    var reader = SimGridReader(source: source)
    let zones = root.children.filter { ["zone", "AS", "cluster"].contains($0.name) }
    guard let zone = zones.first, zones.count == 1 else {
      throw source.error(root.line, found: "\(zones.count) zones at the top", expected: "one")
    }
    reader.survey.name = zone.attributes["id"]
    let clusters = Self.clusters(in: zone)
    if let cluster = clusters.first {
      guard clusters.count == 1,
        zone.name == "cluster" || zone.children.count(where: { $0.name != "prop" }) == 1
      else {
        throw source.error(
          cluster.line, found: "a <cluster> beside of other zones",
          expected: "one <cluster>, or hosts and links")
      }
      return try SimGridCluster(cluster, source).survey(named: zone.attributes["id"])
    }
    try reader.readNodes(zone)
    try reader.readRoutes(zone)
    return reader.survey
  }

  private init(source: SourceText) { self.source = source }

  private static func clusters(in zone: XMLElement) -> [XMLElement] {
    zone.name == "cluster" ? [zone] : zone.children.flatMap(clusters)
  }

  private mutating func readNodes(_ zone: XMLElement) throws(TopologyFileError) {
    for prop in zone.children where prop.name == "prop" {
      routers[try prop.required("id", source)] = prop.attributes["value"]
    }
    for child in zone.children {
      switch child.name {
      case "prop", "route", "zoneRoute", "ASroute", "bypassRoute", "config": break
      case "zone", "AS": try readNodes(child)
      case "host": try addHost(child)
      case "router": try addRouter(child)
      case "link": try addLink(child)
      default: survey.note(.leftOut, "<\(child.name)>", of: "element")
      }
    }
  }

  private mutating func addHost(_ element: XMLElement) throws(TopologyFileError) {
    let place = element.place(source)
    let attributes = Attributes(try properties(of: element), at: place)
    try survey.add(
      Survey.Node(
        id: element.required("id", source), kind: attributes.kind() ?? .endpoint, host: attributes.host,
        rail: attributes.count("rail"), plane: attributes.count("plane"), place: place))
  }

  private mutating func addRouter(_ element: XMLElement) throws(TopologyFileError) {
    let (id, place) = (try element.required("id", source), element.place(source))
    var values = [String: String]()
    for field in (routers[id] ?? "").split(separator: " ") {
      let parts = field.split(separator: "=", maxSplits: 1)
      if parts.count == 2 { values[String(parts[0])] = String(parts[1]) }
    }
    let attributes = Attributes(values, at: place)
    try survey.add(
      Survey.Node(
        id: id, kind: attributes.kind() ?? .networkSwitch, host: attributes.host,
        rail: attributes.count("rail"),
        plane: attributes.count("plane"), tier: attributes.count("tier"), place: place))
  }

  private func properties(of element: XMLElement) throws(TopologyFileError) -> [String: String] {
    var values = [String: String]()
    for prop in element.children where prop.name == "prop" {
      values[try prop.required("id", source)] = prop.attributes["value"]
    }
    return values
  }

  private mutating func addLink(_ element: XMLElement) throws(TopologyFileError) {
    let id = try element.required("id", source)
    let direction = Survey.Direction(
      rate: try SimGridQuantity.rate(element.required("bandwidth", source), element, source),
      latency: try SimGridQuantity.time(element.attributes["latency"] ?? "0s", element, source))
    let type = try Attributes(properties(of: element), at: element.place(source)).cableType()
    guard links.updateValue(Link(direction: direction, type: type), forKey: id) == nil else {
      throw source.error(element.line, found: "link \(id.quoted) a second time", expected: "an id for each")
    }
  }

  private mutating func readRoutes(_ zone: XMLElement) throws(TopologyFileError) {
    for child in zone.children {
      switch child.name {
      case "zone", "AS": try readRoutes(child)
      case "route": try addRoute(child, from: "src", to: "dst")
      case "zoneRoute", "ASroute": try addRoute(child, from: "gw_src", to: "gw_dst")
      case "bypassRoute": survey.note(.leftOut, "<bypassRoute>", of: "element")
      default: break
      }
    }
  }

  private mutating func addRoute(
    _ route: XMLElement, from: String, to: String
  ) throws(TopologyFileError) {
    let place = route.place(source)
    let from = try survey.index(of: route.required(from, source), at: place)
    let to = try survey.index(of: route.required(to, source), at: place)
    let names = try route.children.filter { $0.name == "link_ctn" }.map {
      (element) throws(TopologyFileError) in
      try element.required("id", source)
    }
    guard let name = names.first, names.count == 1 else {
      throw place.error(
        "found a route of \(names.count) links, expected routes between neighbours, of one link each:"
          + " a longer one doesn't say which nodes its links join")
    }
    guard let link = links[name] else {
      let nearest = nearestName(to: name, among: links.keys.sorted()).map { " such as \($0.quoted)" } ?? ""
      throw place.error("found link \(name.quoted), expected the id of a <link>\(nearest)")
    }
    let key = UInt64(from) << 32 | UInt64(to)
    guard routed.insert(key).inserted else {
      throw place.error(
        "found a second route from \(survey.nodes[from].id.quoted) to \(survey.nodes[to].id.quoted), expected one"
      )
    }
    if let cable = cables[UInt64(to) << 32 | UInt64(from)] {
      survey.cables[cable].back = link.direction
      return
    }
    cables[key] = survey.cables.count
    let type = survey.cableType(link.type)
    try survey.join(from, to, link.direction, type: type, at: place)
  }
}
