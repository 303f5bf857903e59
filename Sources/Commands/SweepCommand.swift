import ArgumentParser
import Foundation
import MPITransport
import Records
import Transport

/// `syncline sweep`: simulates every combination of a study's values.
struct SweepCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "sweep",
    abstract:
      "Predict a study: topologies x collectives x algorithms x sizes x placements x routings x seeds.",
    discussion: """
      The study file lists values; their product are the cases, each simulated once, in parallel. What is done is kept \
      at once: after a kill, the same command does what is missing. Under mpirun or srun, ranks share the cases; they \
      need one folder that all hosts see. docs/sweep.md has the study file and the result's fields.

      EXAMPLES:
        syncline sweep studies/pilot.yaml
        syncline sweep study.yaml --out fabrics --workers 16 --format csv > fabrics.csv
        mpirun -np 32 --hostfile hosts syncline sweep study.yaml --results /shared/results.jsonl
        srun -N 8 --ntasks-per-node=1 -c 64 syncline sweep study.yaml --out /shared/fabrics
      """)

  @Argument(help: "Study file.")
  var study: String

  @Option(help: "Folder of the result: results.jsonl and results.csv (default: STUDY.sweep in this folder).")
  var out: String?

  @Option(help: "The result's file instead, with its journals beside it.")
  var results: String?

  @Option(help: "Where the table goes (default: beside the result).")
  var csv: String?

  @Option(help: "Cases at a time (default: one for each processor that this process may use).")
  var workers: Int?

  @Option(help: "What is printed at the end: table, json or csv.")
  var format = "table"

  init() {}

  func run() throws {
    let format = try Names.one("format", format, as: SweepReport.Format.self)
    let workers = self.workers ?? ProcessInfo.processInfo.activeProcessorCount
    guard (1...4_096).contains(workers) else {
      throw Failure(.usage, "--workers \(workers): 1 to 4096 are possible")
    }
    guard out == nil || results == nil else {
      throw Failure(.usage, "--out and --results exclude each other")
    }
    let sweep = Sweep(study: study, files: try files(), workers: workers, format: format)
    guard MPILauncher.isUnderLauncher else {
      var alone = Alone()
      try sweep.takePart(over: &alone)
      return
    }
    #if MPI
      let tasks = Self.tasksWithoutMPI
      let started: MPITransport
      do throws(TransportError) {
        started = try MPITransport.start(timeLimit: .infinity)
      } catch {
        throw Failure(.unavailable, error.description)
      }
      var mpi = started
      // Each of them would do all cases.
      guard tasks == 1 || mpi.ranks > 1 else {
        throw Failure(
          .unavailable,
          "srun started \(tasks) tasks, of which MPI finds one: expected srun --mpi=pmix, or another of srun --mpi=list"
        )
      }
      mpi.restsWhileAgreeing = true
      do {
        try sweep.takePart(over: &mpi)
        try mpi.finish()
      } catch {
        Failure.endAllRanks(because: error)
      }
    #else
      throw Failure(
        .unavailable,
        "this build has no MPI, so ranks can't share a sweep: build with the package's default traits, or start one"
          + " process without mpirun or srun")
    #endif
  }

  /// How many tasks srun started without MPI's knowledge, as its environment has it before MPI starts; else 1.
  private static var tasksWithoutMPI: Int {
    let environment = ProcessInfo.processInfo.environment
    let isKnown = ["OMPI_COMM_WORLD_RANK", "PMI_RANK", "PMIX_RANK"].contains { environment[$0] != nil }
    return isKnown ? 1 : environment["SLURM_STEP_NUM_TASKS"].flatMap { Int($0) } ?? 1
  }

  private func files() throws(Failure) -> SweepFiles {
    if let results {
      guard results.hasSuffix(".jsonl"), csv != results else {
        throw Failure(.usage, "--results '\(results)': expected a name of its own that ends in .jsonl")
      }
      return SweepFiles(results: results, csv: csv)
    }
    let name = ((study as NSString).lastPathComponent as NSString).deletingPathExtension
    let folder = out ?? "\(name).sweep"
    guard !folder.isEmpty else { throw Failure(.usage, "--out: a path is not empty") }
    do {
      try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    } catch {
      throw Failure(.cannotCreate, "\(folder): no folder can be made here: \(error.localizedDescription)")
    }
    return SweepFiles(results: (folder as NSString).appendingPathComponent("results.jsonl"), csv: csv)
  }
}

/// The channel of a process that has no others.
private struct Alone: OutOfBand {
  var rank: Int { 0 }
  var ranks: Int { 1 }
  var timeLimit = 0.0

  func greatest(_ value: Int64) -> Int64 { value }

  func gather(_ values: [Int64]) -> [[Int64]] { [values] }
}
