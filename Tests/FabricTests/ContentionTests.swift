import Fabric
import Quantities
import Testing

private let timing = LinkTiming(link: .nanoseconds(100), throughSwitch: .nanoseconds(300))

/// The most flows on any one link, one flow from each endpoint to the one `shift` places on.
private func worstLoad(_ fabric: Fabric, _ router: Router, shift: Int) -> Int {
  let count = fabric.endpoints.count
  var loads = [Int](repeating: 0, count: fabric.links.count)
  var path = [Int32]()
  for source in 0..<count {
    path.removeAll(keepingCapacity: true)
    router.appendPath(from: source, to: (source + shift) % count, flow: 0, to: &path)
    for link in path { loads[Int(link)] += 1 }
  }
  return loads.max() ?? 0
}

@Suite("D-mod-k keeps every shift of a full-bisection fabric free of contention (Zahavi 2012)")
struct ContentionTests {
  @Test("On k-ary fat-trees", arguments: [2, 4, 6, 8, 12])
  func fatTree(k: Int) throws {
    let fabric = try FatTree(k: k, rate: .gigabits(400), timing: timing).fabric(named: "tree")
    let router = Router(fabric, routing: .destinationModulo)
    for shift in 1..<fabric.endpoints.count {
      #expect(worstLoad(fabric, router, shift: shift) == 1, "shift by \(shift)")
    }
  }

  @Test(
    "On rails, where a shift by part of a host goes over NVSwitches as well",
    arguments: [(8, 2, 4), (16, 4, 8)])
  func rails(hosts: Int, gpus: Int, perUnit: Int) throws {
    let fabric = try RailOptimized(
      hosts: hosts, gpusPerHost: gpus, hostsPerUnit: perUnit, rate: .gigabits(400),
      nvLink: RailOptimized.NVLink(rate: .gigabytes(450), latency: .zero), timing: timing
    ).fabric(named: "rails")
    let router = Router(fabric, routing: .destinationModulo)
    for shift in 1..<fabric.endpoints.count {
      #expect(worstLoad(fabric, router, shift: shift) == 1, "shift by \(shift)")
    }
  }

  @Test(
    "On two tiers with parallel cables, up and down",
    arguments: [(4, 8, 8, 1), (4, 8, 4, 2), (6, 8, 2, 4), (4, 8, 1, 8)])
  func parallelCables(leaves: Int, hosts: Int, spines: Int, cables: Int) throws {
    let fabric = try LeafSpine(
      leaves: leaves, hostsPerLeaf: hosts, spines: spines, uplinksPerSpine: cables, hostRate: .gigabits(100),
      uplinkRate: .gigabits(100), timing: timing
    ).fabric(named: "two tiers")
    let router = Router(fabric, routing: .destinationModulo)
    for shift in 1..<fabric.endpoints.count {
      #expect(worstLoad(fabric, router, shift: shift) == 1, "shift by \(shift)")
    }
  }

  // Children, parents and parallel links of each level; as many links up from a switch as down.
  @Test(
    "On parallel-port generalised fat trees of two to four levels, endpoints with two NICs among them",
    arguments: [
      [[4, 1, 1], [6, 4, 1]], [[6, 1, 1], [4, 3, 2]], [[6, 1, 1], [4, 2, 3]],
      [[4, 1, 1], [3, 2, 2], [4, 3, 2]],
      [[4, 1, 1], [4, 4, 1], [3, 2, 2]], [[2, 1, 1], [2, 2, 1], [2, 1, 2], [3, 2, 2]],
      [[4, 2, 1], [4, 4, 1]],
      [[3, 2, 2], [4, 3, 2]],
    ])
  func trees(levels: [[Int]]) throws {
    let fabric = try PGFT(
      levels: levels.map {
        PGFT.Level(children: $0[0], parents: $0[1], parallel: $0[2], rate: .gigabits(400))
      },
      timing: timing
    ).fabric(named: "tree")
    let router = Router(fabric, routing: .destinationModulo)
    #expect(router.isTiered)
    for shift in 1..<fabric.endpoints.count {
      #expect(worstLoad(fabric, router, shift: shift) == 1, "shift by \(shift)")
    }
  }

  @Test("Hashing has no such luck: the same shifts collide")
  func hashing() throws {
    let fabric = try FatTree(k: 8, rate: .gigabits(400), timing: timing).fabric(named: "tree")
    let router = Router(fabric, routing: .ecmp(seed: 1))
    #expect((1..<128).contains { worstLoad(fabric, router, shift: $0) > 1 })
  }

  @Test("Hashing spreads flows evenly over the ways up, at each tier apart")
  func spread() throws {
    let fabric = try FatTree(k: 8, rate: .gigabits(400), timing: timing).fabric(named: "tree")
    let router = Router(fabric, routing: .ecmp(seed: 5))
    var counts = [Int32: Int]()
    for flow in 0..<16_000 {
      var path = [Int32]()
      router.appendPath(from: 0, to: 127, flow: UInt64(flow), to: &path)
      counts[path[2], default: 0] += 1
    }
    // 16 ways through the core, 1,000 flows expected on each: five standard deviations are 153.
    #expect(counts.count == 16)
    #expect(counts.values.allSatisfy { abs($0 - 1_000) < 160 })
  }
}
