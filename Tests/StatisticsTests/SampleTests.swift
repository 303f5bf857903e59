import Statistics
import Testing

@Suite("A sample")
struct SampleTests {
  @Test("has quantiles of type 7")
  func quantiles() {
    // R: quantile(c(15, 20, 35, 40, 50), 0.4) is 29, as (5 - 1) 0.4 = 1.6 lies at 0.6 between 20 and 35.
    let sample = Sample([50, 15, 40, 20, 35])
    #expect(sample.quantile(0.4) == 29)
    #expect(sample.quantile(0) == 15 && sample.quantile(1) == 50 && sample.median == 35)
    #expect(Sample([1, 2]).median == 1.5 && Sample([7]).quantile(0.99) == 7)
  }

  @Test("has moments")
  func moments() {
    // Squares of distances from the mean 5: 9 + 1 + 1 + 1 + 0 + 0 + 4 + 16 = 32, over 7.
    let sample = Sample([2, 4, 4, 4, 5, 5, 7, 9])
    #expect(sample.mean == 5)
    #expect(abs(sample.standardDeviation - (32.0 / 7).squareRoot()) < 1e-15)
    #expect(sample.coefficientOfVariation == sample.standardDeviation / 5)
    #expect(Sample([3]).standardDeviation == 0)
    #expect(Sample([-1, 1]).coefficientOfVariation == nil)
  }

  @Test(
    "has the order statistics of the published table as its median's interval",
    // n, place of the lower end, coverage; places as in the tables of the binomial distribution.
    arguments: [
      (6, 1, 0.96875), (8, 1, 0.9921875), (9, 2, 0.9609375), (10, 2, 0.978515625), (20, 6, 0.9586105347),
      (100, 40, 0.9647997998),
    ])
  func medianInterval(count: Int, place: Int, coverage: Double) {
    let interval = Sample((1...count).map(Double.init)).medianInterval()
    #expect(interval.low == Double(place) && interval.high == Double(count + 1 - place))
    #expect(abs(interval.coverage - coverage) < 1e-9)
    #expect(interval.isSufficient)
  }

  @Test("of fewer than six draws says that its interval covers less", arguments: 1...5)
  func fewDraws(count: Int) {
    let interval = Sample((1...count).map(Double.init)).medianInterval()
    #expect(interval.low == 1 && interval.high == Double(count))
    // All draws lie on one side of the median with probability 2 / 2^n.
    #expect(abs(interval.coverage - (1 - 2 / Double(1 << count))) < 1e-15)
    #expect(!interval.isSufficient)
  }

  @Test("covers the true median as often as its interval says", arguments: [5, 6, 11, 30, 101])
  func coverage(count: Int) {
    // A skewed distribution, the square of a uniform draw, whose median is 1/4.
    var generator = SplitMix64(seed: UInt64(count))
    let trials = 10_000
    var hits = 0
    var stated = 0.0
    for _ in 0..<trials {
      let interval = Sample(
        (0..<count).map { _ in
          let draw = generator.uniform()
          return draw * draw
        }
      ).medianInterval()
      if interval.interval.contains(0.25) { hits += 1 }
      stated = interval.coverage
    }
    // Four standard deviations of a share of 10,000.
    let deviation = (stated * (1 - stated) / Double(trials)).squareRoot()
    #expect(abs(Double(hits) / Double(trials) - stated) < 4 * deviation)
  }

  @Test("of a million draws has a narrow interval")
  func manyDraws() {
    let interval = Sample((0..<1_000_000).map(Double.init)).medianInterval()
    // 1.96 times the root of n / 4 on each side.
    #expect(abs((interval.high - interval.low) - 1_960) < 4)
    #expect(interval.coverage >= 0.95 && interval.coverage < 0.9505)
  }
}

@Suite("Seeded draws")
struct SplitMix64Tests {
  @Test("are those of the published algorithm")
  func published() {
    // The first outputs for seed 1234567 in the reference implementation by Vigna (2015).
    var generator = SplitMix64(seed: 1_234_567)
    #expect(generator.next() == 6_457_827_717_110_365_317)
    #expect(generator.next() == 3_203_168_211_198_807_973)
  }

  @Test("are even, and normal ones have mean 0 and deviation 1")
  func moments() {
    var generator = SplitMix64(seed: 5)
    let uniform = Sample((0..<100_000).map { _ in generator.uniform() })
    #expect(abs(uniform.mean - 0.5) < 0.005 && uniform.minimum >= 0 && uniform.maximum < 1)
    let normal = Sample((0..<100_000).map { _ in generator.normal() })
    #expect(abs(normal.mean) < 0.02 && abs(normal.standardDeviation - 1) < 0.02)
    #expect(abs(normal.quantile(0.975) - 1.96) < 0.04)
    var counts = [Int](repeating: 0, count: 7)
    for _ in 0..<70_000 { counts[generator.index(below: 7)] += 1 }
    #expect(counts.allSatisfy { abs($0 - 10_000) < 400 })
  }
}

@Suite("The bootstrap")
struct BootstrapTests {
  @Test("gives the same replicates for the same seed, and draws from the values only")
  func seeded() {
    var (first, second) = (Bootstrap(seed: 3), Bootstrap(seed: 3))
    let values = (0..<50).map { $0 * $0 }
    let drawn = first.resample(values)
    #expect(drawn == second.resample(values) && drawn != values)
    #expect(drawn.count == 50 && Set(drawn).isSubset(of: values) && Set(drawn).count < 45)
    #expect(first.resample([Int]()).isEmpty)
  }

  @Test("draws medians that are medians of draws", arguments: [1, 2, 3, 10, 11])
  func medians(count: Int) {
    let sample = Sample((0..<count).map { Double($0 * $0) })
    var (first, second) = (Bootstrap(seed: 9), Bootstrap(seed: 9))
    for _ in 0..<200 {
      let slow = Sample(second.resample(sample.sorted)).median
      #expect(first.median(of: sample) == slow)
    }
  }

  @Test("covers a true ratio about as often as it says")
  func ratioCoverage() {
    var generator = SplitMix64(seed: 11)
    var hits = 0
    for trial in 0..<400 {
      let above = Sample((0..<40).map { _ in 3 + 0.2 * generator.normal() })
      let below = Sample((0..<40).map { _ in 2 + 0.3 * generator.normal() })
      var bootstrap = Bootstrap(seed: UInt64(trial))
      if bootstrap.ratioOfMedians(above, over: below, replicates: 400).contains(1.5) { hits += 1 }
    }
    // Percentile intervals of a median are a little wide; four deviations of 400 draws below 95 % is 0.906.
    #expect(Double(hits) / 400 > 0.906)
    #expect(hits < 400)
  }
}
