import Fabric
import Quantities

/// SimGrid's `<cluster>`: hosts on one switch, or the fat tree of `topology="FAT_TREE"`.
struct SimGridCluster {
  /// The most hosts that a cluster's radical may stand for.
  private static let hostLimit = 1 << 20

  private let source: SourceText
  private let element: XMLElement
  private let hosts: [String]
  private let direction: Survey.Direction

  init(_ element: XMLElement, _ source: SourceText) throws(TopologyFileError) {
    (self.element, self.source) = (element, source)
    let (prefix, suffix) = (element.attributes["prefix"] ?? "", element.attributes["suffix"] ?? "")
    hosts = try Self.numbers(element, source).map { "\(prefix)\($0)\(suffix)" }
    direction = Survey.Direction(
      rate: try SimGridQuantity.rate(element.required("bw", source), element, source),
      latency: try SimGridQuantity.time(element.required("lat", source), element, source))
  }

  /// The numbers of a radical such as `0-15` or `0-3,8`.
  private static func numbers(_ element: XMLElement, _ source: SourceText) throws(TopologyFileError) -> [Int]
  {
    let radical = try element.required("radical", source)
    var numbers = [Int]()
    for part in radical.split(separator: ",") {
      let ends = part.split(separator: "-").map { Int($0.trimmed) }
      guard (1...2).contains(ends.count), let first = ends[0], let last = ends[ends.count - 1], first >= 0,
        last >= first, last - first < hostLimit - numbers.count
      else {
        throw source.error(
          element.line, found: "radical \(radical.quoted)",
          expected: "ranges such as 0-15, of \(hostLimit) hosts at the most")
      }
      numbers += first...last
    }
    return numbers
  }

  func survey(named name: String?) throws(TopologyFileError) -> Survey {
    switch element.attributes["topology"] ?? "FLAT" {
    case "FLAT": return try flat(named: name)
    case "FAT_TREE": return try fatTree(named: name)
    case let other:
      throw source.error(
        element.line, found: "topology \(other.quoted)",
        expected: "FLAT or FAT_TREE: in others, hosts are switches too, or links are directions of a grid")
    }
  }

  private func flat(named name: String?) throws(TopologyFileError) -> Survey {
    var survey = Survey()
    survey.name = name
    let place = element.place(source)
    for host in hosts { try survey.add(Survey.Node(id: host, kind: .endpoint, place: place)) }
    let router = element.attributes["router_id"] ?? "\(name ?? "cluster")_router"
    let center = try survey.add(Survey.Node(id: router, kind: .networkSwitch, tier: 1, place: place))
    for host in hosts.indices { try survey.join(host, center, direction, at: place) }
    if element.attributes["bb_bw"] != nil {
      survey.note(.leftOut, "a cluster's backbone, which all of its hosts share", of: "link")
    }
    return survey
  }

  /// The tree of `topo_parameters="H;M1,…;W1,…;P1,…"`, which are those of a PGFT.
  private func fatTree(named name: String?) throws(TopologyFileError) -> Survey {
    let text = try element.required("topo_parameters", source)
    let parts = text.split(separator: ";").map { $0.split(separator: ",").map { Int($0.trimmed) ?? 0 } }
    guard parts.count == 4, parts[0].count == 1, parts[1...].allSatisfy({ $0.count == parts[0][0] }) else {
      throw source.error(
        element.line, found: "topo_parameters \(text.quoted)",
        expected: "levels; children; parents; parallel links, such as 2;4,4;1,2;1,2")
    }
    let fabric: Fabric
    do {
      let rate = direction.rate ?? Bandwidth(bytesPerSecond: 1)
      let levels = (0..<parts[0][0]).map {
        PGFT.Level(children: parts[1][$0], parents: parts[2][$0], parallel: parts[3][$0], rate: rate)
      }
      let timing = LinkTiming(link: direction.latency ?? .zero, throughSwitch: .zero)
      fabric = try PGFT(levels: levels, timing: timing).fabric(named: name ?? "cluster")
    } catch {
      throw element.place(source).error("topo_parameters \(text.quoted): \(error.description)")
    }
    guard fabric.endpoints.count == hosts.count else {
      throw source.error(
        element.line, found: "\(hosts.count) hosts in the radical",
        expected: "\(fabric.endpoints.count), as topo_parameters have places for")
    }
    var survey = Survey()
    survey.name = name
    let place = element.place(source)
    for (index, node) in fabric.nodes.enumerated() {
      if case .networkSwitch(let tier) = node.kind {
        try survey.add(Survey.Node(id: node.id, kind: .networkSwitch, tier: tier, place: place))
      } else {
        try survey.add(Survey.Node(id: hosts[index], kind: .endpoint, place: place))
      }
    }
    for index in stride(from: 0, to: fabric.links.count, by: 2) {
      try survey.join(fabric.links[index].from, fabric.links[index].to, direction, at: place)
    }
    return survey
  }
}
