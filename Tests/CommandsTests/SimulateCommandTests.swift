import Foundation
import Testing

@Suite("simulate")
struct SimulateCommandTests {
  private let pilot = CommandRun.checkout.appendingPathComponent("topologies/pilot-4.yaml").path

  private func run(_ arguments: [String], in folder: URL? = nil) throws -> CommandRun {
    try CommandRun(["simulate", "--topology", pilot] + arguments, in: folder)
  }

  private struct Flow: Decodable {
    let src, dst: String
    let bytes: Int
    let start, drained, end: Double
    let path: [String]

    enum CodingKeys: String, CodingKey {
      case src, dst, bytes, path
      case start = "start_ns"
      case drained = "drained_ns"
      case end = "end_ns"
    }
  }

  private struct Point: Decodable {
    let size, flows: Int
    let maximum, bound: Double

    enum CodingKeys: String, CodingKey {
      case flows
      case size = "size_bytes"
      case maximum = "maximum_us"
      case bound = "bound_us"
    }
  }

  private struct Predictions: Decodable { let points: [Point] }

  private func points(_ run: CommandRun) throws -> [Point] {
    try JSONDecoder().decode(Predictions.self, from: Data(run.output.utf8)).points
  }

  /// Four ranks on pilot-4, packed: ranks 1 and 3 send over the spine at 50 Mbit/s, the other two at 100 Mbit/s.
  ///
  /// Six rounds of 256 KiB over the slower of them, and six times the latency of four links, below 50 us.
  @Test("prints the time of every size, and it is no less than the bound")
  func sizes() throws {
    let run = try run(["--sizes", "64K,1M", "--format", "json"])
    #expect(run.status == 0 && run.errors.isEmpty)
    let points = try points(run)
    #expect(points.map(\.size) == [65_536, 1_048_576])
    #expect(points.allSatisfy { $0.flows == 24 && $0.maximum >= $0.bound })
    let transfers = 6.0 * 262_144 * 8 / 50
    #expect((transfers...transfers + 6 * 50).contains(points[1].maximum))
  }

  @Test("writes one line for each flow, with which anyone can check the run")
  func flows() throws {
    let scratch = try Scratch()
    let run = try run(
      ["--sizes", "1M", "--algorithm", "double-tree", "--format", "json", "--flows", "flows.jsonl"],
      in: scratch.folder)
    #expect(run.status == 0)
    let lines = try String(contentsOf: scratch.file("flows.jsonl"), encoding: .utf8).split(separator: "\n")
    let flows = try lines.map { try JSONDecoder().decode(Flow.self, from: Data($0.utf8)) }
    let point = try #require(try points(run).first)
    #expect(flows.count == point.flows)
    #expect(flows.map(\.end).max() == point.maximum * 1_000)
    for flow in flows {
      #expect(flow.start < flow.drained && flow.drained < flow.end)
      #expect(flow.path.first?.hasPrefix(flow.src + ">") == true)
      #expect(flow.path.last?.hasSuffix(">" + flow.dst) == true)
      // No link is faster than 100 Mbit/s; times are kept to the picosecond.
      #expect(flow.drained - flow.start >= Double(flow.bytes) * 80 - 0.001)
    }
    #expect(try FileManager.default.contentsOfDirectory(atPath: scratch.folder.path) == ["flows.jsonl"])
  }

  @Test("keeps a record that compare reads")
  func record() throws {
    let scratch = try Scratch()
    let run = try run(["--sizes", "1K,1M", "--record", "a.json"], in: scratch.folder)
    #expect(run.status == 0)
    let compared = try CommandRun(["compare", "a.json", "a.json"], in: scratch.folder)
    #expect(compared.status == 0 && compared.output.contains("1.000"))
  }

  @Test(
    "ends with one line and a code of sysexits for what can't be simulated",
    arguments: [
      (["--collective", "allreduce"], 64, "did you mean 'all-reduce'?"),
      (["--algorithm", "rng"], 64, "did you mean 'ring'?"),
      (["--ranks", "5"], 64, "4 endpoints"),
      (["--ranks", "0"], 64, "found 0 ranks"),
      (["--sizes", "1X"], 64, "'1X' is not a size"),
      (["--sizes", "3000000T"], 64, "elements"),
      (["--chunk", "1"], 64, "at least one element"),
      (["--channels", "0"], 64, "0 channels"),
      (["--placement", "here"], 64, "'here' is not a placement"),
      (["--routing", "ecmp:x"], 64, "'ecmp:x' is not a routing"),
      (["--routing", "ecmp:1,qps=0"], 64, "1 to 256 queue pairs"),
      (["--routing", "spray"], 64, "topology bisection takes 'spray'"),
      (["--routing", "adaptive,pxn"], 64, "topology bisection takes 'adaptive,pxn'"),
      (["--routing", "table:/nowhere/x"], 66, "/nowhere/x"),
      (["--flows", "x.jsonl"], 64, "for one size"),
      (["--flows", "/", "--sizes", "1K"], 73, "a folder"),
      (["--flows", "/nowhere/x", "--sizes", "1K"], 73, "/nowhere"),
      (["--record", "/nowhere/x", "--sizes", "1K"], 73, "/nowhere"),
      (["--machine", "/nowhere/x"], 66, "/nowhere/x"),
      (["--topology", "/nowhere/x"], 66, "/nowhere/x"),
    ])
  func refusals(arguments: [String], status: Int32, text: String) throws {
    let run = try run(arguments)
    #expect(run.status == status)
    #expect(run.errors.contains(text) && run.errors.split(separator: "\n").count == 1, "\(run.errors)")
  }
}
