import Foundation

/// The distribution of a sum of squares of independent standard normals, as an estimated variance has it.
package enum ChiSquare {
  /// The value that such a sum is below with `probability`, above 0 and below 1; one degree of freedom or
  /// more.
  ///
  /// Bisects ``below(_:degreesOfFreedom:)`` until no number lies between.
  package static func quantile(_ probability: Double, degreesOfFreedom: Int) -> Double {
    precondition(probability > 0 && probability < 1, "a probability lies inside of the distribution")
    precondition(degreesOfFreedom >= 1, "an estimated deviation has a degree of freedom")
    var (low, high) = (0.0, Double(degreesOfFreedom))
    while below(high, degreesOfFreedom: degreesOfFreedom) < probability { (low, high) = (high, high * 2) }
    while true {
      let middle = (low + high) / 2
      guard middle > low, middle < high else { return middle }
      if below(middle, degreesOfFreedom: degreesOfFreedom) < probability {
        low = middle
      } else {
        high = middle
      }
    }
  }

  /// The probability of a sum below `value`: the regularised lower incomplete gamma function at half of both.
  ///
  /// - Source: Abramowitz and Stegun, Handbook of Mathematical Functions, 1964: the series 6.5.29 to the left
  ///   of the mean, and to its right the continued fraction 6.5.31, by Lentz's method.
  package static func below(_ value: Double, degreesOfFreedom: Int) -> Double {
    guard value > 0 else { return 0 }
    let (a, x) = (Double(degreesOfFreedom) / 2, value / 2)
    let scale = exp(a * log(x) - x - logGamma(degreesOfFreedom))
    guard x >= a + 1 else {
      var (term, sum, divisor) = (1 / a, 1 / a, a)
      while term > sum * 1e-17 {
        divisor += 1
        term *= x / divisor
        sum += term
      }
      return min(1, scale * sum)
    }
    var b = x + 1 - a
    var c = 1e300
    var d = 1 / b
    var fraction = d
    for step in 1...10_000 {
      let coefficient = -Double(step) * (Double(step) - a)
      b += 2
      d = 1 / (coefficient * d + b)
      c = b + coefficient / c
      fraction *= c * d
      if abs(c * d - 1) < 1e-16 { break }
    }
    return max(0, 1 - scale * fraction)
  }

  /// The logarithm of the gamma function at half of `degrees`, from its values at 1/2 and 1 by its
  /// recurrence, and far out by Stirling's series (6.1.41), whose error is below 1e-16 there.
  private static func logGamma(_ degrees: Int) -> Double {
    let x = Double(degrees) / 2
    guard degrees > 60 else {
      var value = degrees.isMultiple(of: 2) ? 0.0 : log(Double.pi) / 2
      for half in stride(from: degrees.isMultiple(of: 2) ? 2 : 1, to: degrees, by: 2) {
        value += log(Double(half) / 2)
      }
      return value
    }
    let inverse = 1 / (x * x)
    let series = (1.0 / 12 - inverse * (1.0 / 360 - inverse * (1.0 / 1_260 - inverse / 1_680))) / x
    return (x - 0.5) * log(x) - x + log(2 * .pi) / 2 + series
  }
}
