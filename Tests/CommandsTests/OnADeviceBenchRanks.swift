import Foundation
import Records
import Synchronization
import Testing

/// The ranks of one run of bench over RDMA that no launcher started: processes of this host that meet at a port.
struct OnADeviceBenchRanks {
  /// How a rank ended.
  struct End {
    let status: Int32
    let errors: String
  }

  /// In the order of ranks.
  let ends: [End]
  /// What rank 0 kept; nil where it kept nothing.
  let record: Record?
  /// From when `meanwhile` was done to the last rank's end.
  let seconds: Double

  /// No two runs share a port, which the first might not have left yet.
  private static let lastPort = Mutex(20_000)
  /// What measures little, and ends early where it fails.
  static let brief = ["--warm-up", "1", "--iterations", "2"]
  /// A silent peer is given up after some 70 ms, a silent rank after 5 s.
  static let impatient = ["--qp-timeout", "12", "--retry-count", "3", "--timeout", "5s"]
  /// Measures sizes until something ends it.
  static let endless = ["--duration", "0.5s", "-b", "1K", "-e", "16M", "--warm-up", "1"]

  /// Runs all ranks to their ends.
  ///
  /// - Parameters:
  ///   - ranks: how many.
  ///   - arguments: of every rank.
  ///   - variables: are added to the environment.
  ///   - wrapper: a program, with arguments, that runs the ranks.
  ///   - own: arguments of one rank.
  ///   - meanwhile: is called with the ranks' process numbers and the record's path.
  init(
    _ ranks: Int, _ arguments: [String], variables: [String: String] = [:], wrapper: [String] = [],
    own: (Int) -> [String] = { _ in [] }, meanwhile: ([Int32], String) throws -> Void = { _, _ in }
  ) throws {
    let scratch = try Scratch()
    let path = scratch.file("record.json").path
    let port = Self.lastPort.withLock { last in
      last += 1
      return last
    }
    var processes: [Process] = []
    defer { for process in processes where process.isRunning { kill(process.processIdentifier, SIGKILL) } }
    for rank in 0..<ranks {
      let process = Process()
      process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
      process.arguments =
        wrapper + [
          CommandRun.executable.path, "bench", "--transport", "verbs", "--rendezvous", "127.0.0.1:\(port)",
          "--ranks", "\(ranks)", "--rank", "\(rank)",
        ] + (rank == 0 ? ["--record", path] : ["--no-record"]) + arguments + own(rank)
      process.environment = ProcessInfo.processInfo.environment.merging(variables) { $1 }
      process.standardInput = FileHandle.nullDevice
      process.standardOutput = FileHandle.nullDevice
      let errors = scratch.file("errors-\(rank)")
      try Data().write(to: errors)
      process.standardError = try FileHandle(forWritingTo: errors)
      try process.run()
      processes.append(process)
    }
    try meanwhile(processes.map(\.processIdentifier), path)
    let start = ContinuousClock.now
    while processes.contains(where: \.isRunning), ContinuousClock.now < start + .seconds(60) { usleep(5_000) }
    seconds = (ContinuousClock.now - start) / .seconds(1)
    for process in processes where process.isRunning {
      Issue.record("a rank did not end within a minute: \(process.arguments ?? [])")
      kill(process.processIdentifier, SIGKILL)
      process.waitUntilExit()
    }
    ends = try processes.enumerated().map { rank, process in
      let status = process.terminationStatus
      return End(
        status: process.terminationReason == .exit ? status : 128 + status,
        errors: try String(contentsOf: scratch.file("errors-\(rank)"), encoding: .utf8))
    }
    record = try? Record.read(path)
  }

  /// The record of a run in which nothing went wrong.
  static func measure(
    _ ranks: Int, _ arguments: [String], variables: [String: String] = [:]
  ) throws -> Record {
    let run = try OnADeviceBenchRanks(ranks, brief + arguments, variables: variables)
    for end in run.ends { #expect(end.status == 0 && end.errors == "", "\(end.status): \(end.errors)") }
    return try #require(run.record)
  }

  /// A run that starts its ranks by mpirun.
  static func mpirun(
    _ arguments: [String], meanwhile: (Int32) throws -> Void = { _ in }
  ) throws -> CommandRun {
    // MPI is only the channel here; without a look at all of its transports it starts in half the time.
    let quick = ["OMPI_MCA_pml=ob1", "OMPI_MCA_btl=self,vader"]
    return try CommandRun(
      URL(fileURLWithPath: "/usr/bin/env"),
      quick + [CommandRun.executable.path, "bench", "--transport", "verbs"] + arguments, meanwhile: meanwhile)
  }

  /// Returns when the record at `path`, which `process` or its ranks write, holds a first size.
  static func waitUntilMeasured(_ path: String, _ process: Int32) throws {
    let deadline = ContinuousClock.now + .seconds(30)
    while (try? Record.read(path))?.series.first?.points.isEmpty ?? true {
      try #require(ContinuousClock.now < deadline && kill(process, 0) == 0, "no size was measured")
      usleep(20_000)
    }
  }

  /// Expects that rank `rank` ended with `status` and one line, in which all of `words` are.
  func expect(_ rank: Int, _ status: Int32, _ words: String...) {
    let end = ends[rank]
    #expect(
      end.status == status && end.errors.split(separator: "\n").count == 1
        && words.allSatisfy { end.errors.contains($0) },
      "rank \(rank), \(end.status): \(end.errors)")
  }
}
