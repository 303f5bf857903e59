import Quantities

/// What is left of the bisection when a plane or a spine has failed.
public struct DegradedBisection: Sendable, Equatable {
  /// What has failed.
  public enum Loss: Sendable, Equatable {
    /// All switches of the plane of that number.
    case plane(Int)
    /// One switch of the highest tier, by its name.
    case spine(String)
  }

  /// What has failed.
  public let loss: Loss
  /// The rated bisection of what is left; nil where none is defined.
  public let rated: RatedBisection?
  /// The effective bisection of what is left, drawn from the same patterns.
  public let effective: EffectiveBisection

  /// The losses that `fabric` can be asked about: its first plane where there are several, and its first spine.
  ///
  /// All planes, and all spines, are alike in the fabrics of builders. A switch is a spine where there are lower
  /// tiers.
  public static func losses(of fabric: Fabric) -> [Loss] {
    let planes = Set(fabric.nodes.map(\.plane).filter { $0 >= 0 })
    var losses = [Loss]()
    if planes.count > 1, let first = planes.min() { losses.append(.plane(first)) }
    let top = fabric.nodes.lazy.filter(\.isNetworkSwitch).map(\.level).max() ?? 0
    if top > 1, let spine = fabric.nodes.first(where: { $0.level == top }) { losses.append(.spine(spine.id)) }
    return losses
  }

  /// The fabric without what is lost, measured like the whole one.
  ///
  /// - Parameter progress: is told how many patterns are done, after each.
  /// - Throws: ``FabricError`` where endpoints no longer reach each other.
  public init(
    _ fabric: Fabric, losing loss: Loss, routing: Routing, patterns: Int, seed: UInt64,
    progress: (Int) -> Void = { _ in }
  ) throws(FabricError) {
    var lost = Set<Int>()
    for (index, node) in fabric.nodes.enumerated() where node.isNetworkSwitch {
      switch loss {
      case .plane(let plane): if node.plane == plane { lost.insert(index) }
      case .spine(let id): if node.id == id { lost.insert(index) }
      }
    }
    let left = try fabric.without(nodes: lost, links: [])
    guard
      let effective = EffectiveBisection(
        left, routing: routing, patterns: patterns, seed: seed, progress: progress)
    else { throw FabricError(.fabric, "found 1 endpoint, expected 2 or more to pair") }
    (self.loss, self.effective) = (loss, effective)
    rated = RatedBisection(left)
  }
}
