import Records
package import Reports
import Statistics

/// A page of two records of the same collective: both curves, and the ratio of their medians with its
/// interval.
package struct ComparePage: Sendable {
  private let comparison: Comparison
  private let a: ReportInput
  private let b: ReportInput
  private let title: String
  private let maker: Report.Maker

  /// A page of a comparison of `a` with `b`.
  package init(
    _ comparison: Comparison, a: ReportInput, b: ReportInput, title: String? = nil, maker: Report.Maker
  ) {
    (self.comparison, self.a, self.b, self.maker) = (comparison, a, b, maker)
    self.title = title ?? "\(a.name.shortened(to: 60)) against \(b.name.shortened(to: 60))"
  }

  /// The page.
  package var page: Page {
    Page(
      title: title,
      lead: .element(
        .p, .classes("quiet"),
        text:
          "A is \(a.name.shortened()), B is \(b.name.shortened()). A ratio is B over A: above 1, B is slower. "
          + "Made by Syncline \(maker.version), \(maker.time)."),
      sections: [
        Page.Section(id: "not-equal", title: "What is not equal", inequalities),
        Page.Section(
          id: "series", title: "Series",
          comparison.pairs.enumerated().filter { !$0.element.rows.isEmpty }.flatMap { place, pair in
            [Page.Block.chart(curves(pair, place)), .chart(ratio(pair, place))]
          }),
        Page.Section(id: "provenance", title: "Provenance", [.table(files)]),
      ], inputs: [a.asInput, b.asInput])
  }

  private var inequalities: [Page.Block] {
    var table = DataTable(
      id: "inequalities", title: "Differences besides the figures",
      columns: [.init("of", "of"), .init("difference", "difference")])
    for words in comparison.differences { table.addRow([.text("the runs"), .text(words)]) }
    for pair in comparison.pairs {
      for words in pair.differences { table.addRow([.text(pair.a.title), .text(words)]) }
    }
    for (name, series) in [("A", comparison.unpairedA), ("B", comparison.unpairedB)] {
      for one in series { table.addRow([.text(one.title), .text("only in \(name)")]) }
    }
    guard table.rows.isEmpty else { return [.table(table)] }
    return [.markup(.element(.p, text: "Nothing but the figures differs, as far as the records say."))]
  }

  private static let size = ChartAxis("size_bytes", "size", .bytes, scales: [.logarithmic, .linear])

  private func curves(_ pair: Comparison.Pair, _ place: Int) -> Chart {
    var table = DataTable(
      id: "time-\(place)", title: "\(pair.a.title.shortened()): time",
      columns: [
        .init("series", "record"), .init("size_bytes", "size", .bytes),
        .init("median_us", "median", unit: "us", .microseconds),
        .init("median_low_us", "95 % from", unit: "us", .microseconds),
        .init("median_high_us", "to", unit: "us", .microseconds),
        .init("busbw_gb_per_s", "busbw", unit: "GB/s", .bandwidth),
      ])
    for (name, side) in [("A", \Comparison.Row.a), ("B", \Comparison.Row.b)] {
      for row in pair.rows {
        let summary = row[keyPath: side]
        table.addRow([
          .text(name), .number(Double(row.size)), .number(summary.median), .optional(summary.interval?.low),
          .optional(summary.interval?.high), .number(summary.busBandwidth),
        ])
      }
    }
    return .curves(
      table,
      alternative:
        "The median time of \(pair.a.collective) over the size of the vector in A and in B, with 95 % "
        + "intervals.",
      x: Self.size,
      y: ChartAxis(
        "median_us", "median time", .microseconds, scales: [.logarithmic, .linear], startsAtZero: true),
      interval: ("median_low_us", "median_high_us"),
      series: [SeriesStyle("A", place: 0), SeriesStyle("B", place: 1)])
  }

  private func ratio(_ pair: Comparison.Pair, _ place: Int) -> Chart {
    var table = DataTable(
      id: "ratio-\(place)", title: "\(pair.a.title.shortened()): B over A",
      columns: [
        .init("series", "ratio"), .init("size_bytes", "size", .bytes), .init("ratio", "B/A", .fixed(3)),
        .init("ratio_low", "95 % from", .fixed(3)), .init("ratio_high", "to", .fixed(3)),
        .init("overlap", "the medians' intervals overlap"),
      ],
      note:
        "Of two measurements the interval is a bootstrap's; else the widest that both sides' intervals allow."
    )
    for row in pair.rows {
      table.addRow([
        .text("B/A"), .number(Double(row.size)), .optional(row.ratio), .optional(row.interval?.low),
        .optional(row.interval?.high), .optional(row.overlaps.map { $0 ? "yes" : "no" }),
      ])
    }
    return .curves(
      table,
      alternative:
        "The median time of B over that of A, by the size of the vector, with 95 % intervals; at 1 both "
        + "take the same time.",
      x: Self.size, y: ChartAxis("ratio", "B/A", scales: [.linear, .logarithmic]),
      interval: ("ratio_low", "ratio_high"), series: [SeriesStyle("B/A", place: 0)])
  }

  private var files: DataTable {
    var table = DataTable(
      id: "records", title: "Records",
      columns: [
        .init("record", "record"), .init("path", "file"), .init("sha256", "SHA-256"),
        .init("started", "started"), .init("version", "version"), .init("commit", "commit"),
        .init("command", "command"),
      ])
    for (name, file) in [("A", a), ("B", b)] {
      let made = file.environment
      table.addRow([
        .text(name), .text(file.path), .text(file.digest), .optional(made?.started), .optional(made?.version),
        .optional(made?.commit), .optional(made.map { $0.command.joined(separator: " ").shortened(to: 300) }),
      ])
    }
    return table
  }
}
