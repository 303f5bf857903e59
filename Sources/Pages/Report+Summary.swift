import Calibration
import Quantities
import Records
import Reports

extension Report {
  /// What a reader who stops here should know: verdicts, the figures of each series, warnings.
  var summary: Page.Section {
    var blocks: [Page.Block] = []
    if inputs.contains(where: { $0.step != nil }) { blocks += [.table(stepsTable), .table(workloadsTable)] }
    if !groups.isEmpty { blocks.append(.table(seriesTable)) }
    let warnings = warnings
    if !warnings.isEmpty { blocks.append(.markup(warnings)) }
    return Page.Section(id: "summary", title: "Summary", blocks)
  }

  private var seriesTable: DataTable {
    var table = DataTable(
      id: "summary-series", title: "Each series at its smallest and largest size",
      columns: [
        .init("collective", "collective"), .init("series", "series"), .init("file", "file"),
        .init("smallest_bytes", "smallest", .bytes),
        .init("smallest_median_us", "median", unit: "us", .microseconds),
        .init("largest_bytes", "largest", .bytes),
        .init("largest_median_us", "median", unit: "us", .microseconds),
        .init("largest_busbw_gb_per_s", "busbw", unit: "GB/s", .bandwidth),
        .init("best_busbw_gb_per_s", "best busbw", unit: "GB/s", .bandwidth),
        .init("checked_elements", "checked elements", .count),
      ])
    for group in groups {
      for one in group.series {
        guard let first = one.summaries.first, let last = one.summaries.last else { continue }
        let checked = one.summaries.compactMap(\.checkedElements)
        table.addRow([
          .text(group.collective), .text(one.label), .text(inputs[one.input].name),
          .number(Double(first.size)), .number(first.median), .number(Double(last.size)),
          .number(last.median),
          .number(last.busBandwidth), .optional(one.summaries.map(\.busBandwidth).max()),
          .optional(checked.isEmpty ? nil : checked.reduce(0) { $0 + Double($1) }),
        ])
      }
    }
    return table
  }

  /// What the records warn of, each warning once with the files that it is from.
  private var warnings: Markup {
    var found: [(text: String, files: [String])] = []
    func add(_ text: String, _ file: String) {
      if let place = found.firstIndex(where: { $0.text == text }) {
        if found[place].files.last != file { found[place].files.append(file) }
      } else {
        found.append((text, [file]))
      }
    }
    for input in inputs {
      if let record = input.record, record.isPartial {
        add("The run ended early. \(record.endedBecause ?? "")", input.name)
      }
      for warning in input.environment?.warnings ?? [] { add(warning, input.name) }
      for source in input.machine?.sources ?? [] {
        for warning in source.warnings { add(warning, input.name) }
      }
    }
    return found.reduce(into: "") { markup, one in
      let files = one.files.prefix(4).joined(separator: ", ")
      let more = one.files.count > 4 ? " and \(one.files.count - 4) more" : ""
      markup += .element(.p, .classes("warning")) {
        Markup.element(.b, text: "Warning: ")
        Markup(text: one.text.shortened(to: 500))
        Markup.element(.span, .classes("quiet"), text: " (\(files)\(more))")
      }
    }
  }
}
