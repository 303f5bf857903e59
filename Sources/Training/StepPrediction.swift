import Calibration
import Collectives
package import Fabric
import Quantities
package import Records
package import Simulation

/// What a training step takes on a fabric.
package struct StepPrediction: Sendable {
  /// What was predicted.
  package let stepCase: StepCase
  /// What is called, each kind once.
  package let traffic: [Traffic]
  /// Each kind's call.
  package let kinds: [CallKind]
  /// How often each kind is called in a step.
  package let counts: [Double]
  /// The time of each kind's call, in seconds, with its interval where there is a machine model.
  package let times: [StepRecord.Figure]
  /// One call of each kind, with nothing else on the network.
  package let calls: [Outcome]
  /// When everything happens.
  package let course: Timeline.Course
  /// Where in the background the last microbatch's gradients are reduced, with their bytes.
  package let reductions: [(item: Int, bytes: Int)]
  /// When each of those could begin.
  package let ready: [Double]
  /// Start to end, waiting for the slowest rank included.
  package let time: StepRecord.Figure
  /// The same with an infinitely fast network, without ``jitter``.
  package let computeTime: Double
  /// The pipeline's part of ``computeTime``.
  package let bubble: Double
  /// What waiting for the slowest of all ranks adds.
  package let jitter: Double
  /// What is waited for the network.
  package let exposed: StepRecord.Figure
  /// The share of ``time`` that is waited for the network.
  package let syncExposure: StepRecord.Figure

  /// Predicts a step of the busiest stage, all others at work at the same time.
  ///
  /// - Parameters:
  ///   - times: of calls on the case's fabric, for the case's groups: see ``callTimes(of:threads:goesOn:say:)``.
  ///   - work: what one GPU of the stage does.
  ///   - microbatches: of one copy.
  package init(_ stepCase: StepCase, times: CallTimes, work: StageWork, microbatches: Int) throws {
    let workload = stepCase.workload
    let program = StepProgram(
      work, of: workload, microbatches: microbatches, pipeline: stepCase.grid.pipeline)
    self.stepCase = stepCase
    traffic = program.traffic
    kinds = program.traffic.map { traffic in
      CallKind(
        name: "\(traffic.group.rawValue): \(traffic.content.rawValue)", collective: traffic.collective,
        algorithm: stepCase.algorithm(of: traffic), bytes: traffic.bytes,
        groups: traffic.group)
    }
    counts = program.timeline.counts(kinds: kinds.count)
    calls = try kinds.map(times.alone)
    let figures = try zip(kinds, calls).map { kind, alone in
      try Self.figure(kind, alone, times, stepCase.machine)
    }
    self.times = figures
    let slowdowns = try Self.slowdowns(program.timeline, kinds, times)
    func run(_ end: (StepRecord.Figure) -> Double?) -> Timeline.Course {
      program.timeline.run(.init(times: figures.map { end($0) ?? $0.value }, slowdowns: slowdowns))
    }
    let course = run(\.value)
    self.course = course
    reductions = program.reductions
    ready = program.reductions.map { reduction in
      program.timeline.background[reduction.item].after.map { course.foreground[$0].end } ?? 0
    }
    let free = program.timeline.run(.free(kinds: kinds.count))
    (computeTime, bubble) = (free.end, free.bubble)
    let computing = free.computing + free.bubble
    let jitter = computing * (workload.jitter?.expectedExcess(ranks: stepCase.grid.ranks) ?? 0)
    self.jitter = jitter
    // Waiting grows with every call's time, so that the interval's ends are those of all calls together.
    let hasInterval = figures.contains { $0.low != nil }
    let ends = hasInterval ? (run(\.low).end, run(\.high).end) : nil
    func figure(_ value: (Double) -> Double) -> StepRecord.Figure {
      .init(
        value(course.end), low: ends.map { min(value($0.0), value(course.end)) },
        high: ends.map { max(value($0.1), value(course.end)) })
    }
    time = figure { $0 + jitter }
    exposed = figure { $0 - free.end }
    syncExposure = figure { $0 + jitter > 0 ? ($0 - free.end) / ($0 + jitter) : 0 }
  }

  /// Times of calls for the groups of a case.
  package static func callTimes(
    of stepCase: StepCase, threads: Int, goesOn: @escaping (SimulationProgress) -> Bool,
    say: @escaping (String) -> Void
  ) throws(TopologyFileError) -> CallTimes {
    let (grid, endpoints) = (stepCase.grid, stepCase.endpoints)
    return CallTimes(
      stepCase.fabric, router: try Router(stepCase.fabric, reading: stepCase.routing),
      host: stepCase.machine?.host ?? .ideal,
      groups: Dictionary(
        uniqueKeysWithValues: GroupKind.allCases.map { kind in
          (kind, grid.groups(kind).map { group in group.map { endpoints[$0] } })
        }), threads: threads, goesOn: goesOn, say: say)
  }

  static func figure(
    _ kind: CallKind, _ alone: Outcome, _ times: CallTimes, _ machine: MachineModel?
  ) throws -> StepRecord.Figure {
    guard let machine, alone.total > .zero, let schedule = try times.schedule(kind) else {
      return .init(alone.total.seconds)
    }
    let interval = try machine.interval(for: alone.total, of: schedule, elementSize: 1) {
      host throws(any Error) in
      try times.time(kind, host: host)
    }
    return .init(alone.total.seconds, low: interval.low.seconds, high: interval.high.seconds)
  }

  /// What the kinds of the two streams make of each other.
  ///
  /// Calls that differ in their size alone slow others down alike, so that the largest of them stands for all.
  private static func slowdowns(
    _ timeline: Timeline, _ kinds: [CallKind], _ times: CallTimes
  ) throws -> [[Double]] {
    func used(_ items: [Timeline.Item]) -> [Int] {
      Set(
        items.compactMap { item in
          if case .calls(let kind, _) = item.work { kind } else { nil }
        }
      ).sorted()
    }
    func largest(_ kind: CallKind) -> CallKind {
      kinds.filter {
        ($0.collective, $0.algorithm, $0.groups) == (kind.collective, kind.algorithm, kind.groups)
      }.max { $0.bytes < $1.bytes } ?? kind
    }
    var slowdowns = Timeline.Costs(times: kinds.map { _ in 0 }).slowdowns
    for own in used(timeline.foreground) {
      for other in used(timeline.background) {
        let found = try times.together(largest(kinds[own]), largest(kinds[other]))
        slowdowns[own][other] = found.first
        slowdowns[other][own] = found.second
      }
    }
    return slowdowns
  }
}

extension StepPrediction {
  /// How long the step waits for each kind's groups and content, the longest first; they add up to ``exposed``.
  package var exposedBy: [StepRecord.Step.Share] {
    var order: [String] = []
    var sums: [String: Double] = [:]
    for (kind, time) in zip(kinds, course.exposed) where time > 0 {
      if sums[kind.name] == nil { order.append(kind.name) }
      sums[kind.name, default: 0] += time
    }
    return order.map { StepRecord.Step.Share(kind: $0, time: sums[$0] ?? 0) }
      .enumerated().sorted { ($1.element.time, $0.offset) < ($0.element.time, $1.offset) }.map(\.element)
  }

  /// The last microbatch's gradient buckets.
  package var buckets: [StepRecord.Bucket] {
    reductions.enumerated().map { index, reduction in
      let span = course.background[reduction.item]
      return StepRecord.Bucket(
        index: index, bytes: reduction.bytes, ready: ready[index], start: span.start, end: span.end,
        exposed: course.waits[reduction.item])
    }
  }

  /// The busiest links of the kinds that the step waits for, kinds by how long it does.
  package func busiestLinks(ofEach count: Int) -> [StepRecord.Link] {
    let order = kinds.indices.filter { course.exposed[$0] > 0 && times[$0].value > 0 }
      .sorted { (course.exposed[$1], $0) < (course.exposed[$0], $1) }
    var seen = Set<String>()
    return order.flatMap { kind -> [StepRecord.Link] in
      guard seen.insert(kinds[kind].name).inserted else { return [] }
      return calls[kind].busiestLinks(on: stepCase.fabric, most: count).map { found in
        StepRecord.Link(
          id: stepCase.fabric.name(ofLink: found.link), kind: kinds[kind].name,
          bytes: calls[kind].links[found.link].bytes, utilisation: found.share)
      }
    }
  }
}
