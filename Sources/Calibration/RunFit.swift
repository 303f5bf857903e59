/// α, β and γ of one run of message sizes, none negative.
struct RunFit {
  /// α, β and γ.
  private(set) var values: [Double]
  /// What the residuals cost.
  private(set) var cost: Double
  /// How many of the three are above zero.
  var parameters: Int { values.count { $0 > 0 } }

  /// The fit to `rows`; nil where nothing above zero fits.
  ///
  /// Starts from the relative errors' least squares, then goes on as Gauss and Newton do, as long as that helps.
  init?(_ rows: [Segmentation.Row]) {
    let loss = StudentLoss.withinSeries
    var gram = Gram()
    for row in rows { gram.add(row, target: 1, over: 1, weight: loss.weight(0, variance: row.variance)) }
    guard let start = gram.solve() else { return nil }
    (values, cost) = (start, Self.cost(rows, start))
    for _ in 0..<20 {
      var gram = Gram()
      for row in rows {
        let fitted = row.fitted(values)
        guard fitted > 0 else { return nil }
        gram.add(
          row, target: 1 + Self.step(fitted), over: fitted,
          weight: loss.weight(fitted.logarithm, variance: row.variance))
      }
      guard let next = gram.solve() else { break }
      let nextCost = Self.cost(rows, next)
      guard nextCost < cost - 1e-9 else { break }
      (values, cost) = (next, nextCost)
    }
  }

  /// By what share of the fitted time that should grow to come near the measured one: the logarithm of measured over
  /// fitted, but never a fall of more than four fifths.
  static func step(_ fittedOverMeasured: Double) -> Double { max(-0.8, -fittedOverMeasured.logarithm) }

  private static func cost(_ rows: [Segmentation.Row], _ values: [Double]) -> Double {
    rows.reduce(0) { sum, row in
      sum + StudentLoss.withinSeries.cost(max(row.fitted(values), 1e-12).logarithm, variance: row.variance)
    }
  }

  func time(of message: Double) -> Double { values[0] + (values[1] + values[2]) * message }
}

extension Segmentation.Row {
  /// Fitted over measured time.
  func fitted(_ values: [Double]) -> Double {
    coefficients[0] * values[0] + coefficients[1] * values[1] + coefficients[2] * values[2]
  }
}

/// The products of the columns of some rows, from which a fit of three non-negative parameters follows.
struct Gram {
  private var products = [Double](repeating: 0, count: 9)
  private var sides = [Double](repeating: 0, count: 3)
  private var total = 0.0

  /// Adds the equation *coefficients · θ / scale = target*.
  mutating func add(_ row: Segmentation.Row, target: Double, over scale: Double, weight rowWeight: Double) {
    let weight = rowWeight / (scale * scale)
    for first in 0..<3 {
      for second in 0..<3 {
        products[3 * first + second] += weight * row.coefficients[first] * row.coefficients[second]
      }
      sides[first] += weight * scale * target * row.coefficients[first]
    }
    total += rowWeight * target * target
  }

  private var norms: [Double] { (0..<3).map { products[4 * $0].squareRoot() } }

  private func system(_ choice: [Int], _ norms: [Double]) -> [Double]? {
    guard choice.allSatisfy({ norms[$0] > 0 }) else { return nil }
    return SmallSystem.solve(
      choice.map { row in choice.map { products[3 * row + $0] / norms[row] / norms[$0] } },
      choice.map { sides[$0] / norms[$0] })
  }

  /// Whether γ is no mixture of the other two, as it is where all that was measured reduces.
  var isReductionKnown: Bool { system([0, 1, 2], norms) != nil }

  /// The best of the fits by each choice of columns whose parameters come out positive; three values.
  func solve() -> [Double]? {
    let norms = norms
    let choices =
      isReductionKnown ? [[0], [1], [0, 1], [2], [0, 2], [1, 2], [0, 1, 2]] : [[0], [1], [0, 1]]
    var best: (values: [Double], sum: Double)?
    for choice in choices {
      guard let solution = system(choice, norms), solution.allSatisfy({ $0 > 0 }) else { continue }
      var values = [0.0, 0, 0]
      for (place, column) in choice.enumerated() { values[column] = solution[place] / norms[column] }
      // At the least squares solution, the sum of squares is what the right side leaves over.
      let sum = max(0, total - zip(choice, solution).reduce(0) { $0 + $1.1 * sides[$1.0] / norms[$1.0] })
      if sum < (best?.sum ?? .infinity) - 1e-12 * total { best = (values, sum) }
    }
    return best?.values
  }
}
