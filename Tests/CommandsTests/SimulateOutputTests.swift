import Foundation
import Testing

@Suite("What simulate says of a run")
struct SimulateOutputTests {
  private let pilot = CommandRun.checkout.appendingPathComponent("topologies/pilot-4.yaml").path

  private func run(
    _ arguments: [String], in folder: URL? = nil, meanwhile: (Int32) throws -> Void = { _ in }
  ) throws -> CommandRun {
    try CommandRun(["simulate", "--topology", pilot] + arguments, in: folder, meanwhile: meanwhile)
  }

  private struct Document: Decodable {
    struct Point: Decodable {
      struct Link: Decodable {
        struct Pair: Decodable, Equatable { let srcRank, dstRank: Int }
        let id: String
        let bytes, utilisation: Double
        let pairs: Int
        let firstPairs: [Pair]
      }
      let minimumUs, medianUs, p95Us, maximumUs, boundUs: Double
      let bound: String
      let flows: Int
      let breakdown: [String: Int64]?
      let busiestLinks: [Link]
      let completionsPs: [Int64]
    }
    struct Idle: Decodable { let option, value, `default`: String }
    let points: [Point]
    let withoutEffect: [Idle]?
  }

  private static var decoder: JSONDecoder {
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    return decoder
  }

  private func document(_ run: CommandRun) throws -> Document {
    #expect(run.status == 0, "\(run.errors)")
    return try Self.decoder.decode(Document.self, from: Data(run.output.utf8))
  }

  /// Half of 1 MiB, twice, over an uplink of 50 Mbit/s in one direction would be the all-reduce's 1 MiB at
  /// 6.25 MB/s: 167,772.16 us, and 12 us for the cheapest way of 1 + 10 us and 1 us.
  @Test("The bound is the uplinks of a leaf, with its name, and the ring is half as slow again")
  func bound() throws {
    let point = try #require(try document(run(["--sizes", "1M", "--format", "json"])).points.first)
    #expect(point.bound == "uplinks of leaf0, out: 6.25 MB/s")
    #expect(abs(point.boundUs - (167_772.16 + 12)) < 1e-6)
    let table = try run(["--sizes", "1M"])
    #expect(table.output.contains("\nbound: uplinks of leaf0, out: 6.25 MB/s\n"))
    #expect(table.output.contains("1.500"))
  }

  @Test("Percentiles are those of the ranks' ends, and the parts add up to the last")
  func ends() throws {
    let run = try run(["--sizes", "1M", "--algorithm", "tree", "--format", "json"])
    let point = try #require(try document(run).points.first)
    let ends = point.completionsPs.sorted().map { Double($0) / 1e6 }
    #expect(point.minimumUs == ends[0] && point.maximumUs == ends[3])
    #expect(abs(point.medianUs - (ends[1] + ends[2]) / 2) < 1e-6)
    // Type 7: place 3 × 0.95 = 2.85.
    #expect(abs(point.p95Us - (ends[2] + 0.85 * (ends[3] - ends[2]))) < 1e-6)
    let parts = try #require(point.breakdown)
    #expect(parts.count == 7 && parts.values.reduce(0, +) == point.completionsPs.max())
  }

  @Test("Taking apart is left out on demand, from the table and from CSV")
  func noBreakdown() throws {
    let with = try run(["--sizes", "1M"])
    let without = try run(["--sizes", "1M", "--no-breakdown", "--routing", "ecmp:7"])
    #expect(with.output.contains("where the time went") && !without.output.contains("where the time went"))
    #expect(!without.output.contains("no effect"))
    let rows = try run(["--sizes", "1M", "--format", "csv"]).output.split(separator: "\r\n")
    let empty = try run(["--sizes", "1M", "--format", "csv", "--no-breakdown"]).output.split(
      separator: "\r\n")
    #expect(rows[0].hasSuffix(",waiting_us,serialisation_us") && empty[1].hasSuffix(",,,,,,,"))
    #expect(rows[1].split(separator: ",", omittingEmptySubsequences: false).last == "251658.24")
  }

  /// One spine gives ECMP no choice, but four ranks shuffled over two leaves cross the uplinks more often.
  @Test("Parameters that change no time are named, with their defaults; others aren't")
  func idle() throws {
    let arguments = [
      "--sizes", "64K,1M", "--routing", "ecmp:7", "--placement", "scattered", "--chunk", "512K",
    ]
    let table = try run(arguments)
    #expect(
      table.output.contains(
        "--routing ecmp:7 had no effect on this run: every time is the same with --routing d-mod-k\n"))
    #expect(table.output.contains("--chunk 512 KiB had no effect"))
    #expect(!table.output.contains("--placement"))
    let idle = try document(run(arguments + ["--format", "json"])).withoutEffect
    #expect(idle?.map(\.option) == ["--routing", "--chunk"])
    #expect(idle?.map(\.default) == ["d-mod-k", "1 MiB"])
  }

  /// Of a ring over packed ranks, 1 sends to 2 over leaf 0's uplink, and 3 to 0 over leaf 1's.
  @Test("The busiest links are named with the ranks that use them")
  func busiest() throws {
    let point = try #require(
      try document(run(["--sizes", "1M", "--format", "json", "--busiest", "2"])).points.first)
    #expect(point.busiestLinks.map(\.id) == ["leaf0>spine0", "spine0>leaf0"])
    let pairs = point.busiestLinks.map(\.firstPairs)
    #expect(pairs == [[.init(srcRank: 1, dstRank: 2)], [.init(srcRank: 3, dstRank: 0)]])
    // Six blocks of a quarter.
    #expect(point.busiestLinks.allSatisfy { $0.bytes == 1.5 * 1_048_576 && $0.pairs == 1 })
    let table = try run(["--sizes", "1M"])
    #expect(table.output.contains("leaf0>spine0   50 Mbit/s  1.5 MiB  100.0 %      1  1>2\n"))
  }

  private struct Trace: Decodable {
    struct Event: Decodable {
      let ph, name: String
      let pid: Int
      let tid, id: Int?
      let ts, dur: Double?
      let args: Arguments?
    }
    struct Arguments: Decodable {
      let rate: Double?
      let bytes: Int?
      let name: String?
      enum CodingKeys: String, CodingKey {
        case bytes, name
        case rate = "GB/s"
      }
    }
    let traceEvents: [Event]
  }

  @Test("A trace has a slice at both ends of each message, an arrow between them, and what links carried")
  func trace() throws {
    let scratch = try Scratch()
    let run = try run(
      [
        "--sizes", "1M", "--algorithm", "double-tree", "--chunk", "64K", "--trace", "trace.json", "--spans",
        "10",
        "--format", "json",
      ], in: scratch.folder)
    let point = try #require(try document(run).points.first)
    let trace = try JSONDecoder().decode(
      Trace.self, from: Data(contentsOf: scratch.file("trace.json"))
    ).traceEvents
    let slices = trace.filter { $0.ph == "X" }
    #expect(slices.count == 2 * point.flows)
    #expect(slices.filter { $0.name.hasPrefix("send ") }.count == point.flows)
    #expect(
      slices.contains { $0.name == "send 64 KiB to 1, step 2" && $0.pid == 1 && $0.ts == 0 })
    #expect(slices.map { ($0.ts ?? 0) + ($0.dur ?? 0) }.max() ?? 0 <= point.maximumUs + 1e-6)

    // Slices of one track follow each other.
    for track in Dictionary(grouping: slices, by: { [$0.pid, $0.tid ?? -1] }).values {
      let spans = track.map { ($0.ts ?? -1, $0.dur ?? -1) }.sorted { $0 < $1 }
      for (before, after) in zip(spans, spans.dropFirst()) {
        #expect(before.1 >= 0 && before.0 + before.1 <= after.0 + 1e-6)
      }
    }
    let (starts, ends) = (trace.filter { $0.ph == "s" }, trace.filter { $0.ph == "f" })
    #expect(starts.count == point.flows && starts.map(\.id) == ends.map(\.id))
    #expect(zip(starts, ends).allSatisfy { $0.pid != $1.pid && ($0.ts ?? 0) < ($1.ts ?? 0) })
    #expect(trace.contains { $0.name == "process_name" && $0.args?.name == "rank 3 (host3)" })

    // What a counter shows, times its tenth of the run, is what the link carried.
    let link = try #require(point.busiestLinks.first)
    let rates = trace.filter { $0.ph == "C" && $0.name == link.id }.compactMap(\.args?.rate)
    #expect(rates.count == 11 && rates.last == 0)
    let carried = rates.reduce(0, +) * 1e9 * point.maximumUs * 1e-6 / 10
    #expect(abs(carried - link.bytes) < 1e-3)
  }

  @Test("Utilisation over time adds up to that of the run")
  func utilisation() throws {
    let scratch = try Scratch()
    let run = try run(
      ["--sizes", "1M", "--utilisation", "links.csv", "--spans", "8", "--busiest", "3", "--format", "json"],
      in: scratch.folder)
    let links = try #require(try document(run).points.first).busiestLinks
    let rows = try String(contentsOf: scratch.file("links.csv"), encoding: .utf8).split(separator: "\r\n").map
    {
      $0.split(separator: ",").map(String.init)
    }
    #expect(rows[0] == ["link", "time_us_from", "time_us_to", "utilisation"] && rows.count == 1 + 3 * 8)
    for link in links {
      let shares = rows.filter { $0[0] == link.id }.compactMap { Double($0[3]) }
      #expect(shares.count == 8 && abs(shares.reduce(0, +) / 8 - link.utilisation) < 1e-9)
    }
  }

  /// A ring over four ranks has 24 messages a piece; 1 GiB has 2^18 pieces of 1 KiB in each of four blocks.
  @Test(
    "What can't be shown is refused in one line that says what can",
    arguments: [
      (
        ["--trace", "t", "--sizes", "1G", "--chunk", "1K"],
        "--trace would have 6291456 messages, at most 200000"
      ),
      (["--trace", "t", "--sizes", "1T", "--chunk", "1M"], "a larger --chunk"),
      (["--trace", "t"], "--trace is for one size, found"),
      (["--utilisation", "t", "--sizes", "1K,2K"], "--utilisation is for one size, found 2"),
      (
        ["--utilisation", "t", "--sizes", "1K", "--trace", "t"],
        "--trace and --utilisation name the same file"
      ),
      (["--busiest=-1", "--sizes", "1K"], "0 to 1000 links"),
      (["--spans", "0", "--sizes", "1K"], "1 to 100000"),
      (["--utilisation", "t", "--busiest", "0", "--sizes", "1K"], "--busiest is 0"),
    ])
  func refusals(arguments: [String], text: String) throws {
    let run = try run(arguments)
    #expect(run.status == 64 && run.output.isEmpty)
    #expect(run.errors.contains(text) && run.errors.split(separator: "\n").count == 1, "\(run.errors)")
  }

  /// Whether a process has a handler for SIGINT, as the kernel says.
  private func catchesInterrupt(_ process: Int32) throws -> Bool {
    let status = try String(contentsOfFile: "/proc/\(process)/status", encoding: .utf8)
    let mask = status.split(separator: "\n").first { $0.hasPrefix("SigCgt:") }?.split(separator: "\t").last
    return mask.flatMap { UInt64($0, radix: 16) }.map { $0 & 1 << UInt64(SIGINT - 1) != 0 } ?? false
  }

  /// A hundred million messages, each of which is simulated, as each is to be written.
  @Test("A long run says so, and Ctrl-C ends it with what is known", .timeLimit(.minutes(1)))
  func interruption() throws {
    let scratch = try Scratch()
    let run = try run(
      [
        "--sizes", "16G", "--chunk", "1K", "--record", "record.json", "--flows", "flows.jsonl", "--format",
        "json", "--breakdown",
      ], in: scratch.folder
    ) { process in
      while try !catchesInterrupt(process) { usleep(10_000) }
      kill(process, SIGINT)
    }
    #expect(run.status == 75)
    #expect(
      run.errors.contains("16 GiB: up to 101 million messages; if each is simulated, very roughly 50 s"))
    #expect(run.errors.contains("syncline: stopped by signal 2 at 16 GiB: "))
    #expect(run.errors.contains("0 of 4 ranks done"))
    struct Stopped: Decodable {
      struct Where: Decodable {
        let sizeBytes, ranksDone, events: Int
        let simulatedUs, stepsDone: Double
      }
      struct Point: Decodable { let sizeBytes: Int }
      let points: [Point]
      let stopped: Where
    }
    let stopped = try Self.decoder.decode(Stopped.self, from: Data(run.output.utf8))
    #expect(stopped.points.isEmpty && stopped.stopped.sizeBytes == 16 << 30)
    #expect(stopped.stopped.events > 0 && stopped.stopped.stepsDone < 1 && stopped.stopped.simulatedUs > 0)
    // No half of a file is left, and the record says what it is.
    #expect(try FileManager.default.contentsOfDirectory(atPath: scratch.folder.path) == ["record.json"])
    let record = try String(contentsOf: scratch.file("record.json"), encoding: .utf8)
    #expect(record.contains("stopped by signal 2") && record.contains("\"partial\""))
  }
}
