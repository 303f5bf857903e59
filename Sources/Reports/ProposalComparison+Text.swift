import Quantities
package import Records

extension ProposalComparison {
  /// The comparison in `format`, with a newline at the end; `files` are the records' paths.
  package func text(as format: CompareFormat, files: [String]) throws -> String {
    switch format {
    case .table: table(files: files)
    case .json:
      String(decoding: try DocumentCoding.encode(ProposalDocument(self, files: files)), as: UTF8.self)
    case .csv: csv
    case .markdown: markdown
    }
  }

  private func table(files: [String]) -> String {
    var lines = zip(names, files).map { "\($0.shownLine): \($1)" }
    lines.append("")
    lines += summaryLines.map(\.self)
    lines.append(inequalityTitle)
    for inequality in inequalities {
      let values = zip(names, inequality.values).map { "\(shortened($1)) in \($0.shownLine)" }
      lines.append("not equal: \(inequality.field.shownLine): \(values.joined(separator: ", "))")
    }
    lines += notes.map { "note: \($0.shownLine)" }
    for group in groups {
      lines.append("")
      var table = TextTable(columns(of: group).map { ($0.title.shownLine, $0.alignment) })
      for row in group.rows { table.addRow(cells(of: row, in: group).map(\.shownLine)) }
      lines.append(table.description)
    }
    return lines.joined(separator: "\n") + "\n"
  }

  private var markdown: String {
    var lines = ["### \(names.map(MarkdownTable.escaped).joined(separator: " / "))", ""]
    lines += summaryLines.map { "- \(MarkdownTable.escaped($0))" }
    lines += ["", inequalityTitle, ""]
    if !inequalities.isEmpty {
      var table = MarkdownTable([("not equal", .left)] + names.map { ($0, .left) })
      for inequality in inequalities { table.addRow([inequality.field] + inequality.values.map(shortened)) }
      lines += [table.description, ""]
    }
    lines += notes.map { "- \(MarkdownTable.escaped($0))" }
    for group in groups {
      var table = MarkdownTable(columns(of: group))
      for row in group.rows { table.addRow(cells(of: row, in: group)) }
      lines += ["", table.description]
    }
    return lines.joined(separator: "\n") + "\n"
  }

  /// One sentence for each proposal but the first.
  package var summaryLines: [String] {
    names.indices.dropFirst().map { "\(names[$0]) against \(names[0]): \(summary($0))" }
  }

  /// What stands before the inequalities, or instead of them.
  package var inequalityTitle: String {
    inequalities.isEmpty
      ? "Nothing but the fabric differs, as far as the records say."
      : "Besides the fabric, not the same in all proposals, so that the rows compare this too:"
  }

  /// A digest by its first digits, as versions are called.
  private func shortened(_ value: String) -> String {
    let lead = "SHA-256 "
    return value.hasPrefix(lead) && value.count == lead.count + 64
      ? String(value.prefix(lead.count + 12)) : value
  }

  private func columns(of group: Group) -> [(title: String, alignment: TextTable.Alignment)] {
    var columns: [(title: String, alignment: TextTable.Alignment)] = [(group.title, .left), ("unit", .left)]
    for (place, name) in names.enumerated() {
      columns.append((name, .right))
      if hasIntervals(group, place) { columns.append(("95 %", .right)) }
      if place > 0 { columns += [("change", .right), ("verdict", .left)] }
    }
    return columns
  }

  private func cells(of row: Row, in group: Group) -> [String] {
    var cells = [row.title, row.scale.word]
    for (place, value) in row.values.enumerated() {
      cells.append(value.figure.map { row.scale.shown($0.value) } ?? "-")
      if hasIntervals(group, place) { cells.append(value.figure.flatMap(row.scale.interval) ?? "-") }
      if place > 0 {
        cells.append(row.change(place).map(Self.changeText) ?? "-")
        let verdict = row.verdicts[place - 1]
        cells.append("\(verdict.shape) \(verdict.sentence)")
      }
    }
    return cells
  }

  /// A change in percent, with its sign.
  package static func changeText(_ change: Double) -> String {
    let text = (change * 100).fixed(abs(change) < 0.1 ? 2 : 1)
    return (change > 0 && Double(text) != 0 ? "+" : "") + text + " %"
  }

  private func hasIntervals(_ group: Group, _ proposal: Int) -> Bool {
    group.rows.contains { $0.values[proposal].figure?.isUncertain == true }
  }

  /// One line for each row and proposal.
  private var csv: String {
    var table = CommaSeparated([
      "group", "row", "title", "unit", "better", "proposal", "value", "low", "high", "change", "verdict",
      "reason",
    ])
    func text(_ value: Double?) -> String { value.map { "\($0)" } ?? "" }
    for group in groups {
      for row in group.rows {
        for (place, value) in row.values.enumerated() {
          let verdict = place > 0 ? row.verdicts[place - 1] : nil
          let change = place > 0 ? row.change(place) : nil
          table.addRow([
            group.key, row.key, row.title, row.unit.name, row.direction.rawValue, names[place],
            text(value.figure?.value), text(value.figure?.low), text(value.figure?.high), text(change),
            verdict?.word ?? "", verdict?.reason ?? value.reason ?? "",
          ])
        }
      }
    }
    return table.description
  }
}

extension ProposalComparison.Value {
  /// Why it is not known; nil where it is.
  package var reason: String? {
    if case .missing(let reason) = self { reason } else { nil }
  }
}

extension ProposalUnit.Scale {
  /// An interval as it is shown, without the unit; nil for an exact figure.
  package func interval(_ figure: StepRecord.Figure) -> String? {
    switch (figure.low, figure.high) {
    case (let low?, let high?): "\(shown(low)) to \(shown(high))"
    case (let low?, nil): "from \(shown(low))"
    case (nil, let high?): "to \(shown(high))"
    case (nil, nil): nil
    }
  }
}
