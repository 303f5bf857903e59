import Foundation
import Quantities
package import Records
import Statistics

extension OpenMetrics {
  /// Adds what a record of collectives gave: one sample a size and figure.
  package mutating func add(_ record: Record) {
    addRun(record.environment, origin: record.origin.rawValue)
    add(
      "run_partial", help: "1 where the run ended before all that it was asked for, else 0.",
      [("origin", record.origin.rawValue)], record.isPartial ? 1 : 0)
    for series in record.series {
      for point in series.points {
        guard let summary = PointSummary(point, of: series) else { continue }
        add(
          summary,
          [
            ("collective", series.collective), ("algorithm", series.algorithm), ("ranks", "\(series.ranks)"),
            ("size_bytes", "\(point.size.bytes)"), ("datatype", series.datatype),
            ("in_place", series.isInPlace ? "true" : "false"), ("origin", record.origin.rawValue),
          ])
      }
    }
  }

  private mutating func add(_ summary: PointSummary, _ labels: [Label]) {
    // A single time, as a prediction has it, says nothing of the others.
    let isSpread = summary.samples > 1
    let times: [(name: String, help: String, value: Double?)] = [
      ("median", "Median time of a collective: of the slowest rank, from the common start.", summary.median),
      (
        "median_low", "Lower end of the 95 % interval of the median time of a collective.",
        summary.interval?.low
      ),
      (
        "median_high", "Upper end of the 95 % interval of the median time of a collective.",
        summary.interval?.high
      ),
      ("p95", "Time that 95 % of the iterations of a collective took at most.", isSpread ? summary.p95 : nil),
      ("p99", "Time that 99 % of the iterations of a collective took at most.", isSpread ? summary.p99 : nil),
      ("max", "Time of the slowest iteration of a collective.", isSpread ? summary.maximum : nil),
    ]
    for time in times {
      guard let value = time.value else { continue }
      // A summary counts in microseconds.
      add("collective_\(time.name)", unit: .seconds, help: time.help, labels, value / 1e6)
    }
    add(
      "collective_bus_bandwidth", unit: .bytesPerSecond,
      help: "Bus bandwidth of a collective by its median time, as nccl-tests defines it.", labels,
      summary.busBandwidth * 1e9)
    add(
      "collective_samples", help: "Iterations of a collective that were timed.", labels,
      Double(summary.samples))
    guard let checked = summary.checkedElements else { return }
    add(
      "collective_checked_elements", help: "Elements of a result that were compared with their exact value.",
      labels, Double(checked))
    // What was checked was right: an element that is wrong ends a run, and the size has no figures.
    add(
      "collective_wrong_elements", help: "Elements of a result that were wrong; one ends the run.", labels, 0)
  }

  /// Adds what a training step takes.
  package mutating func add(_ record: StepRecord) {
    addRun(record.environment, origin: Record.Origin.simulated.rawValue)
    let labels = [
      ("step", record.name), ("workload", record.workload.name), ("gpus", "\(record.workload.gpus)"),
    ]
    let step = record.step
    add("step_time", unit: .seconds, help: "Time of a training step.", labels, step.time.value)
    add(
      "step_exposed", unit: .seconds, help: "Time that a training step waits for the network.", labels,
      step.exposed.value)
    add(
      "step_sync_exposure", unit: .ratio,
      help: "Share of a training step that it would be shorter by with an infinitely fast network.", labels,
      step.syncExposure.value)
    add(
      "step_scaling_overhead", unit: .ratio, help: "Time of a training step over that on one node, less one.",
      labels, step.scalingOverhead.value)
    if let utilisation = step.modelFlopsUtilisation {
      add(
        "step_model_flops_utilisation", unit: .ratio,
        help: "Floating-point operations of the model over what the GPUs could have done.", labels,
        utilisation.value)
    }
    if let energy = record.energy {
      add(
        "step_thousand_tokens", unit: .joules, help: "Energy for 1,000 tokens.", labels,
        energy.perThousandTokens.value)
    }
    if let cost = record.cost {
      add(
        "step_thousand_tokens_cost", help: "Cost of 1,000 tokens, in the currency of the label.",
        labels + [("currency", cost.currency)], cost.perThousandTokens.value)
    }
  }

  /// Adds what objectives came to: one sample for each verdict that is possible, 1 for the one that it is.
  package mutating func add(_ report: VerdictReport) {
    for verdict in report.verdicts {
      let labels = [("objectives", report.objectives.name), ("objective", verdict.objective.name)]
      for possible in Verdict.allCases {
        add(
          "objective_verdict", help: "1 for the verdict on an objective that is so, 0 for the others.",
          labels + [("verdict", possible.rawValue.replacing(" ", with: "_"))],
          possible == verdict.verdict ? 1 : 0)
      }
    }
    for verdict in report.verdicts {
      let labels = [
        ("objectives", report.objectives.name), ("objective", verdict.objective.name),
        ("unit", verdict.unit.name),
      ]
      add(
        "objective_threshold", help: "Threshold of an objective, in the unit of the label.", labels,
        verdict.bound.threshold)
      guard let figure = verdict.figure else { continue }
      add(
        "objective_found", help: "Figure that decided on an objective, in the unit of the label.", labels,
        figure.value)
    }
  }

  private mutating func addRun(_ environment: Record.Environment, origin: String) {
    let host = environment.hosts.first?.name ?? ""
    add(
      "run_info", help: "What made the figures; always 1.",
      [
        ("origin", origin), ("version", environment.version), ("commit", environment.commit ?? ""),
        ("host", host), ("hosts", "\(environment.hosts.count)"), ("transport", environment.transport),
        ("library", environment.library ?? ""), ("topology", environment.simulation?.topology ?? ""),
        ("machine", environment.simulation?.machine ?? ""),
      ], 1)
    // A record of another program may have another date in it, which then is left out.
    guard let started = try? Date(environment.started, strategy: .iso8601) else { return }
    add(
      "run_start_time", unit: .seconds, help: "When the run started, in seconds since 1970 began in UTC.",
      [("origin", origin)], started.timeIntervalSince1970)
  }
}
