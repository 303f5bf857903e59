/// A step of one pipeline stage, laid out on two streams.
///
/// One GPU's compute stream has the pipeline's idle time, then microbatch by microbatch the forward pass of each part and
/// the backward pass in reverse order. What a part waits for (tensor, context and expert groups, boundaries) stands before
/// it. Behind its back go gradient buckets, each from when its last gradient is there, and parameters that are gathered ahead.
package struct StepProgram: Sendable {
  /// The two streams.
  package private(set) var timeline = Timeline()
  /// What is called, each kind once.
  package private(set) var traffic: [Traffic] = []
  /// The items of the background that reduce gradients in the last microbatch, in their order.
  package private(set) var reductions: [(item: Int, bytes: Int)] = []
  private var kinds: [Traffic: Int] = [:]

  /// Lays out the step of a stage.
  ///
  /// - Parameters:
  ///   - microbatches: of one copy of the model.
  ///   - pipeline: stages; 1 for a GPU that has no neighbour to wait for.
  package init(_ work: StageWork, of workload: Workload, microbatches: Int, pipeline: Int) {
    if pipeline > 1 { idle(work, workload, stages: pipeline) }
    let boundary = pipeline > 1 ? work.boundary : nil
    let gatherEnds = workload.overlapsGather ? gatherAhead(work) : []
    for microbatch in 0..<microbatches {
      let isLast = microbatch == microbatches - 1
      let gathers = work.gathersEachPass || microbatch == 0
      forward(work, workload, gathers: gathers, after: microbatch == 0 ? gatherEnds : [])
      if let boundary { call(boundary, Double(work.sends.forward)) }
      backward(
        work, workload, gathers: work.gathersEachPass, reduces: isLast || work.reducesEachMicrobatch,
        isLast: isLast)
      if let boundary { call(boundary, Double(work.sends.backward)) }
    }
    if !workload.overlapsGather { gatherAfter(work) }
  }

  private mutating func kind(_ traffic: Traffic) -> Int {
    if let known = kinds[traffic] { return known }
    kinds[traffic] = self.traffic.count
    self.traffic.append(traffic)
    return self.traffic.count - 1
  }

  /// The compute stream waits for so many calls; calls of one kind that follow each other are one item.
  private mutating func call(_ traffic: Traffic, _ count: Double = 1, after: Int? = nil) {
    guard count > 0 else { return }
    let kind = kind(traffic)
    if after == nil, let last = timeline.foreground.last, case .calls(kind, let before) = last.work {
      timeline.foreground[timeline.foreground.count - 1].work = .calls(kind: kind, count: before + count)
    } else {
      timeline.foreground.append(.init(.calls(kind: kind, count: count), after: after))
    }
  }

  /// A call behind the compute stream's back, once that has done all that is laid out so far.
  private mutating func callBehind(_ traffic: Traffic, after: Int?) -> Int {
    timeline.background.append(.init(.calls(kind: kind(traffic), count: 1), after: after))
    return timeline.background.count - 1
  }

  private var lastItem: Int? { timeline.foreground.isEmpty ? nil : timeline.foreground.count - 1 }

  /// What a stage is idle for while the pipeline fills and drains: `(p - 1) / v` microbatches of the others, with what these
  /// wait for, and one boundary a stage each way.
  private mutating func idle(_ work: StageWork, _ workload: Workload, stages: Int) {
    let share = Double(stages - 1) / Double(workload.parallelism.virtualStages)
    timeline.foreground.append(.init(.bubble(share * (work.forward + work.backward))))
    for part in work.parts {
      for traffic in part.forwardCalls + part.backwardCalls { call(traffic, share) }
    }
    if let boundary = work.boundary { call(boundary, 2 * Double(stages - 1)) }
  }

  /// Parameters that the optimizer has updated, gathered while the first forward pass goes on: those of its first parts
  /// first.
  ///
  /// - Returns: for each part, the background's item that must be done before it.
  private mutating func gatherAhead(_ work: StageWork) -> [Int?] {
    var ends = [Int?](repeating: nil, count: work.parts.count)
    for bucket in work.buckets.reversed() {
      guard let gather = bucket.gather else { continue }
      let item = callBehind(gather, after: nil)
      for part in bucket.part..<work.parts.count { ends[part] = item }
    }
    return ends
  }

  private mutating func gatherAfter(_ work: StageWork) {
    var after = timeline.background.isEmpty ? nil : timeline.background.count - 1
    for bucket in work.buckets {
      guard let gather = bucket.gather else { continue }
      call(gather, after: after)
      after = nil
    }
  }

  private mutating func forward(_ work: StageWork, _ workload: Workload, gathers: Bool, after: [Int?]) {
    var ahead = GatherAhead(Array(work.parts.indices), depth: workload.prefetch)
    for (index, part) in work.parts.enumerated() {
      if gathers { gather(&ahead, work) }
      for traffic in part.forwardCalls { call(traffic) }
      let own = after.isEmpty ? nil : after[index]
      let wait = gathers ? ahead.ends[index] ?? own : own
      timeline.foreground.append(.init(.compute(part.forward), after: wait))
    }
  }

  private mutating func backward(
    _ work: StageWork, _ workload: Workload, gathers: Bool, reduces: Bool, isLast: Bool
  ) {
    var ahead = GatherAhead(work.parts.indices.reversed(), depth: workload.prefetch)
    var buckets = work.buckets[...]
    var waiting: [Traffic] = []
    for (index, part) in work.parts.enumerated().reversed() {
      if gathers { gather(&ahead, work) }
      for traffic in part.backwardCalls { call(traffic) }
      var done = 0.0
      var wait = gathers ? ahead.ends[index] : nil
      while let bucket = buckets.first, bucket.part == index {
        buckets.removeFirst()
        guard reduces else { continue }
        guard workload.overlapsReduction else {
          waiting.append(bucket.reduction)
          continue
        }
        if bucket.share > done {
          timeline.foreground.append(.init(.compute(part.backward * (bucket.share - done)), after: wait))
          (done, wait) = (bucket.share, nil)
        }
        reduce(bucket.reduction, isLast: isLast)
      }
      if done < 1 { timeline.foreground.append(.init(.compute(part.backward * (1 - done)), after: wait)) }
      guard reduces else { continue }
      for traffic in part.reductions {
        if workload.overlapsReduction { reduce(traffic, isLast: isLast) } else { waiting.append(traffic) }
      }
    }
    let start = lastItem
    for traffic in waiting { reduce(traffic, isLast: isLast, after: start) }
  }

  private mutating func reduce(_ traffic: Traffic, isLast: Bool, after: Int? = nil) {
    let item = callBehind(traffic, after: after ?? lastItem)
    if isLast { reductions.append((item, traffic.bytes)) }
  }

  /// Gathers what the parts up to `depth` ahead need, once the part before is done.
  private mutating func gather(_ ahead: inout GatherAhead, _ work: StageWork) {
    for part in ahead.next() {
      for traffic in work.parts[part].gathers {
        ahead.ends[part] = callBehind(traffic, after: lastItem)
      }
    }
  }
}

/// Which parts' parameters are gathered when, in one pass.
private struct GatherAhead {
  /// The parts in the order of the pass.
  private let order: [Int]
  private let depth: Int
  private var current = 0
  private var asked = 0
  /// For each part, the background's item that brings the last of its parameters.
  var ends: [Int: Int] = [:]

  init(_ order: [Int], depth: Int) { (self.order, self.depth) = (order, depth) }

  /// The parts to be gathered when the next one begins.
  mutating func next() -> ArraySlice<Int> {
    let end = min(order.count, current + depth + 1)
    defer { (asked, current) = (max(asked, end), current + 1) }
    return order[min(asked, end)..<end]
  }
}
