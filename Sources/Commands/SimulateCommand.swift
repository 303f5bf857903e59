package import ArgumentParser
import Collectives
import Fabric
import Foundation
import Quantities
import Records
import Reports
import Simulation

/// `syncline simulate`: what a collective will take on a fabric.
package struct SimulateCommand: ParsableCommand {
  package static let configuration = CommandConfiguration(
    commandName: "simulate",
    abstract: "Predict a collective's time on a fabric, with the busiest links.",
    discussion: """
      Replays the same schedules that bench measures, over a topology file. Links are shared max-min fairly; without \
      --machine hosts cost nothing. The bound is what no algorithm can beat on these links, whatever part of the fabric \
      is the narrowest for it, and is named; a prediction below it is refused.

      Where the time went is found by taking costs away, one after the other, and is what each run is shorter than the one \
      before:
      \(TimeBreakdown.Part.allCases.map { "  \($0.rawValue): \($0.meaning)." }.joined(separator: "\n"))

      EXAMPLES:
        syncline simulate --topology topologies/fat-tree-k16.yaml --sizes 1M,1G
        syncline simulate --topology topologies/pilot-4.yaml --algorithm tree --chunk 64K -b 64K -e 64M
        syncline simulate --topology topologies/fat-tree-k16.yaml --algorithm in-network --sizes 1G --depth 8
        syncline simulate --topology topologies/rail-32x8.yaml --placement scattered --routing ecmp:7 --sizes 1G
        syncline simulate --topology topologies/pilot-4.yaml --sizes 1M --flows flows.jsonl --format json
        syncline simulate --topology topologies/pilot-4.yaml --sizes 1M --conditions today.yaml --replications 20
        syncline simulate --topology topologies/pilot-4.yaml --sizes 1M --trace trace.json --utilisation links.csv
      """)

  @Option(help: "Topology file.")
  var topology: String

  @Option(help: "One of \(Names.all(Collective.self)).")
  var collective = "all-reduce"

  @Option(
    help: """
      One of ring, tree, double-tree, recursive-doubling, halving-doubling, hierarchical; pairwise for all-to-all; \
      in-network, where switches combine and copy (not for all-to-all).
      """)
  var algorithm = "ring"

  @Option(help: "How many ranks take part (default: one an endpoint).")
  var ranks: Int?

  @OptionGroup var sizeOptions: SizeOptions

  @OptionGroup var scheduleOptions: ScheduleOptions

  @Option(help: "packed, scattered, random:SEED or file:PATH.")
  var placement = "packed"

  @Option(help: "\(Routing.forms); not adaptive and spray, see topology bisection.")
  var routing = "d-mod-k"

  @Option(help: "Machine model that calibrate wrote: overheads, caps, and an interval with the prediction.")
  var machine: String?

  @Option(help: "Write one JSON line for each flow; for one size only.")
  var flows: String?

  @Option(help: "Write what each link carried as CSV, for topology render; for one size only.")
  var linkUse: String?

  @OptionGroup var conditionsOptions: ConditionsOptions

  @OptionGroup var engine: EngineOptions

  @OptionGroup var outputs: SimulateOutputOptions

  @Option(help: "Keep the prediction as a record, to compare with others.")
  var record: String?

  @OptionGroup var metricsOptions: MetricsOptions

  @Option(help: "table, json or csv.")
  var format = "table"

  package init() {}

  package func run() throws {
    let plan = try SimulatePlan(self)
    let count = conditionsOptions.replications
    guard count == 1 || plan.hasSeeds else {
      throw Failure(
        .usage,
        "--replications \(count): all would be the same, as nothing has a seed; expected jitter, --placement random:SEED"
          + " or --routing ecmp:SEED")
    }
    try checkFiles()
    let trace = try outputs.trace.map { path in try TraceFile(path, plan) }
    let listener = Interruption.listen()
    defer { withExtendedLifetime(listener) {} }
    var report = PredictionReport(plan: plan, busiest: outputs.busiest)
    do {
      for size in plan.sizes {
        if plan.tree == nil { RunForecast(try plan.schedule(size), size: size).announce() }
        var prediction = try plan.predict(size)
        if count > 1 {
          prediction.replications = try plan.replicate(
            prediction, count: count, threads: engine.processors)
        }
        report.predictions.append(prediction)
      }
      try takeApart(&report)
    } catch let stopped as Interrupted {
      report.stopped = stopped
    }
    try report.findUsers()
    Progress.clear()
    print(report.text(as: plan.format), terminator: "")
    sayRate(report.predictions)
    try write(report, trace)
    if let stopped = report.stopped { throw Failure(.rankLost, stopped.description) }
  }

  /// Finds where the time went and which parameters did nothing, if that was asked for or is soon done.
  private func takeApart(_ report: inout PredictionReport) throws {
    let elapsed = report.predictions.reduce(0) { $0 + $1.elapsed }
    switch outputs.breakdown {
    case false?: return
    case nil where elapsed > Self.soon:
      report.isTooLongToTakeApart = true
      return
    default: break
    }
    for index in report.predictions.indices where report.plan.canBeTakenApart {
      report.predictions[index].breakdown = try report.plan.breakdown(of: report.predictions[index])
    }
    report.parameters = try IdleParameters(report.plan, report.predictions)
  }

  /// Seconds of runs after which nobody wants to wait for several more unasked.
  private static let soon = 0.5

  private func checkFiles() throws(Failure) {
    let files = [
      ("--record", record), ("--flows", flows), ("--link-use", linkUse), ("--trace", outputs.trace),
      ("--utilisation", outputs.utilisation), ("--metrics", metricsOptions.metrics),
    ]
    for (place, (option, file)) in files.enumerated() {
      guard let file else { continue }
      if let other = files[..<place].first(where: { $0.1 == file }) {
        throw Failure(.usage, "\(other.0) and \(option) name the same file, '\(file)'")
      }
      // The log of flows makes its own draft at once.
      if option != "--flows" { try Failure.asFailure { () throws(FileError) in try DraftFile.check(file) } }
    }
  }

  private func sayRate(_ predictions: [Prediction]) {
    guard isatty(STDERR_FILENO) == 1 else { return }
    let events = predictions.reduce(0) { $0 + $1.outcome.events }
    let elapsed = predictions.reduce(0) { $0 + $1.elapsed }
    let rate = (Double(events) / max(elapsed, 1e-9) / 1e6).significant(3)
    let text = "\(events) events in \(elapsed.significant(3)) s, \(rate) million a second\n"
    FileHandle.standardError.write(Data(text.utf8))
  }

  private func keep(_ prediction: Record, at path: String, beside isTable: Bool) throws(Failure) {
    try Failure.asFailure { () throws(FileError) in try prediction.write(to: path) }
    Progress.written("record", path, beside: isTable)
  }

  /// Writes the files that were asked for; of a run that was stopped just the record and its metrics, marked partial.
  private func write(_ report: PredictionReport, _ trace: TraceFile?) throws {
    let (plan, isTable) = (report.plan, report.plan.format == .table)
    if record != nil || metricsOptions.metrics != nil {
      // Stopped while times were taken apart, the record has all that it was asked for.
      let isPartial = report.predictions.count < plan.sizes.count
      let prediction = plan.record(
        report.predictions, endedBecause: isPartial ? report.stopped?.description : nil)
      try metricsOptions.write(beside: isTable) { $0.add(prediction) }
      if let record { try keep(prediction, at: record, beside: isTable) }
    }
    guard let prediction = report.predictions.first, report.stopped == nil else { return }
    if let linkUse {
      let table = LinkUseTable(prediction.outcome, on: plan.fabric)
      try Failure.asFailure { () throws(FileError) in
        try WholeFile.write(Data(table.description.utf8), to: linkUse)
      }
      Progress.written("link use", linkUse, beside: isTable)
    }
    if let flows { Progress.written("flows", flows, beside: isTable) }
    guard trace != nil || outputs.utilisation != nil else { return }
    let timeline = try watch(prediction, report, trace)
    if let trace {
      try trace.write(timeline)
      Progress.written("trace", trace.path, beside: isTable)
    }
    if let path = outputs.utilisation {
      let table = UtilisationTable(timeline, on: plan.fabric)
      try Failure.asFailure { () throws(FileError) in
        try WholeFile.write(Data(table.description.utf8), to: path)
      }
      Progress.written("utilisation", path, beside: isTable)
    }
  }

  /// Runs again, now that the busiest links and the time are known; the same input gives the same run.
  private func watch(
    _ prediction: Prediction, _ report: PredictionReport, _ trace: TraceFile?
  ) throws -> LinkTimeline? {
    let fabric = report.plan.fabric
    let links = prediction.outcome.busiestLinks(on: fabric, most: outputs.busiest).map(\.link)
    var timeline =
      prediction.outcome.end > .zero
      ? LinkTimeline(
        links: links, capacities: links.map { fabric.links[$0].bandwidth.bytesPerSecond },
        total: prediction.outcome.end, spans: outputs.spans) : nil
    do {
      try report.plan.watch(prediction.size) { flow in
        timeline?.add(flow)
        // Other jobs are numbered after the ranks of this one.
        if flow.source < report.plan.ranks { trace?.add(flow) }
      }
    } catch let stopped as Interrupted {
      throw Failure(.rankLost, "\(stopped.description); files of the run's flows are not written")
    }
    return timeline
  }
}
