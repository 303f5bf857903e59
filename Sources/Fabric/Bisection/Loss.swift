/// What a fabric can lose while its bisection is asked for once more.
public enum Loss: Sendable, Equatable {
  /// All switches of the plane of that number.
  case plane(Int)
  /// One switch of the highest tier, by its name.
  case spine(String)

  /// The losses that `fabric` can be asked about: its first plane where there are several, and its first spine.
  ///
  /// All planes, and all spines, are alike in the fabrics of builders. A switch is a spine where there are lower tiers.
  public static func all(of fabric: Fabric) -> [Loss] {
    let planes = Set(fabric.nodes.map(\.plane).filter { $0 >= 0 })
    var losses = [Loss]()
    if planes.count > 1, let first = planes.min() { losses.append(.plane(first)) }
    let top = fabric.nodes.lazy.filter(\.isNetworkSwitch).map(\.level).max() ?? 0
    if top > 1, let spine = fabric.nodes.first(where: { $0.level == top }) { losses.append(.spine(spine.id)) }
    return losses
  }
}

extension Fabric {
  /// The fabric without what is lost.
  ///
  /// - Throws: ``FabricError`` where endpoints no longer reach each other.
  public func losing(_ loss: Loss) throws(FabricError) -> Fabric {
    var lost = Set<Int>()
    for (index, node) in nodes.enumerated() where node.isNetworkSwitch {
      switch loss {
      case .plane(let plane): if node.plane == plane { lost.insert(index) }
      case .spine(let id): if node.id == id { lost.insert(index) }
      }
    }
    return try without(nodes: lost, links: [])
  }
}

extension Loss: CustomStringConvertible {
  /// `plane 0`, or the spine's name.
  public var description: String {
    switch self {
    case .plane(let plane): "plane \(plane)"
    case .spine(let id): id
    }
  }
}
