import Foundation

/// What a coefficient of variation may be, given the draws.
public struct VariationInterval: Sendable, Hashable {
  /// The lower end.
  public let low: Double
  /// The upper end; nil where the draws don't bound it.
  public let high: Double?
}

extension Sample {
  /// An interval at 95 % for the coefficient of variation; nil for fewer than two draws, or a mean that isn't
  /// above zero.
  ///
  /// Its ends are the outer ones of two intervals. One is exact but for a small error if the draws are normal
  /// with a coefficient below a third, however few they are. The other assumes no distribution but takes many
  /// draws: the coefficient's standard error follows from the draws' third and fourth moments, and counts on
  /// a logarithmic scale. Of draws with long tails it covers less as long as there are few: 92 % with 300 of
  /// an exponential excess, and 95 % with thousands. Linear time.
  ///
  /// - Source: Vangel, "Confidence Intervals for a Normal Coefficient of Variation", The American
  ///   Statistician 50, 1996 (the modified McKay interval); Stuart and Ord, "Kendall's Advanced Theory of
  ///   Statistics", volume 1, chapter 10 (standard errors of functions of moments).
  public func variationInterval() -> VariationInterval? {
    guard count >= 2, mean > 0, let variation = coefficientOfVariation else { return nil }
    guard variation > 0 else { return VariationInterval(low: 0, high: 0) }
    let factor = exp(StudentQuantile.twoSided95(degreesOfFreedom: count - 1) * relativeErrorOfVariation)
    let low = min(normalEnd(variation, 0.975) ?? variation, variation / factor)
    let high = normalEnd(variation, 0.025).map { max($0, variation * factor) }
    return VariationInterval(low: low, high: high.flatMap { $0.isFinite ? $0 : nil })
  }

  /// One end of the modified McKay interval; nil where it is unbounded.
  private func normalEnd(_ variation: Double, _ probability: Double) -> Double? {
    let quantile = ChiSquare.quantile(probability, degreesOfFreedom: count - 1)
    let divisor =
      ((quantile + 2) / Double(count) - 1) * variation * variation + quantile / Double(count - 1)
    return divisor > 0 ? variation / divisor.squareRoot() : nil
  }

  /// The standard error of the coefficient of variation over the coefficient itself, to the first order.
  private var relativeErrorOfVariation: Double {
    let mean = mean
    var (second, third, fourth) = (0.0, 0.0, 0.0)
    for value in sorted {
      let distance = value - mean
      let square = distance * distance
      second += square
      third += square * distance
      fourth += square * square
    }
    let draws = Double(count)
    (second, third, fourth) = (second / draws, third / draws, fourth / draws)
    let ofDeviation = (fourth - second * second) / (4 * second * second)
    let variance = ofDeviation + second / (mean * mean) - third / (second * mean)
    return (max(0, variance) / draws).squareRoot()
  }
}
