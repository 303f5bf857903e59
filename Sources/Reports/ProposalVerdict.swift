package import Records

/// What can be said of one proposal's figure against that of the first.
package enum ProposalVerdict: Sendable, Equatable {
  case better
  case worse
  /// No difference that is shown.
  case equal
  /// A difference in what has no better and no worse, such as a number of switches.
  case differs
  /// Nothing; the reason in words.
  case cannotTell(because: String)

  /// Which way a figure gets better.
  package enum Direction: String, Sendable, Encodable {
    case lower, higher
    /// More is neither.
    case none
  }

  /// Judges `figure` against `first`.
  ///
  /// In this order: figures without a difference that is shown are equal, where both have an interval only if
  /// its ends are too; intervals that have a value in common leave it open, where a figure without an
  /// interval is a point, since it is exact for its inputs; else the direction decides. Intervals of
  /// predictions by one machine model share most of their error, so that where they are apart the verdict is
  /// safe, and where they overlap it may be more careful than it need be.
  ///
  /// - Parameters:
  ///   - unit: decides what is shown; see ``ProposalUnit/Scale/isSame(_:_:)``.
  ///   - scale: that of the row.
  package init(
    _ figure: StepRecord.Figure, against first: StepRecord.Figure, towards direction: Direction,
    shownIn scale: ProposalUnit.Scale
  ) {
    let ends = [(figure.low, first.low), (figure.high, first.high)]
    let haveSameEnds = ends.allSatisfy { one, other in
      switch (one, other) {
      case (let one?, let other?): scale.isSame(one, other)
      case (nil, nil): true
      default: false
      }
    }
    let haveIntervals = figure.isUncertain && first.isUncertain
    if scale.isSame(figure.value, first.value), haveSameEnds || !haveIntervals && !figure.overlaps(first) {
      self = .equal
    } else if figure.isUncertain || first.isUncertain, figure.overlaps(first) {
      self = .cannotTell(because: "the intervals overlap")
    } else if direction == .none {
      self = .differs
    } else {
      self = (figure.value < first.value) == (direction == .lower) ? .better : .worse
    }
  }

  /// One or two words.
  package var word: String {
    switch self {
    case .better: "better"
    case .worse: "worse"
    case .equal: "equal"
    case .differs: "differs"
    case .cannotTell: "cannot tell"
    }
  }

  /// A sign that tells the verdicts apart without colour.
  package var shape: String {
    switch self {
    case .better: "▲"
    case .worse: "▼"
    case .equal: "="
    case .differs: "≠"
    case .cannotTell: "?"
    }
  }

  /// Why nothing can be said; nil where something is.
  package var reason: String? {
    if case .cannotTell(let reason) = self { reason } else { nil }
  }

  /// The word, with the reason where there is one.
  package var sentence: String { reason.map { "\(word): \($0)" } ?? word }
}

extension StepRecord.Figure {
  /// Whether it has an interval, or one end of one.
  var isUncertain: Bool { low != nil || high != nil }

  /// Whether two figures' intervals have a value in common; an interval with one end known is open at the
  /// other.
  func overlaps(_ other: StepRecord.Figure) -> Bool {
    let (mine, its) = (range, other.range)
    return mine.low <= its.high && its.low <= mine.high
  }

  private var range: (low: Double, high: Double) {
    isUncertain ? (low ?? -.infinity, high ?? .infinity) : (value, value)
  }
}
