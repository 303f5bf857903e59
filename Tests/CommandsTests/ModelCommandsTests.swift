import Foundation
import Quantities
import Records
import Testing

@Suite("calibrate, simulate, validate and compare")
struct ModelCommandsTests {
  /// 5 us and 1 GB/s up to 8 KiB; from there on 20 us and 5 GB/s; 20 GB/s to reduce.
  static let machine = """
    {"schema": "syncline.machine/1", "version": "0", "sources": [], "processor_share": 0, "processor_share_known": true,
     "residuals": [], "left_out": [], "replicates": [], "regimes": [
       {"from_bytes": 0, "points": 1, "alpha_ps": {"value": 5e6, "low": 5e6, "high": 5e6},
        "beta_ps_per_byte": {"value": 1000, "low": 1000, "high": 1000},
        "gamma_ps_per_byte": {"value": 50, "low": 50, "high": 50}},
       {"from_bytes": 8192, "points": 1, "alpha_ps": {"value": 2e7, "low": 2e7, "high": 2e7},
        "beta_ps_per_byte": {"value": 200, "low": 200, "high": 200},
        "gamma_ps_per_byte": {"value": 50, "low": 50, "high": 50}}]}
    """

  private static let topology = CommandRun.checkout.appendingPathComponent("topologies/shared-memory-4.yaml")
    .path

  /// Writes the machine, and records of it: an all-reduce and an all-gather by a ring.
  private func records(in scratch: Scratch) throws -> [String] {
    try Data(Self.machine.utf8).write(to: scratch.file("known.json"))
    return try ["all-reduce", "all-gather"].map { collective in
      let run = try CommandRun(
        [
          "simulate", "--topology", Self.topology, "--machine", "known.json", "--collective", collective,
          "-b", "1K", "-e",
          "16M", "-f", "2", "--record", "\(collective).json",
        ], in: scratch.folder)
      try #require(run.status == 0, "\(run.errors)")
      return "\(collective).json"
    }
  }

  @Test("go round: a model gives records, from which the model is found again, with no error left")
  func round() throws {
    let scratch = try Scratch()
    let records = try records(in: scratch)
    let calibrate = try CommandRun(["calibrate"] + records + ["-o", "machine.json"], in: scratch.folder)
    try #require(calibrate.status == 0, "\(calibrate.errors)")
    let rows = calibrate.output.split(separator: "\n").map {
      $0.split(separator: " ", omittingEmptySubsequences: true)
    }
    #expect(
      rows[1].starts(with: ["0", "B", "10", "5"]) && rows[2].starts(with: ["8", "KiB"]), "\(calibrate.output)"
    )
    #expect(calibrate.output.contains("the break at 8 KiB lies above 4 KiB"))
    #expect(calibrate.output.contains("machine model: machine.json"))
    let validate = try CommandRun(
      ["validate", records[0], "--machine", "machine.json", "--topology", Self.topology], in: scratch.folder)
    #expect(
      validate.status == 0 && validate.output.contains("median error 0.0 %"),
      "\(validate.errors)\(validate.output)")
    let compare = try CommandRun(["compare", records[0], records[0], "--format", "csv"], in: scratch.folder)
    #expect(compare.status == 0 && compare.output.split(separator: "\r\n").count == 16)
    #expect(compare.output.split(separator: "\r\n").dropFirst().allSatisfy { $0.contains(",1.0,") })
  }

  @Test(
    "give documents that JSON can read",
    arguments: [
      (["calibrate", "all-reduce.json", "all-gather.json"], "syncline.machine/1"),
      (["validate", "all-reduce.json", "--machine", "known.json", "--topology"], "syncline.validation/1"),
      (["compare", "all-reduce.json", "all-reduce.json"], "syncline.comparison/1"),
    ])
  func documents(arguments: [String], schema: String) throws {
    let scratch = try Scratch()
    _ = try records(in: scratch)
    let run = try CommandRun(
      arguments + (arguments.last == "--topology" ? [Self.topology] : []) + ["--format", "json"],
      in: scratch.folder)
    #expect(run.status == 0, "\(run.errors)")
    let document = try JSONSerialization.jsonObject(with: Data(run.output.utf8)) as? [String: Any]
    #expect(document?["schema"] as? String == schema)
  }

  @Test(
    "say in one line what is wrong with a file, exit as sysexits has it, and write nothing",
    arguments: [
      (["compare", "all-reduce.json", "none.json"], 66, "none.json: there is no such file"),
      (["compare", "all-reduce.json", "all-gather.json"], 65, "nothing to compare"),
      (["compare", "all-reduce.json", "known.json"], 65, "its schema is 'syncline.machine/1'"),
      (["compare", "cut.json", "all-reduce.json"], 65, "cut.json: the file is cut short"),
      (["calibrate", "none.json", "-o", "m.json"], 66, "none.json: there is no such file"),
      (["calibrate", "cut.json", "-o", "m.json"], 65, "cut.json: the file is cut short"),
      (["calibrate", "all-reduce.json", "-o", "none/m.json"], 73, "there is no folder"),
      (["calibrate", "native.json", "-o", "m.json"], 65, "its algorithm is not known"),
      (["validate", "native.json", "--machine", "known.json", "--topology"], 65, "nothing to validate"),
      (["validate", "all-reduce.json", "--machine", "all-reduce.json", "--topology"], 65, "its schema is"),
      (
        ["validate", "all-reduce.json", "--machine", "none.json", "--topology"], 66,
        "none.json: there is no such file"
      ),
      (
        ["validate", "all-reduce.json", "--machine", "known.json", "--topology", "none.yaml"], 66, "none.yaml"
      ),
      (["validate", "wide.json", "--machine", "known.json", "--topology"], 65, "8 ranks"),
    ])
  func wrongFiles(arguments: [String], status: Int32, message: String) throws {
    let scratch = try Scratch()
    _ = try records(in: scratch)
    let text = try String(contentsOf: scratch.file("all-reduce.json"), encoding: .utf8)
    try Data(text.utf8.prefix(text.utf8.count / 2)).write(to: scratch.file("cut.json"))
    try Data(text.replacing("\"ring\"", with: "\"native\"").utf8).write(to: scratch.file("native.json"))
    try Data(text.replacing("\"ranks\": 4", with: "\"ranks\": 8").utf8).write(to: scratch.file("wide.json"))
    let before = try FileManager.default.contentsOfDirectory(atPath: scratch.folder.path).sorted()
    let run = try CommandRun(
      arguments + (arguments.last == "--topology" ? [Self.topology] : []), in: scratch.folder)
    #expect(run.status == status && run.errors.contains(message), "\(run.status): \(run.errors)")
    // What the test has changed is said beside the error.
    let lines = run.errors.split(separator: "\n").filter { !$0.hasPrefix("syncline: warning: ") }
    #expect(lines.count == 1 && run.output == "")
    #expect(try FileManager.default.contentsOfDirectory(atPath: scratch.folder.path).sorted() == before)
  }
}
