import Foundation
import Statistics
import Testing

@Suite("The interval of a coefficient of variation")
struct VariationIntervalTests {
  /// How many of `trials` intervals hold the true coefficient.
  private func share(_ trials: Int, count: Int, of truth: Double, _ draw: (inout SplitMix64) -> Double)
    -> Double
  {
    var generator = SplitMix64(seed: 31)
    var hits = 0
    for _ in 0..<trials {
      guard let interval = Sample((0..<count).map { _ in draw(&generator) }).variationInterval() else {
        continue
      }
      if interval.low <= truth, truth <= interval.high ?? .infinity { hits += 1 }
    }
    return Double(hits) / Double(trials)
  }

  @Test("covers that of normal draws as often as it should, however few", arguments: [2, 3, 5, 10, 30, 100])
  func normal(count: Int) {
    let share = share(1_000, count: count, of: 0.1) { 10 + $0.normal() }
    // Four standard deviations of a share of 1,000 below 95 %.
    #expect(share > 0.95 - 0.0276)
  }

  @Test("covers that of skewed draws as often, given many")
  func skewed() {
    // An exponential excess of mean 1 over 9: deviation 1, mean 10. Its fourth moment is 9 and not 3.
    let share = share(500, count: 1_000, of: 0.1) { 9 - log(1 - $0.uniform()) }
    // Four standard deviations of a share of 500 below 95 %.
    #expect(share > 0.95 - 0.039)
  }

  @Test("holds the coefficient itself, doesn't change with the unit, and is narrower with more draws")
  func laws() throws {
    var generator = SplitMix64(seed: 8)
    var width = Double.infinity
    for count in [10, 40, 160, 640, 2_560] {
      let draws = (0..<count).map { _ in 5 + generator.normal() }
      let sample = Sample(draws)
      let interval = try #require(sample.variationInterval())
      let (high, variation) = (try #require(interval.high), try #require(sample.coefficientOfVariation))
      #expect(interval.low < variation && variation < high)
      let scaled = try #require(Sample(draws.map { $0 * 1_024 }).variationInterval())
      #expect(abs(scaled.low / interval.low - 1) < 1e-9)
      #expect(high - interval.low < width)
      width = high - interval.low
    }
  }

  @Test("is a published one for normal draws")
  func published() throws {
    // Chi-square quantiles of Abramowitz and Stegun, table 26.8: 9 degrees, 0.975 and 0.025: 19.0228 and
    // 2.70039. Two values five times each, 1 from 10: a deviation of 1.0541 and a coefficient of 0.10541.
    let sample = Sample((0..<10).map { $0.isMultiple(of: 2) ? 9.0 : 11.0 })
    let variation = 0.105_409_255
    func end(_ quantile: Double) -> Double {
      variation / (((quantile + 2) / 10 - 1) * variation * variation + quantile / 9).squareRoot()
    }
    let interval = try #require(sample.variationInterval())
    #expect(abs(interval.low - end(19.0228)) < 1e-6)
    #expect(abs(try #require(interval.high) - end(2.70039)) < 1e-6)
  }

  @Test("is nothing where there is no coefficient, and nought where nothing varies")
  func degenerate() {
    #expect(Sample([3]).variationInterval() == nil)
    #expect(Sample([-1, 1]).variationInterval() == nil)
    let same = Sample([3, 3, 3]).variationInterval()
    #expect(same?.low == 0 && same?.high == 0)
  }
}
