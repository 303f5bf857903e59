import Fabric
import Quantities
import Statistics
import Testing

private let timing = LinkTiming(link: .nanoseconds(100), throughSwitch: .nanoseconds(300))

/// A grid of routers that closes on itself in each dimension, one host on each router; the last dimension is the innermost.
private func torus(_ sizes: [Int], hostGigabits: Double = 1_000) throws -> Fabric {
  var drawing = Drawing()
  let count = sizes.reduce(1, *)
  let hosts = (0..<count).map { drawing.endpoint("h\($0)") }
  let routers = (0..<count).map { drawing.networkSwitch("r\($0)", tier: 1) }
  var stride = 1
  for size in sizes.reversed() {
    for place in 0..<count {
      let digit = place / stride % size
      drawing.cable(routers[place], routers[place + ((digit + 1) % size - digit) * stride])
    }
    stride *= size
  }
  for place in 0..<count { drawing.cable(hosts[place], routers[place], gigabits: hostGigabits) }
  return try drawing.fabric()
}

/// Groups of `a` routers, all joined, with `p` hosts and `h` global cables each; every two groups have one cable.
private func dragonfly(p: Int, a: Int, h: Int) throws -> Fabric {
  let groups = a * h + 1
  var drawing = Drawing()
  let hosts = (0..<p * a * groups).map { drawing.endpoint("h\($0)") }
  let routers = (0..<a * groups).map { drawing.networkSwitch("r\($0)", tier: 1) }
  for host in hosts.indices { drawing.cable(hosts[host], routers[host / p]) }
  for group in 0..<groups {
    for one in 0..<a {
      for other in one + 1..<a { drawing.cable(routers[group * a + one], routers[group * a + other]) }
    }
    for other in group + 1..<groups {
      let (out, back) = (other - group - 1, groups - 1 - (other - group))
      drawing.cable(routers[group * a + out / h], routers[other * a + back / h])
    }
  }
  return try drawing.fabric()
}

/// Hosts on a random connected graph of switches with random rates.
private func random(seed: UInt64, hosts: Int, switches: Int) throws -> Fabric {
  var generator = SplitMix64(seed: seed)
  var drawing = Drawing()
  let rates = [25.0, 50, 100, 200]
  let ends = (0..<hosts).map { drawing.endpoint("h\($0)") }
  let nodes = (0..<switches).map { drawing.networkSwitch("s\($0)", tier: 1) }
  for end in ends {
    drawing.cable(end, nodes[generator.index(below: switches)], gigabits: rates[generator.index(below: 4)])
  }
  for place in 1..<switches {
    drawing.cable(
      nodes[place], nodes[generator.index(below: place)], gigabits: rates[generator.index(below: 4)])
  }
  for _ in 0..<switches {
    let (one, other) = (generator.index(below: switches), generator.index(below: switches))
    if one != other { drawing.cable(nodes[one], nodes[other], gigabits: rates[generator.index(below: 4)]) }
  }
  return try drawing.fabric()
}

/// The least that crosses, in Gbit/s, over all halves of the hosts and all sides of the switches.
private func exhaustive(_ fabric: Fabric) -> Double {
  let hosts = fabric.endpoints
  let isHost = Set(hosts)
  let free = fabric.nodes.indices.filter { !isHost.contains($0) }
  let movable = hosts + free
  var least = Double.infinity
  for mask in 0..<1 << movable.count {
    let second = (0..<hosts.count).count { mask >> $0 & 1 == 1 }
    guard second == hosts.count / 2 else { continue }
    var side = [Int](repeating: 0, count: fabric.nodes.count)
    for (place, node) in movable.enumerated() { side[node] = mask >> place & 1 }
    let crossing = fabric.links.reduce(0) {
      side[$1.from] < side[$1.to] ? $0 + $1.bandwidth.gigabitsPerSecond : $0
    }
    least = min(least, crossing)
  }
  return least
}

@Suite("The minimum balanced cut: an interval that always holds, and exact where it closes")
struct MinimumCutTests {
  // Exhaustive search over up to 2^13 cuts is the judge; both lower bounds and the search have to be on its right side.
  @Test(
    "On small random graphs the interval and each bound hold the cut that exhaustive search finds",
    arguments: 0..<24)
  func randomGraphs(seed: Int) throws {
    let fabric = try random(seed: UInt64(seed), hosts: 4 + seed % 4, switches: 2 + seed % 5)
    let truth = exhaustive(fabric)
    let cut = try #require(MinimumCut(fabric))
    #expect(cut.low.gigabitsPerSecond <= truth * (1 + 1e-9))
    #expect(abs(cut.high.gigabitsPerSecond - truth) < 1e-6, "the search found \(cut.high), there is \(truth)")
    #expect(MinimumCut.flowBound(fabric).gigabitsPerSecond <= truth * (1 + 1e-9))
    #expect(MinimumCut.spectralBound(fabric).gigabitsPerSecond <= truth * (1 + 1e-9))
    #expect(MinimumCut.flowBound(fabric).gigabitsPerSecond > 0)
    #expect(MinimumCut.spectralBound(fabric).gigabitsPerSecond > 0)
  }

  // Odd numbers of leaves and of hosts, and every tier the narrowest in turn.
  @Test(
    "On small trees the tiers' bound is no more than exhaustive search finds",
    arguments: [
      [(3, 1, 1, 100.0), (2, 2, 1, 100)], [(2, 1, 1, 100), (3, 2, 1, 50)], [(2, 1, 1, 100), (3, 1, 1, 25)],
      [(1, 1, 1, 100), (5, 2, 1, 10)], [(3, 1, 1, 100), (3, 1, 2, 100)],
      [(2, 1, 1, 100), (2, 1, 2, 50), (2, 1, 1, 100)], [(1, 1, 1, 100), (2, 2, 1, 40), (3, 1, 1, 30)],
    ])
  func trees(levels: [(Int, Int, Int, Double)]) throws {
    let fabric = try PGFT(
      levels: levels.map {
        PGFT.Level(children: $0.0, parents: $0.1, parallel: $0.2, rate: .gigabits($0.3))
      }, timing: timing
    ).fabric(named: "tree")
    let truth = exhaustive(fabric)
    let bound = try #require(MinimumCut.tierBound(fabric))
    #expect(bound.gigabitsPerSecond <= truth * (1 + 1e-9))
    #expect(MinimumCut.flowBound(fabric).gigabitsPerSecond <= truth * (1 + 1e-9))
    let halves = fabric.endpoints.count / 2
    let rated = try #require(RatedBisection(fabric))
    #expect(
      bound.bytesPerSecond >= rated.bandwidth.bytesPerSecond * 2 * Double(halves) / Double(2 * halves + 1))
    let cut = try #require(MinimumCut(fabric))
    #expect(abs(cut.high.gigabitsPerSecond - truth) < 1e-6)
  }

  // One cable fewer between halves at the most; flows are held back by the place that lacks it, so that their bound is loose.
  @Test("A tier with a missing cable is not symmetric, and gets no bound by tiers", arguments: [32, 64])
  func brokenTree(link: Int) throws {
    let fabric = try FatTree(k: 4, rate: .gigabits(100), timing: timing).fabric(named: "tree")
    #expect(MinimumCut.tierBound(fabric) == .gigabits(800))
    let left = try fabric.without(nodes: [], links: [link])
    #expect(MinimumCut.tierBound(left) == nil)
    let cut = try #require(MinimumCut(left))
    #expect(cut.high == .gigabits(700))
    #expect(cut.low >= .gigabits(400))
    #expect(cut.low <= cut.high)
  }

  // k³/8 links.
  @Test(
    "A fat-tree's cut is full by its tiers, and the flows' bound agrees without knowing of tiers",
    arguments: [4, 6])
  func fatTree(k: Int) throws {
    let fabric = try FatTree(k: k, rate: .gigabits(100), timing: timing).fabric(named: "tree")
    let cut = try #require(MinimumCut(fabric))
    // 27 hosts a half for k = 6; of k = 6's six pods, three are on each side.
    let crossing = Double(k * k * k / 8) * 100
    #expect(cut.isExact)
    #expect(cut.bound == .tiers)
    #expect(abs(cut.high.gigabitsPerSecond - crossing) < 1e-6)
    #expect(cut.fraction == (1, 1))
    #expect(abs(MinimumCut.flowBound(fabric).gigabitsPerSecond - crossing) < 1e-6)
  }

  @Test(
    "Where an even number of leaves is oversubscribed, the cut is half of their uplinks",
    arguments: [(4, 8, 2, 1), (8, 8, 4, 1), (6, 12, 2, 3)])
  func oversubscribed(leaves: Int, hosts: Int, spines: Int, cables: Int) throws {
    let fabric = try LeafSpine(
      leaves: leaves, hostsPerLeaf: hosts, spines: spines, uplinksPerSpine: cables, hostRate: .gigabits(100),
      uplinkRate: .gigabits(100), timing: timing
    ).fabric(named: "leaf-spine")
    let cut = try #require(MinimumCut(fabric))
    let rated = try #require(RatedBisection(fabric))
    #expect(cut.isExact)
    #expect(cut.bound == .tiers)
    #expect(abs(cut.high.gigabitsPerSecond - Double(leaves * spines * cables) / 2 * 100) < 1e-6)
    #expect(abs(cut.high.bytesPerSecond - rated.bandwidth.bytesPerSecond) < 1)
    #expect(abs(MinimumCut.flowBound(fabric).bytesPerSecond - cut.high.bytesPerSecond) < 1)
  }

  // Three leaves of four hosts with one uplink: one leaf has to be split, at two host links, and one uplink crosses.
  @Test("Where a leaf has to be split, no more is claimed than holds")
  func oddLeaves() throws {
    let fabric = try LeafSpine(
      leaves: 3, hostsPerLeaf: 4, spines: 1, hostRate: .gigabits(100), uplinkRate: .gigabits(100),
      timing: timing
    ).fabric(named: "odd")
    let cut = try #require(MinimumCut(fabric))
    #expect(abs(cut.high.gigabitsPerSecond - exhaustive(fabric)) < 1e-6)
    #expect(cut.high.gigabitsPerSecond == 300)
    #expect(cut.low.gigabitsPerSecond >= 150)
    #expect(!cut.isExact)
  }

  // A torus of a × b × c with c the longest, and even: 2ab links.
  @Test(
    "A torus is cut across its longest dimension, wherever that stands",
    arguments: [([4, 4], 8), ([8], 2), ([4, 4, 4], 32), ([4, 2, 6], 16), ([6, 4], 8), ([3, 8], 6)])
  func tori(sizes: [Int], links: Int) throws {
    let cut = try #require(MinimumCut(torus(sizes)))
    // A dimension of two has two cables between its routers, as others have two ways round.
    #expect(cut.isExact, "\(cut)")
    #expect(cut.bound == .flows)
    #expect(abs(cut.high.gigabitsPerSecond - Double(links) * 100) < 1e-6)
  }

  // g groups, all joined by one cable: (g/2)² cables join halves of them, less a part of one where the odd group is split.
  @Test("A dragonfly is cut at its global cables, and no bound claims more", arguments: [1, 2])
  func dragonflies(h: Int) throws {
    let fabric = try dragonfly(p: h, a: 2 * h, h: h)
    let groups = 2 * h * h + 1
    let cut = try #require(MinimumCut(fabric))
    let global = Double(groups * groups) / 4
    #expect(cut.high.gigabitsPerSecond / 100 <= global + 1)
    #expect(cut.high.gigabitsPerSecond / 100 >= global - 1)
    #expect(cut.low <= cut.high)
    #expect(cut.low.gigabitsPerSecond / 100 > 0.75 * global)
    if h == 1 { #expect(abs(cut.high.gigabitsPerSecond - exhaustive(fabric)) < 1e-6) }
  }

  // Every host on both planes: each plane's half crosses.
  @Test("Planes add up, and rails count by hosts")
  func planesAndRails() throws {
    let rails = try Topology(contentsOf: "\(shipped)/rail-32x8.yaml").fabric
    let cut = try #require(MinimumCut(rails))
    #expect(cut.isExact)
    #expect(cut.fraction == (1, 1))
    #expect(cut.high == .gigabits(400 * 128))
    var drawing = Drawing()
    let hosts = (0..<8).map { drawing.endpoint("h\($0)") }
    for plane in 0..<2 {
      let spine = drawing.networkSwitch("p\(plane).spine", tier: 2)
      for leaf in 0..<4 {
        let center = drawing.networkSwitch("p\(plane).leaf\(leaf)", tier: 1)
        drawing.cable(center, spine, gigabits: 50)
        for host in hosts[2 * leaf..<2 * leaf + 2] { drawing.cable(host, center) }
      }
    }
    let planes = try #require(MinimumCut(drawing.fabric()))
    #expect(planes.isExact)
    #expect(planes.bound == .tiers)
    #expect(planes.high == .gigabits(2 * 2 * 50))
  }

  @Test("The spectral bound of a complete graph of hosts is its cut")
  func complete() throws {
    // Eight hosts, cabled to each other: λ₂ is 8 cables' worth, and 16 cables cross.
    var drawing = Drawing()
    let hosts = (0..<8).map { drawing.endpoint("h\($0)") }
    for one in hosts { for other in hosts where one < other { drawing.cable(one, other) } }
    let fabric = try drawing.fabric()
    #expect(abs(MinimumCut.spectralBound(fabric).gigabitsPerSecond / 1_600 - 1) < 1e-5)
    #expect(try #require(MinimumCut(fabric)).isExact)
  }

  // Four hosts of two GPUs: four links of GPUs cross, as no host is split.
  @Test("An NVSwitch that joins hosts is a switch like others")
  func nvLinkDomain() throws {
    var drawing = Drawing()
    let center = drawing.nvSwitch("nv", host: -1)
    for gpu in 0..<8 { drawing.cable(drawing.endpoint("g\(gpu)", host: gpu / 2), center, gigabits: 7_200) }
    let cut = try #require(MinimumCut(drawing.fabric()))
    #expect(cut.isExact)
    #expect(cut.high == .gigabits(4 * 7_200))
    #expect(cut.fraction == (1, 1))
  }

  @Test("One endpoint has no halves; two have what joins them")
  func tiny() throws {
    let one = try SingleSwitch(hosts: 1, rate: .gigabits(100), timing: timing).fabric(named: "one")
    #expect(MinimumCut(one) == nil)
    let two = try SingleSwitch(hosts: 2, rate: .gigabits(100), timing: timing).fabric(named: "two")
    #expect(try #require(MinimumCut(two)).high == .gigabits(100))
  }
}
