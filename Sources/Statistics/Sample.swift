/// Numbers that were drawn, in order: quantiles, the median with its interval, and moments.
///
///     let sample = Sample([3, 1, 2, 5, 4, 6])
///     sample.median                // 3.5
///     sample.medianInterval().low  // 1: with six, only the whole range covers 95 %
///
/// Outliers are kept. All members but the initializer take constant time, moments linear time.
public struct Sample: Sendable, Hashable {
  /// The numbers, ascending.
  public let sorted: [Double]

  /// A sample of one or more numbers, none of them NaN.
  ///
  /// Anything else is the caller's bug. Sorts: n log n.
  public init(_ values: some Sequence<Double>) {
    // As an array of numbers, whose sorting the compiler knows; a sequence of anybody's takes ten times as long.
    var numbers = Array(values)
    numbers.sort()
    sorted = numbers
    precondition(!sorted.isEmpty, "a sample has a number")
    precondition(!sorted.contains(where: \.isNaN), "a sample's numbers are in order")
  }

  /// How many numbers there are.
  public var count: Int { sorted.count }

  /// The smallest.
  public var minimum: Double { sorted[0] }

  /// The largest.
  public var maximum: Double { sorted[count - 1] }

  /// The middle number, or the mean of the middle two.
  public var median: Double { quantile(0.5) }

  /// The quantile at `probability`, 0 to 1: linear between the order statistics around place *(n - 1) p*.
  ///
  /// - Source: type 7 of Hyndman and Fan, "Sample Quantiles in Statistical Packages", 1996; the default of R and NumPy.
  public func quantile(_ probability: Double) -> Double {
    precondition((0...1).contains(probability), "a probability is from 0 to 1")
    let place = Double(count - 1) * probability
    let below = Int(place)
    guard below + 1 < count else { return sorted[count - 1] }
    let fraction = place - Double(below)
    // Without the difference's sum where it is exact already, so that equal neighbours give themselves.
    return fraction == 0 ? sorted[below] : sorted[below] + fraction * (sorted[below + 1] - sorted[below])
  }

  /// The arithmetic mean.
  public var mean: Double { sorted.reduce(0, +) / Double(count) }

  /// The square root of the unbiased variance (n - 1 in the denominator); 0 for one number.
  public var standardDeviation: Double {
    guard count > 1 else { return 0 }
    let mean = mean
    return (sorted.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(count - 1)).squareRoot()
  }

  /// The standard deviation over the mean; nil where the mean is 0.
  public var coefficientOfVariation: Double? { mean == 0 ? nil : standardDeviation / mean }
}
