import Foundation
import Testing

@Suite("syncline check")
struct CheckCommandTests {
  private static let topology = CommandRun.checkout.appendingPathComponent("topologies/pilot-4.yaml").path

  /// A folder with a prediction in it: 4 ranks, 1 MiB in 251.69 ms, 6.249 MB/s of bus bandwidth.
  private func folder() throws -> Scratch {
    let scratch = try Scratch()
    let run = try CommandRun(
      ["simulate", "--topology", Self.topology, "--sizes", "1M", "--record", "p.json"], in: scratch.folder)
    try #require(run.status == 0, "\(run.errors)")
    return scratch
  }

  private func write(_ entries: String..., in scratch: Scratch) throws {
    let text = "name: pilot\nobjectives:\n" + entries.map { "  - \($0)\n" }.joined()
    try Data(text.utf8).write(to: scratch.file("slo.yaml"))
  }

  private static let kept = "{bus-bandwidth: 6.2 MB/s, collective: all-reduce, origin: predicted}"
  private static let broken = "{latency: {median: 1 ms}, collective: all-reduce, origin: predicted}"
  private static let untold = "{latency: {median: 1 ms}, collective: broadcast}"

  @Test(
    "ends with 0 where all objectives are kept, 1 where one is broken, 2 where one can't be told",
    arguments: [
      ([kept], Int32(0), "pass: 1 pass"), ([kept, broken], 1, "fail: 1 pass, 1 fail"),
      ([kept, untold], 2, "cannot tell: 1 pass, 1 cannot tell"),
      ([untold, kept, broken], 1, "fail: 1 pass, 1 fail, 1 cannot tell"),
    ])
  func codes(entries: [String], status: Int32, summary: String) throws {
    let scratch = try folder()
    let text = "name: pilot\nobjectives:\n" + entries.map { "  - \($0)\n" }.joined()
    try Data(text.utf8).write(to: scratch.file("slo.yaml"))
    let run = try CommandRun(["check", "slo.yaml", "p.json"], in: scratch.folder)
    #expect(run.status == status)
    #expect(run.output.hasSuffix("\n\(summary)\n"), "\(run.output)")
    #expect(run.errors == (status == 0 ? "" : "syncline: pilot: \(summary)\n"))
  }

  @Test("has all three verdicts on what was measured here")
  func measured() throws {
    let scratch = try Scratch()
    let bench = try CommandRun(
      [
        "bench", "--transport", "in-process", "--ranks", "2", "--sizes", "64K", "--iterations", "40",
        "--record", "m.json",
      ], in: scratch.folder)
    try #require(bench.status == 0, "\(bench.errors)")
    // Nothing moves 64 KiB as slowly as the first level, or as fast as the second; and 40 samples bound no p99.
    try write(
      "{bus-bandwidth: 1 kB/s, collective: all-reduce}",
      "{latency: {median: 1 ns}, collective: all-reduce, ranks: 2}",
      "{latency: {p99: 100 s}, collective: all-reduce, size: 64K}", in: scratch)
    let check = try CommandRun(["check", "slo.yaml", "m.json", "--format", "csv"], in: scratch.folder)
    #expect(check.status == 1)
    let verdicts = check.output.components(separatedBy: "\r\n").dropFirst().compactMap {
      $0.firstMatch(of: /,(pass|fail|cannot tell),at/).map { String($0.1) }
    }
    #expect(verdicts == ["pass", "fail", "cannot tell"])
    #expect(check.output.contains("40 samples are too few for the p99"))
  }

  @Test("writes documents that JSON can read, and metrics and a JUnit report beside them")
  func documents() throws {
    let scratch = try folder()
    try write(Self.kept, Self.broken, in: scratch)
    let run = try CommandRun(
      [
        "check", "slo.yaml", "p.json", "--format", "json", "--junit", "j.xml", "--metrics", "m.prom",
        "--metrics-label", "job=nightly",
      ], in: scratch.folder)
    #expect(run.status == 1)
    let document = try JSONSerialization.jsonObject(with: Data(run.output.utf8)) as? [String: Any]
    #expect(document?["schema"] as? String == "syncline.verdicts/1")
    let metrics = try String(contentsOf: scratch.file("m.prom"), encoding: .utf8)
    #expect(metrics.contains("verdict=\"fail\",job=\"nightly\"} 1\n") && metrics.hasSuffix("# EOF\n"))
    let junit = try String(contentsOf: scratch.file("j.xml"), encoding: .utf8)
    #expect(junit.contains("tests=\"2\" failures=\"1\" errors=\"0\""))
  }

  @Test(
    "says in one line what is wrong, exits as sysexits has it, and writes nothing",
    arguments: [
      (["check", "none.yaml", "p.json"], Int32(66), "none.yaml: can't be read"),
      (["check", "bad.yaml", "p.json"], 65, "bad.yaml:3: field 'bus-bandwith': unknown, did you mean"),
      (["check", "slo.yaml", "none.json"], 66, "none.json: there is no such file"),
      (["check", "slo.yaml", "slo.yaml"], 65, "slo.yaml: "),
      (["check", "slo.yaml", "p.json", "p.json"], 65, "it is the same record as p.json"),
      (["check", "slo.yaml"], 64, "record"),
      (["check", "slo.yaml", "p.json", "--junit", "none/j.xml"], 73, "there is no folder"),
      (["check", "slo.yaml", "p.json", "--metrics", "x", "--junit", "x"], 64, "name the same file"),
      (["check", "slo.yaml", "p.json", "--metrics-label", "a=b"], 64, "goes with --metrics"),
      (
        ["check", "slo.yaml", "p.json", "--metrics", "x", "--metrics-label", "1a=b"], 64,
        "expected NAME=VALUE"
      ),
    ])
  func wrong(arguments: [String], status: Int32, message: String) throws {
    let scratch = try folder()
    try write(Self.kept, in: scratch)
    try Data("name: n\nobjectives:\n  - {bus-bandwith: 1 GB/s}\n".utf8).write(to: scratch.file("bad.yaml"))
    let run = try CommandRun(arguments, in: scratch.folder)
    #expect(run.status == status && run.errors.contains(message), "\(run.status) \(run.errors)")
    #expect(run.errors.split(separator: "\n").count == 1 && run.output.isEmpty)
    #expect(!FileManager.default.fileExists(atPath: scratch.file("x").path))
  }
}

@Suite("Metrics of a run")
struct MetricsOptionsTests {
  @Test("are written by bench and simulate, whole, beside what is printed")
  func runs() throws {
    let scratch = try Scratch()
    let bench = try CommandRun(
      [
        "bench", "--transport", "in-process", "--ranks", "2", "--sizes", "8,1K", "--iterations", "9",
        "--no-record", "--metrics", "bench.prom", "--metrics-label", "job=a b",
      ], in: scratch.folder)
    try #require(bench.status == 0, "\(bench.errors)")
    #expect(bench.output.contains("metrics: bench.prom"))
    let text = try String(contentsOf: scratch.file("bench.prom"), encoding: .utf8)
    #expect(text.hasSuffix("# EOF\n"))
    #expect(text.matches(of: /syncline_collective_samples\{[^}]*job="a b"\} 9\n/).count == 2)
    #expect(text.contains("syncline_run_partial{origin=\"measured\",job=\"a b\"} 0\n"))
    #expect(text.matches(of: /syncline_collective_wrong_elements\{[^}]*\} 0\n/).count == 2)
    let simulate = try CommandRun(
      [
        "simulate", "--topology", CommandRun.checkout.appendingPathComponent("topologies/pilot-4.yaml").path,
        "--sizes", "1M", "--format", "json", "--metrics", "simulate.prom",
      ], in: scratch.folder)
    try #require(simulate.status == 0, "\(simulate.errors)")
    #expect(simulate.errors == "metrics: simulate.prom\n")
    let predicted = try String(contentsOf: scratch.file("simulate.prom"), encoding: .utf8)
    #expect(predicted.contains("origin=\"simulated\"} 0.2516"))
    #expect(
      try FileManager.default.contentsOfDirectory(atPath: scratch.folder.path).sorted() == [
        "bench.prom", "simulate.prom",
      ])
  }

  @Test(
    "are refused before anything runs where the file can't be written, or is another one",
    arguments: [
      (
        ["bench", "--transport", "in-process", "--ranks", "2", "--metrics", "none/m.prom"], Int32(73),
        "no folder"
      ),
      (
        ["bench", "--transport", "in-process", "--ranks", "2", "--record", "x", "--metrics", "x"], 64,
        "name the same file"
      ),
      (["simulate", "--topology", "T", "--record", "x", "--metrics", "x"], 64, "name the same file"),
      (["simulate", "--topology", "T", "--metrics", "none/m.prom"], 73, "no folder"),
    ])
  func refused(arguments: [String], status: Int32, message: String) throws {
    let scratch = try Scratch()
    let topology = CommandRun.checkout.appendingPathComponent("topologies/pilot-4.yaml").path
    let run = try CommandRun(arguments.map { $0 == "T" ? topology : $0 }, in: scratch.folder)
    #expect(run.status == status && run.errors.contains(message), "\(run.status) \(run.errors)")
    #expect(run.output.isEmpty)
  }
}
