import Foundation

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
      do {
        try process.run()
      } catch {
        throw Failure(.unavailable, "\(mpirun) does not start: \(error.localizedDescription)")
      }
      process.waitUntilExit()
      let status = process.terminationStatus
      guard process.terminationReason == .exit, status != 0 else {
        if process.terminationReason == .exit { return }
        throw Failure(.rankLost, "mpirun ended by signal \(status)\(kept(plan))")
      }
      // The rank that failed has said why.
      if let code = Failure.Code(rawValue: status) { throw Failure(code, "") }
      let reason =
        status > 128 ? "a rank ended by signal \(status - 128)" : "a rank ended with status \(status)"
      throw Failure(.rankLost, reason + kept(plan))
    #endif
  }

  /// Where what was measured before stands.
  private static func kept(_ plan: BenchPlan) -> String {
    guard let record = plan.record, FileManager.default.fileExists(atPath: record) else {
      return "; no size had been measured"
    }
    return "; the sizes measured before are in \(record), marked partial"
  }

  private static var executable: String {
    (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? CommandLine.arguments[0]
  }

  private static func find(_ name: String) -> String? {
    let folders = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
    return folders.lazy.map { "\($0)/\(name)" }.first { FileManager.default.isExecutableFile(atPath: $0) }
  }
}
