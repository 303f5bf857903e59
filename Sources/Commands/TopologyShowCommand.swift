import ArgumentParser
import Fabric
import Quantities
import Reports

/// `syncline topology show`: what a fabric is made of.
struct TopologyShowCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show",
    abstract:
      "Show hosts, endpoints, switches and ports by tier, links, cables, transceivers and oversubscription.",
    discussion: """
      A logical link is both directions. A cable may hold several, and so may a transceiver; what is inside a host \
      has neither. JSON has all nodes and links too, one entry a direction: bytes_per_second and latency_ns (to the \
      far end, a switch there included).

      EXAMPLES:
        syncline topology show topologies/superpod-b300-1su.yaml
        syncline topology show topologies/fat-tree-k4.yaml --format json
      """)

  @Argument(help: "Topology file.")
  var file: String

  @Option(help: "table, or json.")
  var format = OutputFormat.table

  init() {}

  func run() throws {
    let topology = try Topology(forCommand: file)
    switch format {
    case .table: print(Self.table(topology))
    case .json: print(Self.json(topology))
    }
  }

  private static func table(_ topology: Topology) -> String {
    let fabric = topology.fabric
    let census = Census(topology)
    var counts = TextTable([
      ("nodes", .left), ("count", .right), ("ports used", .right), ("spare", .right),
    ])
    counts.addRow(["hosts", "\(census.hosts)"])
    counts.addRow(["endpoints", "\(census.endpoints)"])
    if census.nvSwitches > 0 { counts.addRow(["NVSwitches", "\(census.nvSwitches)"]) }
    for tier in census.tiers {
      let (least, most) = (tier.portsUsed.lowerBound, tier.portsUsed.upperBound)
      counts.addRow([
        "switches of tier \(tier.tier)", "\(tier.switches)",
        least == most ? "\(least)" : "\(least) to \(most)",
        tier.spare.map { "\($0)" } ?? "-",
      ])
    }

    var cables = TextTable([
      ("between", .left), ("logical links", .right), ("cables", .right), ("transceivers", .right),
      ("rate", .right),
      ("oversubscription", .right),
    ])
    let byTier = Dictionary(uniqueKeysWithValues: census.tiers.map { (Census.End.tier($0.tier), $0) })
    for cabling in census.cabling {
      let rates = cabling.slowest == cabling.fastest ? [cabling.slowest] : [cabling.slowest, cabling.fastest]
      // NVLink is rated in bytes, as its vendor does.
      let isLocal = cabling.upper == .nvSwitch
      let rate = rates.map { isLocal ? "\($0.gigabytesPerSecond.significant()) GB/s" : "\($0)" }
        .joined(separator: " to ")
      let ratio = byTier[cabling.lower]?.oversubscription.map { "\($0.significant()):1" }
      cables.addRow([
        "\(cabling.lower) and \(cabling.upper)", "\(cabling.logicalLinks)", "\(cabling.cables)",
        "\(cabling.transceivers)", rate, cabling.lower == cabling.upper ? "-" : ratio ?? "-",
      ])
    }
    if census.managementCables > 0 {
      cables.addRow(["tier 1 and the fabric manager", "-", "\(census.managementCables)", "-", "-", "-"])
    }
    cables.addRow([
      "all", "\(census.logicalLinks)", "\(census.cables + census.managementCables)", "\(census.transceivers)",
    ])
    return """
      \(fabric.name): \(topology.builder)

      \(counts)

      \(cables)

      \(TopologyBisectionCommand.sentence(RatedBisection(fabric)))
      """
  }

  private static func json(_ topology: Topology) -> String {
    let fabric = topology.fabric
    let census = Census(topology)
    var json = JSONText()
    json.object { json in
      json.field("name", fabric.name)
      json.field("builder", topology.builder)
      json.key("counts")
      json.object { json in
        json.field("hosts", census.hosts)
        json.field("endpoints", census.endpoints)
        json.field("nvswitches", census.nvSwitches)
        json.field("switches", census.networkSwitches)
        json.field("links", census.links)
        json.field("logical_links", census.logicalLinks)
        json.field("cables", census.cables)
        json.field("transceivers", census.transceivers)
        json.field("management_cables", census.managementCables)
      }
      json.key("tiers")
      json.array(census.tiers) { json, tier in
        json.object { json in
          json.field("tier", tier.tier)
          json.field("switches", tier.switches)
          json.field("least_ports_used", tier.portsUsed.lowerBound)
          json.field("most_ports_used", tier.portsUsed.upperBound)
          json.field("spare_ports", tier.spare.map { Double($0) })
          json.field("below_bytes_per_second", tier.below.bytesPerSecond)
          json.field("above_bytes_per_second", tier.above.bytesPerSecond)
          json.field("oversubscription", tier.oversubscription)
        }
      }
      json.key("cabling")
      json.array(census.cabling) { json, cabling in
        json.object { json in
          json.field("lower", cabling.lower.description)
          json.field("upper", cabling.upper.description)
          json.field("logical_links", cabling.logicalLinks)
          json.field("cables", cabling.cables)
          json.field("transceivers", cabling.transceivers)
          json.field("slowest_bytes_per_second", cabling.slowest.bytesPerSecond)
          json.field("fastest_bytes_per_second", cabling.fastest.bytesPerSecond)
        }
      }
      TopologyBisectionCommand.write(RatedBisection(fabric), to: &json)
      json.key("endpoints")
      json.array(fabric.endpoints) { json, node in json.value(fabric.nodes[node].id) }
      json.key("nodes")
      json.array(fabric.nodes) { json, node in write(node, to: &json) }
      json.key("links")
      json.array(fabric.links.indices) { json, index in
        let link = fabric.links[index]
        json.object { json in
          json.field("id", fabric.name(ofLink: index))
          json.field("from", fabric.nodes[link.from].id)
          json.field("to", fabric.nodes[link.to].id)
          json.field("bytes_per_second", link.bandwidth.bytesPerSecond)
          json.field("latency_ns", link.latency.nanoseconds)
        }
      }
    }
    return json.text
  }

  private static func write(_ node: Fabric.Node, to json: inout JSONText) {
    json.object { json in
      json.field("id", node.id)
      switch node.kind {
      case .endpoint: json.field("kind", "endpoint")
      case .nvSwitch: json.field("kind", "nvswitch")
      case .networkSwitch(let tier):
        json.field("kind", "switch")
        json.field("tier", tier)
      }
      if node.host >= 0 { json.field("host", node.host) }
      if node.rail >= 0 { json.field("rail", node.rail) }
      if node.plane >= 0 { json.field("plane", node.plane) }
    }
  }
}
