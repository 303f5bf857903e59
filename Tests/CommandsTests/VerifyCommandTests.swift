import Foundation
import Testing

@Suite("syncline verify")
struct VerifyCommandTests {
  private static let topology = CommandRun.checkout.appendingPathComponent("topologies/pilot-4.yaml")

  /// A record with a topology, conditions and a record of jitter among its inputs.
  private func made() throws -> Scratch {
    let scratch = try Scratch()
    try FileManager.default.copyItem(at: Self.topology, to: scratch.file("pod.yaml"))
    let jitter = try CommandRun(
      [
        "bench", "--transport", "in-process", "--ranks", "2", "--sizes", "64K", "--iterations", "8",
        "--record",
        "jitter.json",
      ], in: scratch.folder)
    try #require(jitter.status == 0, "\(jitter.errors)")
    try Data("jitter:\n  record: jitter.json\n  size: 64 KiB\n  seed: 1\n".utf8)
      .write(to: scratch.file("today.yaml"))
    let run = try CommandRun(
      [
        "simulate", "--topology", "pod.yaml", "--sizes", "1M", "--conditions", "today.yaml", "--record",
        "p.json",
      ], in: scratch.folder)
    try #require(run.status == 0, "\(run.errors)")
    return scratch
  }

  private func change(_ file: URL, _ found: String, _ replacement: String) throws {
    let text = try String(contentsOf: file, encoding: .utf8)
    try #require(text.contains(found))
    try Data(text.replacing(found, with: replacement).utf8).write(to: file)
  }

  @Test("finds a record intact with every input that it names, from any folder")
  func intact() throws {
    let scratch = try made()
    let run = try CommandRun(["verify", "p.json", "jitter.json"], in: scratch.folder)
    #expect(run.status == 0 && run.errors == "", "\(run.errors)")
    for part in ["topology pod.yaml", "conditions today.yaml", "record jitter.json"] {
      #expect(run.output.contains(part), "\(run.output)")
    }
    #expect(!run.output.contains("changed") && !run.output.contains("missing"))
    // In the record's folder.
    let elsewhere = try CommandRun(["verify", scratch.file("p.json").path])
    #expect(elsewhere.status == 0, "\(elsewhere.output)")
  }

  @Test("names the changed place of a record, and ends with 65")
  func changed() throws {
    let scratch = try made()
    try change(scratch.file("p.json"), "\"size_bytes\": 1048576", "\"size_bytes\": 1048572")
    let run = try CommandRun(["verify", "p.json"], in: scratch.folder)
    #expect(run.status == 65)
    #expect(run.output.contains("series[0] (all-reduce, ring, 4 ranks)"), "\(run.output)")
    #expect(run.output.contains("size_bytes"))
    #expect(run.errors == "syncline: p.json is not as it was written\n")
  }

  @Test("tells a changed input from a missing one: 65 and 66")
  func inputs() throws {
    let scratch = try made()
    let other = try Scratch()
    try FileManager.default.moveItem(at: scratch.file("today.yaml"), to: other.file("today.yaml"))
    let missing = try CommandRun(["verify", "p.json"], in: scratch.folder)
    #expect(missing.status == 66 && missing.errors.contains("1 input is missing"), "\(missing.errors)")
    let found = try CommandRun(["verify", "p.json", "--inputs-from", other.folder.path], in: scratch.folder)
    #expect(found.status == 0, "\(found.output)")
    try Data("# another\n".utf8).write(to: scratch.file("pod.yaml"))
    let changed = try CommandRun(["verify", "p.json"], in: scratch.folder)
    #expect(
      changed.status == 65 && changed.errors.contains("has inputs that changed since"), "\(changed.errors)")
  }

  @Test("says the same as JSON")
  func json() throws {
    let scratch = try made()
    try change(scratch.file("p.json"), "\"depth\": ", "\"depth\":  ")
    let run = try CommandRun(["verify", "p.json", "--format", "json"], in: scratch.folder)
    #expect(run.status == 65)
    let document = try #require(
      try JSONSerialization.jsonObject(with: Data(run.output.utf8)) as? [String: Any])
    #expect(document["schema"] as? String == "syncline.verification/1")
    let file = try #require((document["files"] as? [[String: Any]])?.first)
    #expect(file["seal"] as? String == "changed")
    let place = try #require((file["changes"] as? [[String: Any]])?.first)
    #expect(place["first_line"] as? Int == place["last_line"] as? Int)
    #expect((place["part"] as? String)?.hasSuffix(", depth") == true)
    let inputs = try #require(file["inputs"] as? [[String: Any]])
    #expect(inputs.map { $0["role"] as? String } == ["topology", "conditions", "record"])
    #expect(inputs.allSatisfy { $0["state"] as? String == "intact" })
  }

  @Test("holds a machine model against its records, and a page against its provenance")
  func machineAndPage() throws {
    let scratch = try made()
    let records = ["a.json", "b.json"]
    for (name, collective) in zip(records, ["all-reduce", "all-gather"]) {
      let run = try CommandRun(
        [
          "bench", "--transport", "in-process", "--ranks", "2", "--collective", collective, "-b", "1K", "-e",
          "1M",
          "-f", "4", "--iterations", "6", "--record", name,
        ], in: scratch.folder)
      try #require(run.status == 0, "\(run.errors)")
    }
    let fit = try CommandRun(["calibrate"] + records + ["-o", "machine.json"], in: scratch.folder)
    try #require(fit.status == 0, "\(fit.errors)")
    let intact = try CommandRun(["verify", "machine.json"], in: scratch.folder)
    #expect(intact.status == 0 && intact.output.contains("record b.json"), "\(intact.output)")
    try change(scratch.file("b.json"), "\"depth\": ", "\"depth\":  ")
    #expect(try CommandRun(["verify", "machine.json"], in: scratch.folder).status == 65)
    let provenance = "[{\"role\": \"record\", \"path\": \"a.json\", \"sha256\": \"00\"}]"
    try Data(
      "<p>\n<script type=\"application/json\" id=\"input-files\">\(provenance)</script>\n".utf8
    ).write(to: scratch.file("page.html"))
    let page = try CommandRun(["verify", "page.html"], in: scratch.folder)
    #expect(page.status == 65 && page.output.contains("not sealed") && page.output.contains("record a.json"))
  }

  @Test("reads no pipe or device that a record names")
  func devices() throws {
    let scratch = try Scratch()
    let inputs = ["/dev/zero", "/dev/stdin"].map {
      "{\"role\": \"topology\", \"path\": \"\($0)\", \"sha256\": \"0\"}"
    }
    try Data(
      "{\"schema\": \"syncline.record/1\", \"environment\": {\"inputs\": [\(inputs.joined(separator: ","))]}}"
        .utf8
    ).write(to: scratch.file("a.json"))
    let run = try CommandRun(["verify", "a.json"], in: scratch.folder)
    #expect(run.status == 66 && run.output.contains("missing"), "\(run.output)")
  }

  @Test("is pointed to by the commands that read a changed record")
  func warnings() throws {
    let scratch = try made()
    try FileManager.default.copyItem(at: scratch.file("p.json"), to: scratch.file("q.json"))
    let quiet = try CommandRun(["compare", "p.json", "q.json"], in: scratch.folder)
    #expect(quiet.status == 0 && quiet.errors == "", "\(quiet.errors)")
    try change(scratch.file("q.json"), "\"origin\": ", "\"origin\":  ")
    let run = try CommandRun(["compare", "p.json", "q.json"], in: scratch.folder)
    #expect(run.status == 0)
    #expect(
      run.errors.hasPrefix("syncline: warning: q.json is not as it was written: changed: line ")
        && run.errors.contains("syncline verify says more"), "\(run.errors)")
    #expect(run.errors.split(separator: "\n").count == 1)
  }

  @Test("says in one line what it can't read")
  func unreadable() throws {
    let run = try CommandRun(["verify", "none.json"])
    #expect(run.status == 66 && run.errors == "syncline: none.json: there is no such file\n")
  }
}
