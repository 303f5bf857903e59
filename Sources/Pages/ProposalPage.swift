import Records
package import Reports

/// A page of proposals side by side: what is better and what is worse, what is not equal besides the fabric,
/// and every figure.
package struct ProposalPage: Sendable {
  let comparison: ProposalComparison
  /// The proposals' names as the page shows them, each once.
  let names: [String]
  let files: [ReportInput]
  let title: String
  let maker: Report.Maker

  /// A page of a comparison of `files`, which are its records in their order.
  package init(
    _ comparison: ProposalComparison, files: [ReportInput], title: String? = nil, maker: Report.Maker
  ) {
    (self.comparison, self.files, self.maker) = (comparison, files, maker)
    names = comparison.names.enumerated().map { place, name in
      // A name that was cut off could be another's.
      name.unicodeScalars.count > 60 ? "\(name.shortened(to: 60)), \(place + 1)" : name
    }
    self.title = title ?? "Proposals: \(names.joined(separator: " / "))"
  }

  /// The page.
  package var page: Page {
    Page(
      title: title, lead: lead,
      sections: [
        Page.Section(id: "verdicts", title: "Verdicts", verdicts),
        Page.Section(id: "not-equal", title: "What is not equal", inequalities),
        Page.Section(id: "charts", title: "Charts", charts.map { .chart($0) }),
        Page.Section(id: "figures", title: "Figures", comparison.groups.map { .table(figures($0)) }),
        Page.Section(id: "provenance", title: "Provenance", provenance),
      ], inputs: files.map(\.asInput))
  }

  private var lead: Markup {
    .element(
      .p, .classes("quiet"),
      text:
        "\(names.count) proposals for the training step "
        + "\(comparison.records[0].workload.name.shortened(to: 60)); \(names[0]) is what the others are compared with. "
        + "Made by Syncline \(maker.version), \(maker.time).")
  }

  // MARK: Verdicts

  private var verdicts: [Page.Block] {
    [
      .table(tallies),
      .markup(
        .element(
          .p, .classes("note"),
          text:
            "▲ better and ▼ worse: the 95 % intervals are apart, or both figures are exact for their inputs. "
            + "= equal: no difference that is shown. ≠ differs: more is neither better nor worse. "
            + "? cannot tell: the intervals overlap, or a value is missing. "
            + "Intervals of one machine model share most of their error, so that a verdict is on the safe side."
        )),
      .table(decided),
    ]
  }

  private var tallies: DataTable {
    var table = DataTable(
      id: "verdict-counts", title: "Verdicts on each proposal against \(names[0])",
      columns: [
        .init("proposal", "proposal"), .init("better", "▲ better", .count), .init("worse", "▼ worse", .count),
        .init("equal", "= equal", .count), .init("differs", "≠ differs", .count),
        .init("cannot_tell", "? cannot tell", .count),
      ])
    for place in names.indices.dropFirst() {
      let tally = comparison.tally(place)
      table.addRow(
        [.text(names[place])]
          + [tally.better, tally.worse, tally.equal, tally.differs, tally.cannotTell].map {
            .number(Double($0))
          })
    }
    return table
  }

  /// What a reader who stops here should know: the rows with a better or a worse.
  private var decided: DataTable {
    var table = DataTable(
      id: "decided", title: "What is better, and what is worse",
      columns: [.init("row", "row"), .init("unit", "unit")] + columns(withIntervals: { _ in false }))
    for row in comparison.rows where row.verdicts.contains(where: { $0 == .better || $0 == .worse }) {
      table.addRow(cells(of: row, withIntervals: { _ in false }))
    }
    return table
  }

  private var inequalities: [Page.Block] {
    var blocks: [Page.Block] = [.markup(.element(.p, text: comparison.inequalityTitle))]
    if !comparison.inequalities.isEmpty {
      var table = DataTable(
        id: "inequalities", title: "Not the same in all proposals",
        columns: [.init("field", "field")]
          + names.enumerated().map { .init("proposal_\($0.offset + 1)", $0.element) })
      for inequality in comparison.inequalities {
        table.addRow([.text(inequality.field)] + inequality.values.map { .text($0) })
      }
      blocks.append(.table(table))
    }
    blocks += comparison.notes.map { .markup(.element(.p, .classes("note"), text: $0.shortened(to: 500))) }
    return blocks
  }

  // MARK: Figures

  private func figures(_ group: ProposalComparison.Group) -> DataTable {
    func hasIntervals(_ place: Int) -> Bool {
      group.rows.contains { row in
        row.values[place].figure.map { $0.low != nil || $0.high != nil } ?? false
      }
    }
    var table = DataTable(
      id: "group-\(group.key)", title: group.title,
      columns: [.init("row", "row"), .init("unit", "unit")] + columns(withIntervals: hasIntervals))
    for row in group.rows { table.addRow(cells(of: row, withIntervals: hasIntervals)) }
    return table
  }

  private func columns(withIntervals hasIntervals: (Int) -> Bool) -> [DataTable.Column] {
    names.enumerated().flatMap { place, name -> [DataTable.Column] in
      let number = place + 1
      var columns: [DataTable.Column] = [
        .init("value_\(number)", name, .significant(ProposalUnit.Scale.digits))
      ]
      if hasIntervals(place) {
        columns += [
          .init("low_\(number)", "95 % from", .significant(ProposalUnit.Scale.digits)),
          .init("high_\(number)", "to", .significant(ProposalUnit.Scale.digits)),
        ]
      }
      if place > 0 {
        columns += [
          .init("change_\(number)", "change", .percent(1, isSigned: true)),
          .init("verdict_\(number)", "verdict"),
        ]
      }
      return columns
    }
  }

  private func cells(
    of row: ProposalComparison.Row, withIntervals hasIntervals: (Int) -> Bool
  ) -> [DataTable.Cell] {
    var cells: [DataTable.Cell] = [.text(row.title), .text(row.scale.word)]
    for (place, value) in row.values.enumerated() {
      func cell(_ number: Double?) -> DataTable.Cell { .optional(number.map { $0 / row.scale.factor }) }
      let figure = value.figure
      cells.append(cell(figure?.value))
      if hasIntervals(place) { cells += [cell(figure?.low), cell(figure?.high)] }
      if place > 0 {
        let verdict = row.verdicts[place - 1]
        cells += [.optional(row.change(place)), .text("\(verdict.shape) \(verdict.sentence)")]
      }
    }
    return cells
  }

  // MARK: Provenance

  private var provenance: [Page.Block] {
    var records = DataTable(
      id: "records", title: "Step records",
      columns: [
        .init("proposal", "proposal"), .init("path", "file"), .init("sha256", "SHA-256"),
        .init("topology", "topology"), .init("started", "started"), .init("version", "version"),
        .init("commit", "commit"), .init("command", "command"),
      ])
    var inputs = DataTable(
      id: "inputs", title: "Files that the records were made of",
      columns: [
        .init("proposal", "proposal"), .init("role", "role"), .init("path", "path"),
        .init("sha256", "SHA-256"),
      ])
    for (name, (file, record)) in zip(names, zip(files, comparison.records)) {
      let made = record.environment
      records.addRow([
        .text(name), .text(file.path), .text(file.digest), .optional(made.simulation?.topology),
        .text(made.started), .text(made.version), .optional(made.commit),
        .text(made.command.joined(separator: " ").shortened(to: 300)),
      ])
      for input in made.inputs ?? [] {
        inputs.addRow([.text(name), .text(input.role), .text(input.path), .text(input.digest)])
      }
    }
    return [.table(records)] + (inputs.rows.isEmpty ? [] : [.table(inputs)])
      + [
        .markup(
          .element(.p, .classes("note")) {
            Markup(text: "This page: ")
            Markup.element(.code, text: maker.command.joined(separator: " ").shortened(to: 1_000))
          })
      ]
  }
}
