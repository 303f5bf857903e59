import Collectives
package import Records
import Quantities
package import Statistics

/// What a person wants to know of one size of a series; times in microseconds, rates in GB/s (10^9 bytes a second).
package struct PointSummary: Sendable, Equatable {
  /// The whole vector's bytes.
  package let size: Int
  /// The whole vector's elements.
  package let count: Int
  /// How many iterations, 1 for a prediction.
  package let samples: Int
  /// The fastest iteration.
  package let minimum: Double
  /// The middle iteration, or the prediction.
  package let median: Double
  /// The median's 95 % interval, or the prediction's; nil where there is only one figure.
  package let interval: Interval?
  /// With what probability ``interval`` holds the median; below 0.95 for fewer than six iterations.
  package let coverage: Double
  /// The quantile at 0.95.
  package let p95: Double
  /// The quantile at 0.99.
  package let p99: Double
  /// The slowest iteration.
  package let maximum: Double
  /// Size over median; 0 where no time passed.
  package let algorithmBandwidth: Double
  /// ``algorithmBandwidth`` times the collective's factor, as nccl-tests defines it.
  package let busBandwidth: Double
  /// The median, over the iterations, of the time between the first and the last rank's end; nil for a prediction.
  package let rankSkew: Double?
  /// Elements that were checked; nil where nothing was.
  package let checkedElements: Int?

  /// Sums up `point`; nil for one without samples.
  package init?(_ point: Record.Point, of series: Record.Series) {
    guard !point.samples.isEmpty else { return nil }
    let sample = Sample(point.samples.lazy.map(\.microseconds))
    (size, count, samples, checkedElements) = (
      point.size.bytes, point.count, sample.count, point.checkedElements
    )
    (minimum, median, maximum) = (sample.minimum, sample.median, sample.maximum)
    (p95, p99) = (sample.quantile(0.95), sample.quantile(0.99))
    if let predicted = point.predicted {
      interval = Interval(low: predicted.low.microseconds, high: predicted.high.microseconds)
      coverage = 0.95
    } else if sample.count > 1 {
      let found = sample.medianInterval()
      (interval, coverage) = (found.interval, found.coverage)
    } else {
      (interval, coverage) = (nil, 0)
    }
    algorithmBandwidth = median > 0 ? Double(size) / median / 1e3 : 0
    let factor = Collective(rawValue: series.collective)?.busFactor(ranks: series.ranks) ?? 1
    busBandwidth = algorithmBandwidth * factor
    let skews = point.rankTimes.compactMap { ends -> Double? in
      guard let first = ends.min(), let last = ends.max() else { return nil }
      return (last - first).microseconds
    }
    rankSkew = skews.isEmpty ? nil : Sample(skews).median
  }
}

extension Double {
  /// A time in microseconds as nccl-tests gives it: two digits after the point, one from 100, none from 10,000.
  package var microsecondsText: String { fixed(self >= 10_000 ? 0 : self >= 100 ? 1 : 2) }

  /// A rate in GB/s: two digits after the point, more below one.
  package var bandwidthText: String { self >= 1 ? fixed(2) : significant(3) }
}
