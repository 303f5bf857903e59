import Foundation

/// The expected largest of many independent draws.
package enum ExpectedMaximum {
  /// Of `count` draws from the normal distribution of mean 0 and deviation 1.
  ///
  /// The maximum's distribution function is Φⁿ, and `E[X] = ∫₀^∞ P(X > x) dx - ∫₀^∞ P(X < -x) dx`, so that
  /// `E[max] = ∫₀^∞ (1 - Φ(x)ⁿ - Φ(-x)ⁿ) dx`. The integrand is smooth, even, and falls faster than any
  /// exponential: the trapezoidal rule has no error but rounding once its step is small.
  ///
  /// - Parameter count: 1 or more; one draw's expectation is zero.
  package static func gaussian(of count: Int) -> Double {
    precondition(count >= 1, "the largest of nothing")
    guard count > 1 else { return 0 }
    let number = Double(count)
    func tail(_ x: Double) -> Double { erfc(x / 2.0.squareRoot()) / 2 }
    func excess(_ x: Double) -> Double {
      // Φ(x)ⁿ with Φ near 1 loses its digits unless it is taken through the upper tail.
      -expm1(number * log1p(-tail(x))) - pow(tail(x), number)
    }
    // Beyond, even the largest of 2^63 draws is with a chance below 10^-300.
    let (end, steps) = (40.0, 4_000)
    let width = end / Double(steps)
    let inner = (1..<steps).reduce(0.0) { $0 + excess(Double($1) * width) }
    return width * (inner + (excess(0) + excess(end)) / 2)
  }

  /// Of `count` draws from the exponential distribution of mean 1: the harmonic number `H_n`.
  ///
  /// - Parameter count: 1 or more.
  /// - Source: Rényi, "On the theory of order statistics", 1953: the gaps between order statistics are
  ///   exponential with means 1/n, 1/(n-1), ..., 1.
  package static func exponential(of count: Int) -> Double {
    precondition(count >= 1, "the largest of nothing")
    guard count > 1_000_000 else {
      // From the smallest term on, so that few digits are lost.
      return (1...count).reversed().reduce(0.0) { $0 + 1 / Double($1) }
    }
    let number = Double(count)
    let eulerMascheroni = 0.577_215_664_901_532_9
    return log(number) + eulerMascheroni + 1 / (2 * number)
  }
}
