import Records

extension BoundedFigure {
  /// A step record's figure; without an interval it is exact for its inputs.
  init(_ figure: StepRecord.Figure) {
    let isExact = figure.low == nil && figure.high == nil
    self.init(
      value: figure.value, low: isExact ? figure.value : figure.low,
      high: isExact ? figure.value : figure.high)
  }
}

extension ObjectiveEvidence {
  /// A figure of every step that was recorded, of those on `gpus` GPUs where that is given.
  ///
  /// The time and the sync exposure of other numbers of GPUs than the step's own stand in its variations,
  /// where the record has them.
  func steps(_ figure: Objective.StepFigure, _ unit: FigureUnit, gpus: Int?) -> [Finding] {
    steps.flatMap { path, step -> [Finding] in
      guard let gpus, gpus != step.workload.gpus else {
        return [Self.finding(figure, unit, of: step, path)]
      }
      return step.variations.filter { $0.axis == "gpus" && $0.number == Double(gpus) }.compactMap {
        variation in
        let place = FigurePlace(path: path, series: "\(step.name), \(gpus) GPUs")
        if let refused = variation.refused {
          return Finding(place, nil, obstacle: "it can't run: \(refused)")
        }
        let found: StepRecord.Figure? =
          switch figure {
          case .syncExposure: variation.syncExposure
          case .stepTime: variation.time
          case .scalingOverhead, .modelFlopsUtilisation, .cost, .energy: nil
          }
        return found.map { Finding(place, BoundedFigure($0)) }
      }
    }
  }

  private static func finding(
    _ figure: Objective.StepFigure, _ unit: FigureUnit, of step: StepRecord, _ path: String
  ) -> Finding {
    let place = FigurePlace(path: path, series: "\(step.name), \(step.workload.gpus) GPUs")
    switch figure {
    case .syncExposure: return Finding(place, BoundedFigure(step.step.syncExposure))
    case .scalingOverhead: return Finding(place, BoundedFigure(step.step.scalingOverhead))
    case .stepTime: return Finding(place, BoundedFigure(step.step.time))
    case .modelFlopsUtilisation:
      guard let utilisation = step.step.modelFlopsUtilisation else {
        return Finding(
          place, nil, obstacle: "the record has no utilisation: the workload gives no FLOP rate of a GPU")
      }
      return Finding(place, BoundedFigure(utilisation))
    case .energy:
      guard let energy = step.energy else {
        return Finding(place, nil, obstacle: "the record has no energy: the workload gives no power")
      }
      return Finding(place, BoundedFigure(energy.perThousandTokens))
    case .cost:
      guard let cost = step.cost else {
        return Finding(place, nil, obstacle: "the record has no cost: no price list has GPU hours for it")
      }
      guard unit == .money(cost.currency) else {
        return Finding(
          place, nil, obstacle: "the record's cost is in \(cost.currency), the threshold in \(unit.name)")
      }
      return Finding(place, BoundedFigure(cost.perThousandTokens))
    }
  }

  /// Effective bisections, as shares of full, of every step's fabric; by one routing where it is given.
  func effectiveBisections(routing: String?) -> [Finding] {
    steps.flatMap { path, step in
      step.fabric.bisection.filter { fact in
        fact.unit == "fraction" && fact.title.hasPrefix("effective bisection")
          && (routing.map { fact.title.split(separator: ", ").contains(Substring($0)) } ?? true)
      }.map { fact in
        Finding(FigurePlace(path: path, series: "\(step.name), \(fact.title)"), BoundedFigure(fact.value))
      }
    }
  }

  /// What there is instead of a step's figure, in words.
  func closestSteps(_ figure: String, gpus: Int?) -> String {
    guard !steps.isEmpty else { return "no record of a training step was given" }
    guard let gpus else { return "no step record has \(figure)" }
    let known = steps.flatMap { _, step in
      [step.workload.gpus]
        + step.variations.filter { $0.axis == "gpus" }.compactMap(\.number).compactMap { Int(exactly: $0) }
    }
    let list = Set(known).sorted().map { "\($0)" }.joined(separator: ", ")
    return "no step record has \(figure) on \(gpus) GPUs; they have \(list)"
  }
}
