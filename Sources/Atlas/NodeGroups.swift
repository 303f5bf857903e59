package import Fabric
import Quantities

/// The nodes of a fabric in groups whose members no one could tell apart by what they are joined with.
///
/// Nodes start in groups by kind, rail and plane; a group is split as long as its members differ in how many links of
/// which sort lead to which group. What is left is the coarsest equitable partition. It is found in rounds, each linear
/// in the links but for sorting; there are about as many rounds as the longest path between nodes that differ.
///
/// - Source: colour refinement; McKay, "Practical graph isomorphism", 1981.
package struct NodeGroups: Sendable {
  /// How finely nodes are told apart.
  package enum Detail: Sendable, Equatable {
    /// Each node is a group.
    case nodes
    /// Members of a group have the same links to the same groups.
    case alike
    /// Members of a group are of the same tier, rail and plane, but may differ in their links.
    case similar
    /// All nodes of a tier are one group.
    case tiers
  }

  /// How finely nodes are told apart here.
  package let detail: Detail
  /// The group of each node.
  package let ofNode: [Int32]
  /// How many groups there are; numbers follow the order of their first nodes.
  package let count: Int

  private init(_ detail: Detail, _ ofNode: [Int32], count: Int) {
    (self.detail, self.ofNode, self.count) = (detail, ofNode, count)
  }

  /// The coarsest equitable partition.
  package init(alikeIn fabric: Fabric) {
    var refinement = Refinement(fabric) { [Int64($0.level), Int64($0.rail), Int64($0.plane)] }
    while refinement.refine() {}
    self.init(.alike, refinement.ofNode, count: refinement.count)
  }

  /// The finest groups of which no tier has more than `limit`.
  ///
  /// Single nodes where there are few in all; of the partitions on the way to the equitable one the last that fits;
  /// whole tiers where nothing else does.
  package init(_ fabric: Fabric, perTier limit: Int) {
    var tiers = [Int: Int]()
    for node in fabric.nodes { tiers[node.level, default: 0] += 1 }
    if fabric.nodes.count <= 3 * limit, tiers.values.allSatisfy({ $0 <= limit }) {
      self.init(.nodes, Array(0..<Int32(fabric.nodes.count)), count: fabric.nodes.count)
      return
    }
    var refinement = Refinement(fabric) { [Int64($0.level), Int64($0.rail), Int64($0.plane)] }
    guard refinement.fits(fabric, perTier: limit) else {
      let whole = Refinement(fabric) { [Int64($0.level)] }
      self.init(.tiers, whole.ofNode, count: whole.count)
      return
    }
    while true {
      var finer = refinement
      guard finer.refine() else { break }
      guard finer.fits(fabric, perTier: limit) else {
        self.init(.similar, refinement.ofNode, count: refinement.count)
        return
      }
      refinement = finer
    }
    self.init(.alike, refinement.ofNode, count: refinement.count)
  }
}

/// A partition of nodes that becomes finer.
private struct Refinement {
  private(set) var ofNode: [Int32]
  private(set) var count: Int
  private let outgoing: Adjacency
  /// What a link leads to, and its sort: links of one sort have the same rate, latency and cable type.
  private let ends: [(node: Int32, sort: Int32)]

  /// Nodes with the same key start in one group.
  init(_ fabric: Fabric, key: (Fabric.Node) -> [Int64]) {
    struct Sort: Hashable {
      let rate: Double
      let latency: Int64
      let cableType: Int
    }
    outgoing = Adjacency(nodes: fabric.nodes.count, links: fabric.links)
    var sorts = [Sort: Int32]()
    ends = fabric.links.map { link in
      let sort = Sort(
        rate: link.bandwidth.bytesPerSecond, latency: link.latency.picoseconds, cableType: link.cableType)
      let number = sorts[sort] ?? Int32(sorts.count)
      sorts[sort] = number
      return (Int32(link.to), number)
    }
    (ofNode, count) = Self.numbered(fabric.nodes.lazy.map(key))
  }

  /// Splits groups by their members' links; false where none was split.
  mutating func refine() -> Bool {
    var links = [Int64]()
    let keys = ofNode.indices.lazy.map { [self] node -> [Int64] in
      links.removeAll(keepingCapacity: true)
      for index in outgoing[node] {
        let end = ends[Int(index)]
        links.append(Int64(ofNode[Int(end.node)]) << 32 | Int64(end.sort))
      }
      links.sort()
      // Equal entries as one with their number, so that a switch of many ports has a short key.
      var key = [Int64(ofNode[node])]
      for link in links {
        if key.count > 1, key[key.count - 2] == link {
          key[key.count - 1] += 1
        } else {
          key += [link, 1]
        }
      }
      return key
    }
    let (finer, number) = Self.numbered(keys)
    defer { (ofNode, count) = (finer, number) }
    return number > count
  }

  /// Whether no tier has more than `limit` groups.
  func fits(_ fabric: Fabric, perTier limit: Int) -> Bool {
    var isSeen = [Bool](repeating: false, count: count)
    var groups = [Int: Int]()
    for (node, group) in zip(fabric.nodes, ofNode) where !isSeen[Int(group)] {
      isSeen[Int(group)] = true
      groups[node.level, default: 0] += 1
    }
    return groups.values.allSatisfy { $0 <= limit }
  }

  private static func numbered(_ keys: some Sequence<[Int64]>) -> (ofNode: [Int32], count: Int) {
    var numbers = [[Int64]: Int32]()
    let ofNode = keys.map { key in
      if let known = numbers[key] { return known }
      numbers[key] = Int32(numbers.count)
      return Int32(numbers.count - 1)
    }
    return (ofNode, numbers.count)
  }
}
