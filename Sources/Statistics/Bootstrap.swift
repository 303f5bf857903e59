/// What a statistic could have been, had the draws come out otherwise: it is computed again on draws with replacement.
///
/// - Source: Efron and Tibshirani, "An Introduction to the Bootstrap", 1993.
public struct Bootstrap: Sendable {
  private var generator: SplitMix64

  /// The same seed gives the same replicates.
  public init(seed: UInt64) { generator = SplitMix64(seed: seed) }

  /// As many draws from `values`, with replacement, as it has; empty for none.
  public mutating func resample<Value>(_ values: [Value]) -> [Value] {
    guard !values.isEmpty else { return [] }
    return values.map { _ in values[generator.index(below: values.count)] }
  }

  /// The median of as many draws from `sample` as it has, with replacement; in linear time.
  public mutating func median(of sample: Sample) -> Double {
    let count = sample.count
    var drawn = [Int32](repeating: 0, count: count)
    for _ in 0..<count { drawn[generator.index(below: count)] += 1 }
    // The draws at the two middle places, which are one for an odd count.
    var lower: Double?
    var seen = 0
    for (place, times) in drawn.enumerated() where times > 0 {
      seen += Int(times)
      if lower == nil, seen > (count - 1) / 2 { lower = sample.sorted[place] }
      if seen > count / 2, let lower { return (lower + sample.sorted[place]) / 2 }
    }
    return sample.maximum
  }

  /// The interval of the ratio of two medians, `numerator` over `denominator`: the percentiles of its replicates.
  ///
  /// - Parameters:
  ///   - numerator: the sample above; the two are independent.
  ///   - denominator: the sample below, of positive numbers.
  ///   - confidence: the share of replicates inside, below 1.
  ///   - replicates: how often both are drawn again.
  /// - Returns: the two percentiles; for samples of one number, an interval without width.
  public mutating func ratioOfMedians(
    _ numerator: Sample, over denominator: Sample, confidence: Double = 0.95, replicates: Int = 1_000
  ) -> Interval {
    precondition(denominator.minimum > 0, "a ratio's denominator is above zero")
    let ratios = Sample(
      (0..<max(1, replicates)).map { _ in median(of: numerator) / median(of: denominator) })
    return ratios.percentileInterval(confidence: confidence)
  }
}

extension Sample {
  /// From the quantile at *(1 - confidence) / 2* to that at *(1 + confidence) / 2*.
  public func percentileInterval(confidence: Double = 0.95) -> Interval {
    let tail = (1 - confidence) / 2
    return Interval(low: quantile(tail), high: quantile(1 - tail))
  }
}
