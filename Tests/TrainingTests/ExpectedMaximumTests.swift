import Foundation
import Statistics
import Testing
import Training

@Suite("Expected maximum")
struct ExpectedMaximumTests {
  @Test("Of a few normal draws it is the known closed form")
  func closedForms() {
    #expect(ExpectedMaximum.gaussian(of: 1) == 0)
    #expect(abs(ExpectedMaximum.gaussian(of: 2) - 1 / Double.pi.squareRoot()) < 1e-14)
    #expect(abs(ExpectedMaximum.gaussian(of: 3) - 1.5 / Double.pi.squareRoot()) < 1e-14)
    let five = 5 / (4 * Double.pi.squareRoot()) + 15 / (2 * pow(Double.pi, 1.5)) * asin(1.0 / 3)
    #expect(abs(ExpectedMaximum.gaussian(of: 5) - five) < 1e-13)
  }

  @Test("Of normal draws it rises with their number and stays below √(2 ln n)")
  func bound() {
    var last = 0.0
    for exponent in 1...24 {
      let count = 1 << exponent
      let maximum = ExpectedMaximum.gaussian(of: count)
      #expect(maximum > last && maximum < (2 * log(Double(count))).squareRoot())
      last = maximum
    }
  }

  @Test("A simulation agrees within its error", arguments: [8, 100])
  func simulation(count: Int) {
    var random = SplitMix64(seed: 7)
    let trials = 4_000
    var (sum, squares) = (0.0, 0.0)
    for _ in 0..<trials {
      let largest = (0..<count).reduce(-Double.infinity) { most, _ in max(most, random.normal()) }
      (sum, squares) = (sum + largest, squares + largest * largest)
    }
    let mean = sum / Double(trials)
    let error = ((squares / Double(trials) - mean * mean) / Double(trials)).squareRoot()
    #expect(abs(mean - ExpectedMaximum.gaussian(of: count)) < 4 * error)
  }

  @Test("Of exponential draws it is the harmonic number")
  func exponential() {
    #expect(ExpectedMaximum.exponential(of: 1) == 1)
    #expect(abs(ExpectedMaximum.exponential(of: 4) - 25.0 / 12) < 1e-15)
    // The sum and the expansion that takes over past a million agree where they meet.
    let next = ExpectedMaximum.exponential(of: 1_000_000) + 1.0 / 1_000_001
    #expect(abs(ExpectedMaximum.exponential(of: 1_000_001) - next) < 1e-11)
  }

  @Test("One rank has no one to wait for", arguments: ComputeJitter.Law.allCases)
  func alone(law: ComputeJitter.Law) {
    #expect(ComputeJitter(law: law, variation: 0.1).expectedExcess(ranks: 1) == 0)
    #expect(ComputeJitter(law: law, variation: 0).expectedExcess(ranks: 1_000) == 0)
    let few = ComputeJitter(law: law, variation: 0.01).expectedExcess(ranks: 8)
    #expect(few > 0 && ComputeJitter(law: law, variation: 0.01).expectedExcess(ranks: 8_192) > few)
  }
}
