public import Collectives
public import Quantities
public import Records
public import Simulation
import Statistics

extension MachineModel {
  /// The 95 % interval of a prediction.
  ///
  /// By this rule:
  ///
  /// 1. *Parameters.* Each replicate is given what its messages would cost one after the other: the sum over the
  ///    schedule's messages of α + β m, and γ m where it reduces. The two replicates at 2.5 % and 97.5 % of that cost are
  ///    simulated; their times over the prediction are the first pair of factors.
  /// 2. *Model.* The quantiles at 2.5 % and 97.5 % of measured over fitted time, among the fit's points whose messages are
  ///    in the regimes that the schedule uses (all points where those are fewer than five), are the second; a point
  ///    weighs as much as it did in the fit, less the less certain its median.
  /// 3. *Jitter.* One less and one plus the weighted median, among the same points, of half the measured median's interval
  ///    over the median are the third.
  /// 4. Below and above, the logarithms of the three factors add as independent errors do, by their squares; a factor on
  ///    the wrong side of 1 counts as 1.
  ///
  /// It is the interval of the median of a run like those that the model was fitted to. A model without replicates or
  /// residuals gives the prediction itself.
  ///
  /// - Parameters:
  ///   - prediction: the time that a simulation with ``host`` gave.
  ///   - schedule: what was simulated.
  ///   - elementSize: bytes of one element.
  ///   - simulate: gives the time of the same simulation with another host model; called twice at the most.
  public func interval<Failure: Error>(
    for prediction: Time, of schedule: Schedule, elementSize: Int,
    simulate: (HostModel) throws(Failure) -> Time
  ) throws(Failure) -> Record.Interval {
    guard prediction > .zero else { return Record.Interval(low: prediction, high: prediction) }
    let use = MessageUse(schedule, elementSize: elementSize)
    let costs = replicates.map { replicate in use.cost(parameters(of: replicate)) }
    let order = costs.indices.sorted { costs[$0] < costs[$1] }
    // Pairs of factors, below and above 1.
    var low = [1.0]
    var high = [1.0]
    if let last = order.indices.last {
      for probability in [0.025, 0.975] {
        let place = Int((Double(last) * probability).rounded())
        let time = try simulate(parameters(of: replicates[order[place]]).host())
        let factor = Double(time.picoseconds) / Double(prediction.picoseconds)
        low[0] = min(low[0], factor)
        high[0] = max(high[0], factor)
      }
    }
    let points = evidence(for: use)
    if !points.isEmpty {
      let ratios = points.map { 1 / max(1e-6, 1 + $0.relativeError) }
      let weights = points.map { Observation.weight(jitter: $0.jitter) }
      let jitter = weightedQuantile(points.map(\.jitter), weights: weights, probability: 0.5)
      low += [weightedQuantile(ratios, weights: weights, probability: 0.025), 1 - min(0.99, jitter)]
      high += [weightedQuantile(ratios, weights: weights, probability: 0.975), 1 + jitter]
    }
    func distance(_ factors: [Double], sign: Double) -> Double {
      factors.reduce(0) { sum, factor in
        let logarithm = max(0, sign * factor.logarithm)
        return sum + logarithm * logarithm
      }.squareRoot()
    }
    let seconds = prediction.seconds
    return Record.Interval(
      low: min(prediction, .seconds(seconds * (-distance(low, sign: -1)).exponential)),
      high: max(prediction, .seconds(seconds * distance(high, sign: 1).exponential)))
  }

  /// Message sizes of `schedule` that lie outside of what the model was fitted to, in words; nil if none does.
  public func extrapolation(for schedule: Schedule, elementSize: Int) -> String? {
    let messages = residuals.map(\.message)
    guard let least = messages.min(), let most = messages.max() else { return nil }
    let sizes = MessageUse(schedule, elementSize: elementSize).counts.keys
    guard let smallest = sizes.min(), let largest = sizes.max() else { return nil }
    // A factor of two is what a sweep steps over.
    guard Double(smallest) < least / 2 || Double(largest) > most * 2 else { return nil }
    func range(_ low: Int, _ high: Int) -> String {
      low == high ? ByteCount(low).description : "\(ByteCount(low)) to \(ByteCount(high))"
    }
    return "messages of \(range(smallest, largest)) are predicted from measured ones of "
      + range(Int(least), Int(most))
  }

  private func evidence(for use: MessageUse) -> [Residual] {
    let starts = regimes.map(\.from.bytes)
    func regime(_ bytes: Double) -> Int { starts.lastIndex { Double($0) <= bytes } ?? 0 }
    let used = Set(use.counts.keys.map { regime(Double($0)) })
    let own = residuals.filter { used.contains(regime($0.message)) }
    return own.count >= 5 ? own : residuals
  }
}

/// How many messages of which size a schedule sends, counted on some of its ranks.
private struct MessageUse {
  /// By bytes.
  private(set) var counts: [Int: Int] = [:]
  private var reduced: [Int: Int] = [:]

  init(_ schedule: Schedule, elementSize: Int) {
    // Ranks are alike; a few of them, and of a long program's steps, show all sizes.
    let (mostRanks, mostSteps) = (16, 4_096)
    for place in 0..<min(schedule.ranks, mostRanks) {
      let rank = place * schedule.ranks / min(schedule.ranks, mostRanks)
      for lane in 0..<schedule.lanes {
        let program = schedule.program(rank: rank, lane: lane)
        let stride = max(1, program.count / mostSteps) | 1
        for index in Swift.stride(from: 0, to: program.count, by: stride) {
          let step = program[index]
          guard step.count > 0, step.action == .receive || step.action == .reduce else { continue }
          counts[step.count * elementSize, default: 0] += 1
          if step.action == .reduce { reduced[step.count * elementSize, default: 0] += 1 }
        }
      }
    }
  }

  func cost(_ parameters: Parameters) -> Double {
    counts.reduce(0) { sum, entry in
      let reductions = Double(reduced[entry.key] ?? 0)
      return sum + reductions * parameters.cost(of: entry.key, isReduced: true)
        + (Double(entry.value) - reductions) * parameters.cost(of: entry.key, isReduced: false)
    }
  }
}
