import ArgumentParser
import Fabric
import Quantities
import Reports

/// `syncline topology bisection`: what crosses between two halves of a fabric.
struct TopologyBisectionCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "bisection",
    abstract: "Give rated and effective bisection bandwidth, with the routing stated.",
    discussion: """
      Rated: half of what the narrowest tier carries, over what half of the endpoints can send.
      Effective (Hoefler et al., CLUSTER 2008): hosts are split into two random halves, endpoints are paired across, \
      each pair sends both ways, and a flow gets the least of capacity over flows along its path; the mean over flows \
      and patterns, with the half width of its interval at 95 %. The same seed gives the same figures.

      EXAMPLES:
        syncline topology bisection topologies/pilot-4.yaml
        syncline topology bisection topologies/fat-tree-k48.yaml --routing ecmp:1
      """)

  @Argument(help: "Topology file.")
  var file: String

  @Option(help: ArgumentHelp("Random patterns to draw, 2 to 1000000.", valueName: "count"))
  var patterns = 100

  @Option(help: "What the patterns are drawn from.")
  var seed: UInt64 = 0

  @Option(
    help: "d-mod-k or ecmp:SEED; may be given again. (default: d-mod-k and ecmp:0)",
    transform: { try Routing(parsing: $0) })
  var routing: [Routing] = []

  @Option(help: "table, or json.")
  var format = OutputFormat.table

  init() {}

  func validate() throws {
    guard (2...1_000_000).contains(patterns) else {
      throw ValidationError("--patterns is \(patterns), expected 2 to 1000000")
    }
  }

  func run() throws {
    let fabric = try Topology(forCommand: file).fabric
    let routings = routing.isEmpty ? [.destinationModulo, .ecmp(seed: 0)] : routing
    let rated = RatedBisection(fabric)
    let effective = routings.compactMap {
      EffectiveBisection(fabric, routing: $0, patterns: patterns, seed: seed)
    }
    guard !effective.isEmpty else {
      throw Failure(.data, "\(file): fabric '\(fabric.name)' has 1 endpoint, expected 2 or more to pair")
    }
    switch format {
    case .table: print(table(fabric, rated, effective))
    case .json: print(json(fabric, rated, effective))
    }
  }

  private func table(_ fabric: Fabric, _ rated: RatedBisection?, _ effective: [EffectiveBisection]) -> String
  {
    var table = TextTable([
      ("bisection", .left), ("routing", .left), ("of full", .right), ("± 95 %", .right),
      ("GB/s an endpoint", .right), ("worst flow", .right), ("worst link", .right),
    ])
    if let rated {
      let each = rated.bandwidth.gigabytesPerSecond * 2 / Double(fabric.endpoints.count)
      table.addRow(["rated", "-", rated.fraction.fixed(3), "-", each.significant(), "-", "-"])
    }
    for one in effective {
      table.addRow([
        "effective", "\(one.routing)", one.fraction.fixed(3), one.margin?.fixed(4) ?? "-",
        one.bandwidth.gigabytesPerSecond.significant(), one.worstFlow.fixed(3),
        "\(one.worstLoad.significant(3)) flows",
      ])
    }
    return """
      \(fabric.name): \(fabric.endpoints.count) endpoints, \(patterns) random patterns, seed \(seed)

      \(table)

      \(Self.sentence(rated))
      """
  }

  /// The rated bisection in words.
  static func sentence(_ rated: RatedBisection?) -> String {
    guard let rated else { return "rated bisection: not defined, as links join switches of one tier" }
    let place = rated.tier == 0 ? "from endpoints to switches" : "above tier \(rated.tier)"
    let links = rated.crossingLinks == 1 ? "1 link" : "\(rated.crossingLinks.significant()) links"
    return
      "rated bisection: \(rated.bandwidth) (\(rated.bandwidth.gigabytesPerSecond.significant()) GB/s) each way"
      + " over \(links) \(place), \(rated.fraction.significant()) of full"
  }

  /// The rated bisection as a field.
  static func write(_ rated: RatedBisection?, to json: inout JSONText) {
    guard let rated else { return json.field("rated_bisection", nil as Double?) }
    json.key("rated_bisection")
    json.object { json in
      json.field("bytes_per_second", rated.bandwidth.bytesPerSecond)
      json.field("fraction", rated.fraction)
      json.field("tier", rated.tier)
      json.field("crossing_links", rated.crossingLinks)
    }
  }

  private func json(_ fabric: Fabric, _ rated: RatedBisection?, _ effective: [EffectiveBisection]) -> String {
    var json = JSONText()
    json.object { json in
      json.field("name", fabric.name)
      json.field("endpoints", fabric.endpoints.count)
      Self.write(rated, to: &json)
      json.key("effective_bisection")
      json.array(effective) { json, one in
        json.object { json in
          json.field("routing", one.routing.description)
          json.field("patterns", one.patterns)
          json.field("seed", one.seed)
          json.field("fraction", one.fraction)
          json.field("margin_95", one.margin)
          json.field("bytes_per_second_per_endpoint", one.bandwidth.bytesPerSecond)
          json.field("worst_flow_fraction", one.worstFlow)
          json.field("worst_link_flows", one.worstLoad)
        }
      }
    }
    return json.text
  }
}
