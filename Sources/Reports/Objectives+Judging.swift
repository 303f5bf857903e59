import Quantities

extension Objectives {
  /// What the evidence says of each objective, in their order.
  package func verdicts(on evidence: ObjectiveEvidence) -> [ObjectiveVerdict] {
    objectives.map { $0.verdict(on: evidence) }
  }
}

extension Objective {
  /// What the evidence says of the objective.
  func verdict(on evidence: ObjectiveEvidence) -> ObjectiveVerdict {
    let (bound, unit) = threshold
    let findings: [Finding]
    switch demand {
    case .busBandwidth(let floor, let selector): findings = evidence.busBandwidths(floor, selector)
    case .latency(let statistic, _, let selector):
      findings = evidence.points(selector).map { $0.time(statistic) }
    case .variation(_, let spread, let selector): findings = evidence.variations(spread, selector)
    case .pairShortfall(_, let selector): findings = evidence.pairShortfalls(selector)
    case .step(let figure, _, let unit, let gpus): findings = evidence.steps(figure, unit, gpus: gpus)
    case .effectiveBisection(_, let routing): findings = evidence.effectiveBisections(routing: routing)
    }
    return ObjectiveVerdict(self, findings, bound, unit, absence: absence(in: evidence))
  }

  /// The threshold with its side, and what it counts.
  package var threshold: (bound: Bound, unit: FigureUnit) {
    switch demand {
    case .busBandwidth(.rate(let rate), _): (.atLeast(rate.bytesPerSecond), .bytesPerSecond)
    case .busBandwidth(.ofPredicted(let share), _), .busBandwidth(.ofPair(let share, _), _):
      (.atLeast(share), .ratio)
    case .latency(_, let time, _): (.atMost(time.seconds), .seconds)
    case .variation(let most, _, _), .pairShortfall(let most, _): (.atMost(most), .ratio)
    case .step(_, let bound, let unit, _): (bound, unit)
    case .effectiveBisection(let least, _): (.atLeast(least), .ratio)
    }
  }

  /// Why nothing was found.
  private func absence(in evidence: ObjectiveEvidence) -> String {
    switch demand {
    case .busBandwidth(_, let selector), .latency(_, _, let selector), .variation(_, _, let selector),
      .pairShortfall(_, let selector):
      evidence.closest(to: selector)
    case .step(let figure, _, _, let gpus): evidence.closestSteps(figure.words, gpus: gpus)
    case .effectiveBisection(_, let routing):
      evidence.closestSteps("an effective bisection\(routing.map { " by \($0)" } ?? "")", gpus: nil)
    }
  }
}

extension Objective.Demand {
  /// What is asked for without its threshold, in words.
  var words: String {
    switch self {
    case .busBandwidth(.rate, let selector): "bus bandwidth of \(selector.words)"
    case .busBandwidth(.ofPredicted, let selector): "bus bandwidth over the predicted, of \(selector.words)"
    case .busBandwidth(.ofPair(_, let ranks), let selector):
      "bus bandwidth over that of \(ranks) ranks, of \(selector.words)"
    case .latency(let statistic, _, let selector): "\(statistic.name) latency of \(selector.words)"
    case .variation(_, let spread, let selector): "variation between \(spread.rawValue) of \(selector.words)"
    case .pairShortfall(_, let selector): "shortfall of a pair from the median pair, of \(selector.words)"
    case .step(let figure, _, _, let gpus): figure.words + (gpus.map { " on \($0) GPUs" } ?? "")
    case .effectiveBisection(_, let routing): "effective bisection\(routing.map { ", \($0)" } ?? "")"
    }
  }
}

extension Objective.StepFigure {
  /// Its name in words: `sync exposure`.
  var words: String {
    switch self {
    case .cost: "cost of 1,000 tokens"
    case .energy: "energy of 1,000 tokens"
    case .syncExposure, .scalingOverhead, .stepTime, .modelFlopsUtilisation:
      rawValue.split(separator: "-").joined(separator: " ")
    }
  }
}
