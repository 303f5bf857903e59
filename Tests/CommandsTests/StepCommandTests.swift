import Foundation
import Records
import Testing

@Suite("syncline step")
struct StepCommandTests {
  private let workload = "workloads/llama-2-7b-ddp.yaml"

  private func run(_ arguments: [String]) throws -> CommandRun {
    try CommandRun(["step"] + arguments, in: CommandRun.checkout)
  }

  @Test("prints the step, both shares with what they are against, and what exposes it")
  func table() throws {
    let run = try run([
      workload, "--topology", "topologies/rail-32x8.yaml", "--variations", "--patterns", "0",
    ])
    #expect(run.status == 0, "\(run.errors)")
    for text in [
      "step time", "against an infinitely fast network", "against one node", "buckets are exposed",
      "busiest links", "oversubscription", "double-tree", "billion tokens",
    ] { #expect(run.output.contains(text), "\(text)") }
  }

  @Test("keeps a record with the digests of its inputs, the same in every run but for its date")
  func record() throws {
    let scratch = try Scratch()
    let path = scratch.file("step.json").path
    let options = [
      workload, "--topology", "topologies/rail-32x8.yaml", "--prices", "prices/list-2025.yaml", "--patterns",
      "4", "--variations",
    ]
    let run = try run(options + ["--record", path])
    #expect(run.status == 0, "\(run.errors)")
    let record = try StepRecord.read(path)
    #expect(record.environment.inputs?.map(\.role) == ["workload", "topology", "prices"])
    #expect(record.workload.gpus == 256 && record.workload.data == 256)
    #expect(record.fabric.bisection.contains { $0.title == "effective bisection, d-mod-k, of full" })
    #expect(!record.curves.isEmpty && !record.variations.isEmpty)
    let again = try self.run(options + ["--record", path])
    #expect(again.status == 0)
    var second = try StepRecord.read(path)
    second.environment.started = record.environment.started
    #expect(second == record)
    #expect(try CommandRun(["verify", path], in: CommandRun.checkout).status == 0)
  }

  @Test("JSON is the record, and CSV has a line for the step and each variation")
  func machines() throws {
    let options = [workload, "--topology", "topologies/rail-32x8.yaml", "--patterns", "0", "--no-variations"]
    let json = try run(options + ["--format", "json"])
    let object = try #require(
      try JSONSerialization.jsonObject(with: Data(json.output.utf8)) as? [String: Any])
    #expect(object["schema"] as? String == "syncline.step/1")
    let csv = try run(options + ["--format", "csv"])
    #expect(csv.output.split(separator: "\r\n").count == 2)
  }

  @Test(
    "says in one line what is wrong",
    arguments: [
      (["nothing.yaml"], 66, "nothing.yaml"),
      (["workloads/llama-3-405b.yaml", "--gpus", "100"], 65, "expected a divisor"),
      (["workloads/llama-2-7b-ddp.yaml", "--gpus", "0"], 64, "--gpus 0"),
      (["workloads/llama-2-7b-ddp.yaml", "--algorithm", "rings"], 64, "did you mean 'ring'"),
      (["workloads/llama-2-7b-ddp.yaml", "--algorithm", "pairwise"], 64, "all-reduce"),
      (["workloads/llama-2-7b-ddp.yaml", "--routing", "spray"], 64, "spray"),
      (["topologies/rail-32x8.yaml"], 65, "rail-32x8.yaml"),
    ] as [([String], Int32, String)])
  func wrong(arguments: [String], status: Int32, text: String) throws {
    let run = try run(arguments + ["--topology", "topologies/rail-32x8.yaml", "--patterns", "0"])
    #expect(run.status == status, "\(run.errors)")
    #expect(run.errors.contains(text), "\(run.errors)")
    #expect(run.errors.split(separator: "\n").count == 1 && run.output.isEmpty)
  }
}
