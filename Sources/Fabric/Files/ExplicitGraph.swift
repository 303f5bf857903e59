import Quantities
import Yams

/// The builder `explicit`: a fabric node by node and cable by cable.
struct ExplicitGraph {
  static let name = "explicit"

  let fabric: Fabric

  private static let kinds = ["endpoint", "switch", "nvswitch"]

  init(_ fields: Fields) throws(TopologyFileError) {
    try fields.check(known: ["name", "builder", "cable-types", "nodes", "links"] + Fields.failures)
    let name = try fields.name("name", expected: "the fabric's name")
    var reader = Reader(path: fields.path)
    if fields.has("cable-types") {
      let types = try fields.list(
        "cable-types", expected: "a list of cable types such as {medium: copper, links-per-cable: 2}")
      reader.cableTypes = try types.map { (node) throws(TopologyFileError) in
        try CableType(Fields(node, path: fields.path, what: "a cable type such as {medium: copper}"))
      }
    }
    for node in try fields.list("nodes", expected: "a list of nodes such as {id: a, kind: endpoint}") {
      try reader.addNode(node)
    }
    for node in try fields.list(
      "links", expected: "a list of cables such as {from: a, to: s, rate: 100 Gbit/s, latency: 500 ns}")
    {
      try reader.addCable(node)
    }
    do {
      fabric = try Fabric(
        name: name, nodes: reader.nodes, links: reader.links,
        endpoints: reader.nodes.indices.filter { reader.nodes[$0].kind == .endpoint },
        cableTypes: reader.cableTypes)
    } catch {
      let line =
        switch error.subject {
        case .node(let index): reader.nodeLines[index]
        case .link(let index): reader.cableLines[index / 2]
        case .fabric, .parameter: fields.line
        }
      throw TopologyFileError(path: fields.path, line: line, error.description.oneLine)
    }
  }

  private struct Reader {
    let path: String
    var nodes = [Fabric.Node]()
    var nodeLines = [Int]()
    var links = [Fabric.Link]()
    var cableLines = [Int]()
    var cableTypes = [CableType()]
    private var hosts = [String: Int]()
    private var hostCount = 0
    private var indices = [String: Int]()
    private var cables = [UInt64: Int]()

    init(path: String) { self.path = path }

    mutating func addNode(_ node: Node) throws(TopologyFileError) {
      let fields = try Fields(node, path: path, what: "a node such as {id: a, kind: endpoint}")
      let expectedKind = "one of \(ExplicitGraph.kinds.joined(separator: ", "))"
      let kind = try fields.text("kind", expected: expectedKind)
      switch kind {
      case "endpoint": try fields.check(known: ["id", "kind", "host", "rail", "plane"])
      case "switch": try fields.check(known: ["id", "kind", "tier", "rail", "plane"])
      case "nvswitch": try fields.check(known: ["id", "kind", "host", "rail", "plane"])
      default:
        let nearest = nearestName(to: kind, among: ExplicitGraph.kinds).map { "'\($0)', or another " } ?? ""
        throw fields.error("kind", found: kind.quoted, expected: nearest + expectedKind)
      }
      let id = try fields.name("id", expected: "a name that no other node has")
      guard indices[id] == nil else {
        throw fields.error(
          "id", found: "\(id.quoted) a second time", expected: "a name that no other node has")
      }
      let (rail, plane) = (try fields.place("rail"), try fields.place("plane"))
      indices[id] = nodes.count
      nodeLines.append(fields.line)
      switch kind {
      case "endpoint":
        nodes.append(Fabric.Node(id: id, kind: .endpoint, host: try host(fields), rail: rail, plane: plane))
      case "nvswitch":
        // One that joins the endpoints of several hosts is in none of them.
        let host = fields.has("host") ? try host(fields) : -1
        nodes.append(Fabric.Node(id: id, kind: .nvSwitch, host: host, rail: rail, plane: plane))
      default:
        let tier = try fields.count("tier")
        guard Fabric.tiers.contains(tier) else {
          throw fields.error(
            "tier", found: "\(tier)", expected: "1 next to the hosts, up to \(Fabric.tiers.upperBound)")
        }
        nodes.append(Fabric.Node(id: id, kind: .networkSwitch(tier: tier), rail: rail, plane: plane))
      }
    }

    /// The number of the host that is named, in the order of first mention; a new one where none is named.
    private mutating func host(_ fields: Fields) throws(TopologyFileError) -> Int {
      let name = fields.has("host") ? try fields.text("host", expected: "a host's name or number") : nil
      if let name, let known = hosts[name] { return known }
      if let name { hosts[name] = hostCount }
      hostCount += 1
      return hostCount - 1
    }

    mutating func addCable(_ node: Node) throws(TopologyFileError) {
      let fields = try Fields(
        node, path: path,
        known: ["from", "to", "rate", "latency", "rate-back", "latency-back", "cable-type"],
        what: "a cable such as {from: a, to: s, rate: 100 Gbit/s, latency: 500 ns}")
      let (from, to) = (try end("from", fields), try end("to", fields))
      guard from != to else {
        throw fields.error(
          "to", found: "\(nodes[to].id.quoted), where the cable starts", expected: "another node")
      }
      let (rate, latency) = (try fields.rate("rate"), try fields.time("latency"))
      let rateBack = fields.has("rate-back") ? try fields.rate("rate-back") : rate
      let latencyBack = fields.has("latency-back") ? try fields.time("latency-back") : latency
      let type = try fields.optionalCount("cable-type") ?? 0
      guard cableTypes.indices.contains(type) else {
        throw fields.error(
          "cable-type", found: "\(type)", expected: "a place in 'cable-types', 0 to \(cableTypes.count - 1)")
      }
      let key = UInt64(min(from, to)) << 32 | UInt64(max(from, to))
      let cable = cables[key, default: 0] + 1
      cables[key] = cable
      cableLines.append(fields.line)
      links.append(
        Fabric.Link(
          from: from, to: to, bandwidth: rate, latency: latency, number: cable, cableType: type))
      links.append(
        Fabric.Link(
          from: to, to: from, bandwidth: rateBack, latency: latencyBack, number: cable, cableType: type))
    }

    private func end(_ name: String, _ fields: Fields) throws(TopologyFileError) -> Int {
      let id = try fields.text(name, expected: "a node's id")
      if let index = indices[id] { return index }
      let nearest = nearestName(to: id, among: nodes.lazy.map(\.id))
      throw fields.error(
        name, found: id.quoted, expected: "a node's id" + (nearest.map { " such as \($0.quoted)" } ?? ""))
    }
  }
}

extension Fields {
  /// A rail or a plane: a whole number, or -1 where the field is missing.
  fileprivate func place(_ name: String) throws(TopologyFileError) -> Int {
    guard let place = try optionalCount(name) else { return -1 }
    guard (0..<1 << 20).contains(place) else {
      throw error(name, found: "\(place)", expected: "a whole number from 0 to 1048575")
    }
    return place
  }
}

extension CableType {
  fileprivate init(_ fields: Fields) throws(TopologyFileError) {
    try fields.check(known: [
      "medium", "links-per-cable", "links-per-lower-transceiver", "links-per-upper-transceiver", "metres",
    ])
    let medium = try fields.medium(allowsNone: true)
    var metres: Double?
    if fields.has("metres") {
      let text = try fields.text("metres", expected: "a length in metres such as 30")
      guard let length = Double(text), (0...1e6).contains(length) else {
        throw fields.error("metres", found: text.quoted, expected: "a length in metres, 0 to 1e6")
      }
      metres = length
    }
    self.init(
      medium: medium, linksPerCable: try fields.optionalCount("links-per-cable") ?? 1,
      linksPerLowerTransceiver: try fields.optionalCount("links-per-lower-transceiver") ?? 1,
      linksPerUpperTransceiver: try fields.optionalCount("links-per-upper-transceiver") ?? 1, metres: metres)
  }
}
