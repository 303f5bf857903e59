import Foundation

/// How many standard errors a mean's interval reaches to each side where the deviation is estimated too.
public enum StudentQuantile {
  private static let normal = 1.959_963_984_540_054

  /// The quantile at 97.5 % of Student's t, so that both tails together have 5 %; one degree of freedom or more.
  ///
  /// - Source: Abramowitz and Stegun, Handbook of Mathematical Functions, 1964, 26.7.3 and 26.7.4 up to 40 degrees,
  ///   above them the expansion 26.7.5, whose error is below 1e-7 there.
  public static func twoSided95(degreesOfFreedom: Int) -> Double {
    precondition(degreesOfFreedom >= 1, "an estimated deviation has a degree of freedom")
    guard degreesOfFreedom <= 40 else { return expansion(Double(degreesOfFreedom)) }
    var (low, high) = (1.0, 16.0)
    while true {
      let middle = (low + high) / 2
      guard middle > low, middle < high else { return middle }
      if between(middle, degreesOfFreedom) < 0.95 { low = middle } else { high = middle }
    }
  }

  /// The probability that |t| is below a value.
  private static func between(_ t: Double, _ degrees: Int) -> Double {
    let angle = atan(t / Double(degrees).squareRoot())
    let squared = cos(angle) * cos(angle)
    let isOdd = !degrees.isMultiple(of: 2)
    var term = isOdd ? cos(angle) : 1
    var sum = degrees == 1 ? 0 : term
    for factor in stride(from: isOdd ? 2 : 1, to: degrees - 2, by: 2) {
      term *= squared * Double(factor) / Double(factor + 1)
      sum += term
    }
    return isOdd ? 2 / .pi * (angle + sin(angle) * sum) : sin(angle) * sum
  }

  private static func expansion(_ degrees: Double) -> Double {
    let x = normal
    let (x3, x5, x7) = (x * x * x, x * x * x * x * x, x * x * x * x * x * x * x)
    let first = (x3 + x) / 4
    let second = (5 * x5 + 16 * x3 + 3 * x) / 96
    let third = (3 * x7 + 19 * x5 + 17 * x3 - 15 * x) / 384
    return x + (first + (second + third / degrees) / degrees) / degrees
  }
}
