public import Quantities

/// Rated bisection bandwidth, as vendors give it: half of what the narrowest tier carries.
///
/// Where endpoints are split into two halves in the worst way that the tiers allow, half of a tier's capacity lies
/// between them. It says nothing of how well routes use that capacity; see ``EffectiveBisection``.
public struct RatedBisection: Sendable, Equatable {
  /// What crosses between the halves, each way.
  public let bandwidth: Bandwidth
  /// `bandwidth` over what half of the endpoints can send; 1 is full bisection.
  public let fraction: Double
  /// The tier below the narrowest cut: 0 where the endpoints' own links are the narrowest.
  public let tier: Int
  /// How many links of that tier cross, each way: half of those that lead up.
  public let crossingLinks: Double

  /// Nil where the network's links don't all lead from one tier to a higher one, so that no tier is the cut.
  ///
  /// A fabric without network switches is rated by its endpoints' links to NVSwitches.
  public init?(_ fabric: Fabric) {
    let levels = fabric.nodes.map(\.level)
    let hasNetwork = levels.contains { $0 > 0 && $0 < Fabric.Node.nvSwitchLevel }
    // Capacity and number of the links that lead from a tier or below it to one above.
    var capacity = [Double](repeating: 0, count: Fabric.tiers.upperBound + 1)
    var count = [Int](repeating: 0, count: capacity.count)
    var top = 0
    for link in fabric.links {
      let (from, to) = (levels[link.from], levels[link.to])
      if hasNetwork, from == Fabric.Node.nvSwitchLevel || to == Fabric.Node.nvSwitchLevel { continue }
      guard from != to else { return nil }
      guard from < to else { continue }
      let last = to == Fabric.Node.nvSwitchLevel ? 1 : to
      top = max(top, last)
      for tier in from..<last {
        capacity[tier] += link.bandwidth.bytesPerSecond
        count[tier] += 1
      }
    }
    guard top > 0, let narrowest = (0..<top).min(by: { capacity[$0] < capacity[$1] }) else { return nil }
    bandwidth = Bandwidth(bytesPerSecond: capacity[narrowest] / 2)
    fraction = capacity[narrowest] / capacity[0]
    tier = narrowest
    crossingLinks = Double(count[narrowest]) / 2
  }
}
