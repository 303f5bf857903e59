import Quantities

/// A tree whose leaves belong to rails: which scalable unit and rail each leaf is, and which GPU has each of its places.
struct RailTree {
  /// The order of the leaves, which decides what stands below one switch of the second tier.
  enum Order {
    /// All rails of a unit, then those of the next: spines are over all rails.
    case byUnit(rails: Int)
    /// All units of a rail, then those of the next: each rail has spines of its own.
    case byRail(units: Int)
    /// One rail alone.
    case only(rail: Int)
  }

  let tree: Tree
  let order: Order
  let hostsPerUnit: Int

  /// The unit and the rail of a leaf.
  func unitAndRail(ofLeaf leaf: Int) -> (unit: Int, rail: Int) {
    switch order {
    case .byUnit(let rails): (leaf / rails, leaf % rails)
    case .byRail(let units): (leaf % units, leaf / units)
    case .only(let rail): (leaf, rail)
    }
  }

  /// The rail of a switch, by its tier and index; -1 for one over several.
  func rail(level: Int, index: Int) -> Int {
    switch (order, level) {
    case (_, 1): unitAndRail(ofLeaf: index).rail
    case (.byRail, 2): tree.subtree(of: index, level: 2)
    case (.only(let rail), _): rail
    default: -1
    }
  }

  /// What builders of rails call a switch: `unit0.rail0`, `spine0` or, of one rail alone, `rail0.spine0`, `core0`.
  func name(level: Int, index: Int) -> String {
    if level == 1 {
      let (unit, rail) = unitAndRail(ofLeaf: index)
      return "unit\(unit).rail\(rail)"
    }
    guard level == 2 else { return "core\(index)" }
    let rail = rail(level: 2, index: index)
    return rail < 0 ? "spine\(index)" : "rail\(rail).spine\(index % tree.levels[1].parents)"
  }
}

extension Blueprint {
  /// Adds the switches of a tree of rails, and the links between them and to GPUs.
  ///
  /// - Parameters:
  ///   - gpus: all GPUs, host by host; the last unit may have fewer hosts than the others.
  ///   - gpusPerHost: so many rails.
  ///   - cableType: what links between a level and the next run on.
  ///   - name: a switch's name by level and index within it.
  mutating func add(
    _ rails: RailTree, over gpus: [Int], gpusPerHost: Int, latency: Time,
    cableType: (Int) -> Int = { _ in 0 },
    plane: Int = -1, name: (Int, Int) -> String
  ) {
    let gpu = { (place: Int) -> [Int] in
      let (leaf, host) = place.quotientAndRemainder(dividingBy: rails.hostsPerUnit)
      let (unit, rail) = rails.unitAndRail(ofLeaf: leaf)
      let index = (unit * rails.hostsPerUnit + host) * gpusPerHost + rail
      return index < gpus.count ? [gpus[index]] : []
    }
    add(
      rails.tree, over: gpu, latency: { _ in latency }, cableType: cableType, rail: rails.rail(level:index:),
      plane: plane, name: name)
  }
}
