import Foundation
import Quantities
import Records
import Testing

@Suite("bench over a real mpirun", .serialized, .enabled(if: OpenMPI.isInstalled, OpenMPI.why))
struct BenchOverMPITests {
  private static let collectives = ["all-reduce", "all-gather", "reduce-scatter", "broadcast", "reduce"]
  private static let algorithms = [
    "ring", "tree", "double-tree", "recursive-doubling", "halving-doubling", "native",
  ]

  /// Runs bench, which checks every element itself, and gives its record.
  private func measure(_ ranks: Int, _ arguments: [String]) throws -> Record {
    let scratch = try Scratch()
    let record = scratch.file("record.json")
    let run = try CommandRun(
      ["bench", "--ranks", "\(ranks)", "--record", record.path, "--warm-up", "1", "--iterations", "2"]
        + arguments)
    #expect(run.status == 0 && run.errors == "", "\(run.errors)")
    return try Record.read(record.path)
  }

  @Test("Every collective by every algorithm is right, element by element", arguments: [2, 3, 4, 7])
  func everyAlgorithm(ranks: Int) throws {
    let record = try measure(
      ranks,
      [
        "--collective", Self.collectives.joined(separator: ","), "--algorithm",
        Self.algorithms.joined(separator: ","),
        "--buffers", "both", "--sizes", "0,4,20,52,1000,40K",
      ])
    #expect(!record.isPartial && record.series.count == 5 * 6 * 2)
    for series in record.series {
      #expect(series.ranks == ranks && series.points.count == 6)
      // Three iterations each; a reduction to one rank is checked there only, scattered blocks once in all.
      let owners = ["reduce-scatter", "reduce"].contains(series.collective) ? 1 : ranks
      for point in series.points { #expect(point.checkedElements == 3 * owners * point.count) }
    }
  }

  @Test(
    "What all exchange with all, and what goes over two levels, is right, element by element",
    arguments: [(2, 2), (3, 1), (4, 2), (7, 7)])
  func exchangesAndLevels(ranks: Int, domain: Int) throws {
    for (collectives, algorithms, count) in [
      ("all-to-all", "pairwise,native", 4),
      ("all-reduce,all-gather,reduce-scatter,broadcast", "hierarchical", 8),
    ] {
      let record = try measure(
        ranks,
        [
          "--collective", collectives, "--algorithm", algorithms, "--domain", "\(domain)", "--buffers",
          "both",
          "--sizes", "0,4,20,52,1000,40K",
        ])
      #expect(!record.isPartial && record.series.count == count)
      for point in record.series.flatMap(\.points) {
        #expect((point.checkedElements ?? 0) > 0 || point.count == 0)
      }
    }
  }

  @Test("Chunks, channels and roots make no difference to the result", arguments: [2, 3, 4, 7])
  func parameters(ranks: Int) throws {
    let shared = ["--sizes", "60,4K,50000", "--chunk", "512", "--depth", "2", "--root", "\(ranks - 1)"]
    for (collectives, algorithms) in [
      ("all-reduce,broadcast,reduce", "ring,tree,double-tree,recursive-doubling,halving-doubling"),
      ("all-gather,reduce-scatter", "ring,tree,double-tree"),
    ] {
      let record = try measure(
        ranks, shared + ["--collective", collectives, "--algorithm", algorithms, "--channels", "3"])
      #expect(record.series.allSatisfy { $0.channels == 3 && $0.chunk?.bytes == 512 })
    }
    _ = try measure(
      ranks,
      shared + [
        "--collective", "all-gather,reduce-scatter", "--algorithm", "recursive-doubling,halving-doubling",
      ])
  }

  @Test(
    "Every element type with every operation is exact",
    arguments: ["float32", "float64", "int32", "int64", "float16", "bfloat16"], ["sum", "min", "max", "prod"])
  func types(type: String, operation: String) throws {
    let record = try measure(
      3,
      [
        "--collective", "all-reduce,reduce-scatter", "--algorithm", "ring,double-tree,native", "--datatype",
        type, "--op",
        operation, "--sizes", "16,10K",
      ])
    #expect(
      record.series.count == 6
        && record.series.allSatisfy { $0.datatype == type && $0.operation == operation })
  }

  @Test("The record says where, by what and how it was measured")
  func environment() throws {
    let environment = try measure(2, ["--sizes", "1K"]).environment
    #expect(environment.transport == "mpi" && environment.library?.contains("MPI") == true)
    #expect(environment.command.contains("--record") && environment.placement.map(\.rank) == [0, 1])
    let host = try #require(environment.hosts.first)
    #expect(
      environment.hosts.count == 1 && host.processors >= 1 && host.memory.bytes > 0 && !host.name.isEmpty)
    #expect(host.kernel.hasPrefix("Linux") && environment.placement.allSatisfy { !$0.processors.isEmpty })
  }

  @Test("Under mpirun it takes part, and a wrong number of ranks is refused")
  func underMPIRun() throws {
    let mpirun = URL(fileURLWithPath: "/usr/bin/env")
    let start = [
      "OMPI_ALLOW_RUN_AS_ROOT=1", "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1", "mpirun", "-np", "2", "--oversubscribe",
    ]
    let bench = [CommandRun.executable.path, "bench", "--no-record", "--iterations", "2", "--format", "csv"]
    let run = try CommandRun(mpirun, start + bench + ["--sizes", "1K,2K"])
    #expect(
      run.status == 0 && run.output.split(whereSeparator: \.isNewline).count == 3,
      "\(run.output)\(run.errors)")
    let refused = try CommandRun(mpirun, start + bench + ["--ranks", "3"])
    #expect(refused.status == 64 && refused.errors.contains("--ranks 3, but the launcher started 2"))
  }
}

@Suite("bench when a rank is lost", .serialized, .enabled(if: OpenMPI.isInstalled, OpenMPI.why))
struct LostRankTests {
  /// Runs three ranks, does something to rank 1 once a size is measured, and returns how it ended.
  private func lose(
    _ signal: Int32, everything: Bool = false
  ) throws -> (run: CommandRun, record: Record, seconds: Double) {
    let scratch = try Scratch()
    let file = scratch.file("record.json")
    var lost = ContinuousClock.now
    let run = try CommandRun([
      "bench", "--ranks", "3", "--record", file.path, "--duration", "0.4s", "--timeout", "2s", "-b", "1K",
      "-e", "1G", "--metrics", scratch.file("m.prom").path,
    ]) { launcher in
      let deadline = ContinuousClock.now + .seconds(30)
      while (try? Record.read(file.path))?.series.first?.points.isEmpty ?? true {
        try #require(ContinuousClock.now < deadline, "no size was measured")
        usleep(20_000)
      }
      let rank = try #require(Self.process(ofRank: 1, below: launcher), "rank 1 was not found")
      lost = .now
      kill(everything ? launcher : rank, signal)
      guard everything else { return }
      let end = ContinuousClock.now + .seconds(10)
      while kill(rank, 0) == 0, .now < end { usleep(20_000) }
      #expect(kill(rank, 0) != 0, "rank 1 is left behind")
    }
    let seconds = (ContinuousClock.now - lost) / .seconds(1)
    let metrics = try String(contentsOf: scratch.file("m.prom"), encoding: .utf8)
    #expect(metrics.contains("syncline_run_partial{origin=\"measured\"} 1\n") && metrics.hasSuffix("# EOF\n"))
    return (run, try Record.read(file.path), seconds)
  }

  /// The process that `launcher` started by way of mpirun as rank `rank`.
  static func process(ofRank rank: Int, below launcher: Int32) -> Int32? {
    let processes =
      (try? FileManager.default.contentsOfDirectory(atPath: "/proc"))?.compactMap { Int32($0) } ?? []
    func parent(_ process: Int32) -> Int32? {
      let stat = try? String(contentsOfFile: "/proc/\(process)/stat", encoding: .utf8)
      return stat?.split(separator: ")").last?.split(separator: " ").dropFirst().first.flatMap { Int32($0) }
    }
    return processes.first { process in
      guard let mpirun = parent(process), parent(mpirun) == launcher else { return false }
      let environment = (try? Data(contentsOf: URL(fileURLWithPath: "/proc/\(process)/environ"))) ?? Data()
      return environment.split(separator: 0).contains(Data("OMPI_COMM_WORLD_RANK=\(rank)".utf8))
    }
  }

  @Test("A killed rank ends the run at once; what was measured is kept, and marked partial")
  func killed() throws {
    let (run, record, seconds) = try lose(SIGKILL)
    #expect(run.status == 75 && seconds < 10, "\(run.status): \(run.errors)")
    #expect(run.errors.contains("a rank ended by signal 9; the "))
    #expect(record.isPartial && record.series[0].points.isEmpty == false)
    #expect(record.endedBecause == "a rank ended by signal 9")
  }

  @Test("A stopped run takes its ranks along", arguments: [SIGTERM, SIGINT])
  func stopped(signal: Int32) throws {
    let (run, record, seconds) = try lose(signal, everything: true)
    #expect(run.status == 75 && seconds < 10, "\(run.status): \(run.errors)")
    #expect(record.isPartial && record.endedBecause == "the run was stopped by signal \(signal)")
  }

  @Test("A hung rank ends the run within the time limit, and the others say so")
  func hung() throws {
    let (run, record, seconds) = try lose(SIGSTOP)
    #expect(run.status == 75 && seconds < 15, "\(run.status): \(run.errors)")
    #expect(run.errors.contains("no message completed: another rank is hung or gone"))
    #expect(record.isPartial && record.series[0].points.isEmpty == false)
  }
}
