import Statistics
import Testing

@Suite("A quantile's interval")
struct QuantileIntervalTests {
  /// P(B < k) of a binomial for each k from 0 on, by the definition: each mass is its coefficient times its
  /// powers.
  private func below(of draws: Int, _ probability: Double) -> [Double] {
    var sums = [0.0]
    for successes in 0...draws {
      var mass = 1.0
      for place in 0..<successes { mass *= Double(draws - place) / Double(successes - place) * probability }
      for _ in successes..<draws { mass *= 1 - probability }
      sums.append(sums[successes] + mass)
    }
    return sums
  }

  @Test(
    "is that of a search through all order statistics",
    arguments: [1, 2, 5, 6, 13, 20, 59, 60, 100, 367, 368, 400], [0.05, 0.5, 0.9, 0.95, 0.99])
  func reference(count: Int, probability: Double) {
    let interval = Sample((1...count).map(Double.init)).quantileInterval(probability)
    let below = below(of: count, probability)
    let low = (1...count).last { below[$0] <= 0.025 }
    let high = (1...count).first { 1 - below[$0] <= 0.025 }
    #expect(interval.low == low.map(Double.init))
    #expect(interval.high == high.map(Double.init))
  }

  @Test("at one half is the median's, where that one has what was asked for", arguments: 1...120)
  func median(count: Int) {
    let sample = Sample((1...count).map { Double($0 * $0) })
    let (median, quantile) = (sample.medianInterval(), sample.quantileInterval(0.5))
    #expect(quantile.low == (median.isSufficient ? median.low : nil))
    #expect(quantile.high == (median.isSufficient ? median.high : nil))
  }

  @Test("of a quantile far out has an end only where there are draws enough for one")
  func few() {
    // 0.99^367 is 0.02501 and 0.99^368 is 0.02476.
    #expect(Sample.fewestDraws(boundingFromAbove: 0.99) == 368)
    #expect(Sample.fewestDraws(boundingFromAbove: 0.5) == 6)
    #expect(Sample((1...367).map(Double.init)).quantileInterval(0.99).high == nil)
    #expect(Sample((1...368).map(Double.init)).quantileInterval(0.99).high == 368)
    let twenty = Sample((1...20).map(Double.init)).quantileInterval(0.99)
    #expect(twenty.low == 19 && twenty.high == nil)
  }

  @Test("covers the true quantile as often as it should", arguments: [(0.5, 30), (0.9, 80), (0.95, 200)])
  func coverage(probability: Double, count: Int) {
    var generator = SplitMix64(seed: 21)
    let trials = 2_000
    var hits = 0
    for _ in 0..<trials {
      // A uniform draw's quantile is the probability itself.
      let interval = Sample((0..<count).map { _ in generator.uniform() }).quantileInterval(probability)
      if let low = interval.low, let high = interval.high, low <= probability, probability <= high {
        hits += 1
      }
    }
    // Four standard deviations of a share of 2,000 below 95 %.
    #expect(Double(hits) / Double(trials) > 0.95 - 0.0195)
  }

  @Test("of a million draws is as narrow as the normal approximation says")
  func manyDraws() throws {
    let interval = Sample((0..<1_000_000).map(Double.init)).quantileInterval(0.99)
    // 1.96 times the root of n p (1 - p), which is 99.5, on each side.
    let width = try #require(interval.high) - (try #require(interval.low))
    #expect(abs(width - 390) < 4)
  }
}
