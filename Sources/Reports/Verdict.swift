/// What the evidence says of a level.
package enum Verdict: String, Sendable, CaseIterable {
  /// The whole interval keeps it.
  case pass
  /// The whole interval breaks it.
  case fail
  /// The interval has both, or there is none, or no such figure.
  case cannotTell = "cannot tell"

  /// What several figures say together: one that breaks the level breaks it for all, and all have to keep it.
  static func together(_ verdicts: some Sequence<Verdict>) -> Verdict {
    var result: Verdict?
    for verdict in verdicts {
      switch (result, verdict) {
      case (.fail?, _), (_, .fail): result = .fail
      case (.cannotTell?, _), (_, .cannotTell): result = .cannotTell
      default: result = .pass
      }
    }
    return result ?? .cannotTell
  }
}

/// A figure with what it may be at 95 %; an end is nil where nothing bounds it.
package struct BoundedFigure: Sendable, Equatable {
  /// The figure itself.
  package var value: Double
  /// What it is at the least.
  package var low: Double?
  /// What it is at the most.
  package var high: Double?

  /// A figure that is exact for its inputs: a simulation gives it again.
  static func exact(_ value: Double) -> BoundedFigure { BoundedFigure(value: value, low: value, high: value) }

  /// Whether it has an interval of no width.
  var isExact: Bool { low == value && high == value }

  /// The figure over another, above zero, and of both ends the widest that the two intervals allow.
  ///
  /// That covers at least as often as the two do.
  func over(_ other: BoundedFigure) -> BoundedFigure {
    func ratio(_ above: Double?, _ below: Double?) -> Double? {
      guard let above, let below, below > 0 else { return nil }
      return above / below
    }
    return BoundedFigure(
      value: value / other.value, low: ratio(low, other.high), high: ratio(high, other.low))
  }

  /// What `factor` over the figure is; nil where that is nothing.
  func inverse(of factor: Double) -> BoundedFigure? {
    guard value > 0 else { return nil }
    return BoundedFigure(
      value: factor / value, low: high.map { factor / $0 },
      high: low.flatMap { $0 > 0 ? factor / $0 : nil })
  }
}

extension Bound {
  /// What a figure says of the level: only a whole interval on one side of the threshold says anything.
  func verdict(of figure: BoundedFigure) -> Verdict {
    switch self {
    case .atLeast(let threshold):
      if let low = figure.low, low >= threshold { return .pass }
      if let high = figure.high, high < threshold { return .fail }
    case .atMost(let threshold):
      if let high = figure.high, high <= threshold { return .pass }
      if let low = figure.low, low > threshold { return .fail }
    }
    return .cannotTell
  }

  /// How far a figure is on the right side; below zero on the wrong one.
  func slack(of figure: BoundedFigure) -> Double {
    switch self {
    case .atLeast(let threshold): figure.value - threshold
    case .atMost(let threshold): threshold - figure.value
    }
  }

  /// The threshold for people: `at least 47.5 GB/s`.
  package func text(_ unit: FigureUnit) -> String {
    switch self {
    case .atLeast(let threshold): "at least \(unit.text(threshold))"
    case .atMost(let threshold): "at most \(unit.text(threshold))"
    }
  }
}

/// Where a figure stands: the record, and what of it.
package struct FigurePlace: Sendable, Equatable {
  /// The record's path.
  package var path: String
  /// The series, or what of a step, in words.
  package var series: String
  /// The whole vector's bytes, of a collective's figure.
  package var size: Int?
}

/// One figure that a level is about, or why there is none.
struct Finding: Sendable, Equatable {
  let place: FigurePlace
  /// Nil where there is none.
  let figure: BoundedFigure?
  /// Why there is no figure, or why an end of its interval is open; nil for one that is bounded on both
  /// sides.
  let obstacle: String?

  init(_ place: FigurePlace, _ figure: BoundedFigure?, obstacle: String? = nil) {
    (self.place, self.figure, self.obstacle) = (place, figure, obstacle)
  }
}

/// What the evidence says of one objective, with the figure that decided it.
package struct ObjectiveVerdict: Sendable {
  /// What was asked for.
  package let objective: Objective
  /// What the evidence says.
  package let verdict: Verdict
  /// The threshold in ``unit``.
  package let bound: Bound
  /// What threshold and figure count.
  package let unit: FigureUnit
  /// The figure that decided: of those with ``verdict`` the worst, the earlier of two alike; nil where there
  /// is none.
  package let figure: BoundedFigure?
  /// Where that figure stands, or should.
  package let place: FigurePlace?
  /// Why the verdict is what it is, in words.
  package let reason: String
  /// How many figures were looked at with each verdict.
  package let counts: [Verdict: Int]

  /// Judges what was found; `absence` says why nothing was, where nothing was.
  init(
    _ objective: Objective, _ findings: [Finding], _ bound: Bound, _ unit: FigureUnit,
    absence: @autoclosure () -> String
  ) {
    (self.objective, self.bound, self.unit) = (objective, bound, unit)
    let verdicts = findings.map { finding in finding.figure.map(bound.verdict(of:)) ?? .cannotTell }
    let verdict = Verdict.together(verdicts)
    self.verdict = verdict
    counts = Dictionary(verdicts.map { ($0, 1) }, uniquingKeysWith: +)
    var decided: (slack: Double, finding: Finding)?
    for (finding, one) in zip(findings, verdicts) where one == verdict {
      let slack = finding.figure.map(bound.slack(of:)) ?? -.infinity
      if decided.map({ slack < $0.slack }) ?? true { decided = (slack, finding) }
    }
    guard let finding = decided?.finding else {
      (figure, place, reason) = (nil, nil, "no such figure: \(absence())")
      return
    }
    (figure, place) = (finding.figure, finding.place)
    reason = Self.reason(verdict, finding, bound, unit)
  }

  private static func reason(
    _ verdict: Verdict, _ finding: Finding, _ bound: Bound, _ unit: FigureUnit
  ) -> String {
    guard let figure = finding.figure else { return finding.obstacle ?? "there is no such figure" }
    switch verdict {
    case .cannotTell: return finding.obstacle ?? "its 95 % interval has the threshold inside"
    case .pass, .fail:
      guard !figure.isExact else { return "the figure has no interval: it is exact for its inputs" }
      let isLow = if case .atLeast = bound { verdict == .pass } else { verdict == .fail }
      let end = (isLow ? figure.low : figure.high).map(unit.text) ?? "-"
      return "the interval's \(isLow ? "lower" : "upper") end is \(end)"
    }
  }
}
