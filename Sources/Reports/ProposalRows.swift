import Foundation
import Quantities
package import Records
import Statistics

/// The rows of a comparison of proposals, as the step records have them.
struct ProposalRows {
  private let records: [StepRecord]
  private let names: [String]

  init(_ records: [StepRecord], names: [String]) { (self.records, self.names) = (records, names) }

  /// Those that have rows.
  var groups: [ProposalComparison.Group] {
    [
      ("topology", "Topology", facts("topology", \.counts)),
      ("parts", "Optics, cables and other parts", parts),
      ("price", "Price and power", priceAndPower),
      ("bisection", "Bisection", facts("bisection", \.bisection, towards: .higher)),
      ("curves", "Collectives: bus bandwidth", curves),
      ("step", "Training step", step),
      ("scale", "Sync exposure over scale", scale),
      ("failure", "With a failure", failures),
      ("run", "Time to train", run),
      ("tokens", "For 1,000 tokens", tokens),
    ].filter { !$0.2.isEmpty }.map { ProposalComparison.Group(key: $0.0, title: $0.1, rows: $0.2) }
  }

  typealias Row = ProposalComparison.Row
  typealias Value = ProposalComparison.Value

  /// A row with its verdicts; nil where no proposal has a value.
  private func row(
    _ key: String, _ title: String, _ unit: ProposalUnit, towards direction: ProposalVerdict.Direction,
    _ values: [Value]
  ) -> Row? {
    let figures = values.compactMap(\.figure)
    guard let first = values.first, !figures.isEmpty else { return nil }
    let scale = unit.scale(for: figures.reduce(0) { max($0, abs($1.value)) })
    let verdicts = values.indices.dropFirst().map { place -> ProposalVerdict in
      switch (first, values[place]) {
      case (.known(let first), .known(let figure)):
        ProposalVerdict(figure, against: first, towards: direction, shownIn: scale)
      case (.missing(let why), .known): .cannotTell(because: "\(names[0]): \(why)")
      case (.known, .missing(let why)): .cannotTell(because: "\(names[place]): \(why)")
      case (.missing, .missing): .cannotTell(because: "neither has a value")
      }
    }
    return Row(
      key: key, title: title, unit: unit, scale: scale, direction: direction, values: values,
      verdicts: verdicts)
  }

  private func values(_ figure: (StepRecord) -> StepRecord.Figure?, else why: String) -> [Value] {
    records.map { figure($0).map { .known($0) } ?? .missing(why) }
  }

  // MARK: The fabric

  /// One row for each fact that a record has, by title.
  private func facts(
    _ key: String, _ list: KeyPath<StepRecord.FabricFacts, [StepRecord.FabricFacts.Fact]>,
    towards direction: ProposalVerdict.Direction = .none
  ) -> [Row] {
    let all = records.flatMap { $0.fabric[keyPath: list] }
    return ProposalComparison.ordered(all.map(\.title)).compactMap { title in
      let unit = all.first { $0.title == title }?.unit ?? ""
      return row(
        "\(key).\(title)", title, ProposalUnit(fact: unit, currency: nil), towards: direction,
        records.map { record in
          guard let fact = record.fabric[keyPath: list].first(where: { $0.title == title }) else {
            return .missing("not in the record")
          }
          return fact.unit == unit
            ? .known(fact.value) : .missing("in \(fact.unit), where \(names[0]) has \(unit)")
        })
    }
  }

  /// A part that a proposal doesn't list is one that it doesn't need, unless it lists none at all.
  private var parts: [Row] {
    let all = records.flatMap(\.fabric.parts)
    return ProposalComparison.ordered(all.map(\.title)).compactMap { title in
      row(
        "parts.\(title)", title, .count, towards: .none,
        records.map { record in
          let parts = record.fabric.parts
          guard !parts.isEmpty else { return .missing("its record lists no parts") }
          return .known(parts.first { $0.title == title }?.value ?? StepRecord.Figure(0))
        })
    }
  }

  private var priceAndPower: [Row] {
    let currency = shared(records.map(\.fabric.currency))
    let price = row(
      "price", "price of the network", .money(currency), towards: .lower,
      values(\.fabric.price?.value, else: "no price"))
    let power = row(
      "power", "power of the network", .watts, towards: .lower,
      values(\.fabric.power?.value, else: "no power"))
    return [
      price.map { withSameParts(withCurrency($0, \.fabric.currency), "price") },
      power.map { withSameParts($0, "power") },
    ].compactMap { $0 }
  }

  /// Leaves open what is compared in money of two kinds.
  private func withCurrency(_ row: Row, _ currency: (StepRecord) -> String?) -> Row {
    withheld(row) { place in
      let (first, other) = (currency(records[0]), currency(records[place]))
      guard first != other else { return nil }
      return "\(names[0]) is in \(first ?? "no currency"), \(names[place]) in \(other ?? "no currency")"
    }
  }

  /// Leaves open what is summed over parts of which one proposal leaves out others, or more, than the first.
  ///
  /// - Parameter sum: `price` or `power`; a record says so before the parts, as `price: 12 optical cable`.
  private func withSameParts(_ row: Row, _ sum: String) -> Row {
    let others = ["price: ", "power: "].filter { !$0.hasPrefix(sum) }
    func leftOut(_ record: StepRecord) -> [String] {
      record.fabric.unlisted.filter { part in !others.contains { part.hasPrefix($0) } }
    }
    return withheld(row) { place in
      leftOut(records[0]) == leftOut(records[place])
        ? nil : "not the same parts are left out of \(names[0]) and \(names[place])"
    }
  }

  /// The row with verdicts left open where there is a reason to; what is open already stays so.
  private func withheld(_ row: Row, because reason: (Int) -> String?) -> Row {
    var row = row
    for place in row.verdicts.indices where row.verdicts[place].reason == nil {
      if let reason = reason(place + 1) { row.verdicts[place] = .cannotTell(because: reason) }
    }
    return row
  }

  /// What all have; nil where they don't, or where one has none.
  private func shared(_ words: [String?]) -> String? {
    guard let first = words.first, words.allSatisfy({ $0 == first }) else { return nil }
    return first
  }

  // MARK: What runs on it

  /// One row for each size of each curve; curves go by collective, and by algorithm where a record has
  /// several.
  private var curves: [Row] {
    let needsAlgorithm = records.contains { record in
      Set(record.curves.map(\.collective)).count < record.curves.count
    }
    func name(_ series: Record.Series) -> String {
      needsAlgorithm
        ? "\(series.collective), \(series.algorithm)\(series.isInPlace ? ", in place" : "")"
        : series.collective
    }
    let titles = ProposalComparison.ordered(records.flatMap { $0.curves.map(name) })
    return titles.flatMap { title -> [Row] in
      let points = records.map { record -> [Int: StepRecord.Figure] in
        record.curves.filter { name($0) == title }.reduce(into: [:]) { points, series in
          for point in series.points {
            if let summary = PointSummary(point, of: series) {
              points[point.size.bytes] = summary.busBandwidthFigure
            }
          }
        }
      }
      return Set(points.flatMap(\.keys)).sorted().compactMap { size in
        row(
          "curves.\(title).\(size)", "\(title) of \(ByteCount(size))", .bytesPerSecond, towards: .higher,
          points.map { $0[size].map { .known($0) } ?? .missing("this size is not in its curve") })
      }
    }
  }

  private var step: [Row] {
    let exposed = row(
      "step.exposed", "exposed: waited for the network", .seconds, towards: .lower,
      values(\.step.exposed, else: ""))
    let kinds = ProposalComparison.ordered(records.flatMap { $0.step.exposedBy.map(\.kind) })
    // Parts add up to the exposed time, so that one that is not listed is zero. They have no intervals of
    // their own: what the whole leaves open, they can't decide.
    let parts = kinds.compactMap { kind in
      row(
        "step.exposed_by.\(kind)", "exposed: \(kind)", .seconds, towards: .lower,
        values(
          { record in StepRecord.Figure(record.step.exposedBy.first { $0.kind == kind }?.time ?? 0) },
          else: "")
      ).map { part in
        withheld(part) { place in
          guard part.verdicts[place - 1] != .equal, let reason = exposed?.verdicts[place - 1].reason else {
            return nil
          }
          return "of the whole exposed time, \(reason)"
        }
      }
    }
    func exact(_ value: KeyPath<StepRecord.Step, Double>) -> (StepRecord) -> StepRecord.Figure? {
      { StepRecord.Figure($0.step[keyPath: value]) }
    }
    return [
      row("step.time", "step time", .seconds, towards: .lower, values(\.step.time, else: "")),
      row(
        "step.compute_time", "step time with an infinitely fast network", .seconds, towards: .lower,
        values(exact(\.computeTime), else: "")),
      row(
        "step.bubble", "of it the pipeline's bubble", .seconds, towards: .lower,
        values(exact(\.bubble), else: "")),
      exposed,
    ].compactMap { $0 } + parts
      + [
        row(
          "step.sync_exposure", "sync exposure", .share, towards: .lower,
          values(\.step.syncExposure, else: "")),
        row(
          "step.scaling_overhead", "scaling overhead over one node", .share, towards: .lower,
          values(\.step.scalingOverhead, else: "")),
        row(
          "step.one_node_time", "step time on one node", .seconds, towards: .lower,
          values(\.step.oneNodeTime, else: "")),
        row(
          "step.jitter", "waiting for the slowest rank", .seconds, towards: .lower,
          values(exact(\.jitter), else: "")),
        row(
          "step.mfu", "model FLOPs utilisation", .share, towards: .higher,
          values(\.step.modelFlopsUtilisation, else: "its GPUs' peak rate is not known")),
      ].compactMap { $0 }
  }

  /// Sync exposure at other numbers of GPUs, ascending.
  private var scale: [Row] {
    variations("gpus", ordering: { $0.number ?? .infinity }).compactMap { value in
      row(
        "scale.\(value).sync_exposure", "sync exposure on \(value) GPUs", .share, towards: .lower,
        varied("gpus", value, \.syncExposure))
    }
  }

  /// What fails goes by what it is, `one spine`, since its name, `one spine (spine-0)`, is the fabric's own.
  private var failures: [Row] {
    ProposalComparison.ordered(variations("failure").map(Self.kind)).flatMap { failed -> [Row] in
      func worst(_ figure: (StepRecord.Variation) -> StepRecord.Figure?) -> [Value] {
        records.map { record in
          let found = record.variations.filter {
            $0.axis == "failure" && !$0.isBase && Self.kind($0.value) == failed
          }
          if let refused = found.lazy.compactMap(\.refused).first { return .missing("can't run: \(refused)") }
          return found.compactMap(figure).max { $0.value < $1.value }.map { .known($0) }
            ?? .missing("not in the record")
        }
      }
      return [
        row(
          "failure.\(failed).time", "step time with \(failed) failed", .seconds, towards: .lower,
          worst(\.time)),
        row(
          "failure.\(failed).sync_exposure", "sync exposure with \(failed) failed", .share, towards: .lower,
          worst(\.syncExposure)),
      ].compactMap { $0 }
    }
  }

  /// What stands before a name in parentheses at the end.
  private static func kind(_ value: String) -> String {
    guard value.hasSuffix(")"), let end = value.range(of: " (", options: .backwards) else { return value }
    return String(value[..<end.lowerBound])
  }

  /// The values of an axis that a record has: in order of their first places, or by number.
  private func variations(
    _ axis: String, ordering: ((StepRecord.Variation) -> Double)? = nil
  ) -> [String] {
    var found = records.flatMap(\.variations).filter { $0.axis == axis && (axis != "failure" || !$0.isBase) }
    if let ordering { found.sort { (ordering($0), $0.value) < (ordering($1), $1.value) } }
    return ProposalComparison.ordered(found.map(\.value))
  }

  private func varied(
    _ axis: String, _ value: String, _ figure: (StepRecord.Variation) -> StepRecord.Figure?
  ) -> [Value] {
    records.map { record in
      guard let variation = record.variations.first(where: { $0.axis == axis && $0.value == value }) else {
        return .missing("not in the record")
      }
      return figure(variation).map { .known($0) }
        ?? .missing(variation.refused.map { "can't run: \($0)" } ?? "not in the record")
    }
  }

  private var run: [Row] {
    let none = "no run was asked for"
    return [
      row("run.time", "time to train", .seconds, towards: .lower, values(\.run?.time, else: none)),
      row(
        "run.steps", "steps", .count, towards: .none,
        values({ $0.run.map { StepRecord.Figure($0.steps) } }, else: none)),
      row(
        "run.goodput", "goodput: share of time that makes progress", .share, towards: .higher,
        values({ $0.run.map { StepRecord.Figure($0.goodput) } }, else: none)),
    ].compactMap { $0 }
  }

  private var tokens: [Row] {
    let currency = shared(records.map(\.cost?.currency))
    let (noEnergy, noCost) = ("no energy in the record", "no cost in the record")
    return [
      row(
        "energy.thousand_tokens", "energy", .joules, towards: .lower,
        values(\.energy?.perThousandTokens, else: noEnergy)
      ).map { row in
        withheld(withSameParts(row, "power")) { place in
          (records[0].energy?.network == nil) == (records[place].energy?.network == nil)
            ? nil : "the network's part is known of one only"
        }
      },
      row(
        "cost.thousand_tokens", "cost", .money(currency), towards: .lower,
        values(\.cost?.perThousandTokens, else: noCost)
      ).map { withCurrency($0) { $0.cost?.currency } },
      row(
        "cost.gpu_hours", "of it GPU hours", .money(currency), towards: .lower,
        values(\.cost?.gpus, else: noCost)
      ).map { withCurrency($0) { $0.cost?.currency } },
      row(
        "cost.electricity", "of it electricity", .money(currency), towards: .lower,
        values(\.cost?.electricity, else: "no cost of electricity in the record")
      ).map { withCurrency($0) { $0.cost?.currency } },
    ].compactMap { $0 }
  }
}

extension PointSummary {
  /// The bus bandwidth in bytes a second, with the interval that follows from the median's.
  package var busBandwidthFigure: StepRecord.Figure {
    // Gigabytes a second and microseconds.
    let moved = busBandwidth * 1e9 * median
    return StepRecord.Figure(
      busBandwidth * 1e9, low: interval.flatMap { $0.high > 0 ? moved / $0.high : nil },
      high: interval.flatMap { $0.low > 0 ? moved / $0.low : nil })
  }
}
