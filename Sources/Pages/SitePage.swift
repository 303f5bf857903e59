import Calibration
import Foundation
import Quantities
import Records
import Reports
import Statistics

/// A page that a site makes.
struct SitePage {
  private let title: String
  private let content: Markup

  /// The page's HTML.
  var html: String {
    var page: Markup = "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
    page += "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>"
    page += Markup(text: title)
    page += "</title>\n<link rel=\"stylesheet\" href=\"/style.css\">\n</head>\n<body>\n<h1>"
    page += Markup(text: title)
    page += "</h1>\n"
    page += content
    page += "</body>\n</html>\n"
    return page.description
  }

  /// The one style of all of them; light or dark, as the reader's system is.
  static let style = Data(
    """
    :root { color-scheme: light dark; }
    body { font: 16px/1.45 system-ui, sans-serif; margin: 2rem auto; max-width: 75rem; padding: 0 1rem; }
    table { border-collapse: collapse; margin: 1rem 0; }
    th, td { border-bottom: 1px solid #8886; padding: 0.25rem 0.8rem 0.25rem 0; text-align: left; vertical-align: top; }
    td.number, th.number { text-align: right; font-variant-numeric: tabular-nums; }
    .bad { color: light-dark(#b00020, #ff8a80); }
    .quiet { color: #777; }
    svg { max-width: 100%; height: auto; }
    svg text { fill: currentColor; font: 12px system-ui, sans-serif; }
    svg .line { fill: none; stroke: light-dark(#1a5fb4, #78aeed); stroke-width: 1.5; }
    svg .run { fill: light-dark(#1a5fb4, #78aeed); }
    svg .interval { stroke: light-dark(#1a5fb4, #78aeed); stroke-opacity: 0.45; }
    svg .change { stroke: light-dark(#b00020, #ff8a80); stroke-dasharray: 4 3; }
    svg .axis { stroke: #8888; }

    """.utf8)

  // MARK: - Index

  /// The folder's records, the latest first, and what else is there.
  static func index(_ items: [SiteCatalogue.Item], isWhole: Bool, histories: [History]) -> SitePage {
    var records: [(item: SiteCatalogue.Item, record: SiteRecord)] = []
    var others: [(SiteCatalogue.Item, String)] = []
    var broken: [(SiteCatalogue.Item, String)] = []
    for item in items {
      switch item.content {
      case .record(let record): records.append((item, record))
      case .document(let schema): others.append((item, schema))
      case .page: others.append((item, "page"))
      case .broken(let reason): broken.append((item, reason))
      }
    }
    records.sort { ($1.record.started, $0.item.entry.path) < ($0.record.started, $1.item.entry.path) }
    var content = paragraph(counted(records.count, "record"), "quiet")
    let repeated = histories.filter { $0.runs.count > 1 }
    if !repeated.isEmpty {
      let changed = repeated.count { !$0.changes.isEmpty }
      content += "<p>"
      content += link(["histories"], "\(counted(repeated.count, "benchmark")) with a history")
      content += Markup(text: changed == 0 ? ", none with a change" : ", \(changed) with a change of level")
      content += "</p>\n"
    }
    if !isWhole { content += paragraph("There are more files than are listed here.", "bad") }
    if !records.isEmpty {
      var table = SiteTable([
        "started", "origin", "place", "series", "median at the largest size", "seal", "file",
      ])
      for (item, record) in records {
        let shown = record.series.prefix(mostSeries)
        let rest = record.series.count - shown.count
        table.addRow([
          link(["report"] + item.entry.names, record.started.isEmpty ? "?" : record.started),
          Markup(text: record.origin.rawValue + (record.isPartial ? ", partial" : "")),
          Markup(text: "\(record.place) (\(record.transport))"),
          lines(shown.map(\.name) + (rest > 0 ? ["and \(rest) more"] : [])), lines(shown.map(\.largest)),
          seal(item.seal), link(["file"] + item.entry.names, item.entry.path),
        ])
      }
      content += table.markup
    }
    content += list("Other files", others, isBad: false)
    content += list("Files that can't be read", broken, isBad: true)
    return SitePage(title: "Records", content: content)
  }

  /// The most series of a record that the index shows.
  private static let mostSeries = 6

  private static func list(_ heading: String, _ rows: [(SiteCatalogue.Item, String)], isBad: Bool) -> Markup {
    guard !rows.isEmpty else { return "" }
    var table = SiteTable(["file", isBad ? "reason" : "what it is", "seal"])
    for (item, words) in rows {
      table.addRow([
        link(["file"] + item.entry.names, item.entry.path), kind(item, words), isBad ? "" : seal(item.seal),
      ])
    }
    return SitePage.heading(heading).followed(by: table.markup)
  }

  /// What a file is, as a link where there is a report of it.
  private static func kind(_ item: SiteCatalogue.Item, _ words: String) -> Markup {
    guard case .document(let schema) = item.content,
      schema == StepRecord.schema || schema == MachineModel.schema
    else { return Markup(text: words) }
    return link(["report"] + item.entry.names, words)
  }

  // MARK: - What can't be shown

  /// A file that is none that a report can show.
  static func broken(names: [String], reason: String) -> SitePage {
    var content = paragraph(reason, "bad")
    content += "<p>"
    content += link(["file"] + names, names.joined(separator: "/"))
    content += "</p>\n"
    return SitePage(title: names.last ?? "", content: content.followed(by: back))
  }

  /// What can't be answered.
  static func problem(_ title: String, _ text: String) -> SitePage {
    SitePage(title: title, content: paragraph(text, "").followed(by: back))
  }

  // MARK: - Histories

  /// The benchmarks that were run more than once, those with a change first.
  static func histories(_ histories: [History]) -> SitePage {
    var content: Markup = ""
    if histories.isEmpty { content += paragraph("No benchmark was run more than once.", "quiet") }
    let ordered = histories.filter { !$0.changes.isEmpty } + histories.filter(\.changes.isEmpty)
    var table = SiteTable(["benchmark", "size", "runs", "latest median", "latest change"], numbers: 1..<4)
    for history in ordered {
      table.addRow([
        link(["history", history.benchmark.id], history.benchmark.name),
        Markup(text: "\(history.benchmark.size)"), Markup(text: "\(history.runs.count)"),
        Markup(text: history.runs.last.map { words($0.median) } ?? ""),
        Markup(text: history.changes.last.map { words($0, in: history) } ?? ""),
      ])
    }
    if !histories.isEmpty { content += table.markup }
    return SitePage(title: "Histories", content: content.followed(by: back))
  }

  /// One benchmark's runs, drawn and listed.
  static func history(_ history: History) -> SitePage {
    var content = paragraph(history.benchmark.name, "")
    content += HistoryChart(history).markup
    let searched = min(history.runs.count, History.mostRuns)
    let falseAlarm = (History.level * 100).significant()
    if history.changes.isEmpty {
      content += paragraph("No change of level in the latest \(counted(searched, "run")).", "quiet")
    }
    for change in history.changes { content += paragraph(words(change, in: history), "bad") }
    content += paragraph(
      "E-divisive with permutation tests; a benchmark that never changed is given a change with a "
        + "probability of \(falseAlarm) % or less.", "quiet")
    var table = SiteTable(["started", "median", "95 % interval", "file"])
    for run in history.runs.reversed() {
      let names = run.path.split(separator: "/").map(String.init)
      table.addRow([
        Markup(text: run.started), Markup(text: words(run.median)),
        Markup(text: run.interval.map { "\(words($0.low)) to \(words($0.high))" } ?? ""),
        link(["report"] + names, run.path),
      ])
    }
    content += table.markup
    return SitePage(title: "\(history.benchmark.size) over time", content: content.followed(by: back))
  }

  /// `1.25 times as long since 2026-01-02T03:04:05Z: 1.2 ms, before 0.96 ms (p = 0.001)`.
  private static func words(_ change: History.Change, in history: History) -> String {
    "\(change.ratio.significant(3)) times as long since \(history.runs[change.index].started): \(words(change.after)),"
      + " before \(words(change.before)) (p = \(change.probability.significant(2)))"
  }

  // MARK: - Parts

  /// A number of microseconds in the unit that suits.
  static func words(_ microseconds: Double) -> String { "\(Time(microseconds: microseconds))" }

  private static let back: Markup = "<p><a href=\"/\">All records</a></p>\n"

  private static func counted(_ count: Int, _ noun: String) -> String {
    "\(count) \(noun)\(count == 1 ? "" : "s")"
  }

  private static func heading(_ text: String) -> Markup {
    var heading: Markup = "<h2>"
    heading += Markup(text: text)
    heading += "</h2>\n"
    return heading
  }

  private static func paragraph(_ text: String, _ style: StaticString) -> Markup {
    var paragraph: Markup = "<p class=\""
    paragraph += Markup(stringLiteral: style)
    paragraph += "\">"
    paragraph += Markup(text: text)
    paragraph += "</p>\n"
    return paragraph
  }

  private static func link(_ names: [String], _ text: String) -> Markup {
    var link: Markup = "<a href=\""
    link += Markup(text: Site.address(names))
    link += "\">"
    link += Markup(text: text)
    link += "</a>"
    return link
  }

  private static func lines(_ texts: [String]) -> Markup {
    texts.enumerated().reduce(into: "") { lines, text in
      if text.offset > 0 { lines += "<br>" }
      lines += Markup(text: text.element)
    }
  }

  private static func seal(_ verdict: Seal.Verdict) -> Markup {
    var words: Markup =
      if case .changed = verdict { "<span class=\"bad\">" } else { "<span class=\"quiet\">" }
    words += Markup(text: verdict.summary)
    words += "</span>"
    return words
  }
}

/// A table of HTML.
struct SiteTable {
  private let numbers: Range<Int>
  private var rows: Markup = ""

  /// The table as it is now.
  var markup: Markup {
    var table: Markup = "<table>\n"
    table += rows
    table += "</table>\n"
    return table
  }

  /// - Parameter numbers: the columns that lean to the right.
  init(_ titles: [String], numbers: Range<Int> = 0..<0) {
    self.numbers = numbers
    guard !titles.isEmpty else { return }
    rows += "<tr>"
    for (column, title) in titles.enumerated() {
      rows += numbers.contains(column) ? "<th class=\"number\">" : "<th>"
      rows += Markup(text: title)
      rows += "</th>"
    }
    rows += "</tr>\n"
  }

  mutating func addRow(_ cells: [Markup]) {
    rows += "<tr>"
    for (column, cell) in cells.enumerated() {
      rows += numbers.contains(column) ? "<td class=\"number\">" : "<td>"
      rows += cell
      rows += "</td>"
    }
    rows += "</tr>\n"
  }
}
