import Quantities
import Statistics

extension Comparison {
  /// The comparison as tables of GitHub's Markdown, with a newline at the end; `a` and `b` name the two
  /// records.
  package func markdown(a: String, b: String) -> String {
    var lines = ["A: \(MarkdownTable.escaped(a))  ", "B: \(MarkdownTable.escaped(b))", ""]
    lines += differences.map { "- not equal: \(MarkdownTable.escaped($0))" }
    for pair in pairs {
      lines += ["", "### \(MarkdownTable.escaped("\(pair.a.title), A against B"))", ""]
      lines += pair.differences.map { "- not equal: \(MarkdownTable.escaped($0))" }
      if !pair.differences.isEmpty { lines.append("") }
      var table = MarkdownTable([
        ("size", .right), ("A us", .right), ("95 %", .right), ("B us", .right), ("95 %", .right),
        ("B/A", .right), ("95 %", .right), ("overlap", .left),
      ])
      func times(_ interval: Interval?) -> String {
        interval.map { "\($0.low.microsecondsText) to \($0.high.microsecondsText)" } ?? "-"
      }
      for row in pair.rows {
        table.addRow([
          ByteCount(row.size).description, row.a.median.microsecondsText, times(row.a.interval),
          row.b.median.microsecondsText, times(row.b.interval), row.ratio?.fixed(3) ?? "-",
          row.interval.map { "\($0.low.fixed(3)) to \($0.high.fixed(3))" } ?? "-",
          row.overlaps.map { $0 ? "yes" : "no" } ?? "-",
        ])
      }
      lines.append(pair.rows.isEmpty ? "no size is in both" : table.description)
      for (name, sizes) in [("A", pair.onlyA), ("B", pair.onlyB)] where !sizes.isEmpty {
        lines.append("")
        lines.append("only in \(name): \(sizes.map { ByteCount($0).description }.joined(separator: ", "))")
      }
    }
    for (name, series) in [("A", unpairedA), ("B", unpairedB)] where !series.isEmpty {
      lines.append("")
      lines += series.map { "- only in \(name): \(MarkdownTable.escaped($0.title))" }
    }
    return lines.joined(separator: "\n") + "\n"
  }
}
