import Foundation
import Testing

@Suite("simulate under conditions")
struct SimulateConditionsTests {
  private let pilot = CommandRun.checkout.appendingPathComponent("topologies/pilot-4.yaml").path
  private let scratch: Scratch

  init() throws { scratch = try Scratch() }

  private func run(_ arguments: [String], conditions: String? = nil) throws -> CommandRun {
    var all = ["simulate", "--topology", pilot] + arguments
    if let conditions {
      try conditions.write(to: scratch.file("today.yaml"), atomically: true, encoding: .utf8)
      all += ["--conditions", "today.yaml"]
    }
    return try CommandRun(all, in: scratch.folder)
  }

  private struct Report: Decodable {
    struct Point: Decodable {
      struct Spread: Decodable {
        let count: Int
        let leastUs, medianUs, p95Us, greatestUs: Double
        let timesPs: [Int]
      }
      struct Job: Decodable { let startUs, endUs: Double }
      let maximumUs: Double
      let completionsPs: [Int]
      let replications: Spread?
      let otherJobs: [Job]?
    }
    let points: [Point]
    let warnings: [String]?
  }

  private static var decoder: JSONDecoder {
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    return decoder
  }

  private func report(_ arguments: [String], conditions: String? = nil) throws -> Report {
    let run = try run(arguments + ["--format", "json"], conditions: conditions)
    try #require(run.status == 0, "\(run.errors)")
    return try Self.decoder.decode(Report.self, from: Data(run.output.utf8))
  }

  @Test("the file of the documentation is read, and what it changes is told")
  func documented() throws {
    let page = try String(
      contentsOf: CommandRun.checkout.appendingPathComponent("docs/conditions.md"), encoding: .utf8)
    let parts = page.split(separator: "```yaml\n", maxSplits: 1)
    let example = String(try #require(parts.last?.split(separator: "```", maxSplits: 1).first))
    let run = try run(["--sizes", "64K"], conditions: example)
    #expect(run.status == 0, "\(run.errors)")
    for text in [
      "conditions of today.yaml: efficiency 0.95, 3 of 12 links slow, 2 of 12 links with background load,",
      "3 stragglers, jitter of 3 delays, seed 7, a neighbour of 2 ranks", "all-reduce, ring, 4 times",
      "Warning: job 1 of the conditions shares 2 endpoints with others, such as host0 with the main job",
      "Warning: stragglers change nothing, as hosts cost nothing",
    ] { #expect(run.output.contains(text), "\(text)\n\(run.output)") }
  }

  @Test("half of the links' rate takes twice the time, but for latencies")
  func efficiency() throws {
    let whole = try report(["--sizes", "16M"]).points[0].maximumUs
    let half = try report(["--sizes", "16M"], conditions: "efficiency: 0.5").points[0].maximumUs
    #expect(half > 1.999 * whole && half < 2 * whole)
  }

  @Test("another job is told beside the main one, whose ranks alone have completions")
  func neighbours() throws {
    let report = try report(
      ["--sizes", "1M", "--ranks", "2", "--flows", "flows.jsonl"],
      conditions: "jobs: [{collective: all-reduce, algorithm: ring, size: 1 MiB, ranks: 2, start: 100 us}]")
    let point = report.points[0]
    #expect(point.completionsPs.count == 2)
    // They share no link: hosts 0 and 1 are on one leaf, 2 and 3 on the other.
    #expect(point.otherJobs?.map(\.startUs) == [100])
    #expect(point.otherJobs?.map(\.endUs) == [point.maximumUs + 100])
    let flows = try String(contentsOf: scratch.file("flows.jsonl"), encoding: .utf8)
    #expect(flows.contains("\"src\":\"host2\"") && flows.contains("\"src_rank\":3"))
  }

  @Test("replications are the same whatever the number of threads, and the record keeps all of them")
  func replications() throws {
    let arguments = [
      "--sizes", "64K,1M", "--replications", "9", "--placement", "random:3", "--record", "all.json",
    ]
    let conditions = "jitter: {delays: [0 us, 1 us, 500 us], seed: 7}"
    let outputs = try ["1", "2", "7"].map { threads in
      try run(arguments + ["--threads", threads, "--format", "json"], conditions: conditions).output
    }
    #expect(Set(outputs).count == 1)
    let points = try Self.decoder.decode(Report.self, from: Data(outputs[0].utf8)).points
    let record = try String(contentsOf: scratch.file("all.json"), encoding: .utf8)
    #expect(
      record.contains("\"conditions\": \"today.yaml\"") || record.contains("\"conditions\" : \"today.yaml\""))
    for point in points {
      let spread = try #require(point.replications)
      let sorted = spread.timesPs.sorted()
      #expect(spread.count == 9 && sorted.count == 9 && Set(sorted).count > 5)
      #expect(spread.timesPs.first == point.completionsPs.max())
      #expect(spread.leastUs == Double(sorted[0]) / 1e6 && spread.greatestUs == Double(sorted[8]) / 1e6)
      #expect(spread.medianUs == Double(sorted[4]) / 1e6)
      #expect((spread.medianUs...spread.greatestUs).contains(spread.p95Us))
      for time in spread.timesPs { #expect(record.contains("\(time)")) }
    }
    // The second run of seed 3 is the first of seed 4.
    let next = try report(
      ["--sizes", "64K,1M", "--placement", "random:4"],
      conditions: "jitter: {delays: [0 us, 1 us, 500 us], seed: 8}")
    #expect(zip(points, next.points).allSatisfy { $0.replications?.timesPs[1] == $1.completionsPs.max() })
  }

  @Test("delays come from a record, as what is above the least sample of a size")
  func jitterOfRecord() throws {
    let made = try run(
      ["--sizes", "1M", "--replications", "5", "--record", "run.json"],
      conditions: "jitter: {delays: [0 us, 1 us, 500 us], seed: 7}")
    #expect(made.status == 0)
    let text = "jitter: {record: run.json, size: 1 MiB, seed: 2}"
    let report = try report(["--sizes", "1K", "--replications", "3"], conditions: text)
    #expect(Set(report.points[0].replications?.timesPs ?? []).count == 3)
    let other = try run(["--sizes", "1K"], conditions: "\njitter: {record: run.json, size: 2 MiB, seed: 2}")
    #expect(other.status == 65)
    #expect(
      other.errors
        == "syncline: today.yaml:2: the record run.json has no point of 2 MiB, expected one of 1 MiB\n")
  }

  @Test("gap and rendezvous cost small and large messages what they say")
  func host() throws {
    func time(_ arguments: [String]) throws -> Double {
      let fixed = ["--collective", "broadcast", "--ranks", "2", "--chunk", "1K", "--depth", "64"]
      return try report(fixed + arguments).points[0].maximumUs
    }
    // 64 messages of 1 KiB, 81.92 us each on their link: a gap of 100 us is longer.
    let plain = try time(["--sizes", "64K"])
    #expect(try time(["--sizes", "64K", "--gap", "50 us"]) == plain)
    let paced = try time(["--sizes", "64K", "--gap", "100 us"])
    #expect(abs(paced - plain - 63 * (100 - 81.92)) < 1e-6)
    // The way from host0 to host1 is two links, of which the first one ends at a switch of 10 us: 12 us.
    let asking = try time(["--sizes", "1K", "--rendezvous", "1K"])
    #expect(abs(asking - (try time(["--sizes", "1K"])) - 24) < 1e-6)
    #expect(try time(["--sizes", "1K", "--rendezvous", "2K"]) == time(["--sizes", "1K"]))
  }

  @Test("a file without effect is named", arguments: [("efficiency: 1", true), ("efficiency: 0.9", false)])
  func idle(conditions: String, isIdle: Bool) throws {
    let run = try run(["--sizes", "1K"], conditions: conditions)
    let text = "--conditions today.yaml had no effect on this run: every time is the same with no conditions"
    #expect(run.status == 0 && run.output.contains(text) == isIdle, "\(run.output)")
  }

  @Test(
    "what makes no sense ends with one line",
    arguments: [
      (["--conditions", "/nowhere/x"], nil, 66, "/nowhere/x: can't be read"),
      ([], "efficiency: 2", 65, "today.yaml:1: field 'efficiency': found '2', expected a share"),
      (
        [], "stragglers: [{ranks: 4, slowdown: 2}]", 65,
        "today.yaml:1: field 'ranks': found '4', expected ranks from 0 to 3"
      ),
      (
        [], "jobs:\n- {collective: reduce, algorithm: ring, size: 1 K, ranks: 2}", 65,
        "job 1 has 2 ranks, and 0 endpoints are free: expected a 'placement'"
      ),
      (
        [], "jobs:\n- {collective: reduce, algorithm: ring, size: 1 K, ranks: 9, placement: packed}", 65,
        "9 ranks don't fit"
      ),
      (
        ["--ranks", "2", "--channels", "2"],
        "jobs:\n- {collective: all-gather, algorithm: halving-doubling, size: 1 K, ranks: 2}", 65,
        "today.yaml:2: job 1: "
      ),
      (["--replications", "3"], nil, 64, "nothing has a seed"),
      (["--replications", "0"], nil, 64, "1 to 100000 are possible"),
      (["--threads", "0"], nil, 64, "--threads 0: 1 to 1024 are possible"),
      (
        ["--breakdown"], "host-limit: 1 GB/s", 64,
        "--breakdown takes the time apart where conditions are of links only"
      ),
      (["--gap", "2 s"], nil, 64, "--gap 2 s: it is 0 to 1 s"),
      (["--gap", "x"], nil, 64, "--gap: 'x' is not a time"),
      (["--rendezvous", "x"], nil, 64, "--rendezvous: 'x' is not a size"),
      ([], "jitter: {record: /nowhere/x, size: 1 K, seed: 1}", 66, "/nowhere/x"),
    ] as [([String], String?, Int32, String)])
  func refusals(arguments: [String], conditions: String?, status: Int32, text: String) throws {
    let run = try run(arguments + ["--sizes", "1K"], conditions: conditions)
    #expect(run.status == status && run.errors.contains(text), "\(run.errors)")
  }
}
