import Quantities
import Statistics

/// Parameters of regimes on their way to the data.
struct RegimeFit {
  private(set) var observations: [Observation]
  private(set) var parameters: Parameters
  /// The largest measured message below each regime; nil for the first.
  private(set) var lasts: [Int?] = []
  /// Whether γ can be told from β, by regime.
  private(set) var isReductionKnown: [Bool] = []
  private(set) var isProcessorShareKnown = false
  /// The model's times at ``parameters``, in picoseconds.
  private(set) var fitted: [Double] = []
  /// How each time grows with each parameter.
  private(set) var derivatives: [[Double]] = []

  /// Finds the regimes; their parameters are still those of one regime.
  init(_ observations: [Observation]) throws(CalibrationError) {
    self.observations = observations
    let measuredMessages = Set(observations.flatMap(\.replay.messageSizes))
    guard measuredMessages.count > 2 else { throw .tooFewSizes(messages: measuredMessages.sorted()) }
    // Any start will do for one regime: a microsecond a message, 10 GB/s.
    parameters = Parameters(starts: [0], values: [1e6, 100, 10])
    (lasts, isReductionKnown) = ([nil], [true])
    try update()
    solve(isFirst: true)
    try update()
    try descend(steps: 12)
    let rows = observations.indices.map { index in
      Segmentation.Row(
        series: observations[index].seriesNumber, message: messageSize(of: index),
        coefficients: derivatives[index].map { $0 / observations[index].measured },
        variance: observations[index].variance)
    }
    // Points with messages of very different sizes belong to no size; they are left for the common fit.
    let plain = observations.indices.filter { index in
      let sizes = observations[index].replay.messageSizes
      return Double(sizes.last ?? 0) <= 1.25 * Double(sizes.first ?? 1)
    }
    var groups = Segmentation.groups(plain.map { rows[$0] })
    if groups.count < 3 { groups = Segmentation.groups(rows) }
    guard groups.count > 2 else { throw .tooFewSizes(messages: measuredMessages.sorted()) }
    cut(at: Segmentation(groups).starts, groups)
  }

  private func messageSize(of index: Int) -> Double {
    let perKind = derivatives[index]
    var (messages, bytes) = (0.0, 0.0)
    for regime in parameters.starts.indices {
      messages += perKind[3 * regime]
      bytes += perKind[3 * regime + 1]
    }
    let sizes = observations[index].replay.messageSizes
    guard messages > 0.5 else { return Double(sizes[sizes.count - 1]) }
    return min(max(bytes / messages, Double(sizes[0])), Double(sizes[sizes.count - 1]))
  }

  private mutating func cut(at starts: [Int], _ groups: [[Segmentation.Row]]) {
    let (alpha, beta, gamma) = (parameters.values[0], parameters.values[1], parameters.values[2])
    var cuts = Parameters(starts: [0], values: [alpha, beta, gamma])
    lasts = [nil]
    for start in starts.dropFirst() {
      // Uneven blocks differ by an element: the break lies below the smallest and above the largest of them.
      let first = groups[start].map(\.message).min() ?? 0
      let last = groups[start - 1].map(\.message).max() ?? 0
      let messages = observations.flatMap(\.replay.messageSizes).sorted()
      let middle = (first * last).squareRoot()
      let from = messages.first { Double($0) >= middle } ?? Int(first)
      guard from > cuts.starts[cuts.starts.count - 1] else { continue }
      cuts.starts.append(from)
      cuts.values += [alpha, beta, gamma]
      lasts.append(messages.last { Double($0) < middle } ?? Int(last))
    }
    parameters = cuts
    isReductionKnown = Array(repeating: true, count: cuts.starts.count)
  }

  /// Fits the parameters until the longest paths stay where they are.
  mutating func refine() throws(CalibrationError) {
    try update()
    findReductions()
    // All regimes start from the parameters of one; each finds its own by relative errors first.
    var first = self
    first.solve(isFirst: true)
    try first.update()
    if first.error < error { self = first }
    try descend(steps: 20)
  }

  /// Takes out breaks between regimes that the common fit finds alike: a series may bend where its pipeline does.
  mutating func dropIdleBreaks() throws(CalibrationError) {
    func areAlike(_ left: Double, _ right: Double) -> Bool { abs(left - right) <= 0.05 * max(left, right) }
    var place = 1
    while place < parameters.starts.count {
      let first = 3 * place
      guard areAlike(parameters.values[first - 3], parameters.values[first]),
        areAlike(parameters.values[first - 2], parameters.values[first + 1])
      else {
        place += 1
        continue
      }
      var merged = self
      merged.parameters.starts.remove(at: place)
      merged.parameters.values.removeSubrange(first..<(first + 3))
      merged.lasts.remove(at: place)
      merged.isReductionKnown.remove(at: place)
      try merged.update()
      merged.findReductions()
      try merged.descend(steps: 6)
      // A likelihood that is hardly less for four parameters fewer.
      if merged.error < error + 1 { self = merged } else { place += 1 }
    }
  }

  /// Goes on with the same points over links that cost something.
  ///
  /// What was fitted without is where to start: hosts so slow that they, not the links, hold messages back, since where
  /// links do, nothing can be learnt of the hosts.
  mutating func move(to observations: [Observation]) throws(CalibrationError) {
    precondition(observations.count == self.observations.count, "the same points")
    self.observations = observations
    try update()
    try descend(steps: 30)
  }

  /// Gauss and Newton's method on the logarithms, with the best that it met.
  private mutating func descend(steps: Int) throws(CalibrationError) {
    var best = self
    for _ in 0..<steps {
      let before = fitted
      solve(isFirst: false)
      try update()
      if error < best.error { best = self }
      let change = zip(before, fitted).map { abs($0 - $1) / max($1, 1) }.max() ?? 0
      if change < 1e-6 { break }
    }
    self = best
  }

  /// Tries what share of α and β keeps processors busy, where that makes a difference.
  mutating func findProcessorShare() throws(CalibrationError) {
    var pipelined = self
    pipelined.parameters.processorShare = 1
    try pipelined.update()
    let difference = zip(fitted, pipelined.fitted).map { abs($0 - $1) / $0 }.max() ?? 0
    guard difference > 0.01 else { return }
    var candidates = [self]
    for share in [0.25, 0.5, 0.75, 1] {
      var candidate = self
      candidate.parameters.processorShare = share
      try candidate.refine()
      candidates.append(candidate)
    }
    let errors = candidates.map(\.error)
    guard let least = errors.min(), let most = errors.max(), let place = errors.firstIndex(of: least) else {
      return
    }
    // One more parameter has to pay for itself (BIC), as a regime has.
    guard most - least > max(2, Double(observations.count)).logarithm else { return }
    self = candidates[place]
    isProcessorShareKnown = true
  }

  /// What the residuals cost.
  var error: Double {
    observations.indices.reduce(0) {
      $0 + StudentLoss.overall.cost(residual(of: $1), variance: observations[$1].variance)
    }
  }

  /// The logarithm of fitted over measured time.
  private func residual(of index: Int) -> Double {
    (max(fitted[index], 1e-3) / observations[index].measured).logarithm
  }

  /// How much each point counts at these parameters.
  var weights: [Double] {
    observations.indices.map {
      StudentLoss.overall.weight(residual(of: $0), variance: observations[$0].variance)
    }
  }

  /// Parameters that are fitted, the breaks among them.
  var freedoms: Int {
    parameters.values.filter { $0 > 0 }.count + parameters.starts.count - 1 + (isProcessorShareKnown ? 1 : 0)
  }

  /// Replays everything.
  private mutating func update() throws(CalibrationError) {
    var times: [Double] = []
    var rows: [[Double]] = []
    for observation in observations {
      let time = try observation.replay.time(parameters)
      times.append(time)
      rows.append(try observation.replay.derivatives(at: parameters, time: time))
    }
    (fitted, derivatives) = (times, rows)
  }

  private mutating func findReductions() {
    isReductionKnown = parameters.starts.indices.map { regime in
      var gram = Gram()
      for (index, observation) in observations.enumerated() {
        let columns = derivatives[index][(3 * regime)..<(3 * regime + 3)].map { $0 / observation.measured }
        if columns[0] > 0 {
          gram.add(.init(message: 0, coefficients: columns), target: 1, over: 1, weight: observation.weight)
        }
      }
      return gram.isReductionKnown
    }
  }

  /// Which parameters the data can tell.
  var columns: [Int] {
    parameters.values.indices.filter { $0 % 3 < 2 || isReductionKnown[$0 / 3] }
  }

  /// What of a fitted time the parameters make up; the rest is the links'.
  func hostShare(of index: Int) -> Double {
    zip(derivatives[index], parameters.values).reduce(0) { $0 + $1.0 * $1.1 }
  }

  private mutating func solve(isFirst: Bool) {
    let columns = columns
    let scales = observations.indices.map { isFirst ? observations[$0].measured : max(fitted[$0], 1) }
    let targets = observations.indices.map { index -> Double in
      if isFirst { return 1 }
      return hostShare(of: index) / scales[index] + RunFit.step(scales[index] / observations[index].measured)
    }
    let solution = NonNegativeLeastSquares(
      rows: zip(derivatives, scales).map { row, scale in columns.map { row[$0] / scale } },
      observations: targets,
      weights: isFirst ? observations.map(\.weight) : weights)
    for place in parameters.values.indices { parameters.values[place] = 0 }
    for (place, column) in columns.enumerated() { parameters.values[column] = solution.coefficients[place] }
  }

  /// The regime that holds most of a point's messages on its longest path.
  func mainRegime(of index: Int) -> Int {
    parameters.starts.indices.max { derivatives[index][3 * $0] < derivatives[index][3 * $1] } ?? 0
  }

  /// Point by point.
  var residuals: [MachineModel.Residual] {
    observations.indices.map { index in
      let observation = observations[index]
      return MachineModel.Residual(
        series: observation.series, size: observation.size, message: messageSize(of: index),
        measured: Time(picoseconds: Int64(observation.measured.rounded())),
        low: Time(picoseconds: Int64(observation.interval.low.rounded())),
        high: Time(picoseconds: Int64(observation.interval.high.rounded())),
        fitted: Time(picoseconds: Int64(fitted[index].rounded())),
        relativeError: fitted[index] / observation.measured - 1)
    }
  }
}
