/// An interval for a quantile that assumes nothing about the distribution but independent draws.
///
///     // Of 20 draws nobody knows how far up the quantile at 99 % lies, only from where on.
///     let interval = Sample((1...20).map(Double.init)).quantileInterval(0.99)
///     interval.low    // 19
///     interval.high   // nil
///
/// An end is nil where no draw bounds the quantile on that side with the confidence that was asked for.
public struct QuantileInterval: Sendable, Hashable {
  /// The order statistic that the quantile lies at or above; nil where there are too few draws for one.
  public let low: Double?
  /// The order statistic that the quantile lies at or below; nil where there are too few draws for one.
  public let high: Double?
}

extension Sample {
  /// The tightest order statistics that leave the quantile at `probability` outside with a probability of at
  /// most *(1 - confidence) / 2* on each side.
  ///
  /// The number *B* of draws below the quantile is binomial. *x(k)* is above the quantile with *P(B < k)*, so
  /// the lower end is the greatest *k* for which this is in bounds, and the upper end the smallest for which
  /// *P(B ≥ k)* is. Exact for a continuous distribution, and covers more for others. At one half this is
  /// ``medianInterval(confidence:)``, but for the cases in which that one falls short. Takes time in
  /// proportion to the square root of n.
  ///
  /// - Parameters:
  ///   - probability: of a draw at or below the quantile; above 0 and below 1.
  ///   - confidence: above 0 and below 1.
  /// - Source: David and Nagaraja, "Order Statistics", 3rd edition, section 7.1.
  public func quantileInterval(_ probability: Double, confidence: Double = 0.95) -> QuantileInterval {
    precondition(probability > 0 && probability < 1, "a quantile lies inside of the distribution")
    precondition(confidence > 0 && confidence < 1, "a confidence is between 0 and 1")
    let binomial = Binomial(draws: count, probability: probability)
    let tail = (1 - confidence) / 2
    let low = binomial.greatest { below in below <= tail }
    let high = binomial.greatest { below in below < 1 - tail } + 1
    return QuantileInterval(
      low: low >= 1 ? sorted[low - 1] : nil, high: high <= count ? sorted[high - 1] : nil)
  }

  /// The fewest draws that bound the quantile at `probability` from above, and of which the greatest is that
  /// bound.
  ///
  /// All of n draws lie below it with *p^n*; more than a billion are never asked for.
  ///
  /// - Returns: the smallest n with *p^n ≤ (1 - confidence) / 2*.
  public static func fewestDraws(boundingFromAbove probability: Double, confidence: Double = 0.95) -> Int {
    precondition(probability > 0 && probability < 1, "a quantile lies inside of the distribution")
    let tail = (1 - confidence) / 2
    var (low, high) = (0, 1)
    func isEnough(_ draws: Int) -> Bool {
      // By squaring, so that it is the same on every machine.
      var (power, square, left) = (1.0, probability, draws)
      while left > 0 {
        if left & 1 == 1 { power *= square }
        (square, left) = (square * square, left >> 1)
      }
      return power <= tail
    }
    while !isEnough(high), high < 1 << 30 { (low, high) = (high, high * 2) }
    while low + 1 < high {
      let middle = (low + high) / 2
      if isEnough(middle) { high = middle } else { low = middle }
    }
    return high
  }
}

/// The number of successes among independent draws of equal probability, its mass where it isn't negligible.
private struct Binomial {
  /// The number of successes that ``masses`` starts with.
  private let first: Int
  /// The mass of each number of successes from ``first`` on, adding up to 1.
  private let masses: [Double]

  init(draws: Int, probability: Double) {
    let mode = min(draws, Int(Double(draws + 1) * probability))
    // What lies farther than this from the mode has a mass below the smallest that is told from nothing.
    let reach = 64 + Int((Double(draws) * probability * (1 - probability)).squareRoot() * 40)
    first = max(0, mode - reach)
    let last = min(draws, mode + reach)
    // Each mass from its neighbour towards the mode, which has 1 until the sum is known.
    var masses = [Double](repeating: 1, count: last - first + 1)
    let odds = probability / (1 - probability)
    for successes in stride(from: mode + 1, through: last, by: 1) {
      let ratio = Double(draws - successes + 1) / Double(successes) * odds
      masses[successes - first] = masses[successes - first - 1] * ratio
    }
    for successes in stride(from: mode - 1, through: first, by: -1) {
      let ratio = Double(successes + 1) / (Double(draws - successes) * odds)
      masses[successes - first] = masses[successes - first + 1] * ratio
    }
    let total = masses.reduce(0, +)
    self.masses = masses.map { $0 / total }
  }

  /// The greatest *k* whose *P(B < k)* is right; 0, of which that is 0, is always.
  func greatest(where isRight: (Double) -> Bool) -> Int {
    var below = 0.0
    for (place, mass) in masses.enumerated() {
      below += mass
      guard isRight(below) else { return first + place }
    }
    return first + masses.count
  }
}
