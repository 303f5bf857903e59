import Statistics
import Testing

@Suite("Weighted values")
struct WeightedTests {
  @Test("have the quantiles of the values taken as often as they weigh")
  func quantiles() {
    let (values, weights) = ([3.0, 1, 2], [1.0, 2, 5])
    let repeated = [1.0, 1, 2, 2, 2, 2, 2, 3]
    for place in 1...8 {
      #expect(
        weightedQuantile(values, weights: weights, probability: Double(place) / 8) == repeated[place - 1])
    }
    #expect(weightedQuantile([9, 1], weights: [1, 0], probability: 0) == 9)
  }

  @Test("are drawn in proportion to their weight")
  func draws() {
    var generator = SplitMix64(seed: 4)
    var counts = [0, 0, 0]
    for _ in 0..<8_000 { counts[generator.index(weights: [1, 0, 3])] += 1 }
    // Four deviations of the root of 8,000 × 1/4 × 3/4.
    #expect(abs(counts[0] - 2_000) < 155 && counts[1] == 0 && counts[2] == 8_000 - counts[0])
  }
}
