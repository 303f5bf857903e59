package import Quantities

/// Service levels that a fabric, or a job on it, has to keep: read from YAML, see `docs/slo.md`.
package struct Objectives: Sendable {
  /// What the levels are called as a whole.
  package let name: String
  /// Where the thresholds come from, where the file says so.
  package let source: String?
  /// The levels in the order of the file.
  package let objectives: [Objective]
}

/// One level: what is asked for, of which figures.
package struct Objective: Sendable, Equatable {
  /// Its name in the file, or what it is about in words: `p99 latency of all-reduce, 8 B`.
  package let name: String
  /// Where its threshold comes from, where the file says so.
  package let source: String?
  /// The line of the file that it starts on.
  package let line: Int
  /// What is asked for.
  package let demand: Demand
}

extension Objective {
  /// What is asked for, and of which figures.
  package enum Demand: Sendable, Equatable {
    /// At least so much bus bandwidth, by the median time.
    case busBandwidth(BandwidthFloor, PointSelector)
    /// At most so long.
    case latency(Statistic, atMost: Time, PointSelector)
    /// At most such a coefficient of variation.
    case variation(atMost: Double, Spread, PointSelector)
    /// No pair of hosts by more than such a share below the median pair.
    case pairShortfall(atMost: Double, PointSelector)
    /// A figure of a training step, on so many GPUs where they are given.
    case step(StepFigure, Bound, unit: FigureUnit, gpus: Int?)
    /// At least such a share of full bisection, as random patterns find it; by one routing where it is given.
    case effectiveBisection(atLeast: Double, routing: String?)
  }

  /// What a bus bandwidth is held against.
  package enum BandwidthFloor: Sendable, Equatable {
    /// A rate.
    case rate(Bandwidth)
    /// A share of what is predicted for the same collective, ranks and size.
    case ofPredicted(Double)
    /// A share of the median pair's, a pair of hosts having so many ranks.
    case ofPair(Double, ranks: Int)
  }

  /// A statistic of a collective's times, by the probability of a time at or below it.
  package struct Statistic: Sendable, Equatable {
    /// As it is spelled in the file: `p99`.
    package let name: String
    /// 0.99.
    package let probability: Double

    /// Those that may be asked for.
    static let all = [
      Statistic(name: "median", probability: 0.5), Statistic(name: "p90", probability: 0.9),
      Statistic(name: "p95", probability: 0.95), Statistic(name: "p99", probability: 0.99),
      Statistic(name: "p99.9", probability: 0.999),
    ]

    /// The middle one.
    static let median = Statistic(name: "median", probability: 0.5)
  }

  /// Between what times vary.
  package enum Spread: String, Sendable, CaseIterable {
    /// The samples of one size of one record.
    case samples
    /// The medians of several records of the same collective and size.
    case records
  }

  /// A figure of a step record that is a figure of the step as a whole.
  package enum StepFigure: String, Sendable, CaseIterable {
    case syncExposure = "sync-exposure"
    case scalingOverhead = "scaling-overhead"
    case stepTime = "step-time"
    case modelFlopsUtilisation = "model-flops-utilisation"
    case cost = "cost-per-1000-tokens"
    case energy = "energy-per-1000-tokens"
  }
}

/// A threshold, and the side of it that keeps the level; the threshold itself does.
package enum Bound: Sendable, Equatable {
  case atLeast(Double)
  case atMost(Double)

  /// The threshold.
  package var threshold: Double {
    switch self {
    case .atLeast(let threshold), .atMost(let threshold): threshold
    }
  }
}

/// What a figure counts.
package enum FigureUnit: Sendable, Equatable {
  case bytesPerSecond
  case seconds
  case ratio
  case joules
  /// Of a currency, as `USD`.
  case money(String)

  /// The unit's name in files.
  package var name: String {
    switch self {
    case .bytesPerSecond: "bytes_per_second"
    case .seconds: "seconds"
    case .ratio: "ratio"
    case .joules: "joules"
    case .money(let currency): currency
    }
  }

  /// A figure for people: `47.5 GB/s`, `60 us`, `5 %`.
  package func text(_ value: Double) -> String {
    switch self {
    case .bytesPerSecond: "\((value / 1e9).significant(5)) GB/s"
    case .seconds: Self.time(value)
    case .ratio: "\((value * 100).significant(5)) %"
    case .joules: "\(value.significant(5)) J"
    case .money(let currency): "\(value.significant(5)) \(currency)"
    }
  }

  private static func time(_ seconds: Double) -> String {
    for (unit, scale) in [("s", 1.0), ("ms", 1e-3), ("us", 1e-6)] where seconds >= scale {
      return "\((seconds / scale).significant(5)) \(unit)"
    }
    return "\((seconds * 1e9).significant(5)) ns"
  }
}
