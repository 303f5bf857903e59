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
      --machine hosts cost nothing. The bound is what no algorithm can beat on these links.

      EXAMPLES:
        syncline simulate --topology topologies/fat-tree-k16.yaml --sizes 1M,1G
        syncline simulate --topology topologies/pilot-4.yaml --algorithm tree --chunk 64K -b 64K -e 64M
        syncline simulate --topology topologies/rail-32x8.yaml --placement scattered --routing ecmp:7 --sizes 1G
        syncline simulate --topology topologies/pilot-4.yaml --sizes 1M --flows flows.jsonl --format json
      """)

  @Option(help: "Topology file.")
  var topology: String

  @Option(help: "One of all-reduce, all-gather, reduce-scatter, broadcast, reduce.")
  var collective = "all-reduce"

  @Option(help: "One of ring, tree, double-tree, recursive-doubling, halving-doubling.")
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

  @Option(help: "Keep the prediction as a record, to compare with others.")
  var record: String?

  @Option(help: "table, json or csv.")
  var format = "table"

  package init() {}

  package func run() throws {
    let plan = try SimulatePlan(self)
    let files = [("--record", record), ("--flows", flows), ("--link-use", linkUse)]
    for (place, (option, file)) in files.enumerated() {
      guard let file, let other = files[..<place].first(where: { $0.1 == file }) else { continue }
      throw Failure(.usage, "\(other.0) and \(option) name the same file, '\(file)'")
    }
    if let record {
      try Failure.asFailure { () throws(FileError) in try DraftFile.check(record) }
    }
    if let linkUse { try Failure.asFailure { () throws(FileError) in try DraftFile.check(linkUse) } }
    var predictions: [Prediction] = []
    for size in plan.sizes { predictions.append(try plan.predict(size)) }
    Progress.clear()
    let report = PredictionReport(plan: plan, predictions: predictions)
    print(report.text(as: plan.format), terminator: "")
    if isatty(STDERR_FILENO) == 1 {
      let events = predictions.reduce(0) { $0 + $1.outcome.events }
      let elapsed = predictions.reduce(0) { $0 + $1.elapsed }
      let rate = (Double(events) / max(elapsed, 1e-9) / 1e6).significant(3)
      let text = "\(events) events in \(elapsed.significant(3)) s, \(rate) million a second\n"
      FileHandle.standardError.write(Data(text.utf8))
    }
    if let record {
      let prediction = plan.record(predictions)
      try Failure.asFailure { () throws(FileError) in try prediction.write(to: record) }
      Progress.written("record", record, beside: plan.format == .table)
    }
    if let linkUse, let prediction = predictions.first {
      let table = LinkUseTable(prediction.outcome, on: plan.fabric)
      try Failure.asFailure { () throws(FileError) in
        try WholeFile.write(Data(table.description.utf8), to: linkUse)
      }
      Progress.written("link use", linkUse, beside: plan.format == .table)
    }
    if let flows { Progress.written("flows", flows, beside: plan.format == .table) }
  }
}
