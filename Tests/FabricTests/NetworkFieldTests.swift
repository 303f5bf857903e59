import Fabric
import Quantities
import Testing

@Suite("What builders share in a topology file, and the rules that refuse")
struct NetworkFieldTests {
  private static let timing = "link-latency: 100 ns\nswitch-latency: 1 us"
  private static let nvLink = "nvlink-rate: 450 GB/s\nnvlink-latency: 1 ns"

  /// A file of the builder, its fields and the latencies.
  private static func file(_ builder: String, _ fields: String, timing: String = timing) -> String {
    "name: x\nbuilder: \(builder)\n\(fields)\n\(timing)"
  }

  private static let leafSpine =
    "leaves: 3\nhosts-per-leaf: 2\nspines: 2\nhost-rate: 100 Gbit/s\nuplink-rate: 100 Gbit/s"

  private func refusal(_ text: String) -> String {
    let error = #expect(throws: TopologyFileError.self) { try Topology(parsing: text, path: "x.yaml") }
    #expect(error?.line != nil)
    return error?.description ?? ""
  }

  @Test("A length gives a cable's latency, 5 ns a metre, unless one is given")
  func length() throws {
    let long = try Topology(
      parsing: Self.file(
        "leaf-spine", Self.leafSpine + "\ncable-length: 30 m", timing: "switch-latency: 1 us")
    ).fabric
    #expect(long.links[1].latency == .nanoseconds(150) && long.links[0].latency == .nanoseconds(1_150))
    #expect(long.links.allSatisfy { long.cableTypes[$0.cableType].metres == 30 })
    let given = try Topology(parsing: Self.file("leaf-spine", Self.leafSpine + "\ncable-length: 30 m")).fabric
    #expect(given.links[1].latency == .nanoseconds(100))
  }

  @Test("Medium and breakout change cables and transceivers, no link; NVLink is no cable")
  func medium() throws {
    let fields =
      "hosts: 8\ngpus-per-host: 2\nhosts-per-unit: 4\nrate: 400 Gbit/s\nswitch-ports: 4\nbreakout: 2\n"
      + Self.nvLink
    let plain = try Topology(
      parsing: Self.file(
        "rail-optimized", fields.replacing("switch-ports: 4\nbreakout: 2", with: "switch-ports: 8")))
    let broken = try Topology(parsing: Self.file("rail-optimized", fields))
    let copper = try Topology(parsing: Self.file("rail-optimized", fields + "\nmedium: copper"))
    for other in [broken, copper] {
      #expect(other.fabric.nodes == plain.fabric.nodes)
      #expect(other.fabric.links.map(\.bandwidth) == plain.fabric.links.map(\.bandwidth))
      #expect(other.switchPorts == [8, 8])
    }
    // 16 links from GPUs, 16 between 4 leaves and 2 spines of 4 ports that are two each.
    #expect(Census(plain).transceivers == 64 && Census(plain).cables == 32)
    #expect(Census(broken).transceivers == 16 + 8 + 8 + 8 && Census(broken).cables == 32)
    #expect(Census(copper).transceivers == 0 && Census(copper).cables == 32)
    #expect(Census(broken).tiers.map(\.spare) == [0, 0])
  }

  @Test("Breakout multiplies the ports of a fat-tree's switches")
  func breakout() throws {
    let tree = try Topology(parsing: Self.file("fat-tree", "k: 2\nbreakout: 4\nrate: 100 Gbit/s"))
    #expect(tree.fabric.endpoints.count == 128 && tree.switchPorts == [8, 8, 8])
  }

  @Test("Failed switches and links are gone, whatever the builder")
  func failures() throws {
    let without = try Topology(
      parsing: Self.file(
        "leaf-spine", Self.leafSpine + "\nfailed-switches: [spine1]\nfailed-links: []")
    ).fabric
    let whole = try Topology(parsing: Self.file("leaf-spine", Self.leafSpine)).fabric
    let spine = try #require(whole.nodes.firstIndex { $0.id == "spine1" })
    let expected = try whole.without(nodes: [spine], links: [])
    #expect(without.nodes == expected.nodes && without.links == expected.links)
    let explicit = try Topology(
      parsing: """
        name: g
        builder: explicit
        nodes:
        - {id: a, kind: endpoint}
        - {id: b, kind: endpoint}
        - {id: s, kind: switch, tier: 1}
        links:
        - {from: a, to: s, rate: 1 Gbit/s, latency: 1 us}
        - {from: a, to: s, rate: 1 Gbit/s, latency: 1 us}
        - {from: b, to: s, rate: 1 Gbit/s, latency: 1 us}
        failed-links: ["s>a#2"]
        """
    ).fabric
    #expect(explicit.links.indices.map(explicit.name(ofLink:)) == ["a>s", "s>a", "b>s", "s>b"])
  }

  @Test("What ends at an NVSwitch is no cable, in an explicit graph too")
  func explicitCables() throws {
    let fabric = try Topology(
      parsing: """
        name: g
        builder: explicit
        nodes:
        - {id: a, kind: endpoint, host: h}
        - {id: b, kind: endpoint, host: h}
        - {id: n, kind: nvswitch, host: h}
        - {id: s, kind: switch, tier: 1}
        links:
        - {from: a, to: n, rate: 1 GB/s, latency: 1 us}
        - {from: n, to: b, rate: 1 GB/s, latency: 1 us}
        - {from: a, to: s, rate: 1 Gbit/s, latency: 1 us}
        - {from: b, to: s, rate: 1 Gbit/s, latency: 1 us}
        """
    ).fabric
    #expect(Census(fabric).logicalLinks == 4)
    #expect(Census(fabric).cables == 2 && Census(fabric).transceivers == 4)
  }

  @Test(
    "What can't have failed",
    arguments: [
      (
        "failed-switches: [spine7]", 8,
        "'failed-switches': found 'spine7', expected the name of a switch such as 'spine"
      ),
      ("failed-switches: [host0]", 8, "'failed-switches': found 'host0', expected the name of a switch"),
      (
        "failed-links:\n- leaf0>spine0\n- leaf0>leaf1", 10,
        "'failed-links': found 'leaf0>leaf1', expected the name of a"
      ),
      ("failed-switches: spine0", 8, "'failed-switches': found 'spine0', expected a list"),
      ("failed-switches: [spine0, spine1]", 8, "expected a path through switches between any two endpoints"),
      ("failed-links: [host0>leaf0]", 8, "endpoint 'host0' has no link"),
    ])
  func wrongFailures(field: String, line: Int, message: String) {
    let error = refusal(Self.file("leaf-spine", Self.leafSpine + "\n" + field))
    #expect(error.hasPrefix("x.yaml:\(line): field "), "\(error)")
    #expect(error.contains(message), "\(error)")
  }

  @Test(
    "Rules name the field, what breaks them and what is near",
    arguments: [
      (
        "leaf-spine", leafSpine + "\nswitch-ports: 3", "switch-ports", "found 3, expected 4 or more",
        "the nearest is 4"
      ),
      (
        "leaf-spine", leafSpine + "\npods: 2\ncores: 3", "cores",
        "found 3, expected a multiple of spines (2)",
        "the nearest are 2 and 4"
      ),
      (
        "leaf-spine", leafSpine + "\npods: 2\ncores: 4\nspine-oversubscription: 2", "spine-oversubscription",
        "found 2, expected a ratio above 0 that gives a spine the same whole number of uplinks to each of its 2 cores",
        "the nearest are 1.5"
      ),
      (
        "pgft", "children: [4, 8]\nparents: [1, 2]\nparallel: [1, 2]\nrate: 1 Gbit/s\nswitch-ports: 12",
        "switch-ports",
        "found 12, expected 16 or more, since a switch of tier 2 has 16 links down and 0 up",
        "the nearest is 16"
      ),
      (
        "pgft", "children: [4, 8]\nparents: [1]\nrate: 1 Gbit/s", "parents", "found 1 numbers, expected 2",
        "'children'"
      ),
      (
        "rail-optimized",
        "hosts: 8\ngpus-per-host: 4\nnics-per-host: 6\nhosts-per-unit: 4\nrate: 1 Gbit/s\n" + nvLink,
        "nics-per-host",
        "found 6, expected a multiple of gpus-per-host (4)", "the nearest are 4 and 8"
      ),
      (
        "rail-optimized",
        "hosts: 8\ngpus-per-host: 4\nhosts-per-unit: 4\noversubscription: 3\nrate: 1 Gbit/s\n" + nvLink,
        "oversubscription", "found 3, expected a ratio above 0 that gives a switch with 4 links down",
        "the nearest are 2 and 4"
      ),
      (
        "rail-optimized",
        "hosts: 64\ngpus-per-host: 4\nhosts-per-unit: 4\ntiers: 3\nrate: 1 Gbit/s\n" + nvLink, "hosts",
        "found 64, expected at most as many leaves on a rail (16) as a spine has ports for them (4)",
        "the nearest is 16"
      ),
      (
        "rail-only", "hosts: 64\ngpus-per-host: 4\nhosts-per-unit: 4\nrate: 1 Gbit/s\n" + nvLink, "hosts",
        "found 64, expected at most as many leaves on a rail (16) as a spine has ports (8)",
        "the nearest is 32"
      ),
      (
        "multi-plane",
        "hosts: 4\ngpus-per-host: 8\nplanes: 4\nplanes-per-gpu: 3\nswitch-ports: 8\nrate: 1 Gbit/s\n"
          + nvLink,
        "planes-per-gpu", "found 3, expected a divisor of planes (4)", "the nearest are 2 and 4"
      ),
      (
        "multi-plane",
        "hosts: 4\ngpus-per-host: 6\nplanes: 4\nplanes-per-gpu: 1\nswitch-ports: 8\nrate: 1 Gbit/s\n"
          + nvLink,
        "gpus-per-host", "found 6, expected a multiple of 4", "the nearest are 4 and 8"
      ),
      (
        "multi-plane", "hosts: 4\ngpus-per-host: 8\nplanes: 2\nswitch-ports: 9\nrate: 1 Gbit/s\n" + nvLink,
        "switch-ports", "found 9, expected a ratio above 0 that divides a leaf's 9 ports", "0.8 and 1.25"
      ),
      (
        "multi-plane", "hosts: 999\ngpus-per-host: 8\nplanes: 2\nswitch-ports: 8\nrate: 1 Gbit/s\n" + nvLink,
        "hosts",
        "found 999, expected at most as many leaves in a plane (1998) as a spine has ports (8)",
        "the nearest is 4"
      ),
      ("hpn", "segments: 16\n" + nvLink, "segments", "found 16, expected 1 to 15", "the nearest is 15"),
      (
        "hpn", "hosts-per-segment: 129\n" + nvLink, "hosts-per-segment", "found 129, expected hosts on",
        "1 to 128"
      ),
      (
        "meta-roce", "cluster-switches: 5\n" + nvLink, "cluster-switches",
        "found 5, expected a divisor of the 16",
        "the nearest are 4 and 8"
      ),
      (
        "meta-roce", "aggregation-switches: 40\n" + nvLink, "aggregation-switches",
        "found 40, expected a multiple of",
        "the nearest are 32 and 64"
      ),
      (
        "dragonfly", "hosts-per-router: 2\nrouters-per-group: 4\nglobal-links: 2\ngroups: 10\nrate: 1 Gbit/s",
        "groups",
        "found 10, expected 1 to 9", "the nearest is 9"
      ),
      (
        "dragonfly",
        "hosts-per-router: 2\nrouters-per-group: 4\nglobal-links: 2\nswitch-ports: 6\nrate: 1 Gbit/s",
        "switch-ports", "found 6, expected 7 or more: 2 for hosts, 3 in the group, 2 to others",
        "the nearest is 7"
      ),
      (
        "dragonfly-plus",
        "leaves-per-group: 4\nhosts-per-leaf: 2\nspines-per-group: 2\nglobal-links: 5\nswitch-ports: 8\nrate: 1 Gbit/s",
        "switch-ports", "found 8, expected 9 or more, since a spine has 4 links down and 5 to other groups",
        "the nearest is 9"
      ),
      (
        "torus", "dimensions: [4, 4, 4, 4]\nrate: 1 Gbit/s", "dimensions",
        "found 4 of them, expected one to three", "]"
      ),
      (
        "torus", "dimensions: [4, x]\nrate: 1 Gbit/s", "dimensions", "found 'x' in it",
        "a list of whole numbers"
      ),
      (
        "torus", "dimensions: [64, 64, 64]\nrate: 1 Gbit/s", "dimensions", "found 262144 routers",
        "at most 65533"
      ),
      (
        "nvlink-domain", "spines: 4\n" + nvLink, "domains", "found one domain, and 'spines' of a network",
        "'rate' too"
      ),
      ("nvlink-domain", "hosts-per-domain: 0\n" + nvLink, "hosts-per-domain", "found 0", "1 to 4096"),
      ("superpod", "model: h200\nunits: 1\nnvlink-latency: 1 ns", "model", "found 'h200'", "h100-ndr, b200"),
      (
        "fat-tree", "k: 4\nrate: 1 Gbit/s\nbreakout: 3", "breakout", "found 3, expected 1, 2, 4 or 8", "links"
      ),
      (
        "fat-tree", "k: 4\nrate: 1 Gbit/s\nmedium: wood", "medium", "found 'wood'",
        "copper, active-optical, fibre"
      ),
      ("fat-tree", "k: 4\nrate: 1 Gbit/s\ncable-length: 30", "cable-length", "found '30'", "'30 m'"),
      (
        "single-switch", "hosts: 9\nrate: 1 Gbit/s\nswitch-ports: 8", "switch-ports", "found 8, expected 9",
        "9"
      ),
    ])
  func rules(builder: String, fields: String, field: String, found: String, expected: String) {
    let text = Self.file(builder, fields)
    let error = refusal(text)
    let line = text.split(separator: "\n").firstIndex { $0.hasPrefix("\(field):") }.map { $0 + 1 }
    #expect(error.hasPrefix("x.yaml:\(line ?? 1): field '\(field)': "), "\(error)")
    #expect(error.contains(found) && error.contains(expected), "\(error)")
    #expect(!error.contains("\n"))
  }

  @Test(
    "A builder's numbers at their limits neither crash nor take long",
    arguments: [
      ("rail-optimized", "hosts: 1048576\ngpus-per-host: 1024\nhosts-per-unit: 1\nrate: 1 Gbit/s\n" + nvLink),
      ("rail-only", "hosts: 1048576\ngpus-per-host: 1\nhosts-per-unit: 1\nrate: 1 Gbit/s\n" + nvLink),
      (
        "multi-plane",
        "hosts: 1048576\ngpus-per-host: 1024\nplanes: 64\nswitch-ports: 65536\nrate: 1 Gbit/s\n" + nvLink
      ),
      ("dragonfly", "hosts-per-router: 1024\nrouters-per-group: 1024\nglobal-links: 1024\nrate: 1 Gbit/s"),
      ("meta-roce", "pods: 1024\nracks-per-pod: 4096\nhosts-per-rack: 64\ngpus-per-host: 64\n" + nvLink),
      ("torus", "dimensions: [65536, 65536, 65536]\nrate: 1 Gbit/s"),
      ("pgft", "children: [65536, 65536, 65536, 65536, 65536]\nparents: [1, 1, 1, 1, 9]\nrate: 1 Gbit/s"),
      (
        "dragonfly-plus",
        "leaves-per-group: 1024\nhosts-per-leaf: 1024\nspines-per-group: 1024\nglobal-links: 1024\nrate: 1 Gbit/s"
      ),
      (
        "leaf-spine",
        "leaves: 65536\nhosts-per-leaf: 65536\nspines: 65536\npods: 65536\ncores: 65536\n"
          + "host-rate: 1 Gbit/s\nuplink-rate: 1 Gbit/s"
      ),
    ])
  func limits(builder: String, fields: String) {
    #expect(refusal(Self.file(builder, fields)).contains("expected"))
  }

  @Test("A PGFT with the numbers of a leaf-spine is one, by other names")
  func pgft() throws {
    let tree = try Topology(
      parsing: Self.file(
        "pgft", "children: [2, 3]\nparents: [1, 2]\nparallel: [1, 2]\nrates: [100 Gbit/s, 200 Gbit/s]")
    ).fabric
    let leaves = try Topology(
      parsing: Self.file(
        "leaf-spine",
        Self.leafSpine.replacing("uplink-rate: 100", with: "uplink-rate: 200") + "\nuplinks-per-spine: 2")
    ).fabric
    #expect(tree.links == leaves.links && tree.nodes.map(\.kind) == leaves.nodes.map(\.kind))
  }
}
