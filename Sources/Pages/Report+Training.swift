import Quantities
import Records
import Reports

extension Report {
  /// What a training step waits for, and what changes it.
  var training: Page.Section {
    let steps = namedSteps
    var blocks: [Page.Block] = []
    let scaling = Self.scaling(steps)
    if let scaling { blocks.append(.chart(scaling)) }
    // Beyond some steps a chart of each says less than their table.
    for (place, one) in steps.prefix(Self.shownSteps).enumerated() {
      blocks += Self.charts(one.step, named: one.name, place)
    }
    if steps.count > Self.shownSteps {
      blocks.append(
        .markup(
          .element(
            .p, .classes("note"),
            text:
              "Charts of the first \(Self.shownSteps) of \(steps.count) steps are shown; the table has all."))
      )
    }
    for one in steps where !one.step.assumptions.isEmpty {
      blocks.append(.markup(Self.assumptions(one.step, one.name)))
    }
    return Page.Section(id: "training", title: "Training step", blocks)
  }

  /// How many steps have charts of their own.
  private static let shownSteps = 6

  /// Sync exposure over the number of GPUs, a series a step; nil where no step was varied so.
  private static func scaling(_ steps: [(name: String, step: StepRecord)]) -> Chart? {
    var table = DataTable(
      id: "scaling", title: "Sync exposure over scale",
      columns: [
        .init("series", "step"), .init("gpus", "GPUs", .count),
        .init("sync_exposure", "sync exposure", .percent(2)),
        .init("sync_exposure_low", "95 % from", .percent(2)), .init("sync_exposure_high", "to", .percent(2)),
        .init("time_s", "step time", .seconds), .init("time_low_s", "95 % from", .seconds),
        .init("time_high_s", "to", .seconds),
      ])
    var styles: [SeriesStyle] = []
    for (name, record) in steps {
      let varied = record.variations.filter {
        $0.axis == "gpus" && $0.number != nil && $0.syncExposure != nil
      }
      guard !varied.isEmpty else { continue }
      styles.append(
        SeriesStyle(name, place: styles.count, isPrediction: true, isShown: styles.count < Chart.shownSeries))
      for one in varied.sorted(by: { $0.number ?? 0 < $1.number ?? 0 }) {
        table.addRow([
          .text(name), .optional(one.number), .optional(one.syncExposure?.value),
          .optional(one.syncExposure?.low),
          .optional(one.syncExposure?.high), .optional(one.time?.value), .optional(one.time?.low),
          .optional(one.time?.high),
        ])
      }
    }
    guard !styles.isEmpty else { return nil }
    return .curves(
      table,
      alternative:
        "The share of the step time that is waited for the network, over the number of GPUs, with 95 %"
        + " intervals.",
      x: ChartAxis("gpus", "GPUs", .whole, scales: [.logarithmic, .linear]),
      y: ChartAxis("sync_exposure", "sync exposure", .share, startsAtZero: true),
      interval: ("sync_exposure_low", "sync_exposure_high"), series: styles)
  }

  private static func charts(_ record: StepRecord, named name: String, _ place: Int) -> [Page.Block] {
    var blocks: [Page.Block] = record.volumes.isEmpty ? [] : [.table(volumes(record, name, place))]
    if !record.step.exposedBy.isEmpty { blocks.append(.chart(exposure(record, name, place))) }
    if !record.buckets.isEmpty { blocks.append(.chart(buckets(record, name, place))) }
    let varied = record.variations.filter { $0.axis != "gpus" }
    if !varied.isEmpty { blocks.append(.chart(variations(varied, record, name, place))) }
    return blocks
  }

  private static func exposure(_ record: StepRecord, _ name: String, _ place: Int) -> Chart {
    var table = DataTable(
      id: "exposure-\(place)", title: "\(name): what the step waits for",
      columns: [
        .init("kind", "waited for"), .init("exposed_s", "exposed", .seconds),
        .init("share", "of the step time", .percent(2)),
      ])
    let whole = record.step.time.value
    for part in record.step.exposedBy {
      table.addRow([.text(part.kind), .number(part.time), .optional(whole > 0 ? part.time / whole : nil)])
    }
    return .bars(
      table,
      alternative:
        "The time that a step waits for each kind of collective; the parts add up to the exposed time.",
      category: "kind", value: ChartAxis("exposed_s", "exposed time", .seconds, startsAtZero: true))
  }

  private static func buckets(_ record: StepRecord, _ name: String, _ place: Int) -> Chart {
    var table = DataTable(
      id: "buckets-\(place)", title: "\(name): gradient buckets",
      columns: [
        .init("bucket", "bucket"), .init("bytes", "size", .bytes), .init("ready_s", "ready", .seconds),
        .init("start_s", "start", .seconds), .init("end_s", "end", .seconds),
        .init("exposed_s", "exposed", .seconds),
      ])
    for bucket in record.buckets {
      table.addRow([
        .text("\(bucket.index)"), .number(Double(bucket.bytes)), .number(bucket.ready), .number(bucket.start),
        .number(bucket.end), .number(bucket.exposed),
      ])
    }
    let note = shortened(&table, to: mostBuckets)
    return .spans(
      table,
      alternative:
        "When each gradient bucket's collective runs, from the start of the step; the thin line before it"
        + " is the"
        + " wait for buckets ahead.",
      category: "bucket", waiting: "ready_s",
      start: ChartAxis("start_s", "time from the start of the step", .seconds),
      end: "end_s", rule: (record.step.computeTime, "compute alone ends"), note: note)
  }

  /// The most bars of a timeline.
  private static let mostBuckets = 80

  /// Leaves out rows in the middle, and says so.
  private static func shortened(_ table: inout DataTable, to most: Int) -> String? {
    guard table.rows.count > most else { return nil }
    let all = table.rows.count
    table.keep { $0 < most / 2 || $0 >= all - most / 2 }
    return "The first and the last \(most / 2) of \(all) buckets are shown."
  }

  private static func variations(
    _ varied: [StepRecord.Variation], _ record: StepRecord, _ name: String, _ place: Int
  ) -> Chart {
    var table = DataTable(
      id: "variations-\(place)", title: "\(name): the same step with one thing changed",
      columns: [
        .init("changed", "changed"), .init("sync_exposure", "sync exposure", .percent(2)),
        .init("sync_exposure_low", "95 % from", .percent(2)), .init("sync_exposure_high", "to", .percent(2)),
        .init("time_s", "step time", .seconds), .init("time_low_s", "95 % from", .seconds),
        .init("time_high_s", "to", .seconds), .init("base", "as asked for"),
        .init("refused", "why it can't run"),
      ])
    var used: Set<String> = []
    for one in varied {
      var name = "\(one.axis.shortened(to: 40)): \(one.value.shortened(to: 60))"
      while !used.insert(name).inserted { name += " again" }
      table.addRow([
        .text(name), .optional(one.syncExposure?.value), .optional(one.syncExposure?.low),
        .optional(one.syncExposure?.high), .optional(one.time?.value), .optional(one.time?.low),
        .optional(one.time?.high), one.isBase ? .text("yes") : .none, .optional(one.refused),
      ])
    }
    return .bars(
      table,
      alternative:
        "The share of the step time that is waited for the network, with one thing changed at a time.",
      category: "changed", value: ChartAxis("sync_exposure", "sync exposure", .share, startsAtZero: true),
      interval: ("sync_exposure_low", "sync_exposure_high"))
  }

  private static func assumptions(_ record: StepRecord, _ name: String) -> Markup {
    .element(.details) {
      Markup.element(.summary, text: "\(name): what the figures take for granted")
      Markup.element(.ul) {
        for one in record.assumptions { Markup.element(.li, text: one.shortened(to: 500)) }
      }
    }
  }
}
