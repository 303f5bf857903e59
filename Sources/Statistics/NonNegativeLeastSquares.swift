/// A weighted linear fit whose coefficients are zero or more, as times and rates are.
///
/// Columns enter one by one where they help most, and leave again where they turn negative. A coefficient that ends at
/// zero is *bound*: the data would have it negative.
///
/// - Source: Lawson and Hanson, "Solving Least Squares Problems", 1974, chapter 23.
public struct NonNegativeLeastSquares: Sendable {
  /// One for each column, zero or more.
  public let coefficients: [Double]
  /// Whether a coefficient is held at zero.
  public let isBound: [Bool]
  /// The sum of the weighted squares of the residuals.
  public let sumOfSquares: Double

  /// Fits; columns that depend on others stay at zero.
  ///
  /// Arrays of unequal lengths are the caller's bug.
  public init(rows: [[Double]], observations: [Double], weights: [Double]? = nil) {
    let weights = weights ?? Array(repeating: 1, count: rows.count)
    precondition(rows.count == observations.count && rows.count == weights.count, "one observation a row")
    let columns = rows.first?.count ?? 0
    let norms = (0..<columns).map { column in
      zip(rows, weights).reduce(0) { $0 + $1.1 * $1.0[column] * $1.0[column] }.squareRoot()
    }
    let size = zip(observations, weights).reduce(0) { $0 + $1.1 * $1.0 * $1.0 }.squareRoot()
    var coefficients = [Double](repeating: 0, count: columns)
    var isFree = [Bool](repeating: false, count: columns)
    var refused = Set<Int>()

    func fit(_ free: [Int]) -> [Double]? {
      guard free.count <= rows.count else { return nil }
      return try? LeastSquares(
        rows: rows.map { row in free.map { row[$0] } }, observations: observations, weights: weights
      ).coefficients
    }

    for _ in 0..<(3 * columns + 3) {
      let remainders = zip(rows, observations).map { row, observation in
        zip(row, coefficients).reduce(observation) { $0 - $1.0 * $1.1 }
      }
      // How fast the sum of squares falls along each column, free of the column's unit.
      let gains = (0..<columns).map { column -> Double in
        guard norms[column] > 0, !isFree[column], !refused.contains(column) else { return 0 }
        return zip(zip(rows, weights), remainders).reduce(0) { $0 + $1.0.1 * $1.0.0[column] * $1.1 }
          / norms[column]
      }
      guard let best = gains.indices.max(by: { gains[$0] < gains[$1] }), gains[best] > 1e-12 * size else {
        break
      }
      isFree[best] = true
      while true {
        let free = isFree.indices.filter { isFree[$0] }
        guard let solution = fit(free) else {
          isFree[best] = false
          refused.insert(best)
          break
        }
        if solution.allSatisfy({ $0 > 0 }) {
          coefficients = [Double](repeating: 0, count: columns)
          for (place, column) in free.enumerated() { coefficients[column] = solution[place] }
          refused.removeAll()
          break
        }
        // Move towards the solution only as far as every coefficient stays zero or more; the first that gets there leaves.
        var step = Double.infinity
        var leaving = best
        for (place, column) in free.enumerated() where solution[place] <= 0 {
          let distance = coefficients[column] - solution[place]
          let reach = distance > 0 ? coefficients[column] / distance : 0
          if reach < step { (step, leaving) = (reach, column) }
        }
        for (place, column) in free.enumerated() {
          coefficients[column] = max(
            0, coefficients[column] + step * (solution[place] - coefficients[column]))
        }
        coefficients[leaving] = 0
        isFree[leaving] = false
        if leaving == best {
          refused.insert(best)
          break
        }
      }
    }
    self.coefficients = coefficients
    isBound = coefficients.map { $0 == 0 }
    sumOfSquares = zip(zip(rows, observations), weights).reduce(0) { sum, entry in
      let residual = zip(entry.0.0, coefficients).reduce(-entry.0.1) { $0 + $1.0 * $1.1 }
      return sum + entry.1 * residual * residual
    }
  }
}
