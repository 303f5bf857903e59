import Collectives
import Fabric
import Quantities
import Records
import Reports
import Simulation
import Transport

/// Predictions as people and programs read them.
struct PredictionReport {
  let plan: SimulatePlan
  let predictions: [Prediction]

  /// How many of the busiest links are shown.
  private static let shownLinks = 5

  func text(as format: SimulatePlan.Format) -> String {
    switch format {
    case .table: table + "\n"
    case .json: json + "\n"
    case .csv: csv
    }
  }

  /// What one size comes to, in microseconds and GB/s.
  private struct Figures {
    let minimum, median, maximum, algorithmBandwidth, busBandwidth, bound: Double
    /// How many times the bound; nil where that is 0.
    let ratio: Double?

    init(_ prediction: Prediction, _ plan: SimulatePlan) {
      let ends = prediction.outcome.completions.sorted()
      minimum = ends[0].microseconds
      median = (ends[(ends.count - 1) / 2].microseconds + ends[ends.count / 2].microseconds) / 2
      maximum = ends[ends.count - 1].microseconds
      algorithmBandwidth = maximum > 0 ? Double(prediction.size.bytes) / maximum / 1e3 : 0
      busBandwidth = algorithmBandwidth * plan.collective.busFactor(ranks: plan.ranks)
      bound = prediction.bound.microseconds
      ratio = bound > 0 ? maximum / bound : nil
    }
  }

  /// The links that carried the greatest share of what they could, the busiest first; equal ones in the fabric's order.
  private func busiest(_ prediction: Prediction) -> [(link: Int, use: Outcome.LinkUse, share: Double)] {
    let total = prediction.outcome.total
    let used = zip(plan.fabric.links, prediction.outcome.links).enumerated().compactMap { index, pair in
      let share = pair.1.utilisation(of: pair.0.bandwidth, until: total)
      return share > 0 ? (link: index, use: pair.1, share: share) : nil
    }
    return used.sorted { ($1.share, $0.link) < ($0.share, $1.link) }.prefix(Self.shownLinks).map {
      ($0.link, $0.use, $0.share)
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
      + "\nsimulated on \(plan.fabric.name), placement \(plan.placement), routing \(plan.routing), \(host)"
  }

  private var table: String {
    let hasInterval = predictions.contains { $0.interval != nil }
    var columns: [(title: String, alignment: TextTable.Alignment)] = [
      ("size", .right), ("count", .right), ("min us", .right), ("median us", .right), ("max us", .right),
    ]
    if hasInterval { columns.append(("95 % interval", .right)) }
    columns += [("algbw GB/s", .right), ("busbw GB/s", .right), ("bound us", .right), ("x bound", .right)]
    var table = TextTable(columns)
    for prediction in predictions {
      let figures = Figures(prediction, plan)
      var row = [
        prediction.size.description, "\(prediction.count)", figures.minimum.microsecondsText,
        figures.median.microsecondsText, figures.maximum.microsecondsText,
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
    var paragraphs = [title, table.description]
    if let last = predictions.last {
      var links = TextTable([
        ("link", .left), ("from", .left), ("to", .left), ("rate", .right), ("used", .right), ("busy", .right),
      ])
      for (index, use, share) in busiest(last) {
        let link = plan.fabric.links[index]
        links.addRow([
          plan.fabric.name(ofLink: index), plan.fabric.nodes[link.from].id, plan.fabric.nodes[link.to].id,
          "\(link.bandwidth)",
          "\((share * 100).fixed(1)) %",
          "\((use.busy.seconds / last.outcome.total.seconds * 100).fixed(1)) %",
        ])
      }
      if !links.isEmpty { paragraphs.append("busiest links at \(last.size):\n\(links)") }
    }
    paragraphs += Set(predictions.compactMap(\.warning)).sorted().map { "Warning: \($0)" }
    return paragraphs.joined(separator: "\n\n")
  }

  private var csv: String {
    var table = CommaSeparated([
      "collective", "algorithm", "ranks", "datatype", "topology", "placement", "routing", "size_bytes",
      "count",
      "minimum_us", "median_us", "maximum_us", "low_us", "high_us", "algbw_gb_per_s", "busbw_gb_per_s",
      "bound_us",
      "flows",
    ])
    for prediction in predictions {
      let figures = Figures(prediction, plan)
      table.addRow([
        plan.collective.rawValue, plan.algorithm.rawValue, "\(plan.ranks)", plan.type.rawValue,
        plan.fabric.name,
        plan.placement.description, plan.routing.description, "\(prediction.size.bytes)",
        "\(prediction.count)",
        "\(figures.minimum)", "\(figures.median)", "\(figures.maximum)",
        prediction.interval.map { "\($0.low.microseconds)" } ?? "",
        prediction.interval.map { "\($0.high.microseconds)" } ?? "", "\(figures.algorithmBandwidth)",
        "\(figures.busBandwidth)", "\(figures.bound)", "\(prediction.outcome.flows)",
      ])
    }
    return table.description
  }

  private var json: String {
    var json = JSONText()
    json.object { json in
      json.field("schema", "syncline.prediction/1")
      json.field("collective", plan.collective.rawValue)
      json.field("algorithm", plan.algorithm.rawValue)
      json.field("ranks", plan.ranks)
      json.field("datatype", plan.type.rawValue)
      json.field("topology", plan.fabric.name)
      json.field("placement", plan.placement.description)
      json.field("routing", plan.routing.description)
      if let machine = plan.machine { json.field("machine", machine.path) }
      json.key("points")
      json.array(predictions) { json, prediction in json.object { write(prediction, to: &$0) } }
    }
    return json.text
  }

  private func write(_ prediction: Prediction, to json: inout JSONText) {
    let figures = Figures(prediction, plan)
    json.field("size_bytes", prediction.size.bytes)
    json.field("count", prediction.count)
    json.field("minimum_us", figures.minimum)
    json.field("median_us", figures.median)
    json.field("maximum_us", figures.maximum)
    if let interval = prediction.interval {
      json.field("low_us", interval.low.microseconds)
      json.field("high_us", interval.high.microseconds)
    }
    json.field("algbw_gb_per_s", figures.algorithmBandwidth)
    json.field("busbw_gb_per_s", figures.busBandwidth)
    json.field("bound_us", figures.bound)
    json.field("flows", prediction.outcome.flows)
    json.key("completions_ps")
    json.array(prediction.outcome.completions) { json, time in json.value(Int(time.picoseconds)) }
    json.key("busiest_links")
    json.array(busiest(prediction)) { json, entry in
      json.object { json in
        json.field("id", plan.fabric.name(ofLink: entry.link))
        json.field("bytes", entry.use.bytes)
        json.field("utilisation", entry.share)
        json.field("busy_ns", entry.use.busy.nanoseconds)
      }
    }
  }
}
