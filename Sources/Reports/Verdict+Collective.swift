import Collectives
import Quantities
import Records
import Statistics

/// One size of a series of a record, with what it takes to say where it stands.
struct PlacedPoint {
  let path: String
  let origin: Record.Origin
  let series: Record.Series
  let point: Record.Point

  var place: FigurePlace { FigurePlace(path: path, series: series.title, size: point.size.bytes) }

  /// A statistic of the times, in seconds.
  ///
  /// A prediction's median has the interval that its machine model gave, or is exact. All else follows from
  /// the samples, by order statistics.
  func time(_ statistic: Objective.Statistic) -> Finding {
    let sample = Sample(point.samples.lazy.map(\.seconds))
    if origin == .simulated {
      if statistic == .median, let predicted = point.predicted {
        return Finding(
          place,
          BoundedFigure(
            value: sample.median, low: predicted.low.seconds, high: predicted.high.seconds))
      }
      guard sample.count > 1 else {
        guard statistic == .median else {
          return Finding(
            place, nil,
            obstacle: "a prediction of one time has no \(statistic.name): simulate with --replications")
        }
        return Finding(place, .exact(sample.median))
      }
    }
    let interval = sample.quantileInterval(statistic.probability)
    let figure = BoundedFigure(
      value: sample.quantile(statistic.probability), low: interval.low, high: interval.high)
    guard interval.low == nil || interval.high == nil else { return Finding(place, figure) }
    let needed = Sample.fewestDraws(boundingFromAbove: statistic.probability)
    let count = sample.count == 1 ? "1 sample is" : "\(sample.count) samples are"
    return Finding(
      place, figure, obstacle: "\(count) too few for the \(statistic.name) at 95 %: \(needed) bound it")
  }

  /// The bus bandwidth of the median time, in bytes a second.
  func busBandwidth() -> Finding {
    guard series.ranks > 1, let collective = Collective(rawValue: series.collective) else {
      return Finding(place, nil, obstacle: "a single rank uses no bus")
    }
    let time = time(.median)
    let bytes = Double(point.size.bytes) * collective.busFactor(ranks: series.ranks)
    guard let figure = time.figure?.inverse(of: bytes) else {
      return Finding(place, nil, obstacle: "it took no time")
    }
    return Finding(place, figure, obstacle: time.obstacle)
  }

  /// Whether the two differ in nothing but who took part.
  func isAlike(_ other: PlacedPoint) -> Bool {
    (series.collective, series.algorithm, series.datatype, point.size)
      == (other.series.collective, other.series.algorithm, other.series.datatype, other.point.size)
      && series.isInPlace == other.series.isInPlace
  }
}

extension ObjectiveEvidence {
  /// The sizes that a selector admits, in the order of the evidence.
  func points(_ selector: PointSelector) -> [PlacedPoint] {
    var points: [PlacedPoint] = []
    for (path, record) in records where selector.admits(record.origin) {
      for series in record.series where selector.admits(series) {
        for point in series.points where selector.admits(size: point.size) && !point.samples.isEmpty {
          points.append(PlacedPoint(path: path, origin: record.origin, series: series, point: point))
        }
      }
    }
    return points
  }

  /// Bus bandwidths, or what share they are of what they are held against.
  func busBandwidths(_ floor: Objective.BandwidthFloor, _ selector: PointSelector) -> [Finding] {
    switch floor {
    case .rate: return points(selector).map { $0.busBandwidth() }
    case .ofPredicted:
      var predicted = selector
      predicted.origin = .predicted
      predicted.algorithm = nil
      let predictions = points(predicted)
      return points(selector).map { Self.share(of: $0, in: predictions) }
    case .ofPair(_, let pairRanks):
      var pairs = selector
      pairs.ranks = pairRanks...pairRanks
      let references = points(pairs)
      return points(selector).map { point in
        let alike = references.filter { $0.isAlike(point) && $0.origin == point.origin }
        guard !alike.isEmpty else {
          return Finding(
            point.place, nil,
            obstacle: "no record of \(pairRanks) ranks has this collective, algorithm, type and size")
        }
        return Self.share(of: point.busBandwidth(), in: Self.median(alike.map { $0.busBandwidth() }))
      }
    }
  }

  /// What a pair's bus bandwidth falls short of the median pair's, as a share of that; 0 at least.
  ///
  /// The interval is the widest that the two intervals allow. With fewer than three pairs there is no median
  /// to be far from.
  func pairShortfalls(_ selector: PointSelector) -> [Finding] {
    let pairs = points(selector)
    return pairs.map { pair in
      let alike = pairs.filter { $0.isAlike(pair) && $0.origin == pair.origin }
      guard alike.count >= 3 else {
        return Finding(
          pair.place, nil,
          obstacle:
            "there \(alike.count == 1 ? "is 1 pair" : "are \(alike.count) pairs"): a median takes three")
      }
      let share = Self.share(of: pair.busBandwidth(), in: Self.median(alike.map { $0.busBandwidth() }))
      let shortfall = share.figure.map { share in
        BoundedFigure(
          value: max(0, 1 - share.value), low: share.high.map { max(0, 1 - $0) },
          high: share.low.map { max(0, 1 - $0) })
      }
      return Finding(pair.place, shortfall, obstacle: share.obstacle)
    }
  }

  /// Coefficients of variation: of each size's samples, or of the medians of records alike.
  func variations(_ spread: Objective.Spread, _ selector: PointSelector) -> [Finding] {
    let points = points(selector)
    switch spread {
    case .samples:
      return points.map { point in
        Self.variation(of: point.point.samples.map(\.seconds), at: point.place, "samples")
      }
    case .records:
      var firsts: [Int] = []
      for (place, point) in points.enumerated()
      where !firsts.contains(where: { Self.isRepeated(points[$0], point) }) { firsts.append(place) }
      return firsts.map { first in
        let alike = points.filter { Self.isRepeated($0, points[first]) }
        let medians = alike.map { Sample($0.point.samples.lazy.map(\.seconds)).median }
        var place = points[first].place
        if alike.count > 1 { place.path += " and \(alike.count - 1) more" }
        return Self.variation(of: medians, at: place, "records")
      }
    }
  }

  private static func isRepeated(_ a: PlacedPoint, _ b: PlacedPoint) -> Bool {
    a.isAlike(b) && a.origin == b.origin && a.series.ranks == b.series.ranks
  }

  private static func variation(of times: [Double], at place: FigurePlace, _ what: String) -> Finding {
    let sample = Sample(times)
    guard let value = sample.coefficientOfVariation, let interval = sample.variationInterval() else {
      return Finding(
        place, nil, obstacle: "\(times.count) of the \(what) that it takes: two or more, above zero")
    }
    return Finding(
      place, BoundedFigure(value: value, low: interval.low, high: interval.high),
      obstacle: interval.high == nil ? "\(times.count) \(what) don't bound it from above" : nil)
  }

  /// What share a measurement is of the prediction that is closest to it: of the same algorithm where there
  /// is one, and the fastest of several.
  private static func share(of point: PlacedPoint, in predictions: [PlacedPoint]) -> Finding {
    let possible = predictions.filter {
      $0.point.size == point.point.size && $0.series.ranks == point.series.ranks
        && $0.series.datatype == point.series.datatype
    }
    let same = possible.filter { $0.series.algorithm == point.series.algorithm }
    var fastest: Finding?
    for prediction in same.isEmpty ? possible : same {
      let finding = prediction.busBandwidth()
      guard let figure = finding.figure else { continue }
      if fastest?.figure.map({ figure.value > $0.value }) ?? true { fastest = finding }
    }
    guard let fastest else {
      return Finding(
        point.place, nil, obstacle: "no prediction has this collective, number of ranks, type and size")
    }
    return share(of: point.busBandwidth(), in: fastest)
  }

  private static func share(of finding: Finding, in reference: Finding) -> Finding {
    guard let figure = finding.figure, let whole = reference.figure, whole.value > 0 else {
      return Finding(finding.place, nil, obstacle: finding.obstacle ?? reference.obstacle)
    }
    let obstacle =
      finding.obstacle
      ?? reference.obstacle.map { "what it is compared with, \(reference.place.path): \($0)" }
    return Finding(finding.place, figure.over(whole), obstacle: obstacle)
  }

  /// The median of figures, one or more, between the medians of their ends; without a figure where one of
  /// them is without.
  private static func median(_ findings: [Finding]) -> Finding {
    var figures: [BoundedFigure] = []
    for finding in findings {
      guard let figure = finding.figure else { return finding }
      figures.append(figure)
    }
    func median(_ ends: [Double?]) -> Double? {
      let known = ends.compactMap { $0 }
      return known.count == ends.count ? Sample(known).median : nil
    }
    return Finding(
      findings[0].place,
      BoundedFigure(
        value: Sample(figures.map(\.value)).median, low: median(figures.map(\.low)),
        high: median(figures.map(\.high))), obstacle: findings.lazy.compactMap(\.obstacle).first)
  }
}
