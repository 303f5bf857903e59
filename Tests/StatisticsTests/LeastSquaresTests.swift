import Statistics
import Testing

/// Norris, of NIST's Statistical Reference Datasets (linear regression, lower difficulty): y against x.
private let norris: [(y: Double, x: Double)] = [
  (0.1, 0.2), (338.8, 337.4), (118.1, 118.2), (888.0, 884.6), (9.2, 10.1), (228.1, 226.5), (668.5, 666.3),
  (998.5, 996.3), (449.1, 448.6), (778.9, 777.0), (559.2, 558.2), (0.3, 0.4), (0.1, 0.6), (778.1, 775.5),
  (668.8, 666.9), (339.3, 338.0), (448.9, 447.5), (10.8, 11.6), (557.7, 556.0), (228.3, 228.1),
  (998.0, 995.8),
  (888.8, 887.6), (119.6, 120.2), (0.3, 0.3), (0.6, 0.3), (557.6, 556.8), (339.3, 339.1), (888.0, 887.2),
  (998.5, 999.0), (778.9, 779.0), (10.2, 11.1), (117.6, 118.3), (228.9, 229.2), (668.4, 669.1),
  (449.2, 448.9),
  (0.2, 0.5),
]

@Suite("Least squares")
struct LeastSquaresTests {
  @Test("gives the certified values of NIST's Norris data")
  func certified() throws {
    let fit = try LeastSquares(rows: norris.map { [1, $0.x] }, observations: norris.map(\.y))
    #expect(abs(fit.coefficients[0] - -0.262323073774029) < 1e-11)
    #expect(abs(fit.coefficients[1] - 1.00211681802045) < 1e-13)
    #expect(abs(fit.covariance[0][0].squareRoot() - 0.232818234301152) < 1e-11)
    #expect(abs(fit.covariance[1][1].squareRoot() - 0.429796848199937e-3) < 1e-13)
    #expect(abs((fit.sumOfSquares / 34).squareRoot() - 0.884796396144373) < 1e-11)
  }

  @Test("follows the weights: twice the weight is the row twice")
  func weights() throws {
    let rows = norris.map { [1, $0.x] }
    let weighted = try LeastSquares(
      rows: rows, observations: norris.map(\.y), weights: norris.indices.map { $0 < 10 ? 2 : 1 })
    let doubled = try LeastSquares(
      rows: rows + rows.prefix(10), observations: norris.map(\.y) + norris.prefix(10).map(\.y))
    for (one, other) in zip(weighted.coefficients, doubled.coefficients) { #expect(abs(one - other) < 1e-10) }
  }

  @Test("keeps its digits where columns differ by ten powers of ten")
  func scales() throws {
    // 5 us a message and 0.1 ns a byte, exactly.
    let sizes = (3...33).map { Double(1 << $0) }
    let fit = try LeastSquares(
      rows: sizes.map { [1, $0] }, observations: sizes.map { 5e-6 + 1e-10 * $0 },
      weights: sizes.map { 1 / ((5e-6 + 1e-10 * $0) * (5e-6 + 1e-10 * $0)) })
    #expect(abs(fit.coefficients[0] / 5e-6 - 1) < 1e-9)
    #expect(abs(fit.coefficients[1] / 1e-10 - 1) < 1e-9)
  }

  @Test("says which coefficient the rows don't determine")
  func singular() {
    let error = #expect(throws: LeastSquaresError.self) {
      _ = try LeastSquares(
        rows: [[1, 2, 2], [1, 3, 3], [1, 4, 4], [1, 7, 7]], observations: [1, 2, 3, 4])
    }
    #expect(error?.dependentColumn == 2)
    let few = #expect(throws: LeastSquaresError.self) {
      _ = try LeastSquares(rows: [[1, 2]], observations: [1])
    }
    #expect(few?.dependentColumn == nil)
  }
}

@Suite("Non-negative least squares")
struct NonNegativeLeastSquaresTests {
  @Test("is plain least squares where that is positive")
  func unconstrained() throws {
    let rows = norris.map { [10, $0.x] }
    let observations = norris.map { $0.y + 20 }
    let free = try LeastSquares(rows: rows, observations: observations)
    let bound = NonNegativeLeastSquares(rows: rows, observations: observations)
    for (one, other) in zip(free.coefficients, bound.coefficients) { #expect(abs(one - other) < 1e-9) }
    #expect(bound.isBound == [false, false])
  }

  @Test("holds at zero what would be negative, and fits the rest alone")
  func bound() throws {
    // Norris' intercept is negative, so what is left is the slope through the origin.
    let fit = NonNegativeLeastSquares(rows: norris.map { [1, $0.x] }, observations: norris.map(\.y))
    let slope = norris.reduce(0) { $0 + $1.x * $1.y } / norris.reduce(0) { $0 + $1.x * $1.x }
    #expect(fit.coefficients[0] == 0 && fit.isBound == [true, false])
    #expect(abs(fit.coefficients[1] - slope) < 1e-12)
  }

  @Test("satisfies Karush, Kuhn and Tucker on random problems", arguments: 0..<200)
  func optimality(seed: Int) {
    var generator = SplitMix64(seed: UInt64(seed))
    let columns = 1 + generator.index(below: 6)
    let scales = (0..<columns).map { _ in [1e-9, 1, 1e6][generator.index(below: 3)] }
    let rows = (0..<12).map { _ in scales.map { $0 * generator.normal() } }
    let observations = (0..<12).map { _ in generator.normal() }
    let fit = NonNegativeLeastSquares(rows: rows, observations: observations)
    let residuals = zip(rows, observations).map { row, observation in
      zip(row, fit.coefficients).reduce(observation) { $0 - $1.0 * $1.1 }
    }
    for column in 0..<columns {
      #expect(fit.coefficients[column] >= 0)
      let gain = zip(rows, residuals).reduce(0) { $0 + $1.0[column] * $1.1 } / scales[column]
      #expect(fit.isBound[column] ? gain < 1e-9 : abs(gain) < 1e-9)
    }
  }
}
