import Collectives
package import Fabric
package import Records

/// What each kind of group moves in a step, for the GPUs of one stage.
///
/// - Source: for copies of the model, Rajbhandari et al., "ZeRO", 2020, section 7: all-reduced gradients, or
///   reduce-scattered ones with gathered parameters, send `2 (d - 1) / d` times the bytes of the parameters,
///   and shared parameters 3 times `(d - 1) / d`.
package struct Volumes: Sendable {
  /// The table, without times: by kind of group, then in the order in which a step first comes upon them.
  package private(set) var rows: [StepRecord.Volume] = []
  private let grid: RankGrid

  /// The volumes of `stage`.
  ///
  /// - Throws: ``TopologyFileError`` where the step has no whole number of microbatches.
  package init(_ workload: Workload, on grid: RankGrid, stage: StageWork) throws(TopologyFileError) {
    self.grid = grid
    let microbatches = try workload.microbatches(on: grid)
    let reductions = stage.reducesEachMicrobatch ? microbatches : 1
    let gathers = stage.gathersEachPass ? 2 * microbatches : 1
    for bucket in stage.buckets {
      add(bucket.reduction, times: reductions)
      if let gather = bucket.gather { add(gather, times: 1) }
    }
    for part in stage.parts {
      for call in part.gathers { add(call, times: gathers) }
      for call in part.reductions { add(call, times: reductions) }
      for call in part.forwardCalls + part.backwardCalls { add(call, times: microbatches) }
    }
    if let boundary = stage.boundary {
      add(boundary, times: (stage.sends.forward + stage.sends.backward) * microbatches)
    }
    let kinds = GroupKind.allCases.map(\.rawValue)
    rows = rows.enumerated().sorted { left, right in
      let places = (kinds.firstIndex(of: left.element.group), kinds.firstIndex(of: right.element.group))
      return (places.0 ?? 0, left.offset) < (places.1 ?? 0, right.offset)
    }.map(\.element)
  }

  /// Adds calls to their row.
  ///
  /// Gradients and parameters share one whatever their sizes, so that its bytes are those of
  /// the mean call; other calls have one for each size.
  private mutating func add(_ call: Traffic, times: Int) {
    let ranks = grid.size(call.group)
    guard ranks > 1, times > 0 else { return }
    let collective = call.collective?.rawValue ?? "send"
    let sent = call.sentBytes(ranks: ranks) * Double(times)
    let isOfModel = call.content == .gradients || call.content == .parameters
    let row = rows.firstIndex {
      $0.group == call.group.rawValue && $0.content == call.content.rawValue && $0.collective == collective
        && (isOfModel || $0.bytesPerCall == Double(call.bytes))
    }
    guard let row else {
      rows.append(
        StepRecord.Volume(
          group: call.group.rawValue, content: call.content.rawValue, collective: collective, ranks: ranks,
          groups: grid.count(call.group), bytesPerCall: Double(call.bytes), calls: Double(times),
          sentBytes: sent))
      return
    }
    let calls = rows[row].calls + Double(times)
    rows[row].bytesPerCall =
      (rows[row].bytesPerCall * rows[row].calls + Double(call.bytes) * Double(times)) / calls
    (rows[row].calls, rows[row].sentBytes) = (calls, rows[row].sentBytes + sent)
  }
}
