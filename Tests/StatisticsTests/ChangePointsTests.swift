import Foundation
import Statistics
import Testing

/// Draws that the tests are about: independent, of one distribution.
private struct Noise {
  private var generator: SplitMix64

  init(seed: UInt64) { generator = SplitMix64(seed: seed) }

  /// Normal, by Box and Muller.
  mutating func normal() -> Double {
    (-2 * log(1 - generator.uniform())).squareRoot() * cos(2 * .pi * generator.uniform())
  }

  /// Normal nine times of ten, else far off to one side, as runs of a shared machine are.
  mutating func skewed() -> Double { generator.uniform() < 0.9 ? normal() : 50 * generator.uniform() }
}

@Suite("Change points")
struct ChangePointsTests {
  @Test("of a level shift are found within one run, and no other", arguments: [4.0, 6, 10], [8, 15, 30])
  func shift(sigmas: Double, place: Int) {
    for seed in 0..<20 as Range<UInt64> {
      var noise = Noise(seed: 1_000 + seed)
      let values = (0..<40).map { noise.normal() + ($0 >= place ? sigmas : 0) }
      let points = ChangePoints(values).points
      #expect(points.contains { abs($0.index - place) <= 1 }, "seed \(seed): \(points)")
    }
  }

  @Test("of a shift without noise are exact, whichever way it goes", arguments: [-1.0, 1])
  func exact(step: Double) {
    for place in 5...25 {
      let values = (0..<30).map { $0 < place ? 10 : 10 + step }
      #expect(ChangePoints(values).points.map(\.index) == [place])
    }
  }

  @Test("of several shifts are all found")
  func several() {
    var noise = Noise(seed: 3)
    let values = (0..<90).map { [10.0, 20, 12][$0 / 30] + noise.normal() }
    #expect(ChangePoints(values).points.map(\.index) == [30, 60])
  }

  @Test(
    "are found in pure noise as often as the level says, and no more: 1,000 series of a kind",
    arguments: [false, true])
  func falseAlarms(isSkewed: Bool) {
    let level = 0.05
    var alarms = 0
    for seed in 0..<1_000 as Range<UInt64> {
      var noise = Noise(seed: seed)
      let values = (0..<24).map { _ in isSkewed ? noise.skewed() : noise.normal() }
      if !ChangePoints(values, level: level, permutations: 199, seed: seed).points.isEmpty { alarms += 1 }
    }
    // The count is binomial: above its mean plus 2.33 deviations once in a hundred.
    #expect(Double(alarms) <= 50 + 2.33 * (1_000 * level * (1 - level)).squareRoot(), "\(alarms)")
    #expect(alarms >= 30, "\(alarms): the test would be blunter than it says")
  }

  @Test("are the same in another unit, from another zero, and in the mirror of their negatives")
  func invariance() {
    for seed in 0..<20 as Range<UInt64> {
      var noise = Noise(seed: 500 + seed)
      let values = (0..<36).map { abs(noise.normal()) + 1 + ($0 >= 20 ? 3 : 0) }
      let points = ChangePoints(values).points
      #expect(ChangePoints(values.map { $0 * 0x1p-20 }).points == points)
      #expect(ChangePoints(values.map { $0 * 1e-6 }).points.map(\.index) == points.map(\.index))
      #expect(ChangePoints(values.map { $0 * 3 + 7 }).points.map(\.index) == points.map(\.index))
      #expect(ChangePoints(values.map { -$0 }).points.map(\.index) == points.map(\.index))
      #expect(ChangePoints(values.map { $0 * 1e300 }).points.map(\.index) == points.map(\.index))
    }
  }

  @Test("of one wild outlier are none")
  func outlier() {
    var noise = Noise(seed: 8)
    var values = (0..<40).map { _ in noise.normal() }
    values[17] = 1e9
    #expect(ChangePoints(values).points.isEmpty)
  }

  @Test("agree with the energy statistic summed up as the paper has it")
  func reference() {
    // Far apart sides, so that only the place of the greatest statistic is in question.
    for seed in 0..<30 as Range<UInt64> {
      var noise = Noise(seed: 700 + seed)
      let values = (0..<20).map { noise.normal() + ($0 >= 7 + Int(seed % 6) ? 5 : 0) }
      func mean(_ left: ArraySlice<Double>, _ right: ArraySlice<Double>, pairs: Double) -> Double {
        left.reduce(0) { sum, one in sum + right.reduce(0) { $0 + abs(one - $1) } } / pairs
      }
      let statistics = (2...18).map { split in
        let (left, right) = (values[..<split], values[split...])
        let (n, m) = (Double(left.count), Double(right.count))
        return n * m / (n + m)
          * (2 * mean(left, right, pairs: n * m) - mean(left, left, pairs: n * (n - 1))
            - mean(right, right, pairs: m * (m - 1)))
      }
      let best = statistics.indices.max { statistics[$0] < statistics[$1] }.map { $0 + 2 }
      let found = ChangePoints(values).points.map(\.index)
      #expect(
        found.contains { $0 == best }, "seed \(seed): \(found), the paper's statistic has \(best ?? -1)")
    }
  }

  @Test("of short and of constant series are none", arguments: [0, 1, 3, 4, 9, 50])
  func none(count: Int) {
    #expect(ChangePoints(Array(repeating: 1.5, count: count)).points.isEmpty)
    if count < 10 { #expect(ChangePoints((0..<count).map { $0 < count / 2 ? 0 : 1 }).points.isEmpty) }
  }
}
