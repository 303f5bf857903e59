import Statistics

/// Break points found from the data: segmented regression over message sizes.
///
/// Every run of neighbouring sizes is fitted by α, β and γ, none negative, by weighted relative least squares. Dynamic
/// programming finds the best cut into 1, 2, 3… runs; Schwarz's criterion (BIC) says how many the data are worth.
/// A cut is allowed only where the message time does not fall over it, unless the measured times do. Time grows with
/// the square of the number of sizes for the fits and the cube for the cuts.
///
/// - Source: Bellman and Roth, "Curve Fitting by Segmented Straight Lines", 1969; Schwarz, "Estimating the Dimension of a
///   Model", 1978.
struct Segmentation {
  /// One point: how often each parameter counts in it, over its measured time.
  struct Row {
    /// The bytes of its messages.
    let message: Double
    /// Messages, bytes and reduced bytes on its longest path, each over the measured time.
    let coefficients: [Double]
    let weight: Double
  }

  /// Residuals below this share are not worth a regime.
  static let resolution = 0.005
  /// The most regimes that are tried.
  static let mostRegimes = 6

  private let groups: [[Row]]

  /// The places, in the ascending distinct message sizes, where each regime starts; the first is 0.
  let starts: [Int]

  /// Sizes that count as different: 3 % apart or more.
  static func groups(_ rows: [Row]) -> [[Row]] {
    var groups: [[Row]] = []
    for row in rows.sorted(by: { $0.message < $1.message }) {
      if let first = groups.last?.first, row.message < first.message * 1.03 {
        groups[groups.count - 1].append(row)
      } else {
        groups.append([row])
      }
    }
    return groups
  }

  init(_ groups: [[Row]]) {
    self.groups = groups
    let count = groups.count
    let rows = groups.reduce(0) { $0 + $1.count }
    var fits: [[GramFit?]] = []
    for start in 0..<count {
      var gram = Gram()
      var row: [GramFit?] = Array(repeating: nil, count: count)
      for end in start..<count {
        for member in groups[end] { gram.add(member) }
        // A run needs two sizes to tell a message from a byte.
        if end > start || count == 1 { row[end] = gram.fit() }
      }
      fits.append(row)
    }
    // The message time as measured: a point's time over its messages.
    let measured = groups.map { group in Sample(group.map { 1 / max($0.coefficients[0], 1e-300) }).median }
    func mayFollow(_ end: Int, _ before: GramFit, _ after: GramFit) -> Bool {
      guard let last = groups[end].last?.message, let first = groups[end + 1].first?.message else {
        return false
      }
      let allowed = min(1, measured[end + 1] / measured[end])
      return after.time(of: first) >= 0.98 * allowed * before.time(of: last)
    }

    struct Best {
      var sum: Double
      var parameters: Int
      var previousStart: Int
    }
    var best: (criterion: Double, starts: [Int]) = (.infinity, [0])
    // layers[r][start][end]: the best cut of 0...end into r + 1 runs of which the last is start...end.
    var layers: [[[Best?]]] = []
    for layer in 0..<min(Self.mostRegimes, max(1, count / 2)) {
      var table: [[Best?]] = Array(repeating: Array(repeating: nil, count: count), count: count)
      for start in 0..<count {
        for end in start..<count {
          guard let fit = fits[start][end] else { continue }
          if layer == 0 {
            if start == 0 {
              table[start][end] = Best(sum: fit.sum, parameters: fit.parameters, previousStart: -1)
            }
            continue
          }
          guard start > 0 else { continue }
          for previous in 0..<start {
            guard let before = layers[layer - 1][previous][start - 1],
              let beforeFit = fits[previous][start - 1],
              before.sum + fit.sum < table[start][end]?.sum ?? .infinity, mayFollow(start - 1, beforeFit, fit)
            else { continue }
            table[start][end] = Best(
              sum: before.sum + fit.sum, parameters: before.parameters + fit.parameters + 1,
              previousStart: previous)
          }
        }
      }
      layers.append(table)
      for start in 0..<count {
        guard let last = table[start][count - 1], last.parameters < rows || layer == 0 else { continue }
        let floor = Self.resolution * Self.resolution * Double(rows)
        // The mean square as the criterion knows it never falls below what is worth resolving.
        let criterion =
          Double(rows) * ((last.sum + floor) / Double(rows)).logarithm + Double(last.parameters)
          * Double(rows).logarithm
        guard criterion < best.criterion else { continue }
        var starts = [start]
        var (depth, place, end) = (layer, start, count - 1)
        while depth > 0, let entry = layers[depth][place][end] {
          (depth, end) = (depth - 1, place - 1)
          place = entry.previousStart
          starts.append(place)
        }
        best = (criterion, starts.reversed())
      }
    }
    starts = best.starts
  }
}

/// The products of the columns of some rows, from which a fit of three non-negative parameters follows.
struct Gram {
  private var products = [Double](repeating: 0, count: 9)
  private var sides = [Double](repeating: 0, count: 3)
  private var total = 0.0

  mutating func add(_ row: Segmentation.Row) {
    for first in 0..<3 {
      for second in 0..<3 {
        products[3 * first + second] += row.weight * row.coefficients[first] * row.coefficients[second]
      }
      sides[first] += row.weight * row.coefficients[first]
    }
    total += row.weight
  }

  /// Whether γ is no mixture of the other two, as it is where all that was measured reduces.
  var isReductionKnown: Bool {
    let norms = (0..<3).map { products[4 * $0].squareRoot() }
    guard norms.allSatisfy({ $0 > 0 }) else { return false }
    let scaled = (0..<3).map { row in (0..<3).map { products[3 * row + $0] / norms[row] / norms[$0] } }
    return SmallSystem.solve(scaled, [0, 0, 0]) != nil
  }

  /// The best of the fits by each choice of columns whose parameters come out positive.
  func fit() -> GramFit? {
    let norms = (0..<3).map { products[4 * $0].squareRoot() }
    func solve(_ choice: [Int]) -> [Double]? {
      guard choice.allSatisfy({ norms[$0] > 0 }) else { return nil }
      return SmallSystem.solve(
        choice.map { row in choice.map { products[3 * row + $0] / norms[row] / norms[$0] } },
        choice.map { sides[$0] / norms[$0] })
    }
    let choices =
      isReductionKnown ? [[0], [1], [0, 1], [2], [0, 2], [1, 2], [0, 1, 2]] : [[0], [1], [0, 1]]
    var best: GramFit?
    for choice in choices {
      guard let solution = solve(choice), solution.allSatisfy({ $0 > 0 }) else { continue }
      var values = [0.0, 0, 0]
      for (place, column) in choice.enumerated() { values[column] = solution[place] / norms[column] }
      // At the least squares solution, the sum of squares is what the right side leaves over.
      let sum = max(0, total - zip(choice, solution).reduce(0) { $0 + $1.1 * sides[$1.0] / norms[$1.0] })
      if sum < (best?.sum ?? .infinity) - 1e-12 * total {
        best = GramFit(values: values, sum: sum, parameters: choice.count)
      }
    }
    return best
  }
}

struct GramFit {
  let values: [Double]
  let sum: Double
  let parameters: Int

  func time(of message: Double) -> Double { values[0] + (values[1] + values[2]) * message }
}

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
