import Statistics
import Testing

@Suite("The chi-square distribution")
struct ChiSquareTests {
  // Abramowitz and Stegun, table 26.8, by the probability above: 0.975 and 0.025.
  @Test(
    "has the values of the printed table",
    arguments: [
      (1, 0.000_982_069, 5.023_89), (2, 0.050_635_6, 7.377_76), (9, 2.700_39, 19.022_8),
      (30, 16.790_8, 46.979_2), (60, 40.481_7, 83.297_6), (100, 74.221_9, 129.561),
    ])
  func table(degrees: Int, low: Double, high: Double) {
    #expect(abs(ChiSquare.quantile(0.025, degreesOfFreedom: degrees) / low - 1) < 1e-5)
    #expect(abs(ChiSquare.quantile(0.975, degreesOfFreedom: degrees) / high - 1) < 1e-5)
  }

  @Test("of even degrees adds up as a Poisson distribution does", arguments: [2, 4, 10, 40, 62, 200])
  func poisson(degrees: Int) {
    for share in [0.3, 0.8, 1.0, 1.2, 2.0] {
      let value = Double(degrees) * share
      // The probability above x is that of fewer than degrees / 2 events where x / 2 are expected.
      var (term, sum) = (1.0, 0.0)
      for events in 0..<degrees / 2 {
        sum += term
        term *= value / 2 / Double(events + 1)
      }
      var above = sum
      for _ in 0..<32 { above *= exponential(-value / 64) }
      #expect(abs(ChiSquare.below(value, degreesOfFreedom: degrees) - (1 - above)) < 1e-12)
    }
  }

  /// The exponential function by its series, far from what the room uses.
  private func exponential(_ x: Double) -> Double {
    var (term, sum) = (1.0, 0.0)
    for power in 1..<60 {
      sum += term
      term *= x / Double(power)
    }
    return sum
  }

  @Test(
    "rises from 0 to 1, across the change of method and of series", arguments: [1, 2, 59, 60, 61, 62, 1_001])
  func rises(degrees: Int) {
    let values = stride(from: 0.0, through: 3, by: 0.01).map {
      ChiSquare.below($0 * Double(degrees), degreesOfFreedom: degrees)
    }
    #expect(values[0] == 0 && zip(values, values.dropFirst()).allSatisfy { $0 <= $1 })
    #expect(values.last.map { $0 > 0.9 && $0 <= 1 } == true)
  }
}
