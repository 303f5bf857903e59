package import Fabric
package import Quantities

/// What a picture of a fabric shows: groups of nodes, and the links between groups as bundles.
package struct FabricSketch: Sendable {
  /// Nodes that are drawn as one box.
  package struct Group: Sendable, Equatable {
    /// Endpoints, NVSwitches, or the switches of one tier.
    package let kind: Fabric.Node.Kind
    /// How many nodes.
    package fileprivate(set) var count: Int
    /// The name of the first node in the fabric's order.
    package let first: String
    /// The name of the last one.
    package fileprivate(set) var last: String
    /// The rail that all are of; -1 for none.
    package fileprivate(set) var rail: Int
    /// The plane that all are of; -1 for none.
    package fileprivate(set) var plane: Int
  }

  /// The links between two groups, or within one.
  package struct Bundle: Sendable, Equatable {
    /// The group nearer to the hosts.
    package let lower: Int
    /// The other one; the same for links within a group.
    package let upper: Int
    /// How many, both directions counted as one.
    package fileprivate(set) var links: Int
    /// What they carry together, each way.
    package fileprivate(set) var capacity: Bandwidth
    /// The least that one carries.
    package fileprivate(set) var slowest: Bandwidth
    /// The most that one carries.
    package fileprivate(set) var fastest: Bandwidth
    /// The greatest utilisation of one link in one direction, 0 to 1; nil where none is known.
    package fileprivate(set) var busiest: Double?
  }

  /// What a fabric falls into without its highest tiers: pods, rails, planes.
  package struct Parts: Sendable, Equatable {
    /// The lowest tier that is left out.
    package let tier: Int
    /// How many parts the switches below and their endpoints form.
    package let count: Int

    /// So many parts without a tier and those above it.
    package init(tier: Int, count: Int) { (self.tier, self.count) = (tier, count) }
  }

  /// The fabric's name.
  package let name: String
  /// How finely nodes are told apart.
  package let detail: NodeGroups.Detail
  /// The boxes, in the order of their first nodes.
  package let groups: [Group]
  /// The lines, by their ends.
  package let bundles: [Bundle]
  /// How many of everything there is.
  package let census: Census
  /// The parts without the tiers from the third up, where there are several.
  package let parts: [Parts]
  /// Whether a simulation's utilisation is shown.
  package let hasUtilisation: Bool

  /// A sketch in which no tier has more than `limit` boxes.
  ///
  /// - Parameter utilisation: of each link of the fabric, from 0 to 1; nil where no simulation is shown.
  package init(_ fabric: Fabric, perTier limit: Int = 32, utilisation: [Double]? = nil) {
    precondition(utilisation.map { $0.count == fabric.links.count } ?? true, "each link has a utilisation")
    let partition = NodeGroups(fabric, perTier: limit)
    (name, detail, census) = (fabric.name, partition.detail, Census(fabric))
    hasUtilisation = utilisation != nil
    parts = census.tiers.map(\.tier).filter { $0 >= 3 }.compactMap { tier in
      let count = Self.parts(of: fabric, below: tier)
      return count > 1 ? Parts(tier: tier, count: count) : nil
    }

    var groups = [Group?](repeating: nil, count: partition.count)
    for (node, place) in zip(fabric.nodes, partition.ofNode) {
      guard var group = groups[Int(place)] else {
        groups[Int(place)] = Group(
          kind: node.kind, count: 1, first: node.id, last: node.id, rail: node.rail, plane: node.plane)
        continue
      }
      group.count += 1
      group.last = node.id
      if group.rail != node.rail { group.rail = -1 }
      if group.plane != node.plane { group.plane = -1 }
      groups[Int(place)] = group
    }
    self.groups = groups.compactMap { $0 }

    var bundles = [UInt64: Bundle]()
    for index in stride(from: 0, to: fabric.links.count, by: 2) {
      let link = fabric.links[index]
      let ends = [link.from, link.to].map { (level: fabric.nodes[$0].level, group: partition.ofNode[$0]) }
      let isUpward = (ends[0].level, ends[0].group) <= (ends[1].level, ends[1].group)
      let (lower, upper) = isUpward ? (ends[0].group, ends[1].group) : (ends[1].group, ends[0].group)
      let key = UInt64(lower) << 32 | UInt64(upper)
      let busiest = utilisation.map { max($0[index], $0[index + 1]) }
      guard var bundle = bundles[key] else {
        bundles[key] = Bundle(
          lower: Int(lower), upper: Int(upper), links: 1, capacity: link.bandwidth, slowest: link.bandwidth,
          fastest: link.bandwidth, busiest: busiest)
        continue
      }
      bundle.links += 1
      let capacity = bundle.capacity.bytesPerSecond + link.bandwidth.bytesPerSecond
      bundle.capacity = Bandwidth(bytesPerSecond: capacity)
      bundle.slowest = min(bundle.slowest, link.bandwidth)
      bundle.fastest = max(bundle.fastest, link.bandwidth)
      if let busiest { bundle.busiest = max(bundle.busiest ?? 0, busiest) }
      bundles[key] = bundle
    }
    self.bundles = bundles.sorted { $0.key < $1.key }.map(\.value)
  }

  /// How many connected parts the nodes below a tier form, NVSwitches aside.
  private static func parts(of fabric: Fabric, below tier: Int) -> Int {
    let outgoing = Adjacency(nodes: fabric.nodes.count, links: fabric.links) {
      fabric.nodes[$0.from].level < tier && fabric.nodes[$0.to].level < tier
    }
    var isSeen = fabric.nodes.map { $0.level >= tier }
    var parts = 0
    var open = [Int]()
    for start in fabric.nodes.indices where !isSeen[start] {
      parts += 1
      isSeen[start] = true
      open.append(start)
      while let node = open.popLast() {
        for index in outgoing[node] {
          let end = fabric.links[Int(index)].to
          if !isSeen[end] {
            isSeen[end] = true
            open.append(end)
          }
        }
      }
    }
    return parts
  }
}
