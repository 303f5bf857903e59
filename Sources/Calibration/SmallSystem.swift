/// Symmetric positive systems of a few unknowns with ones on the diagonal.
enum SmallSystem {
  /// By Cholesky's decomposition; nil where a column is within a hundredth of a mixture of those before it.
  static func solve(_ matrix: [[Double]], _ right: [Double]) -> [Double]? {
    let count = right.count
    var lower = matrix
    for column in 0..<count {
      var pivot = matrix[column][column]
      for earlier in 0..<column { pivot -= lower[column][earlier] * lower[column][earlier] }
      guard pivot > 1e-4 else { return nil }
      lower[column][column] = pivot.squareRoot()
      for row in (column + 1)..<max(count, column + 1) {
        var value = matrix[row][column]
        for earlier in 0..<column { value -= lower[row][earlier] * lower[column][earlier] }
        lower[row][column] = value / lower[column][column]
      }
    }
    var solution = right
    for row in 0..<count {
      for earlier in 0..<row { solution[row] -= lower[row][earlier] * solution[earlier] }
      solution[row] /= lower[row][row]
    }
    for row in stride(from: count - 1, through: 0, by: -1) {
      for later in (row + 1)..<max(count, row + 1) { solution[row] -= lower[later][row] * solution[later] }
      solution[row] /= lower[row][row]
    }
    return solution
  }
}
