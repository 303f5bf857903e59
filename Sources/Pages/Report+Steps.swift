import Quantities
import Records

extension Report {
  /// The training steps with names that no two share.
  var namedSteps: [(name: String, step: StepRecord)] {
    let steps = inputs.compactMap { input in input.step.map { (file: input.name, step: $0) } }
    var used: Set<String> = []
    return steps.enumerated().map { place, one in
      var name = one.step.name.shortened(to: 80)
      if steps.count(where: { $0.step.name == one.step.name }) > 1 { name += ", \(one.file)" }
      if used.contains(name) { name += " (\(place + 1))" }
      used.insert(name)
      return (name, one.step)
    }
  }

  /// The times of each step, and what it waits for.
  var stepsTable: DataTable {
    var table = DataTable(
      id: "steps", title: "Training steps",
      columns: [
        .init("step", "step"), .init("gpus", "GPUs", .count), .init("time_s", "step time", .seconds),
        .init("time_low_s", "95 % from", .seconds), .init("time_high_s", "to", .seconds),
        .init("compute_time_s", "compute", .seconds), .init("exposed_s", "exposed", .seconds),
        .init("sync_exposure", "sync exposure", .percent(2)),
        .init("sync_exposure_low", "95 % from", .percent(2)),
        .init("sync_exposure_high", "to", .percent(2)), .init("scaling_overhead", "overhead", .percent(2)),
        .init("mfu", "MFU", .percent(1)),
      ],
      note:
        "Sync exposure is the share of the step time that is waited for the network; overhead is the step"
        + " time over that"
        + " of one node with the same work for each GPU, less one; MFU is the model's FLOPs over what the"
        + " GPUs could have done."
    )
    for (name, record) in namedSteps {
      let step = record.step
      table.addRow([
        .text(name), .number(Double(record.workload.gpus)), .number(step.time.value),
        .optional(step.time.low),
        .optional(step.time.high), .number(step.computeTime), .number(step.exposed.value),
        .number(step.syncExposure.value), .optional(step.syncExposure.low), .optional(step.syncExposure.high),
        .number(step.scalingOverhead.value), .optional(step.modelFlopsUtilisation?.value),
      ])
    }
    return table
  }

  /// What is trained in each step, and what it comes to.
  var workloadsTable: DataTable {
    var table = DataTable(
      id: "workloads", title: "What is trained",
      columns: [
        .init("step", "step"), .init("model", "model"),
        .init("billion_parameters", "parameters", unit: "10^9", .significant(4)),
        .init("spread", "spread over GPUs"), .init("tokens", "tokens", .count),
        .init("algorithm", "algorithm"),
        .init("bucket_bytes", "bucket", .bytes), .init("run_s", "training run", .seconds),
        .init("goodput", "goodput", .percent(1)),
        .init("thousand_tokens_j", "1,000 tokens", unit: "J", .significant(4)),
        .init("thousand_tokens_cost", "1,000 tokens", .significant(4)), .init("currency", "currency"),
      ])
    for (name, record) in namedSteps {
      let work = record.workload
      let ways = [
        ("tensor", work.tensor), ("context", work.context), ("pipeline", work.pipeline),
        ("expert", work.expert),
        ("data", work.data),
      ].filter { $0.1 > 1 }.map { "\($0.0) \($0.1)" }
      table.addRow([
        .text(name), .text(work.model), .number(work.parameters / 1e9),
        .text((ways + [work.sharding]).joined(separator: ", ")), .number(Double(work.tokens)),
        .text(work.algorithm),
        .number(Double(work.bucketBytes)), .optional(record.run?.time.value), .optional(record.run?.goodput),
        .optional(record.energy?.perThousandTokens.value), .optional(record.cost?.perThousandTokens.value),
        .optional(record.cost?.currency),
      ])
    }
    return table
  }

  /// What the groups of a step move.
  static func volumes(_ record: StepRecord, _ name: String, _ place: Int) -> DataTable {
    var table = DataTable(
      id: "volumes-\(place)", title: "\(name): what is moved in a step",
      columns: [
        .init("group", "group"), .init("content", "content"), .init("collective", "collective"),
        .init("ranks", "ranks", .count), .init("groups", "groups", .count),
        .init("bytes_per_call", "a call", .bytes), .init("calls", "calls", .significant(4)),
        .init("sent_bytes", "sent by a GPU", .bytes), .init("time_s", "a call takes", .seconds),
        .init("time_low_s", "95 % from", .seconds), .init("time_high_s", "to", .seconds),
      ])
    for volume in record.volumes {
      table.addRow([
        .text(volume.group), .text(volume.content), .text(volume.collective), .number(Double(volume.ranks)),
        .number(Double(volume.groups)), .number(volume.bytesPerCall), .number(volume.calls),
        .number(volume.sentBytes), .optional(volume.time?.value), .optional(volume.time?.low),
        .optional(volume.time?.high),
      ])
    }
    return table
  }
}
