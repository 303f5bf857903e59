import Fabric
import Quantities
import Testing

@Suite("Dragonflies and tori are what their definitions say")
struct DirectNetworkTests {
  private let timing = LinkTiming(link: .nanoseconds(10), throughSwitch: .nanoseconds(300))
  private let rates = DragonflyRates(
    host: .gigabits(100), local: .gigabits(200), global: .gigabits(400), globalLatency: .nanoseconds(150))

  /// The group of a switch called `group3.router1`.
  private func group(_ node: Fabric.Node) -> Int? {
    node.id.hasPrefix("group") ? Int(node.id.dropFirst(5).prefix { $0 != "." }) : nil
  }

  /// Logical links between groups, by pair; and global links by switch.
  private func global(_ fabric: Fabric) -> (pairs: [[Int]: Int], ofSwitch: [Int: Int]) {
    var pairs = [[Int]: Int]()
    var ofSwitch = [Int: Int]()
    for link in fabric.links {
      guard let from = group(fabric.nodes[link.from]), let to = group(fabric.nodes[link.to]), from != to
      else {
        continue
      }
      if from < to { pairs[[from, to], default: 0] += 1 }
      ofSwitch[link.from, default: 0] += 1
    }
    return (pairs, ofSwitch)
  }

  // (p, a, h, g), g nil for a h + 1; among them g - 1 that divide a h, leave an even rest and an odd one.
  @Test(
    "A dragonfly",
    arguments: [
      (2, 4, 2, nil), (1, 2, 1, nil), (2, 4, 2, 5), (2, 4, 2, 7), (2, 4, 2, 6), (3, 5, 3, 9), (2, 4, 4, 8),
      (1, 4, 2, 2),
      (2, 3, 1, 1), (1, 3, 5, 4),
    ] as [(Int, Int, Int, Int?)])
  func dragonfly(p: Int, a: Int, h: Int, g: Int?) throws {
    let builder = try Dragonfly(
      hostsPerRouter: p, routersPerGroup: a, globalLinks: h, groups: g, rates: rates, timing: timing)
    let fabric = try builder.fabric(named: "d")
    let groups = g ?? a * h + 1
    #expect(fabric.endpoints.count == groups * a * p && builder.endpoints == groups * a * p)
    #expect(switches(fabric, tier: 1) == groups * a && builder.routers == groups * a)
    let (pairs, ofSwitch) = global(fabric)
    #expect(pairs.values.reduce(0, +) == builder.globalLinkCount)
    let locals = fabric.links.count {
      guard let from = group(fabric.nodes[$0.from]) else { return false }
      return from == group(fabric.nodes[$0.to])
    }
    #expect(locals == groups * a * (a - 1) && locals == 2 * builder.localLinkCount)
    // Each pair of groups is joined, and no pair by more than one link more than another.
    #expect(pairs.count == groups * (groups - 1) / 2)
    if let least = pairs.values.min(), let most = pairs.values.max() { #expect(most - least <= 1) }
    // No router has more than h; all have, but where an odd number of ports is left over.
    let ports = groups * a * h
    #expect(ofSwitch.values.allSatisfy { $0 <= h })
    if groups > 1 { #expect(ofSwitch.values.reduce(0, +) >= ports - groups) }
    #expect(
      fabric.links.allSatisfy { link in
        guard let from = group(fabric.nodes[link.from]), let to = group(fabric.nodes[link.to]) else {
          return true
        }
        return link.bandwidth == .gigabits(from != to ? 400 : 200)
          && link.latency == .nanoseconds(from != to ? 450 : 310)
      })
  }

  // Balanced, as the paper has it: a = 2p = 2h. At most three routers' links lie between two routers.
  @Test("Any two routers of a whole dragonfly are three links apart at the most")
  func diameter() throws {
    let fabric = try Dragonfly(
      hostsPerRouter: 2, routersPerGroup: 4, globalLinks: 2, rates: rates, timing: timing
    )
    .fabric(named: "d")
    var neighbours = [Int: [Int]]()
    for link in fabric.links
    where fabric.nodes[link.from].isOfNetwork && fabric.nodes[link.to].isOfNetwork {
      neighbours[link.from, default: []].append(link.to)
    }
    for start in neighbours.keys {
      var reached: Set = [start]
      for _ in 0..<3 { reached.formUnion(reached.flatMap { neighbours[$0] ?? [] }) }
      #expect(reached.count == neighbours.count)
    }
  }

  // DeepSeek's DF row (ISCA 2025): p = 16, a = 32, h = 16 and 511 groups are the only whole numbers that give it. The row
  // is too large for routing by distance; the numbers are held against built fabrics above.
  @Test("The dragonfly of DeepSeek's table")
  func published() throws {
    let builder = try Dragonfly(
      hostsPerRouter: 16, routersPerGroup: 32, globalLinks: 16, groups: 511, switchPorts: 64, rates: rates,
      timing: timing)
    #expect(builder.endpoints == 261_632)
    #expect(builder.routers == 16_352)
    #expect(builder.localLinkCount == 253_456)
    #expect(builder.globalLinkCount == 130_816)
    #expect(builder.localLinkCount + builder.globalLinkCount == 384_272)
  }

  @Test("A dragonfly+", arguments: [(4, 1, nil), (4, 2, 5), (3, 2, 4), (2, 1, 1)] as [(Int, Int, Int?)])
  func dragonflyPlus(spines: Int, links: Int, g: Int?) throws {
    let fabric = try DragonflyPlus(
      DragonflyPlus.Group(leaves: 3, hostsPerLeaf: 2, spines: spines, uplinksPerSpine: 2, globalLinks: links),
      groups: g, rates: rates, timing: timing
    ).fabric(named: "d")
    let groups = g ?? spines * links + 1
    let census = Census(fabric)
    #expect(census.endpoints == groups * 6 && census.tiers.map(\.switches) == [groups * 3, groups * spines])
    #expect(cables(fabric, .networkSwitch(tier: 1), .networkSwitch(tier: 2)) == groups * 3 * spines * 2)
    let (pairs, ofSwitch) = global(fabric)
    #expect(pairs.count == groups * (groups - 1) / 2)
    for (index, count) in ofSwitch {
      #expect(fabric.nodes[index].kind == .networkSwitch(tier: 2) && count <= links)
    }
  }

  @Test(
    "A torus: each router has its neighbours one step away in one dimension, and no others",
    arguments: [[4, 4, 4], [3, 5], [2, 3, 4], [6], [2, 2], [1, 5], [1], [3, 3, 3]])
  func torus(dimensions: [Int]) throws {
    let fabric = try Torus(dimensions: dimensions, rate: .gigabytes(50), timing: timing).fabric(named: "t")
    let count = dimensions.reduce(1, *)
    #expect(fabric.endpoints.count == count && switches(fabric, tier: 1) == count)
    func place(_ node: Fabric.Node) -> [Int] {
      node.id.dropFirst(6).split(separator: ".").compactMap { Int($0) }
    }
    var neighbours = [[Int]: Set<[Int]>]()
    for link in fabric.links
    where fabric.nodes[link.from].isOfNetwork && fabric.nodes[link.to].isOfNetwork {
      let isNew = neighbours[place(fabric.nodes[link.from]), default: []].insert(place(fabric.nodes[link.to]))
        .inserted
      #expect(isNew)
    }
    for (number, node) in fabric.nodes.filter(\.isOfNetwork).enumerated() {
      let own = place(node)
      var place = 0
      for (coordinate, size) in zip(own, dimensions) { place = place * size + coordinate }
      #expect(place == number)
      var expected = Set<[Int]>()
      for (axis, size) in dimensions.enumerated() where size > 1 {
        for step in [1, size - 1] {
          var next = own
          next[axis] = (own[axis] + step) % size
          expected.insert(next)
        }
      }
      #expect(neighbours[own, default: []] == expected)
    }
    // A host's link carries what all others of its router do together.
    let links = dimensions.reduce(0) { $0 + min($1 - 1, 2) }
    #expect(fabric.links[0].bandwidth == .gigabytes(50 * Double(max(1, links))))
  }

  // TPU v4: 16 × 16 × 16, three links for each of 4,096 chips.
  @Test("A cube of 4,096 chips, and the links that a cut through its middle crosses")
  func cube() throws {
    let fabric = try Torus(dimensions: [16, 16, 16], rate: .gigabytes(50), timing: timing).fabric(named: "t")
    #expect(cables(fabric, .networkSwitch(tier: 1), .networkSwitch(tier: 1)) == 2 * 3 * 4_096)
    let crossing = fabric.links.count { link in
      let sides = [link.from, link.to].map { node in
        fabric.nodes[node].id.split(separator: ".").last.flatMap { Int($0) }.map { $0 < 8 }
      }
      return fabric.nodes[link.from].isOfNetwork && fabric.nodes[link.to].isOfNetwork
        && sides == [true, false]
    }
    // 2 a b, at 50 GB/s each: 25.6 TB/s each way.
    #expect(crossing == 512)
  }
}
