public import Quantities
import Statistics

/// Effective bisection bandwidth: what a pair gets on average when random halves talk to each other under a routing.
///
/// In each pattern the hosts are split into two random halves, and each endpoint of one half is paired with one of
/// the other, both ways at once. A flow gets the least of capacity over flows along its path. Hosts are split, not
/// endpoints, so that no pair stays inside a host; a fabric of one host pairs its endpoints. With an odd number of
/// hosts, one sits out of each pattern. Fractions are of the sending endpoint's NIC rate.
///
/// - Source: Hoefler, Schneider, Lumsdaine, "Multistage switches are not crossbars", CLUSTER 2008.
public struct EffectiveBisection: Sendable, Equatable {
  /// The mean over flows and patterns of a flow's bandwidth over its endpoint's NIC rate.
  public let fraction: Double
  /// Half the width of the interval around `fraction` that covers its true value with 95 %; nil for one pattern.
  public let margin: Double?
  /// The same mean where rates are max-min fair, so that flows take what neighbours leave free.
  public let fairFraction: Double
  /// Half the width of the interval around `fairFraction`, as for `margin`.
  public let fairMargin: Double?
  /// The mean of a flow's bandwidth.
  public let bandwidth: Bandwidth
  /// The mean over patterns of the fraction that 1 % of the flows don't reach.
  public let firstPercentile: Double
  /// The mean of the worst flow's fraction in each pattern.
  public let worstFlow: Double
  /// The mean of the most flows on one link in each pattern.
  public let worstLoad: Double
  /// How many patterns were drawn.
  public let patterns: Int
  /// The seed that they were drawn from.
  public let seed: UInt64
  /// How the paths were chosen.
  public let routing: Routing

  /// Draws `patterns` patterns, one or more; time in proportion to patterns × endpoints × path length.
  ///
  /// The margin is Student's: patterns are independent, and their means are means over many flows already. Nil where
  /// no two endpoints can be paired.
  ///
  /// - Parameter progress: is told how many patterns are done, after each.
  public init?(
    _ fabric: Fabric, _ router: Router, patterns: Int = 100, seed: UInt64 = 0,
    progress: (Int) -> Void = { _ in }
  ) {
    precondition(patterns >= 1, "a mean takes a pattern")
    guard fabric.endpoints.count >= 2 else { return nil }
    var placement = FlowPlacement(fabric, router)
    var filling = ProgressiveFilling()
    var halves = RandomHalves(fabric)
    var generator = SplitMix64(seed: seed)
    var means = [Double]()
    var fairMeans = [Double]()
    var (bandwidths, percentiles, worstFlows, worstLoads) = (0.0, 0.0, 0.0, 0.0)

    for pattern in 0..<patterns {
      halves.draw(by: &generator)
      placement.place(from: halves.sources, to: halves.destinations, number: UInt64(pattern))
      filling.fill(placement)
      let flows = FlowFractions(placement)
      means.append(flows.mean)
      fairMeans.append(filling.meanFraction(placement))
      bandwidths += flows.meanBandwidth
      percentiles += flows.firstPercentile
      worstFlows += flows.worst
      worstLoads += placement.worstLoad
      progress(pattern + 1)
    }

    (fraction, margin) = Self.meanAndMargin(means)
    (fairFraction, fairMargin) = Self.meanAndMargin(fairMeans)
    let count = Double(patterns)
    bandwidth = Bandwidth(bytesPerSecond: bandwidths / count)
    firstPercentile = percentiles / count
    worstFlow = worstFlows / count
    worstLoad = worstLoads / count
    (self.patterns, self.seed, self.routing) = (patterns, seed, router.routing)
  }

  private static func meanAndMargin(_ values: [Double]) -> (Double, Double?) {
    let sample = Sample(values)
    guard sample.count > 1 else { return (sample.mean, nil) }
    let error = sample.standardDeviation / Double(sample.count).squareRoot()
    return (sample.mean, StudentQuantile.twoSided95(degreesOfFreedom: sample.count - 1) * error)
  }
}

/// What the flows of one placement get, as fractions of what their endpoints can send.
struct FlowFractions {
  let mean: Double
  let worst: Double
  /// The fraction that 1 % of the flows don't reach.
  let firstPercentile: Double
  /// In bytes a second.
  let meanBandwidth: Double

  /// Of one flow or more.
  ///
  /// - Parameter limit: the most that a flow counts for. Permutations have 1, since those of their flows that stay inside a
  ///   host, over NVLink, are held back by nothing of the network.
  init(_ placement: borrowing FlowPlacement, limit: Double = .infinity) {
    var fractions = [Double]()
    fractions.reserveCapacity(placement.count)
    var (sum, bandwidths) = (0.0, 0.0)
    for flow in 0..<placement.count {
      let bandwidth = placement.bandwidth(of: flow)
      let fraction = min(limit, bandwidth / placement.endpointRates[placement.sources[flow]])
      fractions.append(fraction)
      sum += fraction
      bandwidths += bandwidth
    }
    mean = sum / Double(placement.count)
    meanBandwidth = bandwidths / Double(placement.count)
    let sample = Sample(fractions)
    worst = sample.minimum
    firstPercentile = sample.quantile(0.01)
  }
}

extension ProgressiveFilling {
  /// The mean over flows of the rate over what the endpoint can send.
  func meanFraction(_ placement: borrowing FlowPlacement) -> Double {
    var sum = 0.0
    for flow in rates.indices { sum += rates[flow] / placement.endpointRates[placement.sources[flow]] }
    return sum / Double(rates.count)
  }
}
