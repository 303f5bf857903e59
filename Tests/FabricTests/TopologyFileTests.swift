import Fabric
import Quantities
import Testing

@Suite("A wrong topology file gets its line, its field, what was found and what was expected")
struct TopologyFileTests {
  /// What `text` is refused with.
  private func refusal(_ text: String) -> TopologyFileError? {
    #expect(throws: TopologyFileError.self) { try Topology(parsing: text, path: "x.yaml") }
  }

  private static let tree = [
    "name: t", "builder: fat-tree", "k: 4", "rate: 400 Gbit/s", "link-latency: 0 ns", "switch-latency: 1 us",
  ]
  private static let rails = [
    "name: r", "builder: rail-optimized", "hosts: 8", "gpus-per-host: 4", "hosts-per-unit: 4",
    "rate: 400 Gbit/s",
    "nvlink-rate: 450 GB/s", "nvlink-latency: 1 ns", "link-latency: 0 ns", "switch-latency: 1 us",
  ]
  private static let leaves = [
    "name: l", "builder: leaf-spine", "leaves: 2", "hosts-per-leaf: 12", "spines: 2", "host-rate: 100 Gbit/s",
    "uplink-rate: 100 Gbit/s", "link-latency: 0 ns", "switch-latency: 1 us",
  ]

  /// One line of a right file replaced, or one line more; the error is expected at that line.
  private func expect(
    _ lines: [String], _ index: Int, _ line: String, _ field: String, _ found: String, _ expected: String
  ) {
    var lines = lines
    if index < lines.count { lines[index] = line } else { lines.append(line) }
    let error = refusal(lines.joined(separator: "\n"))
    #expect(error?.line == index + 1, "\(line): \(error?.description ?? "")")
    let description = error?.description ?? ""
    #expect(description.hasPrefix("x.yaml:\(index + 1): field '\(field)': "), "found: \(description)")
    #expect(description.contains(found), "found: \(description)")
    #expect(description.contains(expected), "found: \(description)")
    #expect(!description.contains("\n"))
  }

  @Test("The lines that the cases below break are right")
  func right() throws {
    for lines in [Self.tree, Self.rails, Self.leaves] {
      _ = try Topology(parsing: lines.joined(separator: "\n"))
    }
  }

  @Test(
    "Values",
    arguments: [
      (2, "k: 5", "k", "found 5", "the nearest are 4 and 6"), (2, "k: 0", "k", "found 0", "the nearest is 2"),
      (2, "k: 130", "k", "found 130", "the nearest is 128"), (2, "k: -4", "k", "found -4", "an even number"),
      (2, "k: four", "k", "found 'four'", "a whole number"),
      (2, "k: 4.0", "k", "found '4.0'", "a whole number"),
      (2, "k: 99999999999999999999", "k", "found '99999999999999999999'", "a whole number"),
      (2, "k:", "k", "found nothing", "a whole number"), (2, "k: [4]", "k", "found a list", "a whole number"),
      (2, "k: {a: 4}", "k", "found a mapping", "a whole number"),
      (3, "rate: -400 Gbit/s", "rate", "found '-400 Gbit/s'", "a rate above zero"),
      (3, "rate: 0 Gbit/s", "rate", "found '0 Gbit/s'", "a rate above zero"),
      (3, "rate: .nan", "rate", "found '.nan'", "a rate above zero"),
      (3, "rate: nan Gbit/s", "rate", "found 'nan Gbit/s'", "a rate above zero"),
      (3, "rate: 1e300 Gbit/s", "rate", "found '1e300 Gbit/s'", "1 PB/s"),
      (3, "rate: 400", "rate", "found '400'", "400 Gbit/s"),
      (4, "link-latency: -1 ns", "link-latency", "found '-1 ns'", "a time"),
      (4, "link-latency: 5", "link-latency", "found '5'", "a time such as 500 ns"),
      (4, "link-latency: 5 s", "link-latency", "found '5 s'", "0 ns to 1 s"),
      (1, "builder: fattree", "builder", "found 'fattree'", "'fat-tree'"),
      (1, "builder: hypercube", "builder", "found 'hypercube'", "single-switch, leaf-spine"),
      (0, "name:", "name", "found nothing", "the fabric's name"),
      (0, "name: \"a\\nb\"", "name", "found 'a b'", "on one line"),
      (0, "name: \(String(repeating: "x", count: 201))", "name", "found 'x", "200 characters"),
      (6, "rat: 4", "rat", "unknown", "expected one of name, builder, k, rate"),
    ])
  func values(index: Int, line: String, field: String, found: String, expected: String) {
    expect(Self.tree, index, line, field, found, expected)
  }

  @Test("A name that is nearly right is suggested, where the right one is missing")
  func suggestion() {
    expect(Self.tree, 5, "swich-latency: 1 us", "swich-latency", "unknown", "did you mean 'switch-latency'?")
  }

  @Test(
    "Rules of rails",
    arguments: [
      (10, "spines: 3", "spines", "found 3", "a divisor of hosts-per-unit (4) of 4 or more"),
      (10, "spines: 3", "spines", "found 3", "the nearest is 4"),
      (10, "switch-ports: 2", "switch-ports", "found 2", "at most as many leaves (8)"),
      (2, "hosts: 0", "hosts", "found 0", "1 to 1048576"),
      (2, "hosts: 9", "hosts", "found 9", "the nearest is 8"),
      (2, "hosts: 1048576", "hosts", "4194304 endpoints", "at most 1048576"),
      (2, "hosts: 9223372036854775807", "hosts", "found 9223372036854775807", "1 to 1048576"),
      (3, "gpus-per-host: -1", "gpus-per-host", "found -1", "1 to 1024"),
      (4, "hosts-per-unit: 5000", "hosts-per-unit", "found 5000", "1 to 4096"),
      (6, "nvlink-rate: -1 GB/s", "nvlink-rate", "found '-1 GB/s'", "a rate above zero"),
    ])
  func rails(index: Int, line: String, field: String, found: String, expected: String) {
    expect(Self.rails, index, line, field, found, expected)
  }

  @Test(
    "Rules of leaves and spines",
    arguments: [
      (9, "oversubscription: 4", "oversubscription", "found 4", "the nearest are 3 and 6"),
      (9, "oversubscription: 0", "oversubscription", "found '0'", "a ratio above 0"),
      (9, "oversubscription: 1:4", "oversubscription", "found '1:4'", "a ratio above 0"),
      (9, "oversubscription: 1e-300", "oversubscription", "found", "a ratio above 0"),
      (9, "oversubscription: 1e300", "oversubscription", "found", "a ratio above 0"),
      (9, "uplinks-per-spine: 0", "uplinks-per-spine", "found 0", "1 to 65535"),
      (2, "leaves: 65537", "leaves", "found 65537", "1 to 65536"),
      (4, "spines: 0", "spines", "found 0", "1 to 65536"),
    ])
  func leafSpine(index: Int, line: String, field: String, found: String, expected: String) {
    expect(Self.leaves, index, line, field, found, expected)
  }

  @Test("A fabric of millions of links is refused before it is built")
  func size() {
    let error = #expect(throws: FabricError.self) {
      try LeafSpine(
        leaves: 65_536, hostsPerLeaf: 16, spines: 64, hostRate: .gigabits(1), uplinkRate: .gigabits(1),
        timing: LinkTiming(link: .zero, throughSwitch: .zero))
    }
    #expect(error?.subject == .parameter("leaves"))
    #expect(error?.description == "found 10485760 links in all, one direction each, expected at most 8388608")
  }

  @Test("A field that stands twice is named, at its first line")
  func twice() {
    let error = refusal((Self.tree + ["k: 6"]).joined(separator: "\n"))
    #expect(error?.description == "x.yaml:3: field 'k': found twice, expected once")
  }

  @Test("A missing field is named, at the start of the fields")
  func missing() {
    for (index, line) in Self.tree.enumerated() {
      var lines = ["# a comment"] + Self.tree
      lines.remove(at: index + 1)
      let error = refusal(lines.joined(separator: "\n"))
      #expect(error?.line == 2)
      #expect(
        error?.message.hasPrefix("field '\(line.prefix { $0 != ":" })': found nothing, expected ") == true)
    }
  }

  private static let graph = [
    "name: g", "builder: explicit", "nodes:", "- {id: a, kind: endpoint}", "- {id: b, kind: endpoint}",
    "- {id: s, kind: switch, tier: 1}", "links:", "- {from: a, to: s, rate: 1 Gbit/s, latency: 1 us}",
    "- {from: b, to: s, rate: 1 Gbit/s, latency: 1 us}",
  ]

  @Test("A graph is read as it stands, a cable as two links")
  func explicit() throws {
    let fabric = try Topology(parsing: Self.graph.joined(separator: "\n")).fabric
    #expect(fabric.endpoints == [0, 1])
    #expect(fabric.hostCount == 2)
    #expect(fabric.links.indices.map { fabric.name(ofLink: $0) } == ["a>s", "s>a", "b>s", "s>b"])
    #expect(fabric.links.allSatisfy { $0.bandwidth == .gigabits(1) && $0.latency == .microseconds(1) })
  }

  @Test(
    "Graphs",
    arguments: [
      (3, "- {id: a, kind: endpoint, tier: 1}", "field 'tier': unknown"),
      (3, "- {id: a, kind: endpont}", "field 'kind': found 'endpont', expected 'endpoint'"),
      (4, "- {id: a, kind: endpoint}", "field 'id': found 'a' a second time"),
      (5, "- {id: s, kind: switch, tier: 0}", "field 'tier': found 0, expected 1"),
      (5, "- {id: s, kind: switch}", "field 'tier': found nothing"),
      (5, "- s", "found 's', expected a node"),
      (7, "- {from: a, to: x, rate: 1 Gbit/s, latency: 1 us}", "field 'to': found 'x', expected a node's id"),
      (
        7, "- {from: a, to: a, rate: 1 Gbit/s, latency: 1 us}",
        "field 'to': found 'a', where the cable starts"
      ),
      (7, "- {from: a, to: s, rate: -1 Gbit/s, latency: 1 us}", "field 'rate': found '-1 Gbit/s'"),
      (7, "- {from: a, to: s, rate: NaN, latency: 1 us}", "field 'rate': found 'NaN'"),
      (7, "- {from: a, to: s, rate: 1 Gbit/s}", "field 'latency': found nothing"),
      (7, "- {from: a, to: b, rate: 1 Gbit/s, latency: 1 us, latncy: 2 us}", "field 'latncy': unknown"),
      (8, "# cut", "expected"),
      (6, "links: 5", "is no YAML"),
    ])
  func graphs(index: Int, line: String, message: String) {
    var lines = Self.graph
    lines[index] = line
    let error = refusal(lines.joined(separator: "\n"))
    #expect(error?.message.contains(message) == true, "found: \(error?.description ?? "")")
    if index != 8, index != 6 { #expect(error?.line == index + 1) }
  }

  @Test("A disconnected graph names an endpoint, at its line")
  func disconnected() {
    var lines = Self.graph
    lines.remove(at: 8)
    let error = refusal(lines.joined(separator: "\n"))
    #expect(error?.line == 5)
    #expect(error?.message == "endpoint 'b' has no link, expected one or more")
  }

  @Test(
    "What is no topology at all",
    arguments: [
      ("", 1), ("# only a comment\n", 1), ("just words", 1), ("- a\n- list", 1), ("a: b: c", 1), ("{", 1),
      ("\u{0}", 1),
      ("name: x\n\tbuilder: y", 2), ("name: x\n---\nname: y", 2), ("name: \"x", 1), ("? [a]\n: b", 1),
      ("name: *x", 1),
      ("name: t\nbuilder: %", 2), ("name: x\nname: y\nbuilder: fat-tree", 1),
    ])
  func noTopology(text: String, line: Int) {
    let error = refusal(text)
    #expect((error?.line ?? 0) >= 1)
    #expect(error?.line == line, "\(text): \(error?.description ?? "")")
    #expect(error?.description.contains("\n") == false)
  }

  @Test("Bombs are refused at once")
  func bombs() {
    let start = ContinuousClock.now
    var aliases = "a: &a [x, x, x, x, x, x, x, x, x]\n"
    for level in 1...30 {
      let inner = Array(repeating: "*\(level == 1 ? "a" : "a\(level - 1)")", count: 9).joined(separator: ",")
      aliases += "a\(level): &a\(level) [\(inner)]\n"
    }
    #expect(refusal(aliases)?.message.contains("anchor") == true)
    #expect(refusal("? &a [x]\n: y\n? [*a, *a]\n: z")?.message.contains("anchor") == true)
    #expect(refusal(String(repeating: "[", count: 1_000_000)) != nil)
    #expect(refusal(String(repeating: "- ", count: 1_000_000)) != nil)
    #expect(refusal(String(repeating: "{a: ", count: 1_000_000)) != nil)
    #expect(
      refusal("name: " + String(repeating: "x", count: 9 << 20))?.message.contains("expected at most") == true
    )
    #expect(
      refusal("builder: fat-tree\nk: " + String(repeating: "9", count: 1 << 20))?.description.count ?? .max
        < 400)
    #expect(ContinuousClock.now - start < .seconds(5))
  }

  @Test("A file that is not there, a folder and one too large")
  func unreadable() throws {
    for path in ["/nonexistent/x.yaml", "/tmp"] {
      let error = #expect(throws: TopologyFileError.self) { try Topology(contentsOf: path) }
      #expect(error?.cause == .unreadable)
      #expect(error?.path == path)
    }
    let endless = #expect(throws: TopologyFileError.self) { try Topology(contentsOf: "/dev/zero") }
    #expect(endless?.cause == .contents)
    #expect(endless?.message.contains("more than 8388608 bytes") == true)
  }
}

@Suite("Random damage to the shipped files gives an error with a line, or a fabric; never a crash")
struct DamageTests {
  private static let small = [
    "pilot-4", "fat-tree-k4", "rail-32x8", "shared-memory-4", "dragonfly-small", "dragonfly-plus-small",
    "superpod-h100-2su", "leaf-spine-3-tier",
  ]

  /// `text` with one to four random edits, of bytes or of lines.
  private func damaged(_ text: String, by generator: inout SmallGenerator) -> String {
    let alphabet = Array(":-#[]{}\"'&*!|>%@`,?\n\t 0123456789.eENan\u{0}\u{7F}é中".unicodeScalars)
    var scalars = Array(text.unicodeScalars)
    for _ in 0..<Int.random(in: 1...4, using: &generator) {
      guard !scalars.isEmpty else { break }
      let place = Int.random(in: scalars.indices, using: &generator)
      let length = min(scalars.count - place, Int.random(in: 1...12, using: &generator))
      let scalar = alphabet.randomElement(using: &generator) ?? " "
      switch Int.random(in: 0..<6, using: &generator) {
      case 0: scalars[place] = scalar
      case 1: scalars.insert(scalar, at: place)
      case 2: scalars.removeSubrange(place..<place + length)
      case 3: scalars.insert(contentsOf: scalars[place..<place + length], at: place)
      case 4: scalars.removeSubrange(place...)
      default:
        let target = Int.random(in: scalars.indices, using: &generator)
        scalars.insert(contentsOf: Array(scalars[place..<place + length]), at: target)
      }
    }
    var result = String.UnicodeScalarView()
    result.append(contentsOf: scalars)
    return String(result)
  }

  @Test("Builders", arguments: small)
  func builders(name: String) throws {
    let text = try Topology(contentsOf: "\(shipped)/\(name).yaml").text
    // Without the comment, so that the damage hits fields.
    let fields = text.split(separator: "\n").filter { !$0.hasPrefix("#") }.joined(separator: "\n")
    try check(fields, seed: UInt64(name.utf8.count))
  }

  @Test("Explicit graphs")
  func graphs() throws {
    var text =
      "name: g\nbuilder: explicit\nnodes:\n- {id: s, kind: switch, tier: 1}\n- {id: nv, kind: nvswitch, host: 1}\n"
    for host in 0..<4 {
      text += "- id: h\(host)\n  kind: endpoint\n  host: \(host / 2)\n  rail: \(host % 2)\n"
    }
    text += "links:\n"
    for host in 0..<4 { text += "- {from: h\(host), to: s, rate: 100 Gbit/s, latency: 1 us}\n" }
    text +=
      "- {from: h2, to: nv, rate: 1 TB/s, latency: 1 ns}\n- {from: nv, to: h3, rate: 1 TB/s, latency: 1 ns}\n"
    _ = try Topology(parsing: text)
    try check(text, seed: 99)
  }

  private func check(_ text: String, seed: UInt64) throws {
    var generator = SmallGenerator(state: seed)
    var (refused, accepted) = (0, 0)
    for _ in 0..<1_500 {
      let damaged = damaged(text, by: &generator)
      do throws(TopologyFileError) {
        let fabric = try Topology(parsing: damaged, path: "x.yaml").fabric
        accepted += 1
        if fabric.endpoints.count > 1 {
          var path = [Int32]()
          Router(fabric, routing: .destinationModulo)
            .appendPath(from: 0, to: fabric.endpoints.count - 1, flow: 0, to: &path)
          #expect(!path.isEmpty)
        }
      } catch {
        refused += 1
        #expect((error.line ?? 0) >= 1, "\(error) for:\n\(damaged)")
        #expect(
          (error.line ?? 0) <= damaged.utf8.count { $0 == UInt8(ascii: "\n") } + 2,
          "\(error) for:\n\(damaged)")
        #expect(!error.description.contains { $0.isNewline }, "\(error)")
        #expect(error.description.count < 700)
      }
    }
    #expect(refused > 200)
    #expect(accepted > 5)
  }
}
