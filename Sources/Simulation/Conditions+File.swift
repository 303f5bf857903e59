import Collectives
package import Fabric
import Quantities

/// The file's format is documented in `docs/conditions.md`.
extension Conditions {
  private static let fields =
    ["efficiency", "host-limit", "slow-links"] + Fields.failures
    + ["background", "stragglers", "jitter", "jobs"]

  /// Reads a file of conditions.
  ///
  /// - Parameters:
  ///   - path: the file.
  ///   - fabric: the network as planned.
  ///   - ranks: how many ranks the main job has.
  /// - Throws: ``TopologyFileError`` with file, line, field, what was found and what was expected.
  package init(contentsOf path: String, on fabric: Fabric, ranks: Int) throws(TopologyFileError) {
    let text = try BoundedFile.text(at: path, limit: Document.sizeLimit)
    try self.init(parsing: text, path: path, on: fabric, ranks: ranks)
  }

  /// Reads the text of such a file.
  package init(
    parsing text: String, path: String = "conditions", on fabric: Fabric, ranks: Int
  ) throws(TopologyFileError) {
    let fields = try Fields(
      parsing: text, path: path, known: Self.fields,
      what: "one or more of the fields \(Self.fields.joined(separator: ", "))")
    self.init(try fields.withoutFailures(fabric))
    let failed = (fabric.links.count - self.fabric.links.count) / 2
    if failed > 0 {
      summary.append("\(failed) link\(failed == 1 ? "" : "s") of \(fabric.links.count / 2) failed")
    }
    try readLinks(fields)
    if fields.has("host-limit") {
      let limit = try fields.rate("host-limit")
      hostLimit = limit
      summary.append("hosts let an endpoint send \(limit), and receive as much")
    }
    try readStragglers(fields, ranks: ranks)
    try readJitter(fields)
    for entry in try fields.entries("jobs", known: Self.jobFields, what: "the fields of a job") {
      neighbours.append(try Self.neighbour(entry))
    }
    if !neighbours.isEmpty {
      let ranks = neighbours.reduce(0) { $0 + $1.ranks }
      summary.append(
        neighbours.count == 1
          ? "a neighbour of \(ranks) ranks" : "\(neighbours.count) neighbours of \(ranks) ranks together")
    }
  }

  // MARK: - Links

  private static let patternForm =
    "a link's name such as leaf0>spine0, both its directions as leaf0<>spine0, or leaf*>spine*"

  private mutating func readLinks(_ fields: Fields) throws(TopologyFileError) {
    var changes = LinkChanges(fabric)
    var efficiencies: [String] = []
    if fields.has("efficiency") {
      efficiencies = try changes.scale(Self.efficiency(fields))
    }
    let slow = try fields.entries(
      "slow-links", known: ["link", "rate", "factor", "latency"],
      what: "'link', and one or more of 'rate', 'factor' and 'latency'")
    let background = try fields.entries("background", known: ["links", "load"], what: "'links' and 'load'")
    guard !(slow.isEmpty && background.isEmpty && efficiencies.isEmpty) else { return }
    let patterns = LinkPatterns(fabric)
    for entry in slow { try changes.slow(entry, patterns, form: Self.patternForm) }
    for entry in background { try changes.load(entry, patterns, form: Self.patternForm) }
    do throws(FabricError) {
      fabric = try changes.applied(to: fabric)
    } catch {
      let field = slow.isEmpty ? background.isEmpty ? "efficiency" : "background" : "slow-links"
      throw fields.error(field, found: "links whose payload gets too little", expected: error.description)
    }
    summary += efficiencies + changes.summary
  }

  private static func efficiency(_ fields: Fields) throws(TopologyFileError) -> (
    network: Double, nvLink: Double
  ) {
    let expected = "a share above 0 and up to 1 such as 0.95, or one for each of 'network' and 'nvlink'"
    func share(_ fields: Fields, _ name: String) throws(TopologyFileError) -> Double {
      try fields.number(name, expected: expected) { $0 > 0 && $0 <= 1 }
    }
    guard try fields.isMapping("efficiency") else {
      let all = try share(fields, "efficiency")
      return (all, all)
    }
    let kinds = try fields.entry("efficiency", known: ["network", "nvlink"], what: expected)
    return (
      kinds.has("network") ? try share(kinds, "network") : 1,
      kinds.has("nvlink") ? try share(kinds, "nvlink") : 1
    )
  }

  // MARK: - Ranks

  private mutating func readStragglers(_ fields: Fields, ranks: Int) throws(TopologyFileError) {
    let entries = try fields.entries(
      "stragglers", known: ["ranks", "slowdown"], what: "'ranks' and 'slowdown'")
    guard !entries.isEmpty else { return }
    slowdowns = Array(repeating: 1, count: ranks)
    var isNamed = [Bool](repeating: false, count: ranks)
    for entry in entries {
      let slowdown = try entry.number("slowdown", expected: "how many times as long it takes, 1 to 1000000") {
        (1...1e6).contains($0)
      }
      for range in try Self.ranges(entry, below: ranks) {
        for rank in range {
          guard !isNamed[rank] else {
            throw entry.error("ranks", found: "rank \(rank) again", expected: "each rank once")
          }
          (isNamed[rank], slowdowns[rank]) = (true, slowdown)
        }
      }
    }
    let count = isNamed.count { $0 }
    summary.append("\(count) straggler\(count == 1 ? "" : "s")")
  }

  /// Ranks and runs of them, such as `3, 8-15`.
  private static func ranges(_ entry: Fields, below ranks: Int) throws(TopologyFileError) -> [ClosedRange<
    Int
  >] {
    let expected = "ranks from 0 to \(ranks - 1) such as 3, 0-7 or 3,8-15"
    let text = try entry.text("ranks", expected: expected)
    var ranges: [ClosedRange<Int>] = []
    for part in text.split(separator: ",", omittingEmptySubsequences: false) {
      let ends = part.split(separator: "-", omittingEmptySubsequences: false).map { end in
        Int(end.trimmed)
      }
      guard (1...2).contains(ends.count), let first = ends[0], let last = ends[ends.count - 1],
        first >= 0, first <= last, last < ranks
      else { throw entry.error("ranks", found: text.quoted, expected: expected) }
      ranges.append(first...last)
    }
    return ranges
  }

  private mutating func readJitter(_ fields: Fields) throws(TopologyFileError) {
    guard fields.has("jitter") else { return }
    let what = "'delays' or 'record' with 'size', and 'seed'"
    let entry = try fields.entry("jitter", known: ["delays", "record", "size", "seed"], what: what)
    let seedForm = "a whole number from 0 to 2^64 - 1"
    let text = try entry.text("seed", expected: seedForm)
    guard let seed = UInt64(text) else {
      throw entry.error("seed", found: text.quoted, expected: seedForm)
    }
    guard entry.has("delays") != entry.has("record") else {
      let found = entry.has("delays") ? "'delays' and 'record'" : "neither 'delays' nor 'record'"
      throw fields.error("jitter", found: found, expected: "one of the two")
    }
    let source: MeasuredJitter.Source
    if entry.has("delays") {
      let delays = try Self.delays(entry)
      source = .delays(delays)
      summary.append("jitter of \(delays.count) delays, seed \(seed)")
    } else {
      let path = try entry.text("record", expected: "the path of a record")
      source = .record(path: path, size: try Self.size(entry))
      summary.append("jitter as in \(path), seed \(seed)")
    }
    jitter = MeasuredJitter(source: source, seed: seed, line: entry.line)
  }

  private static func delays(_ entry: Fields) throws(TopologyFileError) -> [Time] {
    let expected = "a list of times from 0 ns to 1 s such as [0 us, 1 us, 5 us]"
    var delays: [Time] = []
    for word in try entry.words("delays", expected: expected) {
      let delay: Time
      do throws(QuantityError) {
        delay = try Time(parsing: word.text)
      } catch {
        throw entry.error("delays", line: word.line, found: word.text.quoted, expected: error.expected)
      }
      guard Fabric.latencies.contains(delay) else {
        throw entry.error("delays", line: word.line, found: word.text.quoted, expected: expected)
      }
      delays.append(delay)
    }
    guard !delays.isEmpty else { throw entry.error("delays", found: "an empty list", expected: expected) }
    return delays
  }

  // MARK: - Neighbours

  private static let jobFields = [
    "collective", "algorithm", "size", "ranks", "placement", "start", "repeat",
  ]

  private static func neighbour(_ entry: Fields) throws(TopologyFileError) -> Neighbour {
    let ranks = try entry.count("ranks")
    guard ranks >= 1 else {
      throw entry.error("ranks", found: "\(ranks)", expected: "a whole number from 1 on")
    }
    var placement: Placement?
    if entry.has("placement") {
      let text = try entry.text("placement", expected: "packed, scattered, random:SEED or file:PATH")
      do throws(QuantityError) {
        placement = try Placement(parsing: text)
      } catch {
        throw entry.error("placement", found: text.quoted, expected: error.expected)
      }
    }
    let repetitions = try entry.has("repeat") ? entry.count("repeat") : 1
    guard (1...1_000).contains(repetitions) else {
      throw entry.error("repeat", found: "\(repetitions)", expected: "a whole number from 1 to 1000")
    }
    return Neighbour(
      collective: try entry.one("collective"), algorithm: try entry.one("algorithm"),
      size: try size(entry), ranks: ranks, placement: placement,
      start: try entry.has("start") ? entry.time("start") : .zero, repetitions: repetitions, line: entry.line)
  }

  private static func size(_ entry: Fields) throws(TopologyFileError) -> ByteCount {
    let text = try entry.text("size", expected: "a size such as 64 MiB")
    do throws(QuantityError) {
      return try ByteCount(parsing: text)
    } catch {
      throw entry.error("size", found: text.quoted, expected: error.expected)
    }
  }
}

extension Fields {
  /// A name among those of `Value`.
  fileprivate func one<Value: RawRepresentable & CaseIterable>(
    _ field: String, as type: Value.Type = Value.self
  ) throws(TopologyFileError) -> Value where Value.RawValue == String {
    let names = Value.allCases.map(\.rawValue)
    let all = "one of \(names.joined(separator: ", "))"
    let text = try text(field, expected: all)
    if let value = Value(rawValue: text) { return value }
    let nearest = nearestName(to: text, among: names).map { "'\($0)', or another " } ?? ""
    throw error(field, found: text.quoted, expected: nearest + all)
  }
}
