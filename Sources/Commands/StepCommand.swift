import ArgumentParser
import Fabric
import Foundation
import Quantities
import Records
import Reports
import Simulation

/// `syncline step`: what a training step takes, and how much of it is waited for the network.
struct StepCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "step",
    abstract:
      "Predict a training step on a fabric: its time, and the share of it that is spent waiting for the network.",
    discussion: """
      Reads a workload (model, parallelism, buckets, compute time: docs/training.md), places its groups on the fabric, \
      and simulates each kind of collective with all groups at once, and with the others that run at the same time. \
      Buckets overlap with the backward pass.

      Sync exposure is (step time - step time with an infinitely fast network) / step time. Scaling overhead is step \
      time / step time on one node - 1, each GPU with the same work. With --machine both have 95 % intervals.

      EXAMPLES:
        syncline step workloads/llama-2-7b-ddp.yaml --topology topologies/rail-32x8.yaml
        syncline step workloads/llama-3-70b.yaml --topology topologies/rail-128x8.yaml --machine machine.json --record a.json
        syncline step workloads/llama-3-70b.yaml --topology topologies/rail-128x8.yaml --prices prices/list-2025.yaml
        syncline step workload.yaml --topology topology.yaml --gpus 512 --algorithm double-tree --no-variations
      """)

  @Argument(help: "Workload file (YAML).")
  var workload: String

  @Option(help: "Topology file.")
  var topology: String

  @Option(help: "Machine model that calibrate wrote: what hosts add to messages, and intervals.")
  var machine: String?

  @Option(
    help: "Price list (YAML): what the network costs and draws, and what a GPU hour and a kilowatt-hour cost."
  )
  var prices: String?

  @Option(help: "How many GPUs may be used (default: all of the fabric's).")
  var gpus: Int?

  @Option(help: "packed, scattered, random:SEED or file:PATH.")
  var placement = "packed"

  @Option(help: "\(Routing.forms); not adaptive and spray.")
  var routing = "d-mod-k"

  @Option(
    help:
      "How gradients are reduced, in place of the workload's algorithm: \(Names.all(SimulatedAlgorithm.self))."
  )
  var algorithm: String?

  @Flag(
    inversion: .prefixedNo,
    help: """
      Whether to vary bucket size, algorithm, oversubscription, failures and the number of GPUs (default: where the step \
      itself is soon simulated).
      """)
  var variations: Bool?

  @Option(
    help: ArgumentHelp("Seconds that one variation may take.", valueName: "seconds"))
  var patience = 60

  @Option(
    help: ArgumentHelp(
      "Random patterns of the effective bisection, 2 to 1000000; 0 leaves bisection out.",
      valueName: "count"))
  var patterns = 20

  @Option(help: "Processors for parts of one run that nothing joins (default: all); no figure depends on it.")
  var threads: Int?

  @Option(help: "What the proposal is called (default: the topology's name).")
  var name: String?

  @Option(help: "Keep the step as a record, to compare with others, for reports and checks.")
  var record: String?

  @OptionGroup var metricsOptions: MetricsOptions

  @Option(help: "table, json or csv.")
  var format: ComparisonFormat = .table

  init() {}

  func validate() throws {
    guard patterns == 0 || (2...1_000_000).contains(patterns) else {
      throw ValidationError("--patterns is \(patterns), expected 0, or 2 to 1000000")
    }
    guard (1...1_000_000).contains(patience) else {
      throw ValidationError("--patience is \(patience), expected 1 to 1000000 seconds")
    }
    if let threads, !(1...1_024).contains(threads) {
      throw ValidationError("--threads \(threads): 1 to 1024 are possible")
    }
    if let record, record == metricsOptions.metrics {
      throw ValidationError("--record and --metrics name the same file, '\(record)'")
    }
  }

  func run() throws {
    let plan = try StepPlan(self)
    if let record { try Failure.asFailure { () throws(FileError) in try DraftFile.check(record) } }
    try metricsOptions.check()
    let listener = Interruption.listen()
    defer { withExtendedLifetime(listener) {} }
    let step = try plan.record()
    Progress.clear()
    let report = StepReport(step)
    print(try report.text(as: format), terminator: "")
    if let record {
      try Failure.asFailure { () throws(FileError) in try step.write(to: record) }
      Progress.written("record", record, beside: format == .table)
    }
    try metricsOptions.write(beside: format == .table) { $0.add(step) }
  }
}
