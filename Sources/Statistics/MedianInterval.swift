/// An interval for the median that assumes nothing about the distribution but independent draws.
public struct MedianInterval: Sendable, Hashable {
  /// The two order statistics.
  public let interval: Interval
  /// With what probability such an interval holds the median: at least what was asked for, unless there are too few
  /// draws; exact for a continuous distribution, a lower bound for others.
  public let coverage: Double
  /// Whether ``coverage`` is what was asked for; if not, this is the whole range of the sample, and no interval of
  /// order statistics does better.
  public let isSufficient: Bool

  /// The lower end.
  public var low: Double { interval.low }
  /// The upper end.
  public var high: Double { interval.high }
}

extension Sample {
  /// The shortest symmetric interval between order statistics, *x(k)* to *x(n + 1 - k)*, that holds the median with a
  /// probability of `confidence` or more.
  ///
  /// The number of draws below the median is binomial with p = 1/2, so the coverage is *P(k ≤ B ≤ n - k)*. With fewer
  /// than six draws 95 % can't be reached: then it is the range from the least to the greatest, of coverage
  /// *1 - 2^(1 - n)*, and marked as not sufficient. Takes time in proportion to n.
  ///
  /// - Source: David and Nagaraja, "Order Statistics", 3rd edition, section 7.1.
  public func medianInterval(confidence: Double = 0.95) -> MedianInterval {
    precondition(confidence > 0 && confidence < 1, "a confidence is between 0 and 1")
    // The binomial's mass at its middle: C(2m, m) / 4^m, which for an odd n is also that of n + 1.
    var mass = 1.0
    for half in stride(from: 1, through: (count + 1) / 2, by: 1) {
      mass *= Double(2 * half - 1) / Double(2 * half)
    }
    var lowest = count / 2
    var coverage = count.isMultiple(of: 2) ? mass : 2 * mass
    // Outwards from the middle; B = 0 and B = n can never be covered.
    while coverage < confidence, lowest > 1 {
      mass *= Double(lowest) / Double(count - lowest + 1)
      lowest -= 1
      coverage += 2 * mass
    }
    guard count > 1 else {
      return MedianInterval(interval: Interval(low: minimum, high: minimum), coverage: 0, isSufficient: false)
    }
    let interval = Interval(low: sorted[lowest - 1], high: sorted[count - lowest])
    return MedianInterval(interval: interval, coverage: coverage, isSufficient: coverage >= confidence)
  }
}
