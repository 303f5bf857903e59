public import Quantities
import Statistics

/// Effective bisection bandwidth: what a pair gets on average when random halves talk to each other under a routing.
///
/// In each pattern the hosts are split into two random halves, and each endpoint of one half is paired with one of
/// the other, both ways at once. A flow gets the least of capacity over flows along its path. Hosts are split, not
/// endpoints, so that no pair stays inside a host; a fabric of one host pairs its endpoints. With an odd number of
/// hosts, one sits out of each pattern.
///
/// - Source: Hoefler, Schneider, Lumsdaine, "Multistage switches are not crossbars", CLUSTER 2008.
public struct EffectiveBisection: Sendable, Equatable {
  /// The mean over flows and patterns of a flow's bandwidth over its endpoint's NIC rate.
  public let fraction: Double
  /// Half the width of the interval around `fraction` that covers its true value with 95 %; nil for one pattern.
  public let margin: Double?
  /// The mean of a flow's bandwidth.
  public let bandwidth: Bandwidth
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
  /// The margin is normal: patterns are independent, and their mean is a mean over many flows already. Nil where no
  /// two endpoints can be paired.
  public init?(_ fabric: Fabric, routing: Routing, patterns: Int = 100, seed: UInt64 = 0) {
    precondition(patterns >= 1, "a mean takes a pattern")
    guard fabric.endpoints.count >= 2 else { return nil }
    let router = Router(fabric, routing: routing)
    let capacities = fabric.links.map(\.bandwidth.bytesPerSecond)
    let rates = Self.endpointRates(fabric)
    var pairing = Pairing(fabric)
    var generator = SplitMix64(seed: seed)
    var loads = [Int32](repeating: 0, count: capacities.count)
    var path = [Int32]()
    var ends = [Int]()
    var means = [Double]()
    var (bandwidths, worstFlows, worstLoads) = (0.0, 0.0, 0.0)

    for pattern in 0..<patterns {
      pairing.draw(by: &generator)
      for index in loads.indices { loads[index] = 0 }
      path.removeAll(keepingCapacity: true)
      ends.removeAll(keepingCapacity: true)
      for place in pairing.sources.indices {
        router.appendPath(
          from: pairing.sources[place], to: pairing.destinations[place], flow: UInt64(pattern), to: &path)
        ends.append(path.count)
      }
      for link in path { loads[Int(link)] += 1 }
      var (sum, sumOfBandwidths, worst) = (0.0, 0.0, Double.infinity)
      var start = 0
      for (place, end) in ends.enumerated() {
        var bandwidth = Double.infinity
        for index in start..<end {
          let link = Int(path[index])
          bandwidth = min(bandwidth, capacities[link] / Double(loads[link]))
        }
        start = end
        let fraction = bandwidth / rates[pairing.sources[place]]
        sum += fraction
        sumOfBandwidths += bandwidth
        worst = min(worst, fraction)
      }
      means.append(sum / Double(ends.count))
      bandwidths += sumOfBandwidths / Double(ends.count)
      worstFlows += worst
      worstLoads += Double(loads.max() ?? 0)
    }

    let sample = Sample(means)
    fraction = sample.mean
    margin = patterns > 1 ? 1.96 * sample.standardDeviation / Double(patterns).squareRoot() : nil
    bandwidth = Bandwidth(bytesPerSecond: bandwidths / Double(patterns))
    worstFlow = worstFlows / Double(patterns)
    worstLoad = worstLoads / Double(patterns)
    (self.patterns, self.seed, self.routing) = (patterns, seed, routing)
  }

  /// What each endpoint's NIC can send: the sum of its links to the network, or of all where there are none.
  private static func endpointRates(_ fabric: Fabric) -> [Double] {
    var network = [Double](repeating: 0, count: fabric.nodes.count)
    var local = network
    for link in fabric.links where fabric.nodes[link.from].kind == .endpoint {
      if fabric.nodes[link.to].isNetworkSwitch {
        network[link.from] += link.bandwidth.bytesPerSecond
      } else {
        local[link.from] += link.bandwidth.bytesPerSecond
      }
    }
    return fabric.endpoints.map { network[$0] > 0 ? network[$0] : local[$0] }
  }
}

/// Random halves of the hosts, with each endpoint of the one paired with an endpoint of the other.
private struct Pairing {
  /// Each pair twice, once each way.
  private(set) var sources = [Int]()
  private(set) var destinations = [Int]()

  /// The endpoints of each host; of each endpoint where there is one host.
  private var groups: [[Int]]

  init(_ fabric: Fabric) {
    if fabric.hostCount > 1 {
      var members = [Int: [Int]]()
      for endpoint in fabric.endpoints.indices {
        members[fabric.host(of: endpoint), default: []].append(endpoint)
      }
      groups = members.sorted { $0.key < $1.key }.map(\.value)
    } else {
      groups = fabric.endpoints.indices.map { [$0] }
    }
  }

  mutating func draw(by generator: inout SplitMix64) {
    generator.shuffle(&groups)
    let half = groups.count / 2
    var left = groups[..<half].flatMap { $0 }
    var right = groups[half..<2 * half].flatMap { $0 }
    generator.shuffle(&left)
    generator.shuffle(&right)
    sources.removeAll(keepingCapacity: true)
    destinations.removeAll(keepingCapacity: true)
    // Hosts may differ in endpoints: those of the larger half that are left over sit out.
    for (one, other) in zip(left, right) {
      sources += [one, other]
      destinations += [other, one]
    }
  }
}
