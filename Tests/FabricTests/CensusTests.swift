import Fabric
import Quantities
import Testing

@Suite("A census tells links, cables, transceivers and ports apart")
struct CensusTests {
  /// Two hosts of two GPUs on one leaf and one spine, their links as `type` says, three of them from the leaf up.
  private func census(_ type: CableType) throws -> Census {
    var nodes = (0..<4).map { Fabric.Node(id: "g\($0)", kind: .endpoint, host: $0 / 2) }
    nodes += [
      Fabric.Node(id: "leaf", kind: .networkSwitch(tier: 1)),
      Fabric.Node(id: "spine", kind: .networkSwitch(tier: 2)),
    ]
    let pairs = [(0, 4, 1), (1, 4, 1), (2, 4, 1), (3, 4, 1), (4, 5, 1), (4, 5, 2), (5, 4, 3)]
    let links = pairs.flatMap { from, to, number in
      [(from, to), (to, from)].map {
        Fabric.Link(from: $0.0, to: $0.1, bandwidth: .gigabits(100), latency: .zero, number: number)
      }
    }
    let fabric = try Fabric(
      name: "x", nodes: nodes, links: links, endpoints: Array(0..<4), cableTypes: [type])
    return Census(fabric, switchPorts: [8, 4])
  }

  // By hand. From hosts: 4 links; 2 from each host, 4 into the leaf. Above: 3 links from the leaf, 3 into the spine, one
  // of them listed from the spine down.
  @Test(
    "Counts by cable type: cables and transceivers below the leaf, then above",
    arguments: [
      (CableType(), [4, 3], [8, 6]),
      (CableType(linksPerCable: 2), [4, 2], [8, 6]),
      (CableType(linksPerLowerTransceiver: 2), [4, 3], [2 + 4, 2 + 3]),
      (CableType(linksPerUpperTransceiver: 2), [4, 3], [4 + 2, 3 + 2]),
      (CableType(linksPerLowerTransceiver: 4, linksPerUpperTransceiver: 4), [4, 3], [2 + 1, 1 + 1]),
      (CableType(medium: .copper), [4, 3], [0, 0]), (CableType(medium: .activeOptical), [4, 3], [0, 0]),
      (CableType(medium: .none), [0, 0], [0, 0]),
    ])
  func types(type: CableType, cables: [Int], transceivers: [Int]) throws {
    let census = try census(type)
    #expect(census.cabling.map(\.logicalLinks) == [4, 3])
    #expect(census.cabling.map(\.cables) == cables)
    #expect(census.cabling.map(\.transceivers) == transceivers)
    #expect(census.logicalLinks == 7 && census.links == 14)
    #expect(
      census.cables == cables[0] + cables[1] && census.transceivers == transceivers[0] + transceivers[1])
    #expect(census.tiers.map(\.portsUsed) == [7...7, 3...3])
    #expect(census.tiers.map(\.spare) == [1, 1])
  }

  @Test(
    "Ports of switches of one tier differ where hosts are missing, and are not spare where nobody knows them")
  func ports() throws {
    let fabric = try RailOptimized(
      hosts: 5, gpusPerHost: 2, hostsPerUnit: 4, rate: .gigabits(400),
      nvLink: Fabric.NVLink(rate: .gigabytes(450), latency: .zero),
      timing: LinkTiming(link: .zero, throughSwitch: .zero)
    ).fabric(named: "x")
    let known = Census(fabric, switchPorts: [8, 8], managementCables: 2)
    #expect(known.tiers.map(\.portsUsed) == [5...8, 8...8])
    // Three hosts are missing, on two rails; two of these ports are management's.
    #expect(known.tiers.map(\.spare) == [4, 0])
    #expect(Census(fabric).tiers.map(\.spare) == [nil, nil])
  }

  @Test("Between switches of one tier both ends share transceivers")
  func equals() throws {
    let nodes =
      (0..<3).map { Fabric.Node(id: "h\($0)", kind: .endpoint, host: $0) }
      + (0..<3).map { Fabric.Node(id: "s\($0)", kind: .networkSwitch(tier: 1)) }
    let pairs = [(0, 3, 0), (1, 4, 0), (2, 5, 0), (3, 4, 1), (4, 5, 1), (5, 3, 1)]
    let links = pairs.flatMap { from, to, type in
      [(from, to), (to, from)].map {
        Fabric.Link(from: $0.0, to: $0.1, bandwidth: .gigabits(1), latency: .zero, cableType: type)
      }
    }
    let census = Census(
      try Fabric(
        name: "ring", nodes: nodes, links: links, endpoints: [0, 1, 2],
        cableTypes: [
          CableType(medium: .none), CableType(linksPerLowerTransceiver: 2, linksPerUpperTransceiver: 2),
        ]))
    // Each of three switches has two links to the others, on one transceiver.
    #expect(census.cabling.map(\.transceivers) == [0, 3])
    #expect(census.cables == 3)
  }
}
