import Fabric
import Quantities
import Testing

/// Hosts with four rails, each rail on a switch of its own; rails are joined only inside hosts, or also by spines.
private func rails(hosts: Int, spines: Int) throws -> Fabric {
  var drawing = Drawing()
  var leaves = [Int]()
  for rail in 0..<4 { leaves.append(drawing.networkSwitch("rail\(rail)", tier: 1)) }
  for host in 0..<hosts {
    let center = drawing.nvSwitch("h\(host).nv", host: host)
    for rail in 0..<4 {
      let gpu = drawing.endpoint("h\(host).gpu\(rail)", host: host, rail: rail)
      drawing.cable(gpu, center, gigabits: 3_600)
      drawing.cable(gpu, leaves[rail])
    }
  }
  for spine in 0..<spines {
    let top = drawing.networkSwitch("spine\(spine)", tier: 2)
    for leaf in leaves { drawing.cable(leaf, top) }
  }
  return try drawing.fabric()
}

@Suite("Across rails, and with something lost")
struct RailAndFailureTests {
  // Without spines nothing of the network joins rails, while between hosts it is full: four rails, half of the hosts each.
  @Test("Rails without spines have nothing between them but NVLink, and everything between hosts")
  func railOnly() throws {
    let fabric = try rails(hosts: 6, spines: 0)
    let cut = try #require(RailCut(fabric))
    #expect(cut.network == .gigabits(0))
    #expect(cut.fraction == 0)
    #expect(cut.nvLink == .gigabits(6 * 2 * 3_600))
    #expect(cut.full == .gigabits(6 * 2 * 100))
    #expect(cut.rails == 4)
    let hosts = try #require(MinimumCut(fabric))
    #expect(hosts.isExact)
    #expect(hosts.high == .gigabits(3 * 4 * 100))
  }

  // Two leaves on each side with three uplinks each, against 6 × 2 links of hosts: six uplinks cross.
  @Test("Spines join rails by what leaves have up")
  func spines() throws {
    let cut = try #require(RailCut(rails(hosts: 6, spines: 3)))
    #expect(cut.network == .gigabits(2 * 3 * 100))
    #expect(cut.fraction == 0.5)
  }

  @Test("At full bisection the cut across rails is full, too")
  func superPod() throws {
    let cut = try #require(RailCut(Topology(contentsOf: "\(shipped)/rail-32x8.yaml").fabric))
    #expect(cut.fraction == 1)
    #expect(cut.network == .gigabits(32 * 4 * 400))
  }

  // Neighbours in rank are in one host, over an NVSwitch that is far faster than NICs.
  @Test("Flows inside a host count as what a NIC carries, no more")
  func shiftsOfRails() throws {
    let fabric = try Topology(contentsOf: "\(shipped)/rail-32x8.yaml").fabric
    let shifts = try #require(
      ShiftPermutations(fabric, Router(fabric, routing: .destinationModulo), limit: .max))
    #expect(shifts.mean == 1)
  }

  @Test("Without rails there is nothing to cut across")
  func noRails() throws {
    #expect(try RailCut(Topology(contentsOf: "\(shipped)/fat-tree-k4.yaml").fabric) == nil)
  }

  // Three of four spines are left, so that the tier above the leaves has three quarters.
  @Test("Of four spines, three are left")
  func spineLost() throws {
    let timing = LinkTiming(link: .nanoseconds(100), throughSwitch: .nanoseconds(300))
    let fabric = try LeafSpine(
      leaves: 4, hostsPerLeaf: 4, spines: 4, hostRate: .gigabits(100), uplinkRate: .gigabits(100),
      timing: timing
    ).fabric(named: "leaf-spine")
    #expect(Loss.all(of: fabric) == [.spine("spine0")])
    let left = try fabric.losing(.spine("spine0"))
    #expect(try #require(RatedBisection(left)).fraction == 0.75)
    #expect(try #require(MinimumCut(left)).high == .gigabits(8 * 75))
    let whole = try #require(
      EffectiveBisection(fabric, Router(fabric, routing: .ecmp(seed: 1)), patterns: 50))
    let less = try #require(EffectiveBisection(left, Router(left, routing: .ecmp(seed: 1)), patterns: 50))
    #expect(less.fraction < whole.fraction)
    #expect(less.fraction > 0.6 * whole.fraction)
  }

  @Test("The only spine is missed: the error says who is cut off")
  func onlySpine() throws {
    let fabric = try Topology(contentsOf: "\(shipped)/pilot-4.yaml").fabric
    let error = #expect(throws: FabricError.self) { try fabric.losing(.spine("spine0")) }
    #expect(error?.description.contains("can't reach") == true)
  }

  @Test("Of two planes, one is left: half of what is rated")
  func planeLost() throws {
    var drawing = Drawing()
    let hosts = (0..<8).map { drawing.endpoint("h\($0)") }
    for plane in 0..<2 {
      let spine = drawing.networkSwitch("p\(plane).spine", tier: 2, plane: plane)
      for leaf in 0..<2 {
        let center = drawing.networkSwitch("p\(plane).leaf\(leaf)", tier: 1, plane: plane)
        for _ in 0..<4 { drawing.cable(center, spine) }
        for host in hosts[4 * leaf..<4 * leaf + 4] { drawing.cable(host, center) }
      }
    }
    let fabric = try drawing.fabric()
    #expect(Loss.all(of: fabric) == [.plane(0), .spine("p0.spine")])
    let left = try fabric.losing(.plane(0))
    #expect(try #require(RatedBisection(fabric)).bandwidth == .gigabits(800))
    #expect(try #require(RatedBisection(left)).bandwidth == .gigabits(400))
    #expect(try #require(MinimumCut(fabric)).high == .gigabits(800))
    #expect(try #require(MinimumCut(left)).high == .gigabits(400))
  }
}
