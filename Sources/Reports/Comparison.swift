import Quantities
package import Records
package import Statistics

/// Two records of the same collective side by side, size by size.
///
/// A is what is compared with, B what is compared: a ratio is B over A. Series are paired by algorithm and by where the
/// result goes, closest first; different algorithms are paired only where each record has just one.
package struct Comparison: Sendable {
  /// One size that both have.
  package struct Row: Sendable {
    package let size: Int
    package let a: PointSummary
    package let b: PointSummary
    /// The median of B over that of A; nil where A took no time.
    package let ratio: Double?
    /// The ratio at 95 %; nil where neither has an interval.
    package let interval: Interval?
    /// Whether the medians' intervals have a value in common; nil where a measurement has a single sample.
    package let overlaps: Bool?
  }

  /// One series of A with its partner in B.
  package struct Pair: Sendable {
    package let a: Record.Series
    package let b: Record.Series
    package let rows: [Row]
    /// Sizes that only A has.
    package let onlyA: [Int]
    /// Sizes that only B has.
    package let onlyB: [Int]
    /// What differs besides the figures, in words: `ranks: 4 in A, 16 in B`.
    package let differences: [String]
  }

  package let pairs: [Pair]
  /// What differs between the two runs as a whole.
  package let differences: [String]
  /// Series of A without a partner.
  package let unpairedA: [Record.Series]
  /// Series of B without a partner.
  package let unpairedB: [Record.Series]

  /// Compares; the same records give the same intervals, whose resampling has a fixed seed.
  ///
  /// - Throws: ``ComparisonError`` where the records share no collective, or no size of one.
  package init(_ a: Record, _ b: Record) throws(ComparisonError) {
    let partners = Self.partners(a.series, b.series)
    guard !partners.isEmpty else {
      throw .nothingInCommon(a: a.series.map(\.title), b: b.series.map(\.title))
    }
    pairs = partners.map { Self.pair(a.series[$0.a], a.origin, b.series[$0.b], b.origin) }
    guard pairs.contains(where: { !$0.rows.isEmpty }) else {
      throw .noCommonSize(a: pairs.flatMap(\.onlyA), b: pairs.flatMap(\.onlyB))
    }
    var differences = Self.differences([
      ("kind", a.origin.rawValue, b.origin.rawValue),
      ("version", a.environment.version, b.environment.version),
      ("commit", a.environment.commit ?? "unknown", b.environment.commit ?? "unknown"),
      ("transport", a.environment.transport, b.environment.transport),
      ("library", a.environment.library ?? "none", b.environment.library ?? "none"),
      (
        "hosts", a.environment.hosts.map(\.name).joined(separator: " "),
        b.environment.hosts.map(\.name).joined(separator: " ")
      ),
      (
        "topology", a.environment.simulation?.topology ?? "real", b.environment.simulation?.topology ?? "real"
      ),
      ("complete", a.isPartial ? "no" : "yes", b.isPartial ? "no" : "yes"),
      ("rails", Self.rails(a), Self.rails(b)),
    ])
    differences += Self.knobs(a.environment.rdma, b.environment.rdma)
    self.differences = differences
    unpairedA = a.series.indices.filter { place in !partners.contains { $0.a == place } }.map { a.series[$0] }
    unpairedB = b.series.indices.filter { place in !partners.contains { $0.b == place } }.map { b.series[$0] }
  }

  /// The RDMA knobs that are not the same, where both have some.
  private static func knobs(_ a: Record.RDMA?, _ b: Record.RDMA?) -> [String] {
    guard let a = a?.knobs, let b = b?.knobs else { return [] }
    return differences(
      Set(a.keys).union(b.keys).sorted().map { ($0, a[$0] ?? "not asked for", b[$0] ?? "not asked for") })
  }

  /// The RDMA ports of all ranks, each once.
  private static func rails(_ record: Record) -> String {
    let ports = Set(record.environment.placement.flatMap { $0.rails ?? [] })
    return ports.isEmpty ? "none" : ports.sorted().joined(separator: "; ")
  }

  private static func partners(_ a: [Record.Series], _ b: [Record.Series]) -> [(a: Int, b: Int)] {
    var candidates: [(score: Int, a: Int, b: Int)] = []
    for (first, left) in a.enumerated() {
      for (second, right) in b.enumerated() where left.collective == right.collective {
        let isOnlyAlgorithm = [a, b].allSatisfy { series in
          Set(series.filter { $0.collective == left.collective }.map(\.algorithm)).count == 1
        }
        guard left.algorithm == right.algorithm || isOnlyAlgorithm else { continue }
        let score = [
          (left.algorithm == right.algorithm, 64), (left.isInPlace == right.isInPlace, 32),
          (left.ranks == right.ranks, 16), (left.datatype == right.datatype, 8), (left.root == right.root, 4),
          (left.channels == right.channels && left.chunk == right.chunk, 2),
          (left.operation == right.operation, 1),
        ].reduce(0) { $0 + ($1.0 ? $1.1 : 0) }
        candidates.append((score, first, second))
      }
    }
    // Ties go to the earlier series.
    candidates.sort { ($1.score, $0.a, $0.b) < ($0.score, $1.a, $1.b) }
    var partners: [(a: Int, b: Int)] = []
    for candidate in candidates
    where !partners.contains(where: { $0.a == candidate.a || $0.b == candidate.b }) {
      partners.append((candidate.a, candidate.b))
    }
    return partners.sorted { $0.a < $1.a }
  }

  private static func pair(
    _ a: Record.Series, _ originA: Record.Origin, _ b: Record.Series, _ originB: Record.Origin
  ) -> Pair {
    func bySize(_ series: Record.Series) -> [Int: Record.Point] {
      Dictionary(
        series.points.lazy.filter { !$0.samples.isEmpty }.map { ($0.size.bytes, $0) },
        uniquingKeysWith: { $1 })
    }
    let (left, right) = (bySize(a), bySize(b))
    let rows = left.keys.filter { right[$0] != nil }.sorted().compactMap { size -> Row? in
      guard let pointA = left[size], let pointB = right[size], let summaryA = PointSummary(pointA, of: a),
        let summaryB = PointSummary(pointB, of: b)
      else { return nil }
      return row(size, Side(pointA, summaryA, originA), Side(pointB, summaryB, originB))
    }
    return Pair(
      a: a, b: b, rows: rows, onlyA: left.keys.filter { right[$0] == nil }.sorted(),
      onlyB: right.keys.filter { left[$0] == nil }.sorted(),
      differences: differences([
        ("algorithm", a.algorithm, b.algorithm), ("ranks", "\(a.ranks)", "\(b.ranks)"),
        ("datatype", a.datatype, b.datatype),
        (
          "operation", a.operation.isEmpty ? "none" : a.operation, b.operation.isEmpty ? "none" : b.operation
        ),
        ("placing", a.isInPlace ? "in place" : "out of place", b.isInPlace ? "in place" : "out of place"),
        ("root", "\(a.root)", "\(b.root)"), ("channels", "\(a.channels)", "\(b.channels)"),
        ("chunk", a.chunk?.description ?? "whole runs", b.chunk?.description ?? "whole runs"),
        ("depth", "\(a.depth)", "\(b.depth)"),
        (
          "domain", a.domain.map { "\($0) ranks" } ?? "none", b.domain.map { "\($0) ranks" } ?? "none"
        ),
      ]))
  }

  private static func differences(_ fields: [(name: String, a: String, b: String)]) -> [String] {
    fields.compactMap { $0.a == $0.b ? nil : "\($0.name): \($0.a) in A, \($0.b) in B" }
  }
}

/// Records that can't be compared.
package enum ComparisonError: Error, Equatable, CustomStringConvertible {
  /// No collective, or no algorithm where there are several, is in both.
  case nothingInCommon(a: [String], b: [String])
  /// The same collective at different sizes.
  case noCommonSize(a: [Int], b: [Int])

  /// One line: what was found and what would be right.
  package var description: String {
    switch self {
    case .nothingInCommon(let a, let b):
      "nothing to compare: A has \(Self.list(a)); B has \(Self.list(b)); "
        + "the collective, and the algorithm where there are several, must be the same"
    case .noCommonSize(let a, let b):
      "nothing to compare: no size is in both; A has \(Self.list(a.map { "\($0)" })) bytes, "
        + "B has \(Self.list(b.map { "\($0)" })) bytes"
    }
  }

  private static func list(_ texts: [String]) -> String {
    guard !texts.isEmpty else { return "nothing" }
    return texts.prefix(6).map { $0.contains(",") ? "(\($0))" : $0 }.joined(separator: ", ")
      + (texts.count > 6 ? " and \(texts.count - 6) more" : "")
  }
}
