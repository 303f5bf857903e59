package import Collectives
import Fabric
package import Quantities
package import Records
package import Simulation

/// A step, and the same step with one thing changed.
///
/// Calls on one fabric are simulated once, whichever variations ask for them.
package final class StepStudy {
  /// The step as it was asked for.
  package let base: StepCase
  /// What the busiest stage's GPUs do.
  package let work: StageWork
  /// Microbatches of one copy in a step.
  package let microbatches: Int
  /// Times of calls, for the base's groups.
  private let times: CallTimes
  private let threads: Int
  private let patience: Patience
  private let say: (String) -> Void

  /// A study of `base`; nothing is simulated yet.
  package init(
    _ base: StepCase, threads: Int = 1, goesOn: @escaping (SimulationProgress) -> Bool = { _ in true },
    say: @escaping (String) -> Void = { _ in }
  ) throws {
    self.base = base
    (self.threads, self.say) = (threads, say)
    patience = Patience(goesOn)
    work = StageWork.busiest(base.workload, on: base.grid)
    microbatches = try base.workload.microbatches(on: base.grid)
    times = try StepPrediction.callTimes(
      of: base, threads: threads, goesOn: patience.goesOn, say: say)
  }

  /// The step as it was asked for.
  package func predict() throws -> StepPrediction {
    try StepPrediction(base, times: times, work: work, microbatches: microbatches)
  }

  /// The same work for each GPU on one node; see ``StepCase/oneNode``.
  package func predictOnOneNode() throws -> StepPrediction { try predict(base.oneNode) }

  /// A case with groups or a fabric of its own, whose GPUs have the base's work.
  private func predict(_ other: StepCase) throws -> StepPrediction {
    let times = try StepPrediction.callTimes(
      of: other, threads: threads, goesOn: patience.goesOn, say: say)
    return try StepPrediction(other, times: times, work: work, microbatches: microbatches)
  }

  /// The schedule of each group of a kind; nil where a group is alone.
  package func schedule(_ kind: CallKind) throws -> Schedule? { try times.schedule(kind) }

  /// The data-parallel groups' all-reduce at these sizes, all groups at once.
  package func curve(_ sizes: [ByteCount]) throws -> Record.Series? {
    let ranks = base.grid.size(.data)
    guard ranks > 1 else { return nil }
    let points = try sizes.map { size in
      let bytes = (size.bytes + 4 * ranks - 1) / (4 * ranks) * 4 * ranks
      let kind = CallKind(
        name: "data: all-reduce", collective: .allReduce, algorithm: base.dataAlgorithm, bytes: bytes,
        groups: .data)
      let figure = try StepPrediction.figure(kind, times.alone(kind), times, base.machine)
      return Record.Point(
        size: ByteCount(bytes), count: bytes / 4, samples: [.seconds(figure.value)],
        predicted: figure.low.flatMap { low in
          figure.high.map { Record.Interval(low: .seconds(low), high: .seconds($0)) }
        })
    }
    return Record.Series(
      collective: Collective.allReduce.rawValue, algorithm: base.dataAlgorithm.rawValue, ranks: ranks,
      datatype: "float32", operation: "sum", isInPlace: false, root: 0, channels: 1, chunk: nil, depth: 8,
      points: points)
  }

  /// What a step is varied in.
  package enum Axis: String, CaseIterable, Sendable {
    /// The bytes at which a gradient bucket closes.
    case bucket
    /// How gradients are reduced.
    case algorithm
    /// How much slower links between switches are than planned.
    case oversubscription
    /// What has failed.
    case failure
    /// How many GPUs there are, each with the same work.
    case gpus
  }

  /// The step, varied along one axis; the base is among them.
  ///
  /// - Parameter base: the prediction of the base.
  package func variations(
    _ axis: Axis, base prediction: StepPrediction, within seconds: Double
  ) throws -> [StepRecord.Variation] {
    patience.limit = seconds
    defer { patience.limit = nil }
    switch axis {
    case .bucket:
      guard !work.buckets.isEmpty else { return [] }
      let own = base.workload.buckets.rest.bytes
      return try [own / 4, own, own * 4, own * 16].map { bytes in
        let text = ByteCount(bytes).description
        if bytes == own { return prediction.variation(axis, text, Double(bytes)) }
        return try vary(axis, text, Double(bytes)) {
          var workload = base.workload
          workload.buckets.rest = ByteCount(bytes)
          var other = base
          other.workload = workload
          return try StepPrediction(
            other, times: times, work: StageWork.busiest(workload, on: base.grid), microbatches: microbatches)
        }
      }
    case .algorithm:
      let algorithms: [SimulatedAlgorithm] = [
        .ranks(.ring), .ranks(.doubleTree), .ranks(.halvingDoubling), .ranks(.hierarchical), .inNetwork,
      ]
      guard base.grid.size(.data) > 1 else { return [] }
      return try (algorithms.contains(base.dataAlgorithm) ? algorithms : [base.dataAlgorithm] + algorithms)
        .map {
          algorithm in
          if algorithm == base.dataAlgorithm { return prediction.variation(axis, algorithm.rawValue, nil) }
          return try vary(axis, algorithm.rawValue, nil) {
            var other = base
            other.dataAlgorithm = algorithm
            return try StepPrediction(other, times: times, work: work, microbatches: microbatches)
          }
        }
    case .oversubscription:
      let nodes = base.fabric.nodes
      func isUplink(_ link: Fabric.Link) -> Bool {
        nodes[link.from].isNetworkSwitch && nodes[link.to].isNetworkSwitch
      }
      guard base.fabric.links.contains(where: isUplink) else { return [] }
      return try [1.0, 2, 4].map { factor in
        let text = factor == 1 ? "as planned" : "\(Int(factor)) times as much"
        if factor == 1 { return prediction.variation(axis, text, factor) }
        return try vary(axis, text, factor) {
          var other = base
          other.fabric = try base.fabric.changingLinks { _, link in
            (
              isUplink(link)
                ? Bandwidth(bytesPerSecond: link.bandwidth.bytesPerSecond / factor) : link.bandwidth,
              link.latency
            )
          }
          return try predict(other)
        }
      }
    case .failure:
      let losses = Loss.all(of: base.fabric)
      guard !losses.isEmpty else { return [] }
      return try [prediction.variation(axis, "none", nil)]
        + losses.map { loss in
          let name =
            switch loss {
            case .plane: "one plane (\(loss))"
            case .spine: "one spine (\(loss))"
            }
          return try vary(axis, name, nil) {
            var other = base
            other.fabric = try base.fabric.losing(loss)
            return try predict(other)
          }
        }
    case .gpus:
      let (copies, context, expert) = (base.grid.data, base.grid.context, base.grid.expert)
      let fewer = (1...5).map { copies >> $0 }.filter { $0 >= 1 && ($0 * context).isMultiple(of: expert) }
      return try fewer.reversed().map { count in
        let gpus = base.grid.ranks / copies * count
        return try vary(axis, "\(gpus)", Double(gpus)) {
          try predict(base.with(copies: count))
        }
      } + [prediction.variation(axis, "\(base.grid.ranks)", Double(base.grid.ranks))]
    }
  }

  /// One variation, or why it can't run.
  private func vary(
    _ axis: Axis, _ value: String, _ number: Double?,
    _ predict: () throws -> StepPrediction
  ) throws -> StepRecord.Variation {
    func refused(_ reason: String) -> StepRecord.Variation {
      StepRecord.Variation(axis: axis.rawValue, value: value, number: number, refused: reason)
    }
    do {
      patience.begin()
      return try predict().variation(axis, value, number, isBase: false)
    } catch let error as SimulationError {
      guard case .interrupted = error else { return refused(error.description) }
      guard patience.isOver else { throw error }
      return refused("not simulated: it takes more than \(Int(patience.limit ?? 0)) s")
    } catch let error as ScheduleError {
      return refused(error.description)
    } catch let error as CallError {
      return refused(error.description)
    } catch let error as SwitchTreeError {
      return refused(error.description)
    } catch let error as FabricError {
      return refused(error.description)
    } catch let error as TopologyFileError {
      return refused(error.description)
    }
  }
}

/// Whether to go on: as long as whoever waits says so, and a variation within its limit.
private final class Patience {
  /// Seconds that one variation may take; nil for what takes as long as it takes.
  var limit: Double?
  private let clock = ContinuousClock()
  private var start: ContinuousClock.Instant
  private let others: (SimulationProgress) -> Bool
  private(set) var isOver = false

  init(_ others: @escaping (SimulationProgress) -> Bool) {
    self.others = others
    start = clock.now
  }

  func begin() { (start, isOver) = (clock.now, false) }

  func goesOn(_ progress: SimulationProgress) -> Bool {
    isOver = limit.map { (clock.now - start) / .seconds(1) > $0 } ?? false
    return !isOver && others(progress)
  }
}

extension StepPrediction {
  /// The prediction as one of a step's variations.
  func variation(
    _ axis: StepStudy.Axis, _ value: String, _ number: Double?, isBase: Bool = true
  ) -> StepRecord.Variation {
    StepRecord.Variation(
      axis: axis.rawValue, value: value, number: number, isBase: isBase, time: time,
      syncExposure: syncExposure)
  }
}
