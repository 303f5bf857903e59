import Quantities

/// A lower bound on any cut between halves of the hosts, for networks of symmetric tiers: half of the narrowest tier.
///
/// Let each endpoint of one half send evenly to all of the other, and let every switch spread what it sends up evenly
/// over its links up. Where tiers are symmetric, traffic that leaves a subtree is spread evenly over all links out of
/// it, and that which enters, over all links in. A subtree's endpoints send no more than they are, so nothing is
/// exceeded while each sends at the least, over the tiers, of a tier's capacity divided by the endpoints. All of it
/// crosses the cut.
///
/// Symmetric means, in each network (planes, and rails without spines, are networks of their own): links join
/// neighbouring tiers; an endpoint has one leaf; and in each tier all links have one rate, all switches have as many
/// links up, all subtrees as many endpoints, and all roots of a subtree as many links to each subtree right below.
struct SymmetricTiers {
  /// What crosses at the least, in bytes a second, one direction.
  let bound: Double

  /// Nil where a network isn't symmetric, where NVLink joins hosts, or where hosts have not all as many endpoints in
  /// it.
  init?(_ fabric: Fabric) {
    guard fabric.hostCount > 1 else { return nil }
    let networks = Networks(nodes: fabric.nodes, links: fabric.links)
    var links = [[Int]](repeating: [], count: networks.count)
    for there in stride(from: 0, to: fabric.links.count, by: 2) {
      let (from, to) = (fabric.links[there].from, fabric.links[there].to)
      let ends = [from, to].sorted { fabric.nodes[$0].level < fabric.nodes[$1].level }
      switch (fabric.nodes[ends[0]].kind, fabric.nodes[ends[1]].kind) {
      case (.endpoint, .nvSwitch): continue
      case (_, .networkSwitch): links[networks.network(ofSwitch: ends[1])].append(there)
      default: return nil
      }
    }
    guard !Self.joinsHosts(fabric) else { return nil }
    var bound = 0.0
    for links in links {
      guard let network = Network(fabric, links: links) else { return nil }
      bound += network.bound
    }
    guard bound > 0 else { return nil }
    self.bound = bound
  }

  private static func joinsHosts(_ fabric: Fabric) -> Bool {
    var host = [Int](repeating: -1, count: fabric.nodes.count)
    for link in fabric.links where fabric.nodes[link.from].kind == .nvSwitch {
      if host[link.from] < 0 { host[link.from] = fabric.nodes[link.to].host }
      if host[link.from] != fabric.nodes[link.to].host { return true }
    }
    return false
  }

  /// One network, tier by tier.
  private struct Network {
    let bound: Double

    init?(_ fabric: Fabric, links: [Int]) {
      // Links by the tier of their lower end, and the capacity of each tier: its links', all of one rate.
      var byTier = [[(lower: Int, upper: Int)]]()
      var rates = [Double]()
      for there in links {
        let (link, back) = (fabric.links[there], fabric.links[there + 1])
        let isUp = fabric.nodes[link.from].level < fabric.nodes[link.to].level
        let (lower, upper) = isUp ? (link.from, link.to) : (link.to, link.from)
        let tier = fabric.nodes[lower].level
        guard fabric.nodes[upper].level == tier + 1, link.bandwidth == back.bandwidth else { return nil }
        while byTier.count <= tier {
          byTier.append([])
          rates.append(link.bandwidth.bytesPerSecond)
        }
        if byTier[tier].isEmpty { rates[tier] = link.bandwidth.bytesPerSecond }
        guard rates[tier] == link.bandwidth.bytesPerSecond else { return nil }
        byTier[tier].append((lower, upper))
      }
      guard let access = byTier.first, !access.isEmpty else { return nil }

      // An endpoint is a subtree of its own; the subtree of a higher tier is what its links join.
      var subtree = [Int: Int]()
      var size = [Int: Int]()
      for (endpoint, _) in access {
        subtree[endpoint] = endpoint
        size[endpoint] = 1
      }
      let endpoints = size.count
      guard let smallerHalf = Self.smallerHalf(fabric, endpoints: Array(subtree.keys)) else { return nil }
      var leastPerEndpoint = Double.infinity
      for (tier, links) in byTier.enumerated() where size.count > 1 {
        guard !links.isEmpty,
          let merged = Self.merge(links, subtree: subtree, size: size, isAccess: tier == 0)
        else { return nil }
        leastPerEndpoint = min(leastPerEndpoint, rates[tier] * Double(links.count) / Double(endpoints))
        (subtree, size) = merged
      }
      guard size.count == 1 else { return nil }
      bound = Double(smallerHalf) * leastPerEndpoint
    }

    /// How many endpoints the smaller half has, when hosts are halved.
    private static func smallerHalf(_ fabric: Fabric, endpoints: [Int]) -> Int? {
      var perHost = [Int: Int]()
      for endpoint in endpoints { perHost[fabric.nodes[endpoint].host, default: 0] += 1 }
      guard perHost.count == fabric.hostCount, let each = perHost.values.first,
        perHost.values.allSatisfy({ $0 == each })
      else { return nil }
      return perHost.count / 2 * each
    }

    /// The subtrees of the switches above `links`, and how many endpoints each has; nil where the tier isn't
    /// symmetric.
    private static func merge(
      _ links: [(lower: Int, upper: Int)], subtree: [Int: Int], size: [Int: Int], isAccess: Bool
    ) -> (subtree: [Int: Int], size: [Int: Int])? {
      var linksUp = [Int: Int]()
      var linksDown = [Int: [Int: Int]]()
      for (lower, upper) in links {
        guard let below = subtree[lower] else { return nil }
        linksUp[lower, default: 0] += 1
        linksDown[upper, default: [:]][below, default: 0] += 1
      }
      guard linksUp.count == subtree.count, allEqual(linksUp.values),
        allEqual(linksDown.values.lazy.flatMap(\.values))
      else { return nil }
      // Roots of one subtree are above the same subtrees: that of the first below names them.
      var parent = [Int: Int]()
      var children = [Int: Set<Int>]()
      var merged = [Int: Int]()
      var sizes = [Int: Int]()
      for (upper, below) in linksDown {
        guard let name = below.keys.min() else { return nil }
        let set = Set(below.keys)
        guard children[name] == nil || children[name] == set else { return nil }
        if children[name] == nil {
          children[name] = set
          for child in set {
            guard parent[child] == nil || parent[child] == name else { return nil }
            parent[child] = name
          }
          sizes[name] = set.reduce(0) { $0 + (size[$1] ?? 0) }
        }
        merged[upper] = name
      }
      guard parent.count == size.count, allEqual(sizes.values) else { return nil }
      // An endpoint under two leaves would make these one subtree with two roots; what it sends is not spread then.
      if isAccess, merged.count != sizes.count { return nil }
      return (merged, sizes)
    }

    private static func allEqual(_ values: some Sequence<Int>) -> Bool {
      var first: Int?
      for value in values {
        if let first, value != first { return false }
        first = value
      }
      return true
    }
  }
}
