import Foundation
import Quantities
import Records
import Reports

/// A step's record for people and programs.
struct StepReport {
  private let record: StepRecord
  private var step: StepRecord.Step { record.step }

  init(_ record: StepRecord) { self.record = record }

  /// The report in `format`, with a newline at the end.
  func text(as format: ComparisonFormat) throws -> String {
    switch format {
    case .json: String(decoding: try DocumentCoding.encode(record), as: UTF8.self)
    case .csv: csv
    case .table: table + "\n"
    }
  }

  private var table: String {
    let assumptions = record.assumptions.map { "Taken for granted: \($0)" }.joined(separator: "\n")
    let paragraphs: [String?] = [
      title, figures, exposure, buckets, links, volumes, variations, consequences, assumptions,
    ]
    return paragraphs.compactMap { $0 }.filter { !$0.isEmpty }.joined(separator: "\n\n")
  }

  private var title: String {
    let work = record.workload
    let sizes = [
      ("tensor", work.tensor), ("context", work.context), ("pipeline", work.pipeline), ("data", work.data),
      ("expert", work.expert),
    ].filter { $0.1 > 1 }.map { "\($0.0) \($0.1)" }
    let spread = sizes.isEmpty ? "" : ": " + sizes.joined(separator: ", ")
    let simulated = record.environment.simulation
    let host = simulated?.machine.map { "hosts as in \($0)" } ?? "hosts without cost"
    return """
      \(work.name): \(work.model), \(billions(work.parameters)) parameters\
      \(work.activeParameters < work.parameters ? " (\(billions(work.activeParameters)) active)" : ""), \
      \(work.gpus) GPUs\(spread), \(work.sharding)
      \(work.microbatches) microbatch\(work.microbatches == 1 ? "" : "es") of \(work.microbatchSize) x \
      \(work.sequenceLength) tokens a copy, \(work.tokens) tokens a step, \(work.precision), gradients \(work.gradientPrecision), buckets of \
      \(ByteCount(work.bucketBytes)), \(work.algorithm)
      simulated on \(simulated?.topology ?? record.name), placement \(simulated?.placement ?? "-"), routing \
      \(simulated?.routing ?? "-"), \(host)
      """
  }

  private func billions(_ parameters: Double) -> String { "\((parameters / 1e9).significant(4)) billion" }

  private var figures: String {
    let hasInterval = step.time.low != nil
    var table = TextTable(
      [("figure", .left), ("value", .right)] + (hasInterval ? [("95 % interval", .right)] : []) + [
        ("", .left)
      ])
    func add(_ title: String, _ figure: StepRecord.Figure, _ text: (Double) -> String, _ note: String = "") {
      let interval = figure.low.flatMap { low in figure.high.map { "\(text(low)) to \(text($0))" } } ?? "-"
      table.addRow([title, text(figure.value)] + (hasInterval ? [interval] : []) + [note])
    }
    add("step time", step.time, duration)
    add("compute", .init(step.computeTime), duration, "with an infinitely fast network")
    if step.bubble > 0 { add("  of it pipeline bubble", .init(step.bubble), duration) }
    add("exposed sync time", step.exposed, duration)
    if step.jitter > 0 {
      add("jitter", .init(step.jitter), duration, "waiting for the slowest of \(record.workload.gpus) GPUs")
    }
    add("sync exposure", step.syncExposure, percent, "against an infinitely fast network")
    add(
      "scaling overhead", step.scalingOverhead, percent,
      "against one node, which takes \(duration(step.oneNodeTime.value))")
    if let utilisation = step.modelFlopsUtilisation { add("MFU", utilisation, percent) }
    return table.description
  }

  private var exposure: String? {
    guard !step.exposedBy.isEmpty else { return nil }
    var table = TextTable([("exposed by", .left), ("time", .right), ("of the step", .right)])
    for share in step.exposedBy {
      table.addRow([share.kind, duration(share.time), percent(share.time / step.time.value)])
    }
    return table.description
  }

  /// The buckets that the step waits for, and what became of the others.
  private var buckets: String? {
    guard !record.buckets.isEmpty else { return nil }
    let exposed = record.buckets.filter { $0.exposed > 0 }
    guard !exposed.isEmpty else { return "\(record.buckets.count) buckets, none of them exposed" }
    var table = TextTable([
      ("bucket", .right), ("size", .right), ("ready", .right), ("start", .right), ("end", .right),
      ("exposed", .right),
    ])
    for bucket in exposed.suffix(Self.mostRows) {
      table.addRow([
        "\(bucket.index + 1)", ByteCount(bucket.bytes).description, duration(bucket.ready),
        duration(bucket.start), duration(bucket.end), duration(bucket.exposed),
      ])
    }
    let left = exposed.count - min(exposed.count, Self.mostRows)
    return "\(exposed.count) of \(record.buckets.count) buckets are exposed"
      + (left > 0 ? ", the last \(Self.mostRows) of them:" : ":") + "\n" + table.description
  }

  private static let mostRows = 8

  private var links: String? {
    guard !record.links.isEmpty else { return nil }
    var table = TextTable([
      ("busiest links of what is exposed", .left), ("of", .left), ("bytes a call", .right), ("used", .right),
    ])
    for link in record.links {
      table.addRow([
        link.id, link.kind, ByteCount(Int(link.bytes)).description, percent(link.utilisation),
      ])
    }
    return table.description
  }

  private var volumes: String? {
    guard !record.volumes.isEmpty else { return nil }
    var table = TextTable([
      ("group", .left), ("moves", .left), ("by", .left), ("ranks", .right), ("groups", .right),
      ("MB a call", .right), ("calls", .right), ("GB sent a GPU", .right), ("time a call", .right),
    ])
    for volume in record.volumes {
      table.addRow([
        volume.group, volume.content, volume.collective, "\(volume.ranks)", "\(volume.groups)",
        (volume.bytesPerCall / 1e6).significant(4), volume.calls.significant(6),
        (volume.sentBytes / 1e9).significant(4), volume.time.map { duration($0.value) } ?? "-",
      ])
    }
    return table.description
  }

  private var variations: String? {
    guard !record.variations.isEmpty else { return nil }
    var table = TextTable([
      ("changed", .left), ("to", .left), ("step time", .right), ("against base", .right),
      ("sync exposure", .right), ("", .left),
    ])
    for variation in record.variations {
      let ratio = variation.time.map { percent($0.value / step.time.value - 1, signed: true) }
      table.addRow([
        variation.axis, variation.value, variation.time.map { duration($0.value) } ?? "-",
        variation.isBase ? "base" : ratio ?? "-", variation.syncExposure.map { percent($0.value) } ?? "-",
        variation.refused ?? "",
      ])
    }
    return table.description
  }

  private var consequences: String? {
    var lines: [String] = []
    func range(_ figure: StepRecord.Figure, _ text: (Double) -> String) -> String {
      let interval = figure.low.flatMap { low in figure.high.map { " (\(text(low)) to \(text($0)))" } } ?? ""
      return text(figure.value) + interval
    }
    if let run = record.run {
      lines.append(
        "\((run.tokens / 1e9).significant(6)) billion tokens: \(run.steps.significant(6)) steps, \(range(run.time, days))"
          + " at a goodput of \(percent(run.goodput))")
      if let between = run.meanTimeBetweenFailures, let interval = run.checkpointInterval {
        lines.append(
          "a failure every \((between / 3_600).significant(3)) h; a checkpoint every \((interval / 60).significant(3)) minutes loses least"
        )
      }
    }
    if let energy = record.energy {
      let parts = [
        ("computing", energy.compute), ("waiting", energy.waiting.value), ("network", energy.network?.value),
        ("building", energy.overhead.value),
      ].compactMap { name, joules in
        joules.map { "\(name) \(percent($0 / energy.perStep.value))" }
      }
      lines.append(
        "energy: \(range(energy.perStep) { "\(($0 / 3.6e6).significant(4)) kWh" }) a step, "
          + "\(range(energy.perThousandTokens) { "\($0.significant(4)) J" }) for 1,000 tokens; "
          + parts.joined(separator: ", ") + (energy.network == nil ? "; the network's is not known" : ""))
    }
    if let cost = record.cost {
      lines.append(
        "cost of 1,000 tokens: \(range(cost.perThousandTokens) { "\($0.significant(4)) \(cost.currency)" })"
          + (cost.electricity == nil ? ", electricity not counted" : ""))
    }
    if let price = record.fabric.price, let currency = record.fabric.currency {
      lines.append("\(price.title): \(price.value.value.significant(6)) \(currency)")
    }
    if let power = record.fabric.power {
      lines.append("\(power.title): \(power.value.value.significant(4)) W")
    }
    return lines.isEmpty ? nil : lines.joined(separator: "\n")
  }

  /// The step and its variations, one a line.
  private var csv: String {
    var table = CommaSeparated([
      "name", "workload", "gpus", "axis", "value", "number", "base", "step_time_s", "step_time_low_s",
      "step_time_high_s", "sync_exposure", "sync_exposure_low", "sync_exposure_high", "refused",
    ])
    let base = StepRecord.Variation(
      axis: "", value: "", isBase: true, time: step.time, syncExposure: step.syncExposure)
    for variation in [base] + record.variations {
      let gpus = variation.axis == "gpus" ? variation.value : "\(record.workload.gpus)"
      func cells(_ figure: StepRecord.Figure?) -> [String] {
        [figure?.value, figure?.low, figure?.high].map { $0.map { "\($0)" } ?? "" }
      }
      table.addRow(
        [
          record.name, record.workload.name, gpus, variation.axis, variation.value,
          variation.number.map { "\($0)" } ?? "", "\(variation.isBase)",
        ] + cells(variation.time) + cells(variation.syncExposure) + [variation.refused ?? ""])
    }
    return table.description
  }

  private func percent(_ share: Double) -> String { percent(share, signed: false) }

  private func percent(_ share: Double, signed: Bool) -> String {
    let text = abs(share) < 0.1 ? (share * 100).fixed(2) : (share * 100).fixed(1)
    return (signed && share >= 0 ? "+" : "") + text + " %"
  }

  private func duration(_ seconds: Double) -> String {
    seconds >= 1 ? "\(seconds.significant(4)) s" : "\((seconds * 1e3).significant(4)) ms"
  }

  private func days(_ seconds: Double) -> String { "\((seconds / 86_400).significant(3)) days" }
}
