import Foundation
import Records
import Testing

@Suite("report")
struct ReportCommandTests {
  private static let topology = CommandRun.checkout.appendingPathComponent("topologies/pilot-4.yaml").path

  /// A simulated record of all-reduce.
  private func record(_ scratch: Scratch, _ name: String = "p.json", sizes: String = "64K,1M") throws
    -> String
  {
    let path = scratch.file(name).path
    let run = try CommandRun(["simulate", "--topology", Self.topology, "--sizes", sizes, "--record", path])
    try #require(run.status == 0, "\(run.errors)")
    return path
  }

  private func report(_ arguments: String...) throws -> CommandRun { try CommandRun(["report"] + arguments) }

  @Test("One page is written, and named at the end")
  func page() throws {
    let scratch = try Scratch()
    let output = scratch.file("r.html").path
    let run = try report(
      try record(scratch), "--topology", Self.topology, "--patterns", "10", "--title", "A <b> title", "-o",
      output)
    #expect(run.status == 0, "\(run.errors)")
    #expect(run.output == "report: \(output)\n")
    let html = try String(contentsOfFile: output, encoding: .utf8)
    #expect(html.hasPrefix("<!DOCTYPE html>") && html.contains("</html>\n<!-- seal: "))
    #expect(html.contains("<h1>A &lt;b&gt; title</h1>"))
    for part in [
      "id=\"latency-0\"", "id=\"picture-fabric-0\"", "id=\"table-bisection-0\"", "id=\"provenance\"",
    ] {
      #expect(html.contains(part), "\(part)")
    }
    // The topology that the page read, and that the record was simulated on.
    let digest = Digest.sha256(try Data(contentsOf: URL(fileURLWithPath: Self.topology)))
    #expect(html.components(separatedBy: "<td>\(digest)</td>").count >= 3)
  }

  @Test("What can't be shown is refused in one line")
  func refusals() throws {
    let scratch = try Scratch()
    let output = scratch.file("r.html").path
    let record = try record(scratch)
    func refused(_ status: Int32, _ words: String, _ arguments: String...) throws {
      let run = try CommandRun(["report"] + arguments + ["-o", output])
      #expect(run.status == status, "\(arguments)")
      #expect(run.errors.contains(words), "\(run.errors)")
      // What was changed after it was sealed is warned of in a line of its own.
      let lines = run.errors.split(separator: "\n").filter { !$0.hasPrefix("syncline: warning: ") }
      #expect(lines.count == 1)
      #expect(!FileManager.default.fileExists(atPath: output))
    }
    try refused(66, "there is no such file", "/nonexistent/x.json")
    let other = scratch.file("other.json")
    try Data("{\"schema\": \"syncline.prediction/1\"}".utf8).write(to: other)
    try refused(65, "its schema is 'syncline.prediction/1'; a report takes 'syncline.record/1'", other.path)
    try Data("{\"a\": 1}".utf8).write(to: other)
    try refused(65, "it has no field 'schema'", other.path)
    try Data(try Data(contentsOf: URL(fileURLWithPath: record)).prefix(500)).write(to: other)
    try refused(65, "the file is cut short", other.path)
    try refused(64, "--link-use", record, "--link-use", "use.csv")
    try refused(64, "--patterns is 1, expected 2 to 1000000, or 0", record, "--patterns", "1")
    try refused(66, "/nonexistent/charts.js", record, "--charts", "/nonexistent/charts.js")
    try refused(66, "/nonexistent/t.yaml", record, "--topology", "/nonexistent/t.yaml")
    try refused(64, "are the same record", record, record)
    let nowhere = try report(record, "-o", "/nonexistent/r.html")
    #expect(nowhere.status == 73)
    #expect(try report("-o", output).status == 64)
  }

  @Test("Verdicts of service levels come first")
  func verdicts() throws {
    let scratch = try Scratch()
    let levels = scratch.file("slo.yaml")
    try Data(
      """
      name: pilot <levels>
      objectives:
        - bus-bandwidth: 1 kB/s
          collective: all-reduce
          origin: any
        - bus-bandwidth: 900 GB/s
          name: far above
          origin: any
          collective: all-reduce

      """.utf8
    ).write(to: levels)
    let output = scratch.file("r.html").path
    let run = try report(try record(scratch), "--slo", levels.path, "-o", output)
    #expect(run.status == 0, "\(run.errors)")
    let html = try String(contentsOfFile: output, encoding: .utf8)
    let sections = html.components(separatedBy: "<section id=\"").dropFirst().map { $0.prefix { $0 != "\"" } }
    #expect(sections.first == "verdicts-0")
    #expect(html.contains("Verdicts: pilot &lt;levels&gt;"))
    #expect(html.contains("✓ pass") && html.contains("✗ fail"))
  }

  @Test("Help has examples")
  func help() throws {
    let run = try report("--help")
    #expect(run.status == 0)
    #expect(run.output.contains("EXAMPLES:") && run.output.contains("syncline report measured.json"))
  }
}
