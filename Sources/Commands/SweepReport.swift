import Collectives
import Foundation
import Quantities
import Reports

/// A sweep's result as people and programs read it: cases that differ in their seed alone are one row.
struct SweepReport {
  /// The forms in which it is printed.
  enum Format: String, CaseIterable, Sendable {
    case table, json, csv
  }

  let plan: SweepPlan
  let merge: SweepMerge
  let files: SweepFiles
  /// How many cases this run simulated; the others were there.
  let simulated: Int

  /// The most rows that a table shows.
  private static let shownRows = 60

  func text(as format: Format) -> String {
    switch format {
    case .table: table + "\n"
    case .json: json + "\n"
    case .csv: merge.csv
    }
  }

  /// Cases that differ in their seed alone.
  private struct Group {
    let first: Int
    var times: [Double] = []
    var lines: [SweepLine] = []
    var skipped = 0

    /// In microseconds; the mean of the middle two where there is no middle one.
    var median: Double? {
      guard !times.isEmpty else { return nil }
      let sorted = times.sorted()
      return (sorted[(sorted.count - 1) / 2] + sorted[sorted.count / 2]) / 2
    }

    func bandwidth(_ value: (SweepLine) -> Double?) -> Double? {
      let sorted = lines.compactMap(value).sorted()
      guard !sorted.isEmpty else { return nil }
      return (sorted[(sorted.count - 1) / 2] + sorted[sorted.count / 2]) / 2
    }
  }

  /// What a row of the table is about, column by column.
  private func coordinates(_ place: Int) -> [String] {
    let one = plan.cases[place]
    return [
      plan.topologies[one.topology].text, one.collective.rawValue, one.algorithm.rawValue, "\(one.ranks)",
      one.placement.pattern, one.routing.pattern, "\(one.channels)", one.chunk?.description ?? "whole",
      "\(one.depth)", one.machine.map { plan.machines[$0].text } ?? "none",
    ]
  }

  private static let titles: [(title: String, alignment: TextTable.Alignment)] = [
    ("topology", .left), ("collective", .left), ("algorithm", .left), ("ranks", .right),
    ("placement", .left), ("routing", .left), ("channels", .right), ("chunk", .right), ("depth", .right),
    ("machine", .left),
  ]

  /// In the order of their first cases.
  private var groups: [Group] {
    var groups: [Group] = []
    var places: [[String]: Int] = [:]
    for line in merge.lines {
      let name = coordinates(line.index) + ["\(line.size)"]
      let place = places[name] ?? groups.count
      if place == groups.count {
        places[name] = place
        groups.append(Group(first: line.index))
      }
      groups[place].lines.append(line)
      if let time = line.time { groups[place].times.append(time) } else { groups[place].skipped += 1 }
    }
    return groups
  }

  private var table: String {
    let groups = groups.filter { !$0.times.isEmpty }
    let rows = groups.map { coordinates($0.first) }
    let varying = Self.titles.indices.filter { column in rows.contains { $0[column] != rows[0][column] } }
    let hasSeeds = groups.contains { $0.lines.count > 1 }
    var columns = varying.map { Self.titles[$0] } + [("size", .right)]
    if hasSeeds { columns += [("seeds", .right), ("best us", .right)] }
    columns.append((hasSeeds ? "median us" : "time us", .right))
    if hasSeeds { columns.append(("worst us", .right)) }
    columns += [
      ("algbw GB/s", .right), ("busbw GB/s", .right), ("x bound", .right), ("busiest link", .right),
    ]
    var table = TextTable(columns)
    let shown =
      groups.count <= Self.shownRows
      ? Array(groups.indices)
      : Array(groups.indices.prefix(Self.shownRows / 2)) + Array(groups.indices.suffix(Self.shownRows / 2))
    for (number, place) in shown.enumerated() {
      if number > 0, shown[number - 1] + 1 < place { table.addRow(columns.map { _ in "…" }) }
      let group = groups[place]
      let own = varying.map { rows[place][$0] } + [ByteCount(group.lines[0].size).description]
      table.addRow(own + figures(group, hasSeeds: hasSeeds))
    }
    var paragraphs = [title, table.description]
    if shown.count < groups.count {
      paragraphs.append("\(groups.count - shown.count) rows are not shown; all cases are in \(files.csv)")
    }
    let reasons = merge.lines.compactMap(\.reason)
    if !reasons.isEmpty {
      let counts = Array(Set(reasons)).sorted().map { reason in
        "left out: \(reason) (\(SweepRun.counted(reasons.count { $0 == reason })))"
      }
      paragraphs.append(counts.joined(separator: "\n"))
    }
    paragraphs.append("results: \(files.results)\ntable: \(files.csv)")
    return paragraphs.joined(separator: "\n\n")
  }

  private func figures(_ group: Group, hasSeeds: Bool) -> [String] {
    guard let median = group.median else { return [] }
    var cells: [String] = []
    if hasSeeds {
      cells += ["\(group.times.count)", group.times.min().map(\.microsecondsText) ?? "-"]
    }
    cells.append(median.microsecondsText)
    if hasSeeds { cells.append(group.times.max().map(\.microsecondsText) ?? "-") }
    let bound = group.lines.compactMap(\.bound).max() ?? 0
    let peak = group.lines.compactMap(\.result?.peakUtilisation).max()
    cells += [
      group.bandwidth(\.algorithmBandwidth)?.bandwidthText ?? "-",
      group.bandwidth(\.busBandwidth)?.bandwidthText ?? "-",
      bound > 0 ? (median / bound).fixed(3) : "-", peak.map { "\(($0 * 100).fixed(1)) %" } ?? "-",
    ]
    return cells
  }

  private var skipped: Int { merge.lines.count { $0.status == .skipped } }

  private var title: String {
    let there = plan.cases.count - simulated - plan.refusals.count { $0 != nil }
    var counts = ["\(simulated) simulated"]
    if there > 0 { counts.append("\(there) there before") }
    if skipped > 0 { counts.append("\(skipped) left out") }
    if plan.repeated > 0 { counts.append("\(plan.repeated) more the same in other words") }
    return "\(plan.study.name): \(SweepRun.counted(plan.cases.count)), \(counts.joined(separator: ", "))"
  }

  private var json: String {
    var json = JSONText()
    json.object { json in
      json.field("schema", "syncline.sweep/1")
      json.field("name", plan.study.name)
      json.field("study", plan.study.path)
      json.field("results", files.results)
      json.field("csv", files.csv)
      json.field("cases", plan.cases.count)
      json.field("simulated", simulated)
      json.field("left_out", skipped)
      json.field("repeated", plan.repeated)
      json.key("groups")
      json.array(groups) { json, group in json.object { write(group, to: &$0) } }
    }
    return json.text
  }

  private func write(_ group: Group, to json: inout JSONText) {
    let one = plan.cases[group.first]
    json.field("topology", plan.topologies[one.topology].text)
    json.field("collective", one.collective.rawValue)
    json.field("algorithm", one.algorithm.rawValue)
    json.field("ranks", one.ranks)
    json.field("placement", one.placement.pattern)
    json.field("routing", one.routing.pattern)
    json.field("channels", one.channels)
    if let chunk = one.chunk { json.field("chunk_bytes", chunk.bytes) }
    json.field("depth", one.depth)
    if let machine = one.machine { json.field("machine", plan.machines[machine].text) }
    json.field("size_bytes", one.size.bytes)
    json.field("cases", group.lines.count)
    json.field("left_out", group.skipped)
    json.field("minimum_us", group.times.min())
    json.field("median_us", group.median)
    json.field("maximum_us", group.times.max())
    json.field("algbw_gb_per_s", group.bandwidth(\.algorithmBandwidth))
    json.field("busbw_gb_per_s", group.bandwidth(\.busBandwidth))
    json.field("bound_us", group.lines.compactMap(\.bound).max())
  }
}
