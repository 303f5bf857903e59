import Collectives
import Fabric
import Foundation
import Quantities
import Transport
import Yams

/// A study file that was read: the values of each coordinate.
///
/// Its cases are their product, see ``SweepCase``. The format is documented in `docs/sweep.md`.
struct SweepStudy: Sendable {
  /// A word of the file, and the line that it stands on.
  struct Word: Sendable {
    let text: String
    let line: Int
  }

  /// How many ranks take part.
  enum RankCount: Sendable, Hashable {
    /// One an endpoint, on each topology.
    case all
    case count(Int)
  }

  /// The file, as the user named it.
  let path: String
  let name: String
  let topologies: [Word]
  let collectives: [Collective]
  let algorithms: [Algorithm]
  /// Whole elements each.
  let sizes: [ByteCount]
  let ranks: [RankCount]
  /// Placements and routings, with `{seed}` where a seed belongs.
  let placements: [Word]
  let routings: [Word]
  let seeds: [UInt64]
  let channels: [Int]
  /// Nil for whole runs.
  let chunks: [ByteCount?]
  let depths: [Int]
  /// Nil for the host that costs nothing.
  let machines: [Word?]
  let type: DataType
  /// The root of broadcasts and reduces.
  let root: Int
  /// Whether what can't be simulated is left out with its reason, rather than refused.
  let skipsImpossible: Bool

  /// What is replaced with a seed.
  static let seedMark = "{seed}"
  /// The most bytes of a study file.
  private static let sizeLimit = 1 << 20
  /// The most sizes that a range gives.
  private static let mostSizes = 4_096

  private static let fields = [
    "name", "topologies", "collectives", "algorithms", "sizes", "ranks", "placements", "routings", "seeds",
    "channels", "chunks", "depths", "machines", "datatype", "root", "skip-impossible",
  ]

  /// Reads the file at `path`.
  init(contentsOf path: String) throws(TopologyFileError) {
    try self.init(parsing: BoundedFile.text(at: path, limit: Self.sizeLimit), path: path)
  }

  /// Reads a study's text.
  ///
  /// - Parameter path: what errors call the file, and what its paths are relative to.
  init(parsing text: String, path: String) throws(TopologyFileError) {
    let fields = try Fields(
      Document(text, path: path).root, path: path, known: Self.fields,
      what: "the fields of a study: name, topologies, sizes, …")
    self.path = path
    name = try fields.name("name", expected: "the study's name")
    topologies = try fields.values("topologies", "fat-tree-k16.yaml")
    collectives = try fields.names("collectives", among: Collective.self) ?? [.allReduce]
    algorithms = try fields.names("algorithms", among: Algorithm.self) ?? [.ring]
    let type = try Self.type(fields)
    self.type = type
    sizes = try Self.sizes(fields, type)
    ranks =
      try fields.optionalValues("ranks", "256") { word throws(QuantityError) -> RankCount in
        word == "all"
          ? .all : .count(try Self.whole(word, 1...1 << 30, "a number of ranks, 1 to 2^30, or all"))
      } ?? [.all]
    let packed = [Word(text: "packed", line: fields.line)]
    placements = fields.has("placements") ? try fields.values("placements", "packed") : packed
    let standard = [Word(text: "d-mod-k", line: fields.line)]
    routings = fields.has("routings") ? try fields.values("routings", "d-mod-k") : standard
    seeds =
      try fields.optionalValues("seeds", "1, 2, 3") { word throws(QuantityError) -> UInt64 in
        guard let seed = UInt64(word) else {
          throw QuantityError(found: word, expected: "a whole number below 2^64")
        }
        return seed
      } ?? []
    channels =
      try fields.optionalValues("channels", "1, 2") { word throws(QuantityError) -> Int in
        try Self.whole(word, 1...256, "1 to 256 channels")
      } ?? [1]
    depths =
      try fields.optionalValues("depths", "2, 8") { word throws(QuantityError) -> Int in
        try Self.whole(word, 1...4096, "a depth of 1 to 4096")
      } ?? [2]
    chunks =
      try fields.optionalValues("chunks", "1M, whole") { word throws(QuantityError) -> ByteCount? in
        try word == "whole" ? nil : Self.chunk(word, type)
      } ?? [.mebibytes(1)]
    machines =
      fields.has("machines")
      ? try fields.values("machines", "pod.machine.json").map { $0.text == "none" ? nil : $0 } : [nil]
    root = try fields.optionalCount("root") ?? 0
    skipsImpossible = try Self.flag(fields, "skip-impossible")
    try checkSeeds(fields)
  }

  /// A path of the file, which is relative to the file's folder.
  func resolved(_ written: String) -> String {
    guard !written.hasPrefix("/") else { return written }
    let folder = (path as NSString).deletingLastPathComponent
    return folder.isEmpty ? written : (folder as NSString).appendingPathComponent(written)
  }

  /// The seeds that a combination of placement and routing runs with: one run without a seed where it has none.
  func seeds(_ placement: Word, _ routing: Word) -> [UInt64?] {
    placement.hasSeed || routing.hasSeed ? seeds : [nil]
  }

  /// Refuses a mark without seeds, seeds without a mark, and what is no placement or routing with any seed.
  private func checkSeeds(_ fields: Fields) throws(TopologyFileError) {
    for (field, words) in [("placements", placements), ("routings", routings)] {
      for word in words {
        guard !word.hasSeed || !seeds.isEmpty else {
          throw error(
            word, field, expected: "a field 'seeds' such as [1, 2, 3] for the {seed} to be replaced with")
        }
        let text = word.text(seed: seeds.first)
        do throws(QuantityError) {
          if field == "placements" {
            _ = try Placement(parsing: text)
          } else {
            _ = try Routing(parsing: text)
          }
        } catch {
          throw self.error(word, field, expected: error.expected)
        }
      }
    }
    guard seeds.isEmpty || (placements + routings).contains(where: \.hasSeed) else {
      throw fields.error(
        "seeds", found: "\(seeds.count) seeds and no {seed}",
        expected: "{seed} in a placement or routing, such as ecmp:{seed}")
    }
  }

  private func error(_ word: Word, _ field: String, expected: String) -> TopologyFileError {
    TopologyFileError(
      path: path, line: word.line, "field '\(field)': found \(word.text.quoted), expected \(expected)")
  }

  private static func type(_ fields: Fields) throws(TopologyFileError) -> DataType {
    guard fields.has("datatype") else { return .float32 }
    let names = DataType.allCases.map(\.rawValue).joined(separator: ", ")
    let text = try fields.text("datatype", expected: "one of \(names)")
    guard let type = DataType(named: text) else {
      throw fields.error("datatype", found: text.quoted, expected: "one of \(names)")
    }
    return type
  }

  private static func flag(_ fields: Fields, _ name: String) throws(TopologyFileError) -> Bool {
    guard fields.has(name) else { return false }
    switch try fields.text(name, expected: "true or false") {
    case "true": return true
    case "false": return false
    case let text: throw fields.error(name, found: text.quoted, expected: "true or false")
    }
  }

  private static func whole(
    _ text: String, _ range: ClosedRange<Int>, _ expected: String
  ) throws(QuantityError) -> Int {
    guard let number = Int(text), range.contains(number) else {
      throw QuantityError(found: text, expected: expected)
    }
    return number
  }

  private static func chunk(_ text: String, _ type: DataType) throws(QuantityError) -> ByteCount {
    let chunk = try ByteCount(parsing: text)
    guard chunk.bytes >= type.size, chunk <= .gibibytes(1) else {
      throw QuantityError(
        found: text, expected: "at least one element of \(type.size) B and at most 1 GiB, or whole")
    }
    return chunk
  }
}

extension SweepStudy {
  /// The sizes: a list, or a range; each is rounded down to whole elements, as simulate does.
  fileprivate static func sizes(
    _ fields: Fields, _ type: DataType
  ) throws(TopologyFileError) -> [ByteCount] {
    let expected = "a list such as [1M, 64M], or a range such as {from: 1M, to: 1G, factor: 4}"
    let node = try fields.node("sizes", expected: expected)
    func whole(_ size: ByteCount) -> ByteCount { ByteCount(size.bytes / type.size * type.size) }
    guard case .mapping = node else {
      guard case .sequence = node else {
        throw fields.error("sizes", found: node.summary, expected: expected)
      }
      return try fields.values("sizes", "1M, 64M") { word throws(QuantityError) -> ByteCount in
        whole(try ByteCount(parsing: word))
      }
    }
    let range = try Fields(
      node, path: fields.path, known: ["from", "to", "factor"], what: "from, to and factor")
    func size(_ name: String) throws(TopologyFileError) -> ByteCount {
      let text = try range.text(name, expected: "a size such as 64K")
      do throws(QuantityError) {
        return try ByteCount(parsing: text)
      } catch {
        throw range.error(name, found: text.quoted, expected: error.expected)
      }
    }
    let (from, to) = (try size("from"), try size("to"))
    guard from > .zero, from <= to else {
      throw range.error("from", found: "\(from)", expected: "a size above zero and up to that of 'to', \(to)")
    }
    let text = range.has("factor") ? try range.text("factor", expected: "a number above 1") : "4"
    guard let factor = Double(text), factor > 1, factor.isFinite else {
      throw range.error("factor", found: text.quoted, expected: "a number above 1")
    }
    var sizes: [ByteCount] = []
    var next = Double(from.bytes)
    while next <= Double(to.bytes) {
      let size = whole(ByteCount(Int(next)))
      if size != sizes.last { sizes.append(size) }
      guard sizes.count <= mostSizes else {
        throw range.error(
          "factor", found: "more than \(mostSizes) sizes from \(from) to \(to)", expected: "a larger factor")
      }
      next = max(next * factor, next + 1)
    }
    return sizes
  }
}

extension SweepStudy.Word {
  /// Whether a seed is to be put in.
  var hasSeed: Bool { text.contains(SweepStudy.seedMark) }

  /// The text with the seed in its place.
  func text(seed: UInt64?) -> String {
    guard let seed else { return text }
    return text.replacingOccurrences(of: SweepStudy.seedMark, with: "\(seed)")
  }
}

extension Fields {
  /// The words of a list that has at least one, each once.
  fileprivate func values(
    _ name: String, _ example: String
  ) throws(TopologyFileError) -> [SweepStudy.Word] {
    let expected = "a list such as [\(example)]"
    var words: [SweepStudy.Word] = []
    for node in try list(name, expected: expected) {
      guard case .scalar(let scalar) = node, !scalar.string.isEmpty, scalar.string.oneLine == scalar.string
      else {
        throw error(name, found: "\(node.summary) in the list", expected: expected)
      }
      words.append(SweepStudy.Word(text: scalar.string, line: node.mark.map { max(1, $0.line) } ?? line))
    }
    guard !words.isEmpty else { throw error(name, found: "an empty list", expected: expected) }
    var seen = Set<String>()
    for word in words where !seen.insert(word.text).inserted {
      throw TopologyFileError(
        path: path, line: word.line, "field '\(name)': found \(word.text.quoted) twice, expected each once")
    }
    return words
  }

  /// What the words of a list stand for, each once however it is written.
  fileprivate func values<Value: Hashable>(
    _ name: String, _ example: String, _ read: (String) throws(QuantityError) -> Value
  ) throws(TopologyFileError) -> [Value] {
    var values: [Value] = []
    var seen = Set<Value>()
    for word in try self.values(name, example) {
      let value: Value
      do throws(QuantityError) {
        value = try read(word.text)
      } catch {
        throw TopologyFileError(
          path: path, line: word.line,
          "field '\(name)': found \(word.text.quoted), expected \(error.expected)")
      }
      guard seen.insert(value).inserted else {
        throw TopologyFileError(
          path: path, line: word.line,
          "field '\(name)': found \(word.text.quoted) and another word for it, expected each once")
      }
      values.append(value)
    }
    return values
  }

  /// As ``values(_:_:_:)``, or nil where the field is missing.
  fileprivate func optionalValues<Value: Hashable>(
    _ name: String, _ example: String, _ read: (String) throws(QuantityError) -> Value
  ) throws(TopologyFileError) -> [Value]? {
    has(name) ? try values(name, example, read) : nil
  }

  /// The cases of `Value` that a list names, or nil where the field is missing.
  fileprivate func names<Value: RawRepresentable & CaseIterable & Hashable>(
    _ name: String, among type: Value.Type
  ) throws(TopologyFileError) -> [Value]? where Value.RawValue == String {
    let all = Value.allCases.map(\.rawValue)
    return try optionalValues(name, all[0]) { word throws(QuantityError) -> Value in
      if let value = Value(rawValue: word) { return value }
      let nearest = nearestName(to: word, among: all).map { "'\($0)', or another" } ?? "one"
      throw QuantityError(found: word, expected: "\(nearest) of \(all.joined(separator: ", "))")
    }
  }
}
