import Quantities
import Yams

/// The builder `explicit`: a fabric node by node and cable by cable.
struct ExplicitGraph {
  static let name = "explicit"

  let fabric: Fabric

  private static let kinds = ["endpoint", "switch", "nvswitch"]

  init(_ fields: Fields) throws(TopologyFileError) {
    try fields.check(known: ["name", "builder", "nodes", "links"] + Fields.failures)
    let name = try fields.name("name", expected: "the fabric's name")
    var reader = Reader(path: fields.path)
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
        endpoints: reader.nodes.indices.filter { reader.nodes[$0].kind == .endpoint })
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
      case "endpoint": try fields.check(known: ["id", "kind", "host", "rail"])
      case "switch": try fields.check(known: ["id", "kind", "tier", "rail"])
      case "nvswitch": try fields.check(known: ["id", "kind", "host"])
      default:
        let nearest = nearestName(to: kind, among: ExplicitGraph.kinds).map { "'\($0)', or another " } ?? ""
        throw fields.error("kind", found: kind.quoted, expected: nearest + expectedKind)
      }
      let id = try fields.name("id", expected: "a name that no other node has")
      guard indices[id] == nil else {
        throw fields.error(
          "id", found: "\(id.quoted) a second time", expected: "a name that no other node has")
      }
      let rail = try fields.optionalCount("rail") ?? -1
      guard rail >= -1, rail < 1 << 20 else {
        throw fields.error("rail", found: "\(rail)", expected: "a whole number from 0 to 1048575")
      }
      indices[id] = nodes.count
      nodeLines.append(fields.line)
      switch kind {
      case "endpoint":
        nodes.append(Fabric.Node(id: id, kind: .endpoint, host: try host(fields), rail: rail))
      case "nvswitch":
        _ = try fields.text("host", expected: "the host that it is in")
        nodes.append(Fabric.Node(id: id, kind: .nvSwitch, host: try host(fields)))
      default:
        let tier = try fields.count("tier")
        guard Fabric.tiers.contains(tier) else {
          throw fields.error(
            "tier", found: "\(tier)", expected: "1 next to the hosts, up to \(Fabric.tiers.upperBound)")
        }
        nodes.append(Fabric.Node(id: id, kind: .networkSwitch(tier: tier), rail: rail))
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
        node, path: path, known: ["from", "to", "rate", "latency"],
        what: "a cable such as {from: a, to: s, rate: 100 Gbit/s, latency: 500 ns}")
      let (from, to) = (try end("from", fields), try end("to", fields))
      guard from != to else {
        throw fields.error(
          "to", found: "\(nodes[to].id.quoted), where the cable starts", expected: "another node")
      }
      let (rate, latency) = (try fields.rate("rate"), try fields.time("latency"))
      let key = UInt64(min(from, to)) << 32 | UInt64(max(from, to))
      let cable = cables[key, default: 0] + 1
      cables[key] = cable
      cableLines.append(fields.line)
      for (from, to) in [(from, to), (to, from)] {
        links.append(Fabric.Link(from: from, to: to, bandwidth: rate, latency: latency, number: cable))
      }
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
