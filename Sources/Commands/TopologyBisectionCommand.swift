import ArgumentParser
import Fabric
import Quantities

/// `syncline topology bisection`: what crosses between two halves of a fabric.
struct TopologyBisectionCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "bisection",
    abstract: "Give bisection bandwidth as six figures, with routing, sampling and margins stated.",
    discussion: """
      Rated: half of what the narrowest tier carries, over what half of the endpoints can send.
      Minimum cut: the least that crosses between two halves of the hosts, exact or between two bounds.
      Effective (Hoefler et al., CLUSTER 2008): hosts are split into two random halves, endpoints are paired across, \
      each pair sends both ways, and a flow gets the least of capacity over flows along its path; the mean over flows \
      and patterns, with the half width of its interval at 95 %; and the mean of max-min fair rates.
      Worst permutation: the worst that a search found, each endpoint sending to one; and shifts of ranks in order.
      Across rails: what the network carries between halves of the rails, where there are any.
      One plane, and one spine, lost: rated, minimum cut and effective once more.
      The same seed gives the same figures.

      EXAMPLES:
        syncline topology bisection topologies/pilot-4.yaml
        syncline topology bisection topologies/fat-tree-k16.yaml --routing ecmp:1 --patterns 400
        syncline topology bisection topologies/rail-32x8.yaml --format json
      """)

  @Argument(help: "Topology file.")
  var file: String

  @Option(
    help: ArgumentHelp("Random patterns to draw, and shifts to look at, 2 to 1000000.", valueName: "count"))
  var patterns = 100

  @Option(help: "What patterns and searches are drawn from.")
  var seed: UInt64 = 0

  @Option(
    help: "\(Routing.forms); may be given again. (default: d-mod-k and ecmp:0)",
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
    let report: BisectionReport?
    do {
      report = try BisectionReport(fabric, routings: routings, patterns: patterns, seed: seed)
    } catch {
      throw Failure(error)
    }
    guard let report else {
      throw Failure(.data, "\(file): fabric '\(fabric.name)' has 1 endpoint, expected 2 or more to pair")
    }
    switch format {
    case .table: print(report.table)
    case .json: print(report.json)
    }
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
}
