import Quantities
import Records
import Statistics

extension Comparison {
  /// One of the two figures of a row.
  struct Side {
    let sample: Sample
    let summary: PointSummary
    /// The median's interval; for a prediction without one, the figure itself, since a simulation is repeatable; nil for
    /// a measurement with a single sample.
    let interval: Interval?
    /// Whether the figure is a simulation's without an interval.
    let isExact: Bool
    /// Whether there are draws enough to draw again from.
    let canBeResampled: Bool

    init(_ point: Record.Point, _ summary: PointSummary, _ origin: Record.Origin) {
      sample = Sample(point.samples.lazy.map(\.microseconds))
      self.summary = summary
      isExact = origin == .simulated && summary.interval == nil
      interval = isExact ? Interval(low: summary.median, high: summary.median) : summary.interval
      canBeResampled = point.predicted == nil && sample.count >= 6
    }
  }

  /// The ratio with its interval.
  ///
  /// Two measurements of six samples or more are resampled (percentile bootstrap of the ratio of medians, 1,000
  /// replicates). Otherwise the interval is the widest that the two sides' intervals allow, low over high to high over
  /// low, which covers at least as often.
  static func row(_ size: Int, _ a: Side, _ b: Side) -> Row {
    let ratio = a.summary.median > 0 ? b.summary.median / a.summary.median : nil
    var interval: Interval?
    if a.canBeResampled, b.canBeResampled, a.sample.minimum > 0 {
      var bootstrap = Bootstrap(seed: 0x5EED)
      interval = bootstrap.ratioOfMedians(b.sample, over: a.sample)
    } else if let left = a.interval, let right = b.interval, left.low > 0, !(a.isExact && b.isExact) {
      interval = Interval(low: right.low / left.high, high: right.high / left.low)
    }
    let overlaps = a.interval.flatMap { left in b.interval.map { left.overlaps($0) } }
    return Row(size: size, a: a.summary, b: b.summary, ratio: ratio, interval: interval, overlaps: overlaps)
  }
}
