import Foundation
import Quantities
import Records

/// What objectives and evidence came to, for people, programs and CI systems.
package struct VerdictReport: Sendable {
  /// The forms in which it is printed.
  package enum Format: String, CaseIterable, Sendable {
    /// Aligned columns for people.
    case table
    /// One object with everything.
    case json
    /// One line an objective, RFC 4180.
    case csv
    /// A test suite with one case an objective, as CI systems read it.
    case junit
  }

  /// The objectives.
  package let objectives: Objectives
  /// The path of their file.
  package let path: String
  /// One for each objective, in their order.
  package let verdicts: [ObjectiveVerdict]
  /// The records' paths.
  package let records: [String]
  /// What to know before a verdict is quoted.
  package let notes: [String]

  /// Judges the objectives of the file at `path` on `evidence`.
  package init(_ objectives: Objectives, path: String, on evidence: ObjectiveEvidence) {
    (self.objectives, self.path) = (objectives, path)
    verdicts = objectives.verdicts(on: evidence)
    records = evidence.paths
    notes = evidence.notes
  }

  /// What they say together.
  package var verdict: Verdict { .together(verdicts.lazy.map(\.verdict)) }

  /// How many objectives have such a verdict.
  package func count(_ verdict: Verdict) -> Int { verdicts.count { $0.verdict == verdict } }

  /// How many there are of each verdict: `5 pass, 1 fail, 2 cannot tell`.
  package var summary: String {
    Verdict.allCases.filter { count($0) > 0 }.map { "\(count($0)) \($0.rawValue)" }.joined(separator: ", ")
  }

  /// The report in `format`, with a newline at the end.
  package func text(as format: Format) throws -> String {
    switch format {
    case .table: table
    case .json: String(decoding: try DocumentCoding.encode(VerdictDocument(self)), as: UTF8.self)
    case .csv: csv
    case .junit: JUnitText(self).description
    }
  }

  private var table: String {
    var lines = ["\(objectives.name) (\(path))"]
    if let source = objectives.source { lines.append("thresholds: \(source)") }
    var table = TextTable([
      ("verdict", .left), ("objective", .left), ("threshold", .left), ("found", .right),
      ("95 % interval", .right), ("where", .left),
    ])
    for verdict in verdicts {
      table.addRow([
        verdict.verdict.rawValue, verdict.objective.name, verdict.bound.text(verdict.unit),
        verdict.figure.map { verdict.unit.text($0.value) } ?? "-", verdict.intervalText,
        verdict.place?.text ?? "-",
      ])
    }
    lines += ["", table.description]
    let doubtful = verdicts.filter { $0.verdict != .pass }
    if !doubtful.isEmpty { lines.append("") }
    for verdict in doubtful {
      lines.append(
        "\(verdict.verdict.rawValue): \(verdict.objective.name): \(verdict.reason)\(verdict.others)")
    }
    if !notes.isEmpty { lines.append("") }
    lines += notes.map { "note: \($0)" }
    lines += ["", "\(verdict.rawValue): \(summary)"]
    return lines.joined(separator: "\n") + "\n"
  }

  private var csv: String {
    var table = CommaSeparated([
      "objectives", "objective", "verdict", "bound", "threshold", "unit", "found", "low", "high", "record",
      "series", "size_bytes", "points_pass", "points_fail", "points_cannot_tell", "reason", "source",
    ])
    for verdict in verdicts {
      table.addRow([
        objectives.name, verdict.objective.name, verdict.verdict.rawValue, verdict.bound.word,
        "\(verdict.bound.threshold)", verdict.unit.name, verdict.figure.map { "\($0.value)" } ?? "",
        verdict.figure?.low.map { "\($0)" } ?? "", verdict.figure?.high.map { "\($0)" } ?? "",
        verdict.place?.path ?? "", verdict.place?.series ?? "", verdict.place?.size.map { "\($0)" } ?? "",
        "\(verdict.counts[.pass] ?? 0)", "\(verdict.counts[.fail] ?? 0)",
        "\(verdict.counts[.cannotTell] ?? 0)", verdict.reason,
        verdict.objective.source ?? objectives.source ?? "",
      ])
    }
    return table.description
  }
}

extension Bound {
  /// Its side, as files spell it.
  var word: String {
    switch self {
    case .atLeast: "at least"
    case .atMost: "at most"
    }
  }
}

extension FigurePlace {
  /// The place on one line: `pilot.json: all-reduce, ring, 8 ranks, out of place, 256 MiB`.
  package var text: String { "\(path): \(series)" + (size.map { ", \(ByteCount($0))" } ?? "") }
}

extension ObjectiveVerdict {
  /// The interval for people; `?` for an end that nothing bounds.
  package var intervalText: String {
    guard let figure else { return "-" }
    guard !figure.isExact else { return "exact" }
    return "\(figure.low.map(unit.text) ?? "?") to \(figure.high.map(unit.text) ?? "?")"
  }

  /// How many figures there were, where that is more than the one that is shown.
  package var others: String {
    let total = Verdict.allCases.reduce(0) { $0 + (counts[$1] ?? 0) }
    guard total > 1 else { return "" }
    let parts = Verdict.allCases.compactMap { verdict in counts[verdict].map { "\($0) \(verdict.rawValue)" } }
    return " (the worst of \(total) figures: \(parts.joined(separator: ", ")))"
  }
}
