import Fabric
import Quantities
import Testing

/// A row of a published table of DGX SuperPODs.
struct SuperPODRow: Sendable, CustomTestStringConvertible {
  let model: SuperPOD.Model
  let units, nodes, gpus, leaves, spines, cores: Int
  /// Cables: from nodes (those of the fabric manager included), between leaves and spines, between spines and cores.
  let toNodes, toSpines, toCores: Int

  init(
    _ model: SuperPOD.Model, _ units: Int, _ nodes: Int, _ gpus: Int, _ leaves: Int, _ spines: Int,
    _ cores: Int,
    _ toNodes: Int, _ toSpines: Int, _ toCores: Int
  ) {
    (self.model, self.units, self.nodes, self.gpus) = (model, units, nodes, gpus)
    (self.leaves, self.spines, self.cores) = (leaves, spines, cores)
    (self.toNodes, self.toSpines, self.toCores) = (toNodes, toSpines, toCores)
  }

  var testDescription: String { "\(model.rawValue), \(units) units" }
}

@Suite("A DGX SuperPOD has the counts of its published table")
struct SuperPODTests {
  private func build(_ model: SuperPOD.Model, units: Int, hosts: Int? = nil) throws -> (SuperPOD, Fabric) {
    let builder = try SuperPOD(
      model: model, units: units, hosts: hosts, nvLinkLatency: .nanoseconds(250),
      timing: LinkTiming(link: .nanoseconds(150), throughSwitch: .nanoseconds(300)))
    return (builder, try builder.fabric(named: "pod"))
  }

  // NVIDIA's reference architectures, row by row. One is not as printed: the table of B300 XDR has 9,216 GPUs for
  // 18 units, where its 1,296 hosts of 8 have 10,368, as many as its own count of cables; the row here has the right one.
  @Test(
    "Switches, GPUs and cables",
    arguments: [
      SuperPODRow(.h100NDR, 1, 31, 248, 8, 4, 0, 252, 256, 0),
      SuperPODRow(.h100NDR, 2, 63, 504, 16, 8, 0, 508, 512, 0),
      SuperPODRow(.b200, 2, 64, 512, 16, 8, 0, 512, 512, 0),
      SuperPODRow(.b200, 4, 128, 1_024, 32, 16, 0, 1_024, 1_024, 0),
      SuperPODRow(.b200, 32, 1_024, 8_192, 256, 256, 128, 8_192, 8_192, 8_192),
      SuperPODRow(.b300Ethernet, 1, 64, 512, 16, 8, 0, 512, 512, 0),
      SuperPODRow(.b300Ethernet, 2, 128, 1_024, 32, 16, 0, 1_024, 1_024, 0),
      SuperPODRow(.b300XDR, 1, 72, 576, 8, 4, 0, 576, 576, 0),
      SuperPODRow(.b300XDR, 2, 144, 1_152, 16, 8, 0, 1_152, 1_152, 0),
      SuperPODRow(.b300XDR, 18, 1_296, 10_368, 144, 72, 0, 10_368, 10_368, 0),
    ])
  func rows(row: SuperPODRow) throws {
    let (builder, fabric) = try build(row.model, units: row.units)
    let census = Census(
      fabric, switchPorts: builder.switchPorts, managementCables: builder.managementCables)
    #expect(census.hosts == row.nodes)
    #expect(census.endpoints == row.gpus)
    #expect(census.tiers.map(\.switches) == [row.leaves, row.spines, row.cores].filter { $0 > 0 })
    let cables = Dictionary(uniqueKeysWithValues: census.cabling.map { ($0.upper, $0.cables) })
    #expect((cables[.tier(1)] ?? 0) + census.managementCables == row.toNodes)
    #expect(cables[.tier(2)] == row.toSpines)
    #expect(cables[.tier(3)] ?? 0 == row.toCores)
    #expect(cables[.nvSwitch] == 0)
    // Full tables leave no port free but those of hosts that were left out.
    #expect(census.tiers.map(\.spare) == census.tiers.map { $0.tier == 1 && row.model == .h100NDR ? 4 : 0 })
  }

  // Rows whose spines are more than ports would ask for: parallel links must be whole (72 / 16 is not, 72 / 18 is 4).
  @Test(
    "Spines divide a leaf's uplinks",
    arguments: [(SuperPOD.Model.h100NDR, 3, 24, 16), (.b300XDR, 4, 32, 18), (.b200, 8, 64, 32)])
  func wholeLinks(model: SuperPOD.Model, units: Int, leaves: Int, spines: Int) throws {
    let (_, fabric) = try build(model, units: units)
    #expect(switches(fabric, tier: 1) == leaves)
    #expect(switches(fabric, tier: 2) == spines)
  }

  // The rule that the larger B200 table was recovered as: GPUs / 32 leaves and spines, GPUs / 64 cores.
  @Test("Three tiers past 2,048 GPUs", arguments: [16, 32])
  func threeTiers(units: Int) throws {
    let (_, fabric) = try build(.b200, units: units)
    let gpus = fabric.endpoints.count
    #expect((1...3).map { switches(fabric, tier: $0) } == [gpus / 32, gpus / 32, gpus / 64])
    // A spine has its rail's leaves below, as many links up as down; a core has all rails below.
    var down = [Int](repeating: 0, count: fabric.nodes.count)
    var up = down
    var railsBelow = [Set<Int>](repeating: [], count: fabric.nodes.count)
    for link in fabric.links {
      guard case .networkSwitch(let from) = fabric.nodes[link.from].kind,
        case .networkSwitch(let to) = fabric.nodes[link.to].kind
      else { continue }
      if from < to { up[link.from] += 1 } else { down[link.from] += 1 }
      if from > to { railsBelow[link.from].insert(fabric.nodes[link.to].rail) }
    }
    for (index, node) in fabric.nodes.enumerated() {
      switch node.kind {
      case .networkSwitch(tier: 2):
        #expect(down[index] == 32 && up[index] == 32 && railsBelow[index] == [node.rail])
      case .networkSwitch(tier: 3): #expect(down[index] == 64 && railsBelow[index] == Set(0..<8))
      default: break
      }
    }
  }

  @Test("In two planes each GPU has one link into both, and half of the switches carry on alone")
  func planes() throws {
    let (_, fabric) = try build(.b300Ethernet, units: 1)
    var planes = [Int: [Int]]()
    for link in fabric.links
    where fabric.nodes[link.from].kind == .endpoint && fabric.nodes[link.to].plane >= 0 {
      planes[link.from, default: []].append(fabric.nodes[link.to].plane)
    }
    #expect(planes.count == 512 && planes.values.allSatisfy { $0 == [0, 1] })
    #expect(fabric.switchLinks.allSatisfy { $0.from.plane == $0.to.plane })
    let lost = Set(fabric.nodes.indices.filter { fabric.nodes[$0].plane == 1 })
    let left = try fabric.without(nodes: lost, links: [])
    #expect(left.endpoints.count == 512 && switches(left, tier: 1) == 8 && switches(left, tier: 2) == 4)
  }

  @Test(
    "What no such pod has is refused with what is near",
    arguments: [
      (SuperPOD.Model.h100NDR, 9, nil, "units", "found 9, expected 1 to 8", "the nearest is 8"),
      (.b200, 33, nil, "units", "found 33, expected 1 to 32", "the nearest is 32"),
      (.b300XDR, 0, nil, "units", "found 0, expected 1 to 18", "the nearest is 1"),
      (.h100NDR, 2, 64, "hosts", "found 64, expected 33 to 63", "the nearest is 63"),
      (.h100NDR, 2, 32, "hosts", "found 32, expected 33 to 63", "the nearest is 33"),
      (.b300Ethernet, 17, nil, "units", "found 17, expected 1 to 16", "the nearest is 16"),
    ])
  func refused(
    model: SuperPOD.Model, units: Int, hosts: Int?, field: String, found: String, nearest: String
  ) {
    let error = #expect(throws: FabricError.self) { try build(model, units: units, hosts: hosts) }
    #expect(error?.subject == .parameter(field))
    #expect(error?.description.hasPrefix(found) == true)
    #expect(error?.description.hasSuffix(nearest) == true)
  }
}
