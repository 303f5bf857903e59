import Atlas
import Fabric
import Testing

@Suite("Lint names what a topology can hardly mean")
struct FabricLintTests {
  /// Two spines over leaves with two hosts each, cable by cable.
  private static func cables(leaves: Int = 4) -> [(from: String, to: String, rate: String)] {
    (0..<leaves).flatMap { leaf in
      [0, 1].map { ("h\(leaf)\($0)", "leaf\(leaf)", "100 Gbit/s") }
        + [0, 1].map { ("leaf\(leaf)", "spine\($0)", "100 Gbit/s") }
    }
  }

  private static func fabric(
    _ cables: [(from: String, to: String, rate: String)], name: String = "f"
  ) throws -> Fabric {
    let names = Set(cables.flatMap { [$0.from, $0.to] }).sorted()
    let nodes = names.map { name in
      switch name.prefix(1) {
      case "h": "- {id: \(name), kind: endpoint}"
      case "l": "- {id: \(name), kind: switch, tier: 1}"
      default: "- {id: \(name), kind: switch, tier: 2}"
      }
    }
    let links = cables.map { "- {from: \($0.from), to: \($0.to), rate: \($0.rate), latency: 1 us}" }
    let text =
      "name: \(name)\nbuilder: explicit\nnodes:\n\(nodes.joined(separator: "\n"))\n"
      + "links:\n\(links.joined(separator: "\n"))\n"
    return try Topology(parsing: text).fabric
  }

  @Test("An even fabric has no finding, nor has any that is shipped")
  func even() throws {
    #expect(FabricLint(try Self.fabric(Self.cables())).findings.isEmpty)
    for name in ["pilot-4", "fat-tree-k4", "fat-tree-k16", "rail-32x8", "rail-128x8", "shared-memory-4"] {
      let fabric = try Topology(contentsOf: "\(shipped)/\(name).yaml").fabric
      #expect(FabricLint(fabric).findings.isEmpty, "\(name)")
    }
  }

  @Test("A cable that is missing shows at both of its ends")
  func missingUplink() throws {
    let cables = Self.cables().filter { $0.from != "leaf2" || $0.to != "spine1" }
    let findings = FabricLint(try Self.fabric(cables)).findings
    #expect(findings.map(\.kind) == [.unequalUplinks, .unequalDownlinks])
    #expect(findings.map(\.nodes) == [["leaf2"], ["spine1"]])
    #expect(
      findings.first?.message
        == "1 switch of tier 1 (leaf2) has 1 (100 Gbit/s) links up, the other 3 have 2 (200 Gbit/s)")
  }

  @Test("A leaf with fewer hosts than the others")
  func fewerHosts() throws {
    let findings = FabricLint(try Self.fabric(Self.cables().filter { $0.from != "h31" })).findings
    #expect(findings.map(\.kind) == [.unequalDownlinks])
    #expect(findings.map(\.nodes) == [["leaf3"]])
  }

  @Test("A slower link shows as a rate, and as less capacity at both of its ends")
  func mixedRates() throws {
    let cables = Self.cables().map {
      $0.from == "leaf1" && $0.to == "spine0" ? ($0.from, $0.to, "50 Gbit/s") : $0
    }
    let findings = FabricLint(try Self.fabric(cables)).findings
    #expect(findings.map(\.kind) == [.unequalUplinks, .unequalDownlinks, .mixedRates])
    #expect(
      findings.last?.message
        == "1 link between tier 1 and tier 2 (leaf1>spine0) carries 50 Gbit/s, the other 7 100 Gbit/s")
  }

  @Test("Parallel links that are spread unevenly")
  func unevenSpread() throws {
    let uneven = Self.cables() + (0..<4).map { ("leaf\($0)", "spine0", "100 Gbit/s") }
    let findings = FabricLint(try Self.fabric(uneven)).findings
    #expect(findings.map(\.kind) == [.unequalDownlinks, .unevenSpread])
    #expect(findings.last?.nodes == ["leaf0", "leaf1", "leaf2", "leaf3"])
    #expect(findings.last?.message.contains("from 1 to 2 parallel links") == true)
  }

  @Test("Oversubscription is a finding only where the name says that there is none")
  func oversubscription() throws {
    let cables = Self.cables().filter { $0.to != "spine1" }
    #expect(FabricLint(try Self.fabric(cables, name: "pod-2to1")).findings.isEmpty)
    let findings = FabricLint(try Self.fabric(cables, name: "pod-full-bisection")).findings
    #expect(findings.map(\.kind) == [.oversubscribed])
    #expect(findings.first?.message == "tier 1 is oversubscribed 2:1, and the name says 'full'")
  }

  @Test("A rail that only a switch is on, and one that is shorter than the others")
  func rails() throws {
    let text = """
      name: r
      builder: explicit
      nodes:
      - {id: a0, kind: endpoint, host: a, rail: 0}
      - {id: b0, kind: endpoint, host: b, rail: 0}
      - {id: a1, kind: endpoint, host: a, rail: 1}
      - {id: s0, kind: switch, tier: 1, rail: 0}
      - {id: s3, kind: switch, tier: 1, rail: 3}
      links:
      - {from: a0, to: s0, rate: 1 Gbit/s, latency: 1 us}
      - {from: b0, to: s0, rate: 1 Gbit/s, latency: 1 us}
      - {from: a1, to: s0, rate: 1 Gbit/s, latency: 1 us}
      - {from: s0, to: s3, rate: 1 Gbit/s, latency: 1 us}
      """
    let findings = FabricLint(try Topology(parsing: text).fabric).findings.filter { $0.kind == .unusedRail }
    #expect(
      findings.map(\.message) == [
        "rail 1 has 1 endpoints, the longest has 2", "rail 2 has no endpoints",
        "rail 3 has no endpoints, but s3",
      ])
  }

  @Test("Ports are held against links where they are given")
  func ports() throws {
    let fabric = try Self.fabric(Self.cables())
    #expect(FabricLint(fabric, switchPorts: 4).findings.isEmpty)
    #expect(FabricLint(fabric, switchPorts: 6).findings.map(\.kind) == [.sparePorts, .sparePorts])
    #expect(FabricLint(fabric, switchPorts: 3).findings.map(\.kind) == [.tooManyLinks, .tooManyLinks])
  }
}
