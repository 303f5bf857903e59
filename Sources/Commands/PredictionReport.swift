import Collectives
import Fabric
import Quantities
import Records
import Reports
import Simulation
import Statistics
import Transport

/// Predictions as people and programs read them.
struct PredictionReport {
  let plan: SimulatePlan
  /// How many of the busiest links are shown.
  let busiest: Int
  var predictions: [Prediction] = []
  /// The parameters that changed nothing; nil where that was not looked into.
  var parameters: IdleParameters?
  /// Whether times were not taken apart because that would have taken long.
  var isTooLongToTakeApart = false
  /// Where the user stopped the run.
  var stopped: Interrupted?
  /// For each prediction that is shown with its links: the busiest ones.
  private(set) var links: [[BusyLink]] = []

  /// A link that carried much of what it could.
  struct BusyLink {
    let index: Int
    let bytes: Double
    /// Of what it could have carried until the last rank was done.
    let utilisation: Double
    /// Who sends over it to whom.
    let users: [LinkUsers.Pair]
  }

  init(plan: SimulatePlan, busiest: Int) { (self.plan, self.busiest) = (plan, busiest) }

  /// Finds the busiest links and who uses them: for the last size in a table, for all in JSON.
  mutating func findUsers() throws(Failure) {
    links = []
    guard plan.format != .csv else { return }
    for (place, prediction) in predictions.enumerated() {
      let isShown = plan.format == .json || place == predictions.count - 1
      let found = isShown ? prediction.outcome.busiestLinks(on: plan.fabric, most: busiest) : []
      let users = found.isEmpty ? [] : try plan.users(of: found.map(\.link), at: prediction.size)
      links.append(
        zip(found, users).map { link, users in
          BusyLink(
            index: link.link, bytes: prediction.outcome.links[link.link].bytes, utilisation: link.share,
            users: users)
        })
    }
  }

  func text(as format: SimulatePlan.Format) -> String {
    switch format {
    case .table: table + "\n"
    case .json: json + "\n"
    case .csv: csv
    }
  }

  /// What one size comes to, in microseconds and GB/s.
  struct Figures {
    let minimum, median, p95, maximum, algorithmBandwidth, busBandwidth, bound: Double
    /// How many times the bound; nil where that is 0.
    let ratio: Double?

    init(_ prediction: Prediction, _ plan: SimulatePlan) {
      let ends = Sample(prediction.outcome.completions.map(\.microseconds))
      (minimum, median, p95, maximum) = (ends.minimum, ends.median, ends.quantile(0.95), ends.maximum)
      algorithmBandwidth = maximum > 0 ? Double(prediction.size.bytes) / maximum / 1e3 : 0
      busBandwidth = algorithmBandwidth * plan.collective.busFactor(ranks: plan.ranks)
      bound = prediction.bound.time.microseconds
      ratio = bound > 0 ? maximum / bound : nil
    }
  }

  private var title: String {
    var parts = [
      plan.collective.rawValue, plan.algorithm.rawValue, "\(plan.ranks) rank\(plan.ranks == 1 ? "" : "s")",
      plan.type.rawValue,
    ]
    if plan.channels > 1 { parts.append("\(plan.channels) channels") }
    if let chunk = plan.chunk { parts.append("chunks of \(chunk)") }
    let host = plan.machine.map { "hosts as in \($0.path)" } ?? "hosts without cost"
    return parts.joined(separator: ", ")
      + "\nsimulated on \(plan.fabric.name), placement \(plan.placement), routing \(plan.routing), \(host)\(conditions)"
  }

  private var table: String {
    let hasInterval = predictions.contains { $0.interval != nil }
    var columns: [(title: String, alignment: TextTable.Alignment)] = [
      ("size", .right), ("count", .right), ("min us", .right), ("p50 us", .right), ("p95 us", .right),
      ("max us", .right),
    ]
    if hasInterval { columns.append(("95 % interval", .right)) }
    columns += [("algbw GB/s", .right), ("busbw GB/s", .right), ("bound us", .right), ("x bound", .right)]
    var table = TextTable(columns)
    for prediction in predictions {
      let figures = Figures(prediction, plan)
      var row = [
        prediction.size.description, "\(prediction.count)", figures.minimum.microsecondsText,
        figures.median.microsecondsText, figures.p95.microsecondsText, figures.maximum.microsecondsText,
      ]
      if hasInterval {
        row.append(
          prediction.interval.map {
            "\($0.low.microseconds.microsecondsText) to \($0.high.microseconds.microsecondsText)"
          }
            ?? "-")
      }
      row += [
        figures.algorithmBandwidth.bandwidthText, figures.busBandwidth.bandwidthText,
        figures.bound.microsecondsText,
        figures.ratio?.fixed(3) ?? "-",
      ]
      table.addRow(row)
    }
    var paragraphs = [title]
    if !predictions.isEmpty { paragraphs += [table.description, bounds] + [halves].compactMap(\.self) }
    paragraphs += [replications, neighbours, breakdown, busiestLinks, idleParameters].compactMap { $0 }
    paragraphs += plan.warnings.map { "Warning: \($0)" }
    paragraphs += Set(predictions.compactMap(\.warning)).sorted().map { "Warning: \($0)" }
    if let stopped { paragraphs.append(stopped.description) }
    return paragraphs.joined(separator: "\n\n")
  }

  private var csv: String {
    var table = CommaSeparated(
      [
        "collective", "algorithm", "ranks", "datatype", "topology", "placement", "routing", "size_bytes",
        "count",
        "minimum_us", "median_us", "p95_us", "maximum_us", "low_us", "high_us", "algbw_gb_per_s",
        "busbw_gb_per_s",
        "bound_us", "bound", "flows",
      ]
        + Replications.columns + TimeBreakdown.Part.allCases.map { "\($0.fieldName)_us" })
    for prediction in predictions {
      let figures = Figures(prediction, plan)
      table.addRow(
        [
          plan.collective.rawValue, plan.algorithm.rawValue, "\(plan.ranks)", plan.type.rawValue,
          plan.fabric.name,
          plan.placement.description, plan.routing.description, "\(prediction.size.bytes)",
          "\(prediction.count)",
          "\(figures.minimum)", "\(figures.median)", "\(figures.p95)", "\(figures.maximum)",
          prediction.interval.map { "\($0.low.microseconds)" } ?? "",
          prediction.interval.map { "\($0.high.microseconds)" } ?? "", "\(figures.algorithmBandwidth)",
          "\(figures.busBandwidth)", "\(figures.bound)", prediction.bound.name, "\(prediction.outcome.flows)",
        ]
          + Replications.row(prediction, plan)
          + TimeBreakdown.Part.allCases.map { part in
            prediction.breakdown.map { "\($0[part].microseconds)" } ?? ""
          })
    }
    return table.description
  }
}
