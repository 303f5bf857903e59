package import Fabric
import Quantities

/// A published table or a bill of materials, held against the rules that its counts follow from each other by.
///
/// For each row the member of its rule's family is looked for that the most cells agree with; the cells that don't are
/// findings. So one wrong cell is named whichever it is, as long as two others know better.
package struct TableLint: Sendable {
  /// A cell that can't be right.
  package struct Finding: Sendable, Equatable {
    /// The line of its row, from 1.
    package let line: Int
    /// Its column, as the header spells it.
    package let column: String
    /// What stands there.
    package let found: String
    /// What it must be.
    package let expected: String
    /// Where that comes from.
    package let reason: String
  }

  /// The cells that can't be right, in the order of the file.
  package let findings: [Finding]
  /// What a reader should know of how the table was read: rules that were inferred, columns that were left out.
  package let notes: [String]
  /// How many cells were held against a rule.
  package let checked: Int

  /// The most bytes that a table of counts may have.
  private static let sizeLimit = 1 << 20

  /// Reads and checks the table at `path`.
  ///
  /// - Parameter rule: the rule of all rows; nil leaves it to a column `rule` or `topology`, or to what fits best.
  /// - Throws: ``TopologyFileError`` for a file that is no table, or has nothing that is counted here.
  package init(contentsOf path: String, rule: ConstructionRule? = nil) throws(TopologyFileError) {
    try self.init(SeparatedText(contentsOf: path, sizeLimit: Self.sizeLimit), path: path, rule: rule)
  }

  /// Checks a table's text.
  package init(parsing text: String, path: String, rule: ConstructionRule? = nil) throws(TopologyFileError) {
    try self.init(SeparatedText(parsing: text, path: path), path: path, rule: rule)
  }

  private init(_ text: SeparatedText, path: String, rule: ConstructionRule?) throws(TopologyFileError) {
    let table = try CountTable(text, path: path)
    var notes = [String]()
    if !table.unknown.isEmpty {
      notes.append("not looked at: \(table.unknown.map(\.quoted).joined(separator: ", "))")
    }
    // Rows without a rule of their own share the one that explains most of their cells.
    let nameless = rule == nil ? table.rows.filter { $0.rule == nil } : []
    var inferred: ConstructionRule?
    if !nameless.isEmpty {
      let scores = ConstructionRule.allCases.map { rule in
        (rule, nameless.reduce(0) { $0 + Fit($1, rule).score })
      }
      guard let best = scores.max(by: { $0.1 < $1.1 }), best.1 > 0 else {
        let rules = ConstructionRule.allCases.map(\.rawValue).joined(separator: ", ")
        throw TopologyFileError(
          path: path, line: nameless[0].line,
          "found counts that no rule explains, expected those of \(rules); --rule chooses one")
      }
      inferred = best.0
      if let inferred {
        notes.append(
          "rule \(inferred.rawValue) inferred, as most cells agree with it; --rule chooses another")
      }
    }
    var findings = [Finding]()
    var checked = 0
    for row in table.rows {
      guard let chosen = rule ?? row.rule ?? inferred else { continue }
      findings += row.unreadable
      let fit = Fit(row, chosen)
      checked += fit.checked + row.unreadable.count
      findings += fit.findings
      if fit.checked == 0, row.unreadable.isEmpty {
        notes.append("line \(row.line): nothing that rule \(chosen.rawValue) counts")
      }
    }
    (self.findings, self.notes, self.checked) = (findings, notes, checked)
  }
}

/// The member of a rule's families that most cells of a row agree with; of equal ones the one nearest to the others.
private struct Fit {
  private(set) var findings: [TableLint.Finding] = []
  private(set) var checked = 0

  /// Cells that agree, less those that don't.
  var score: Int { checked - 2 * findings.count }

  init(_ row: CountTable.Row, _ rule: ConstructionRule) {
    let given = Dictionary(row.cells.map { ($0.thing, $0.value) }) { first, _ in first }
    var best: (wrong: Int, distance: Double, family: Family, member: Int)?
    for family in rule.families(given: given) {
      var seen = Set<Int>()
      for cell in row.cells {
        for member in family.nearest(cell.value, of: cell.thing) where seen.insert(member).inserted {
          let counts = family.counts(member)
          var wrong = family.flaw(member) == nil ? 0 : 1
          var distance = 0.0
          for cell in row.cells {
            guard let values = counts[cell.thing]?.values, !values.contains(cell.value) else { continue }
            wrong += 1
            distance +=
              values.map { Double(abs($0 - cell.value)) / Double(max($0, cell.value, 1)) }.min() ?? 0
          }
          if best.map({ (wrong, distance) < ($0.wrong, $0.distance) }) ?? true {
            best = (wrong, distance, family, member)
          }
        }
      }
    }
    guard let best else { return }
    let counts = best.family.counts(best.member)
    for cell in row.cells {
      guard let expected = counts[cell.thing] else { continue }
      checked += 1
      guard !expected.values.contains(cell.value) else { continue }
      let values = Set(expected.values).sorted(by: >).map(\.grouped).joined(separator: " or ")
      findings.append(
        .init(
          line: cell.line, column: cell.column, found: cell.text, expected: values,
          reason: "\(rule.rawValue): \(expected.rule())"))
    }
    guard let flaw = best.family.flaw(best.member) else { return }
    let cell = flaw.things.lazy.compactMap { thing in row.cells.first { $0.thing == thing } }.first
    guard let cell = cell ?? row.cells.first else { return }
    findings.append(
      .init(
        line: cell.line, column: cell.column, found: cell.text, expected: flaw.reason, reason: rule.rawValue))
  }
}

/// The counts of a table: one row of things a fabric, or one thing a row for one fabric.
private struct CountTable {
  struct Cell {
    let line: Int
    let column: String
    let thing: CountedThing
    let text: String
    let value: Int
  }

  struct Row {
    let line: Int
    let rule: ConstructionRule?
    var cells: [Cell] = []
    /// Cells of things that are counted, without a number in them.
    var unreadable: [TableLint.Finding] = []

    mutating func add(_ thing: CountedThing, _ text: String, line: Int, column: String) {
      // What is empty or dashed out is not given.
      guard text.contains(where: { $0.isLetter || $0.isNumber }), !["n/a", "na"].contains(text.lowercased())
      else { return }
      if let value = CountTable.number(text) {
        cells.append(Cell(line: line, column: column, thing: thing, text: text, value: value))
      } else {
        unreadable.append(
          .init(
            line: line, column: column, found: text, expected: "a whole number", reason: "it is a count"))
      }
    }
  }

  let rows: [Row]
  /// Columns, or items, that no thing is named like.
  let unknown: [String]

  /// The most rows that a table may have: each is held against thousands of fabrics.
  private static let rowLimit = 200
  /// The most columns.
  private static let columnLimit = 100

  private static let ruleColumns: Set = ["rule", "topology", "topo", "fabric", "architecture", "builder"]
  private static let itemColumns: Set = ["item", "part", "component", "what", "name", "description"]
  private static let countColumns: Set = ["count", "quantity", "qty", "number", "pieces"]

  init(_ text: SeparatedText, path: String) throws(TopologyFileError) {
    let header = text.rows[0]
    guard header.cells.count <= Self.columnLimit else {
      throw TopologyFileError(
        path: path, line: header.line,
        "found \(header.cells.count) columns, expected at most \(Self.columnLimit)")
    }
    for row in text.rows.dropFirst() where row.cells.count != header.cells.count {
      throw TopologyFileError(
        path: path, line: row.line,
        "found \(row.cells.count) cells, expected \(header.cells.count) as in the header")
    }
    guard text.rows.count - 1 <= Self.rowLimit else {
      throw TopologyFileError(
        path: path, line: text.rows[Self.rowLimit + 1].line,
        "found more than \(Self.rowLimit) rows, expected at most that")
    }
    let words = header.cells.map(CountedThing.plain)
    let things = header.cells.map(CountedThing.init(header:))
    let ruleColumn = words.firstIndex(where: Self.ruleColumns.contains)
    if let item = words.firstIndex(where: Self.itemColumns.contains),
      let count = words.firstIndex(where: Self.countColumns.contains)
    {
      (rows, unknown) = try Self.bill(text.rows, item: item, count: count, path: path)
      guard rows[0].cells.count + rows[0].unreadable.count >= 2 else {
        throw TopologyFileError(
          path: path, line: header.line,
          "found \(rows[0].cells.count) items that fabrics count, expected two or more such as 'leaf', 'spine', 'GPUs'"
        )
      }
      return
    }
    guard things.count(where: { $0 != nil }) >= 2 else {
      throw TopologyFileError(
        path: path, line: header.line,
        "found the columns \(header.cells.joined(separator: ",").quoted), expected two or more such as"
          + " 'SU', 'nodes', 'GPUs', 'leaf', 'spine', 'node-leaf', 'leaf-spine', 'switches', 'links', 'k'")
    }
    for (column, thing) in things.enumerated() {
      guard let thing, let other = things[..<column].firstIndex(of: thing) else { continue }
      throw TopologyFileError(
        path: path, line: header.line,
        "found the columns \(header.cells[other].quoted) and \(header.cells[column].quoted),"
          + " expected one of the two, since both count \(thing.rawValue)")
    }
    unknown = header.cells.indices.filter { things[$0] == nil && $0 != ruleColumn && !words[$0].isEmpty }
      .map { header.cells[$0] }
    rows = try text.rows.dropFirst().map { row throws(TopologyFileError) in
      var result = Row(line: row.line, rule: try Self.rule(row, ruleColumn, words, path))
      for (column, thing) in things.enumerated() {
        if let thing {
          result.add(thing, row.cells[column], line: row.line, column: header.cells[column])
        }
      }
      return result
    }
  }

  private static func rule(
    _ row: SeparatedText.Row, _ column: Int?, _ words: [String], _ path: String
  ) throws(TopologyFileError) -> ConstructionRule? {
    guard let column, !row.cells[column].isEmpty else { return nil }
    if let rule = ConstructionRule(named: row.cells[column]) { return rule }
    // A column of names may have any; one of rules is meant.
    guard words[column] == "rule" else { return nil }
    throw TopologyFileError(
      path: path, line: row.line,
      "field 'rule': found \(row.cells[column].quoted), expected one of"
        + " \(ConstructionRule.allCases.map(\.rawValue).joined(separator: ", "))")
  }

  /// One fabric, one thing a row.
  private static func bill(
    _ rows: [SeparatedText.Row], item: Int, count: Int, path: String
  ) throws(TopologyFileError) -> (rows: [Row], unknown: [String]) {
    var result = Row(line: rows[0].line, rule: nil)
    var unknown = [String]()
    for row in rows.dropFirst() {
      if let thing = CountedThing(header: row.cells[item]) {
        if let other = result.cells.first(where: { $0.thing == thing }) {
          throw TopologyFileError(
            path: path, line: row.line,
            "found \(row.cells[item].quoted), expected it once: line \(other.line) counts \(thing.rawValue) too"
          )
        }
        result.add(thing, row.cells[count], line: row.line, column: row.cells[item])
      } else {
        unknown.append(row.cells[item])
      }
    }
    return ([result], unknown)
  }

  /// A whole number as tables print it: with separators of thousands, a footnote's sign or a remark behind it.
  static func number(_ text: String) -> Int? {
    let body = text.prefix { $0 != "(" }.filter { !",'_ \u{A0}\u{202F}*†‡".contains($0) }
    return body.utf8.allSatisfy { UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 } ? Int(body) : nil
  }
}
