import CPlatform
import Dispatch
import Foundation
import Records
import Synchronization

/// Starts the ranks with `mpirun`, and says in one line how it went wrong where it does.
enum MPILauncher {
  /// Set for the ranks that this process starts, so that they share one record's name.
  private static let recordVariable = "SYNCLINE_BENCH_RECORD"

  /// Whether mpirun, srun or another launcher started this process as a rank.
  static var isUnderLauncher: Bool {
    let environment = ProcessInfo.processInfo.environment
    return ["OMPI_COMM_WORLD_RANK", "PMI_RANK", "PMIX_RANK"].contains { environment[$0] != nil }
      || (environment["SLURM_PROCID"] != nil && environment["SLURM_STEP_ID"] != nil)
  }

  /// The record's name that the launching process chose; nil where none did.
  static var recordFromLauncher: String? { ProcessInfo.processInfo.environment[recordVariable] }

  /// Runs this command line again, as ranks.
  static func start(_ plan: BenchPlan) throws(Failure) {
    guard let ranks = plan.ranks else {
      throw Failure(.usage, "how many ranks? Give --ranks N, or start syncline with mpirun or srun")
    }
    #if !MPI
      throw Failure(
        .unavailable,
        "this build has no MPI: build with the package's default traits, or use --transport in-process")
    #else
      guard let mpirun = find("mpirun") else {
        throw Failure(
          .unavailable,
          "no mpirun on this machine: install Open MPI (Debian: apt-get install openmpi-bin libopenmpi-dev), "
            + "or use --transport in-process; the simulator needs neither")
      }
      let process = Process()
      process.executableURL = URL(fileURLWithPath: mpirun)
      var environment = ProcessInfo.processInfo.environment
      if geteuid() == 0 {
        environment["OMPI_ALLOW_RUN_AS_ROOT"] = "1"
        environment["OMPI_ALLOW_RUN_AS_ROOT_CONFIRM"] = "1"
      }
      if let record = plan.record { environment[recordVariable] = record }
      // More ranks than processors are a fact to be recorded, not an error; and a backtrace must not hold the pipes.
      environment["OMPI_MCA_rmaps_base_oversubscribe"] = "1"
      environment["SWIFT_BACKTRACE"] = "enable=no"
      process.environment = environment
      process.arguments = ["-np", "\(ranks)", "--quiet", executable] + CommandLine.arguments.dropFirst()
      syncline_accept_signals()
      do {
        try process.run()
      } catch {
        throw Failure(.unavailable, "\(mpirun) does not start: \(error.localizedDescription)")
      }
      // From here on a signal to this process ends the ranks first, so that none is left behind.
      let stopped = Mutex<Int32>(0)
      let sources = [SIGINT, SIGTERM, SIGHUP].map { number in
        signal(number, SIG_IGN)
        let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
        source.setEventHandler {
          stopped.withLock { $0 = number }
          process.terminate()
        }
        source.resume()
        return source
      }
      process.waitUntilExit()
      for source in sources { source.cancel() }
      let status = process.terminationStatus
      let signalled = stopped.withLock { $0 }
      if signalled != 0 { throw lost("the run was stopped by signal \(signalled)", plan) }
      guard process.terminationReason == .exit else { throw lost("mpirun ended by signal \(status)", plan) }
      guard status != 0 else { return }
      // The rank that failed has said why; only rank 0 could note it.
      if let code = Failure.Code(rawValue: status) {
        let hasBegun = plan.record.flatMap { try? Record.read($0) }.map { record in
          record.isPartial && record.endedBecause == BenchRun.unended
            && record.series.contains { !$0.points.isEmpty }
        }
        guard hasBegun == true else { throw Failure(code, "") }
        throw Failure(code, lost("a rank ended the run", plan).description)
      }
      throw lost(
        status > 128 ? "a rank ended by signal \(status - 128)" : "a rank ended with status \(status)", plan)
    #endif
  }

  /// Notes in the record why the run ended, and says where what was measured before stands.
  private static func lost(_ reason: String, _ plan: BenchPlan) -> Failure {
    guard let path = plan.record, var record = try? Record.read(path), record.isPartial else {
      return Failure(.rankLost, "\(reason); no record was begun")
    }
    record.endedBecause = reason
    let count = record.series.reduce(0) { $0 + $1.points.count }
    do throws(FileError) {
      try record.write(to: path)
    } catch {
      return Failure(.rankLost, "\(reason); the record says less than it should: \(error)")
    }
    return Failure(
      .rankLost,
      "\(reason); the \(count) sizes measured before are in \(path), marked partial"
        + plan.metrics.writePartial(record))
  }

  private static var executable: String {
    (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? CommandLine.arguments[0]
  }

  private static func find(_ name: String) -> String? {
    let folders = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
    return folders.lazy.map { "\($0)/\(name)" }.first { FileManager.default.isExecutableFile(atPath: $0) }
  }
}
