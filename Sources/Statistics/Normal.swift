import Foundation

extension SplitMix64 {
  /// A draw from the normal distribution of mean 0 and deviation 1.
  ///
  /// - Source: Box and Muller, "A Note on the Generation of Random Normal Deviates", 1958.
  public mutating func normal() -> Double {
    let radius = (-2 * log(1 - uniform())).squareRoot()
    return radius * cos(2 * .pi * uniform())
  }
}
