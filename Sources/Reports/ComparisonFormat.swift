import Quantities
import Records
import Statistics

/// The forms in which a comparison, or a validation, is printed.
package enum ComparisonFormat: String, CaseIterable, Sendable {
  /// Aligned columns for people.
  case table
  /// One object with everything.
  case json
  /// One line a size, RFC 4180.
  case csv
}

extension Comparison {
  /// The comparison in `format`, with a newline at the end; `a` and `b` name the two records.
  package func text(as format: ComparisonFormat, a: String, b: String) throws -> String {
    switch format {
    case .table: table(a: a, b: b)
    case .json:
      String(decoding: try DocumentCoding.encode(ComparisonDocument(self, a: a, b: b)), as: UTF8.self)
    case .csv: csv
    }
  }

  private func table(a: String, b: String) -> String {
    var lines = ["A: \(a)", "B: \(b)"]
    lines += differences.map { "not equal: \($0)" }
    for pair in pairs {
      lines.append("")
      lines.append("\(pair.a.title), A against B")
      lines += pair.differences.map { "not equal: \($0)" }
      var table = TextTable([
        ("size", .right), ("A us", .right), ("95 % interval", .right), ("B us", .right),
        ("95 % interval", .right),
        ("B/A", .right), ("95 % interval", .right), ("overlap", .left),
      ])
      for row in pair.rows {
        table.addRow([
          ByteCount(row.size).description, row.a.median.microsecondsText, Self.times(row.a.interval),
          row.b.median.microsecondsText, Self.times(row.b.interval), row.ratio?.fixed(3) ?? "-",
          row.interval.map { "\($0.low.fixed(3)) to \($0.high.fixed(3))" } ?? "-",
          row.overlaps.map { $0 ? "yes" : "no" } ?? "-",
        ])
      }
      lines.append(table.isEmpty ? "no size is in both" : table.description)
      for (name, sizes) in [("A", pair.onlyA), ("B", pair.onlyB)] where !sizes.isEmpty {
        lines.append("only in \(name): \(sizes.map { ByteCount($0).description }.joined(separator: ", "))")
      }
    }
    for (name, series) in [("A", unpairedA), ("B", unpairedB)] where !series.isEmpty {
      lines.append("")
      lines += series.map { "only in \(name): \($0.title)" }
    }
    return lines.joined(separator: "\n") + "\n"
  }

  private static func times(_ interval: Interval?) -> String {
    interval.map { "\($0.low.microsecondsText) to \($0.high.microsecondsText)" } ?? "-"
  }

  private var csv: String {
    var table = CommaSeparated([
      "collective", "algorithm_a", "algorithm_b", "ranks_a", "ranks_b", "in_place_a", "in_place_b",
      "size_bytes",
      "median_a_us", "low_a_us", "high_a_us", "median_b_us", "low_b_us", "high_b_us", "ratio", "ratio_low",
      "ratio_high",
      "overlap",
    ])
    func text(_ value: Double?) -> String { value.map { "\($0)" } ?? "" }
    for pair in pairs {
      for row in pair.rows {
        table.addRow([
          pair.a.collective, pair.a.algorithm, pair.b.algorithm, "\(pair.a.ranks)", "\(pair.b.ranks)",
          "\(pair.a.isInPlace)", "\(pair.b.isInPlace)", "\(row.size)", text(row.a.median),
          text(row.a.interval?.low),
          text(row.a.interval?.high), text(row.b.median), text(row.b.interval?.low),
          text(row.b.interval?.high),
          text(row.ratio), text(row.interval?.low), text(row.interval?.high),
          row.overlaps.map { "\($0)" } ?? "",
        ])
      }
    }
    return table.description
  }
}
