import Fabric
import Foundation
import Interchange
import Quantities
import Testing

@Suite("What is exported and imported again is the same fabric, but for what is said to be lost")
struct RoundTripTests {
  private static let timing = LinkTiming(link: .nanoseconds(100), throughSwitch: .nanoseconds(300))

  /// A fabric of each kind of builder.
  private static func built(_ name: String) throws -> Fabric {
    switch name {
    case "single": try SingleSwitch(hosts: 5, rate: .gigabits(100), timing: timing).fabric(named: name)
    case "leaf-spine":
      try LeafSpine(
        leaves: 3, hostsPerLeaf: 2, spines: 2, uplinksPerSpine: 2, hostRate: .gigabits(100),
        uplinkRate: .gigabits(400), timing: timing
      ).fabric(named: name)
    case "fat-tree": try FatTree(k: 4, rate: .gigabits(400), timing: timing).fabric(named: name)
    default:
      try RailOptimized(
        hosts: 4, gpusPerHost: 3, hostsPerUnit: 4, rate: .gigabits(400),
        nvLink: .init(rate: .gigabytes(450), latency: .nanoseconds(250)), timing: timing
      ).fabric(named: name)
    }
  }

  private static let builders = ["single", "leaf-spine", "fat-tree", "rails"]

  private func lost(_ export: FabricExport) -> Set<String> { Set(export.losses.map(\.what)) }

  private func imported(_ export: FabricExport, _ format: FabricFormat) throws -> Fabric {
    try FabricImport(
      [SourceText(path: "export", text: export.text)], from: format, assuming: Assumptions(rate: .gigabits(1))
    ).fabric
  }

  /// Every part of a fabric, in the order of its own lists; the types of cables only as links have them.
  private func expectSame(_ one: Fabric, _ other: Fabric) {
    #expect(one.name == other.name)
    #expect(one.nodes == other.nodes)
    #expect(one.endpoints == other.endpoints)
    #expect(
      one.links.map { [$0.from, $0.to, $0.number] } == other.links.map { [$0.from, $0.to, $0.number] })
    #expect(one.links.map(\.bandwidth) == other.links.map(\.bandwidth))
    #expect(one.links.map(\.latency) == other.links.map(\.latency))
    #expect(
      one.links.map { one.cableTypes[$0.cableType] } == other.links.map { other.cableTypes[$0.cableType] })
  }

  @Test("GraphML, DOT and the topology file hold everything", arguments: 0..<40 as Range<UInt64>)
  func everything(seed: UInt64) throws {
    let fabric = try Fabric.random(seed: seed)
    for format in [FabricFormat.graphml, .dot] {
      let export = try FabricExport(fabric, to: format)
      #expect(export.losses.isEmpty)
      expectSame(fabric, try imported(export, format))
      #expect(FabricFormat(guessing: export.text) == format)
    }
    expectSame(fabric, try Topology(parsing: fabric.explicitText).fabric)
  }

  @Test("The same for fabrics of builders", arguments: builders)
  func everythingBuilt(name: String) throws {
    let fabric = try Self.built(name)
    for format in [FabricFormat.graphml, .dot] {
      expectSame(fabric, try imported(FabricExport(fabric, to: format), format))
    }
    expectSame(fabric, try Topology(parsing: fabric.explicitText).fabric)
  }

  @Test("SimGrid holds everything but parallel links", arguments: 0..<40 as Range<UInt64>)
  func simGrid(seed: UInt64) throws {
    let fabric = try Fabric.random(seed: seed)
    let export = try FabricExport(fabric, to: .simgrid)
    let again = try imported(export, .simgrid)
    if !fabric.links.contains(where: { $0.number > 1 }) {
      #expect(export.losses.isEmpty)
      return expectSame(fabric, again)
    }
    #expect(again.nodes == fabric.nodes)
    #expect(export.losses.first { $0.what == FabricAspect.parallelLinks.rawValue }?.count ?? 0 >= 2)
    // What all links between two nodes carry together is the same.
    func sums(_ fabric: Fabric) -> [[Int]: Double] {
      Dictionary(fabric.links.map { ([$0.from, $0.to], $0.bandwidth.bytesPerSecond) }, uniquingKeysWith: +)
    }
    #expect(sums(again) == sums(fabric))
  }

  /// What each format loses of each builder's fabric, worked out by hand.
  private static let losses: [(FabricFormat, String, Set<FabricAspect>)] = [
    (.simgrid, "single", []), (.simgrid, "leaf-spine", [.parallelLinks]), (.simgrid, "fat-tree", []),
    (.simgrid, "rails", [.parallelLinks]),
    // A dump has neither a fabric's name nor latencies, and the rate of a port only where it is one of InfiniBand's.
    (.ibnetdiscover, "single", [.name, .latencies]), (.ibnetdiscover, "leaf-spine", [.name, .latencies]),
    (.ibnetdiscover, "fat-tree", [.name, .latencies]),
    (.ibnetdiscover, "rails", [.name, .latencies, .nvLink, .rails]),
    // One latency for both ways, while builders add a switch's to the way that ends there.
    (.simai, "single", [.name, .latencies]), (.simai, "leaf-spine", [.name, .nodeNames, .latencies]),
    (.simai, "fat-tree", [.name, .nodeNames, .latencies]),
    // NVLink is no cable: a type of its own.
    (.simai, "rails", [.name, .nodeNames, .latencies, .rails, .cableTypes]),
    (.infragraph, "single", [.latencies, .nodeNames]), (.infragraph, "leaf-spine", [.latencies, .nodeNames]),
    (.infragraph, "fat-tree", [.latencies, .nodeNames]),
    (.infragraph, "rails", [.latencies, .nodeNames, .rails, .cableTypes]),
  ]

  @Test("What is said to be lost is what the format can't hold", arguments: losses.indices)
  func declared(index: Int) throws {
    let (format, name, aspects) = Self.losses[index]
    let fabric = try Self.built(name)
    #expect(lost(try FabricExport(fabric, to: format)) == Set(aspects.map(\.rawValue)))
  }

  @Test(
    "What is not said to be lost is there again",
    arguments: [FabricFormat.ibnetdiscover, .simai, .infragraph], 0..<40 as Range<UInt64>)
  func kept(format: FabricFormat, seed: UInt64) throws {
    let fabric = try Fabric.random(seed: seed)
    let export = try FabricExport(fabric, to: format)
    let lost = lost(export)
    func isKept(_ aspect: FabricAspect) -> Bool { !lost.contains(aspect.rawValue) }
    // Without NVLink a fabric may fall apart, and then it is refused.
    guard isKept(.nvLink) else { return }
    let again = try imported(export, format)
    #expect(again.endpoints.count == fabric.endpoints.count && again.links.count == fabric.links.count)
    func types(_ fabric: Fabric) -> [CableType: Int] {
      Dictionary(fabric.links.map { (fabric.cableTypes[$0.cableType], 1) }, uniquingKeysWith: +)
    }
    func latencies(_ fabric: Fabric) -> [Time] { fabric.links.map(\.latency).sorted() }
    // Of these, what is lost differs and what differs is lost.
    #expect(isKept(.name) == (again.name == fabric.name))
    #expect(isKept(.nodeNames) == (Set(again.nodes.map(\.id)) == Set(fabric.nodes.map(\.id))))
    #expect(isKept(.latencies) == (latencies(again) == latencies(fabric)))
    #expect(isKept(.cableTypes) == (types(again) == types(fabric)))
    func endpoints<Value: Equatable>(_ fabric: Fabric, _ value: (Fabric.Node) -> Value) -> [Value] {
      fabric.endpoints.map { value(fabric.nodes[$0]) }
    }
    if isKept(.hosts) { #expect(endpoints(again, \.host) == endpoints(fabric, \.host)) }
    if isKept(.rails) { #expect(endpoints(again, \.rail) == endpoints(fabric, \.rail)) }
    func sorted(_ fabric: Fabric, _ value: (Fabric.Link) -> Double) -> [Double] {
      fabric.links.map(value).sorted()
    }
    if isKept(.rates) {
      #expect(sorted(again) { $0.bandwidth.bytesPerSecond } == sorted(fabric) { $0.bandwidth.bytesPerSecond })
    }
    func tiers(_ fabric: Fabric) -> [String] { fabric.nodes.map { "\($0.kind)" }.sorted() }
    if isKept(.tiers) { #expect(tiers(again) == tiers(fabric)) }
    if isKept(.planes) { #expect(fabric.nodes.allSatisfy { $0.plane < 0 }) }
  }

  @Test("ASTRA-sim's dimensions: NVLink, then the parts of each tier with what goes up for each endpoint")
  func dimensions() throws {
    // Two hosts a leaf at 100 Gbit/s; a leaf has 2 x 2 uplinks of 400 Gbit/s, 100 GB/s an endpoint.
    let leafSpine = try FabricExport(Self.built("leaf-spine"), to: .astraSim)
    #expect(
      leafSpine.text == """
        topology: [ Switch, Switch ]
        npus_count: [ 2, 3 ]
        bandwidth: [ 12.5, 100 ]  # GB/s
        latency: [ 400, 400 ]  # ns

        """)
    // Four hosts of three GPUs in one unit: NVLink, then each rail's leaf; the spines join rails of the same hosts.
    let rails = try FabricExport(Self.built("rails"), to: .astraSim)
    #expect(rails.text.contains("npus_count: [ 3, 4 ]"))
    #expect(rails.text.contains("bandwidth: [ 450, 50 ]"))
    let fatTree = try FabricExport(Self.built("fat-tree"), to: .astraSim)
    #expect(fatTree.text.contains("npus_count: [ 2, 2, 4 ]"))
    #expect(fatTree.text.contains("bandwidth: [ 50, 50, 50 ]"))
    #expect(fatTree.losses.map(\.kind) == [.lost, .lost, .lost])
    // Two dimensions of switches are read as hosts with an NVSwitch: the rails are there again.
    let again = try imported(rails, .astraSim)
    #expect(again.endpoints.count == 12 && again.hostCount == 4)
  }

  @Test("A fabric whose leaves differ in size has no dimensions")
  func irregular() throws {
    let text = """
      name: odd
      builder: explicit
      nodes:
        - {id: a, kind: endpoint}
        - {id: b, kind: endpoint}
        - {id: c, kind: endpoint}
        - {id: l, kind: switch, tier: 1}
        - {id: m, kind: switch, tier: 1}
        - {id: s, kind: switch, tier: 2}
      links:
        - {from: a, to: l, rate: 1 Gbit/s, latency: 0 ns}
        - {from: b, to: l, rate: 1 Gbit/s, latency: 0 ns}
        - {from: c, to: m, rate: 1 Gbit/s, latency: 0 ns}
        - {from: l, to: s, rate: 1 Gbit/s, latency: 0 ns}
        - {from: m, to: s, rate: 1 Gbit/s, latency: 0 ns}
      """
    let fabric = try Topology(parsing: text).fabric
    #expect {
      try FabricExport(fabric, to: .astraSim)
    } throws: {
      ($0 as? FabricError)?.description
        == "can't be held by astra-sim: parts of tier 1 have 1 to 2 endpoints, expected parts of the same size at each tier"
    }
  }

  @Test("Formats that are only imported refuse an export", arguments: [FabricFormat.lldp, .topo])
  func readOnly(format: FabricFormat) throws {
    #expect(!format.isWritable)
    #expect(throws: FabricError.self) { try FabricExport(Self.built("single"), to: format) }
  }
}
