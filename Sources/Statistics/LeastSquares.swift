/// A weighted linear fit: the coefficients *x* that make the sum of *w (A x - b)²* least, for small dense *A*.
///
///     let fit = try LeastSquares(rows: [[1, 0], [1, 1], [1, 2]], observations: [1, 3, 5])
///     fit.coefficients  // [1, 2]
///
/// By Householder's orthogonal triangularization with scaled columns, so that columns whose sizes differ by many powers
/// of ten (seconds a message, seconds a byte) lose no digits, as they would in the normal equations. Time in proportion
/// to rows times columns squared.
///
/// - Source: Golub and Van Loan, "Matrix Computations", 4th edition, section 5.3.
public struct LeastSquares: Sendable {
  /// One for each column.
  public let coefficients: [Double]
  /// What the coefficients vary by, and together: the residual variance times the inverse of *Aᵀ W A*; infinite where
  /// there are no more rows than columns.
  public let covariance: [[Double]]
  /// *A x - b*, row by row, unweighted.
  public let residuals: [Double]
  /// The sum of the weighted squares of the residuals.
  public let sumOfSquares: Double

  /// Rows less columns.
  public var degreesOfFreedom: Int { residuals.count - coefficients.count }

  /// Fits.
  ///
  /// The `weights` are 1 unless given. Arrays of unequal lengths are the caller's bug.
  ///
  /// - Throws: ``LeastSquaresError`` where the rows don't determine the coefficients.
  public init(
    rows: [[Double]], observations: [Double], weights: [Double]? = nil
  ) throws(LeastSquaresError) {
    let weights = weights ?? Array(repeating: 1, count: rows.count)
    precondition(rows.count == observations.count && rows.count == weights.count, "one observation a row")
    let columns = rows.first?.count ?? 0
    precondition(rows.allSatisfy { $0.count == columns }, "rows are equally long")
    guard rows.count >= columns, columns > 0 else {
      throw LeastSquaresError(rows: rows.count, columns: columns, dependentColumn: nil)
    }
    var triangle = Triangularization(rows: rows, observations: observations, weights: weights)
    if let column = triangle.reduce() {
      throw LeastSquaresError(rows: rows.count, columns: columns, dependentColumn: column)
    }
    let coefficients = triangle.solution()
    let residuals = zip(rows, observations).map { row, observation in
      zip(row, coefficients).reduce(-observation) { $0 + $1.0 * $1.1 }
    }
    let sumOfSquares = zip(residuals, weights).reduce(0) { $0 + $1.1 * $1.0 * $1.0 }
    let variance =
      rows.count > columns ? sumOfSquares / Double(rows.count - columns) : Double.infinity
    (self.coefficients, self.residuals, self.sumOfSquares) = (coefficients, residuals, sumOfSquares)
    covariance = triangle.inverseOfProduct().map { $0.map { $0 == 0 ? 0 : $0 * variance } }
  }
}

/// Rows that do not determine the coefficients.
public struct LeastSquaresError: Error, Equatable, CustomStringConvertible {
  /// How many rows there were.
  public let rows: Int
  /// How many coefficients were asked for.
  public let columns: Int
  /// A column that is a combination of those before it; nil where there are too few rows.
  public let dependentColumn: Int?

  /// One line: what was found and what would be right.
  public var description: String {
    guard let dependentColumn else {
      return "\(rows) observations do not determine \(columns) coefficients: as many are needed"
    }
    return "the observations do not tell coefficient \(dependentColumn) from those before it"
  }
}

/// A weighted matrix with its right side, turned into upper triangular form in place.
private struct Triangularization {
  private var matrix: [[Double]]
  private var right: [Double]
  private let scales: [Double]
  private let columns: Int

  init(rows: [[Double]], observations: [Double], weights: [Double]) {
    let columns = rows[0].count
    self.columns = columns
    let roots = weights.map { weight in
      precondition(weight >= 0 && weight.isFinite, "a weight is zero or more")
      return weight.squareRoot()
    }
    let weighted = zip(rows, roots).map { row, root in row.map { $0 * root } }
    let scales = (0..<columns).map { column in
      let norm = weighted.reduce(0) { $0 + $1[column] * $1[column] }.squareRoot()
      return norm > 0 ? norm : 1
    }
    matrix = weighted.map { row in zip(row, scales).map { $0 / $1 } }
    right = zip(observations, roots).map { $0 * $1 }
    self.scales = scales
  }

  /// Reflects column after column; the first one that depends on those before it, if any.
  mutating func reduce() -> Int? {
    for pivot in 0..<columns {
      var norm = 0.0
      for row in pivot..<matrix.count { norm += matrix[row][pivot] * matrix[row][pivot] }
      norm = norm.squareRoot()
      guard norm > 1e-11 else { return pivot }
      let diagonal = matrix[pivot][pivot] > 0 ? -norm : norm
      let head = matrix[pivot][pivot] - diagonal
      let scale = 1 / (-diagonal * head)
      matrix[pivot][pivot] = head
      for column in (pivot + 1)..<max(columns, pivot + 1) {
        var product = 0.0
        for row in pivot..<matrix.count { product += matrix[row][pivot] * matrix[row][column] }
        product *= scale
        for row in pivot..<matrix.count { matrix[row][column] -= product * matrix[row][pivot] }
      }
      var product = 0.0
      for row in pivot..<matrix.count { product += matrix[row][pivot] * right[row] }
      product *= scale
      for row in pivot..<matrix.count { right[row] -= product * matrix[row][pivot] }
      matrix[pivot][pivot] = diagonal
    }
    return nil
  }

  func solution() -> [Double] { zip(backSubstitution(of: right), scales).map { $0 / $1 } }

  private func backSubstitution(of right: [Double]) -> [Double] {
    var solution = Array(right.prefix(columns))
    for row in stride(from: columns - 1, through: 0, by: -1) {
      for column in (row + 1)..<max(columns, row + 1) {
        solution[row] -= matrix[row][column] * solution[column]
      }
      solution[row] /= matrix[row][row]
    }
    return solution
  }

  /// The inverse of *Aᵀ W A*, which is *R⁻¹ R⁻ᵀ* unscaled.
  func inverseOfProduct() -> [[Double]] {
    let inverse = (0..<columns).map { column in
      backSubstitution(of: (0..<columns).map { $0 == column ? 1 : 0 })
    }
    return (0..<columns).map { first in
      (0..<columns).map { second in
        inverse.reduce(0) { $0 + $1[first] * $1[second] } / (scales[first] * scales[second])
      }
    }
  }
}
