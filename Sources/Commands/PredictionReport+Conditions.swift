import Collectives
import Quantities
import Reports
import Simulation
import Statistics

/// What is said of conditions, replications and other jobs.
extension PredictionReport {
  /// The changes that hosts and network have had, after what the title says of them.
  var conditions: String {
    var text = ""
    if let gap = plan.hostChanges.gap { text += ", gap \(gap)" }
    if let rendezvous = plan.hostChanges.rendezvous { text += ", rendezvous from \(rendezvous)" }
    guard let file = plan.conditions.file else { return text }
    let summary = plan.conditions.conditions.summary
    return text + "\nconditions of \(file.path): "
      + (summary.isEmpty ? "all as planned" : summary.joined(separator: ", "))
  }

  /// The spread over runs with other seeds, a line a size.
  var replications: String? {
    guard let count = predictions.first?.replications?.times.count else { return nil }
    var table = TextTable([
      ("size", .right), ("least us", .right), ("p50 us", .right), ("p95 us", .right), ("greatest us", .right),
      ("busbw GB/s", .right),
    ])
    for prediction in predictions {
      guard let spread = prediction.replications.map({ ReplicationFigures($0, prediction.size, plan) }) else {
        continue
      }
      table.addRow([
        "\(prediction.size)", spread.least.microsecondsText, spread.median.microsecondsText,
        spread.p95.microsecondsText, spread.greatest.microsecondsText, spread.busBandwidth.bandwidthText,
      ])
    }
    return
      "the last rank's time in \(count) runs with other seeds, the first of which is above; busbw at the median:\n"
      + "\(table)"
  }

  /// When each of the other jobs began and was done, at the last size.
  var neighbours: String? {
    guard let last = predictions.last, !last.neighbours.isEmpty else { return nil }
    var table = TextTable([
      ("job", .right), ("what", .left), ("ranks", .right), ("size", .right), ("start us", .right),
      ("end us", .right),
    ])
    for (number, (job, end)) in zip(plan.conditions.neighbours, last.neighbours).enumerated() {
      let times = job.repetitions > 1 ? ", \(job.repetitions) times" : ""
      table.addRow([
        "\(number + 1)", "\(job.collective.rawValue), \(job.algorithm.rawValue)\(times)", "\(job.ranks)",
        "\(job.size)", job.start.microseconds.microsecondsText, end.microseconds.microsecondsText,
      ])
    }
    return "other jobs, beside \(last.size); links' use is of all jobs, until the last was done:\n\(table)"
  }

  func writeReplications(of prediction: Prediction, to json: inout JSONText) {
    guard let replications = prediction.replications else { return }
    let figures = ReplicationFigures(replications, prediction.size, plan)
    json.key("replications")
    json.object { json in
      json.field("count", replications.times.count)
      json.field("least_us", figures.least)
      json.field("median_us", figures.median)
      json.field("p95_us", figures.p95)
      json.field("greatest_us", figures.greatest)
      json.field("busbw_gb_per_s", figures.busBandwidth)
      json.key("times_ps")
      json.array(replications.times) { json, time in json.value(Int(time.picoseconds)) }
    }
  }

  func writeNeighbours(of prediction: Prediction, to json: inout JSONText) {
    guard !prediction.neighbours.isEmpty else { return }
    json.key("other_jobs")
    json.array(Array(zip(plan.conditions.neighbours, prediction.neighbours))) { json, entry in
      json.object { json in
        let (job, end) = entry
        json.field("collective", job.collective.rawValue)
        json.field("algorithm", job.algorithm.rawValue)
        json.field("ranks", job.ranks)
        json.field("size_bytes", job.size.bytes)
        json.field("repeat", job.repetitions)
        json.field("start_us", job.start.microseconds)
        json.field("end_us", end.microseconds)
      }
    }
  }
}

/// What replications come to, in microseconds and GB/s.
struct ReplicationFigures {
  let least, median, p95, greatest, busBandwidth: Double

  init(_ replications: Replications, _ size: ByteCount, _ plan: SimulatePlan) {
    let sample = Sample(replications.times.map(\.microseconds))
    (least, median, p95, greatest) = (
      sample.minimum, sample.median, sample.quantile(0.95), sample.maximum
    )
    busBandwidth =
      median > 0 ? Double(size.bytes) / median / 1e3 * plan.collective.busFactor(ranks: plan.ranks) : 0
  }
}

extension Replications {
  /// Columns of CSV, empty where there is one run.
  static let columns = [
    "replications", "replications_least_us", "replications_median_us", "replications_p95_us",
    "replications_greatest_us",
  ]

  static func row(_ prediction: Prediction, _ plan: SimulatePlan) -> [String] {
    guard let replications = prediction.replications else { return columns.map { _ in "" } }
    let figures = ReplicationFigures(replications, prediction.size, plan)
    return ["\(replications.times.count)"]
      + [figures.least, figures.median, figures.p95, figures.greatest].map { "\($0)" }
  }
}
