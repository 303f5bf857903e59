import Foundation
import Records
import Testing

@Suite("compare puts records, or proposals, beside each other")
struct CompareCommandTests {
  private let scratch: Scratch

  init() throws { scratch = try Scratch() }

  private func steps(_ names: String...) throws -> [String] {
    try names.enumerated().map { place, name in
      try StepRecords.proposal(name, seed: UInt64(place)).write(to: scratch.file("\(name).json").path)
      return "\(name).json"
    }
  }

  private func records() throws -> [String] {
    try [("before", 1.0), ("after", 1.3)].map { name, factor in
      try Measured.record(slower: factor, seed: UInt64(factor * 10)).write(
        to: scratch.file("\(name).json").path)
      return "\(name).json"
    }
  }

  private func compare(_ arguments: [String]) throws -> CommandRun {
    try CommandRun(["compare"] + arguments, in: scratch.folder)
  }

  @Test("Proposals are a table with a verdict in each row")
  func table() throws {
    let run = try compare(steps("rail", "fat-tree", "plane"))
    try #require(run.status == 0, "\(run.errors)")
    let lines = run.output.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    #expect(lines.starts(with: ["rail: rail.json", "fat-tree: fat-tree.json", "plane: plane.json", ""]))
    #expect(lines[4].hasPrefix("fat-tree against rail: ") && lines[5].hasPrefix("plane against rail: "))
    #expect(lines[6] == "Nothing but the fabric differs, as far as the records say.")
    let row = try #require(lines.first { $0.hasPrefix("sync exposure  ") })
    #expect(row.contains("%"))
    #expect(
      ["▲ better", "▼ worse", "? cannot tell: the intervals overlap"].contains { row.contains($0) }, "\(row)")
  }

  @Test("JSON and CSV have the same figures, and the digits of the records")
  func machineForms() throws {
    let files = try steps("rail", "fat-tree")
    let json = try compare(files + ["--format", "json"])
    let csv = try compare(files + ["--format", "csv"])
    try #require(json.status == 0 && csv.status == 0, "\(json.errors)\(csv.errors)")
    let document = try JSONDecoder().decode(Document.self, from: Data(json.output.utf8))
    #expect(document.schema == "syncline.proposals/1")
    let lines = csv.output.split(separator: "\r\n").dropFirst()
    let rows = document.groups.flatMap(\.rows)
    #expect(lines.count == rows.count * 2)
    let time = try #require(rows.first { $0.row == "step.time" })
    for (place, value) in time.values.enumerated() {
      let record = try StepRecord.read(scratch.file(files[place]).path)
      #expect(value.value == record.step.time.value && value.low == record.step.time.low)
      let line = "step,step.time,step time,seconds,lower,\(value.proposal),\(record.step.time.value),"
      #expect(lines.contains { $0.hasPrefix(line) }, "\(line)")
    }
  }

  private struct Document: Decodable {
    struct Group: Decodable { let rows: [Row] }

    struct Row: Decodable {
      let row: String
      let values: [Value]
    }

    struct Value: Decodable {
      let proposal: String
      let value, low: Double?
      let verdict: String?
    }

    let schema: String
    let groups: [Group]
  }

  @Test("Markdown has tables whose rows have as many cells as their heads", arguments: [true, false])
  func markdown(_ isSteps: Bool) throws {
    let files = try isSteps ? steps("rail|1", "<b>fat") : records()
    let run = try compare(files + ["--format", "markdown"])
    try #require(run.status == 0, "\(run.errors)")
    var cells: Int?
    var tables = 0
    for line in run.output.split(separator: "\n", omittingEmptySubsequences: false) {
      guard line.hasPrefix("|") else {
        cells = nil
        continue
      }
      let count = line.replacing("\\|", with: "").count { $0 == "|" }
      if cells == nil { tables += 1 }
      #expect(cells == nil || cells == count, "\(line)")
      cells = count
    }
    #expect(tables >= (isSteps ? 10 : 1))
    #expect(!run.output.contains("<b>"))
  }

  @Test("A file's end says what is written to it", arguments: ["x.html", "x.md", "x.json", "x.csv"])
  func files(_ name: String) throws {
    for files in try [steps("rail", "fat-tree"), records()] {
      let run = try compare(files + ["-o", name])
      try #require(run.status == 0, "\(run.errors)")
      #expect(run.output.hasSuffix("compare: \(name)\n"))
      let text = try String(contentsOf: scratch.file(name), encoding: .utf8)
      switch name {
      case "x.html": #expect(text.hasPrefix("<!DOCTYPE html>"))
      default:
        let format = name == "x.md" ? "markdown" : String(name.dropFirst(2))
        #expect(try compare(files + ["--format", format]).output == text)
        let both = try compare(files + ["--format", format, "-o", name])
        #expect(both.output == text)
      }
    }
  }

  @Test(
    "What can't be compared is refused in one line",
    arguments: [
      (["rail.json"], Int32(64), "compare takes two files or more"),
      (["rail.json", "before.json"], 65, "rail.json is a step record, before.json a record"),
      (["before.json", "after.json", "after.json"], 64, "compare takes two records, not 3"),
      (["rail.json", "none.json"], 66, "none.json: there is no such file"),
      (
        ["rail.json", "model.json"], 65,
        "its schema is 'syncline.machine/1'; compare takes two of 'syncline.record/1'"
      ),
      (["rail.json", "rail.json", "-o", "x.pdf"], 64, "it is .html, .md, .json or .csv"),
      (["rail.json", "rail.json", "-o", "html"], 64, "it is .html, .md, .json or .csv"),
      (["rail.json", "rail.json", "-o", "none/x.html"], 73, "none"),
    ])
  func refusals(_ arguments: [String], _ status: Int32, _ words: String) throws {
    _ = try steps("rail")
    _ = try records()
    try Data(ModelCommandsTests.machine.utf8).write(to: scratch.file("model.json"))
    let run = try compare(arguments)
    #expect(run.status == status, "\(run.errors)")
    #expect(run.errors.contains(words), "\(run.errors)")
    #expect(run.output.isEmpty)
    if status != 64 { #expect(run.errors.split(separator: "\n").count == 1, "\(run.errors)") }
  }
}
