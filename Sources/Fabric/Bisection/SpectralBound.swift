import Foundation
import Statistics

/// A lower bound on every cut into halves, from the second eigenvalue of the terminals' Laplacian.
///
/// A cut is a quarter of x'Lx, where L is the graph's Laplacian by capacities and x is 1 on one side and -1 on the
/// other. Switches go where they like, so that the least over all their values, whole or not, bounds it: x'Sx over
/// the terminals alone, S being L with the switches eliminated (its Schur complement). With p and q terminals on the
/// sides the cut is at least λ₂(S) · p · q / (p + q): the usual λ₂N/4 for halves.
///
/// λ₂(S) is the inverse of the largest eigenvalue of S's pseudo-inverse, which a Laplacian solve applies. Lanczos's
/// method approaches that from below, which would give too large a bound. So the answer is lowered by ε, such that a
/// random start misses by more with a probability of 1e-9: after k steps over n terminals the probability of a
/// relative error above ε is at most 1.648 √n exp(-√ε (2k - 1)).
///
/// - Source: Fiedler, "Algebraic connectivity of graphs", 1973; Kuczyński and Woźniakowski, "Estimating the largest
///   eigenvalue by the power and Lanczos algorithms with a random start", SIAM J. Matrix Anal. Appl. 13, 1992,
///   theorem 4.2.
struct SpectralBound {
  /// Lanczos steps at the most.
  private static let steps = 100
  /// Left of a bound for what rounding and the solver leave open.
  private static let rounding = 1 - 1e-6

  /// What crosses at the least, in bytes a second, one direction.
  let capacity: Double
  /// A value for each terminal, close to the eigenvector: those near in it are near in the graph.
  let order: [Double]

  /// The bound for a connected graph of two terminals or more; time in O(steps × solver's steps × edges).
  init(_ graph: CutGraph, seed: UInt64 = 0) {
    var solver = LaplacianSolver(graph)
    let count = graph.terminalCount
    var generator = SplitMix64(seed: seed)
    var basis = [Self.normalised(Self.centred((0..<count).map { _ in generator.normal() })).vector]
    var diagonal = [Double]()
    var offDiagonal = [Double]()
    var isComplete = false
    while true {
      let current = basis[basis.count - 1]
      var next = Self.centred(solver.solve(current))
      diagonal.append(Self.dot(next, current))
      // Twice is enough to be orthogonal to rounding (Kahan and Parlett).
      for _ in 0..<2 {
        for vector in basis {
          let part = Self.dot(next, vector)
          for place in 0..<count { next[place] -= part * vector[place] }
        }
      }
      let (vector, length) = Self.normalised(next)
      // Nothing new: the steps so far span all that the start has a part in.
      isComplete = basis.count >= count - 1 || length <= 1e-9 * (diagonal.max() ?? 0)
      guard !isComplete, diagonal.count < min(Self.steps, count - 1) else { break }
      offDiagonal.append(length)
      basis.append(vector)
    }
    let (largest, weights) = Self.largestEigenvalue(diagonal, offDiagonal)
    var order = [Double](repeating: 0, count: count)
    for (vector, weight) in zip(basis, weights) {
      for place in 0..<count { order[place] += weight * vector[place] }
    }
    self.order = order
    let slack = isComplete ? 0 : Self.slack(steps: diagonal.count, count: count)
    let smaller = Double(count / 2)
    let ratio = smaller * (Double(count) - smaller) / Double(count)
    capacity = max(0, 1 - slack) / largest * ratio * solver.scale * Self.rounding
  }

  /// The relative error that a random start exceeds with a probability of 1e-9.
  private static func slack(steps: Int, count: Int) -> Double {
    let root = (log(1.648 * Double(count).squareRoot()) - log(1e-9)) / Double(2 * steps - 1)
    return min(1, root * root)
  }

  private static func dot(_ left: [Double], _ right: [Double]) -> Double {
    var sum = 0.0
    for place in left.indices { sum += left[place] * right[place] }
    return sum
  }

  private static func centred(_ vector: [Double]) -> [Double] {
    let mean = vector.reduce(0, +) / Double(vector.count)
    return vector.map { $0 - mean }
  }

  private static func normalised(_ vector: [Double]) -> (vector: [Double], length: Double) {
    let length = dot(vector, vector).squareRoot()
    return length > 0 ? (vector.map { $0 / length }, length) : (vector, 0)
  }

  /// The largest eigenvalue of a symmetric tridiagonal matrix by bisection, and its eigenvector by inverse iteration.
  private static func largestEigenvalue(_ diagonal: [Double], _ offDiagonal: [Double]) -> (Double, [Double]) {
    let reach = zip(diagonal, (offDiagonal + [0]).indices).map { value, place in
      value + (place > 0 ? offDiagonal[place - 1] : 0) + (place < offDiagonal.count ? offDiagonal[place] : 0)
    }
    var (low, high) = (diagonal.max() ?? 0, reach.max() ?? 0)
    while true {
      let middle = (low + high) / 2
      guard middle > low, middle < high else { break }
      // All pivots of middle - T are positive where no eigenvalue is above the middle.
      var pivot = 1.0
      var isAbove = true
      for place in diagonal.indices {
        let coupling = place > 0 ? offDiagonal[place - 1] : 0
        pivot = middle - diagonal[place] - coupling * coupling / pivot
        if pivot <= 0 {
          isAbove = false
          break
        }
      }
      if isAbove { high = middle } else { low = middle }
    }
    // A little above, so that the matrix is positive definite.
    let shift = high * (1 + 1e-12)
    var vector = [Double](repeating: 1, count: diagonal.count)
    for _ in 0..<4 {
      var pivots = [Double]()
      for place in diagonal.indices {
        let coupling = place > 0 ? offDiagonal[place - 1] : 0
        pivots.append(
          max(shift - diagonal[place] - (place > 0 ? coupling * coupling / pivots[place - 1] : 0), 1e-300))
        if place > 0 { vector[place] += coupling / pivots[place - 1] * vector[place - 1] }
      }
      for place in diagonal.indices.reversed() {
        if place + 1 < diagonal.count { vector[place] += offDiagonal[place] * vector[place + 1] }
        vector[place] /= pivots[place]
      }
      vector = normalised(vector).vector
    }
    return (high, vector)
  }
}

/// Solves Ly = (x, 0) for the Laplacian of a graph by conjugate gradients, x being on the terminals with a mean of 0.
private struct LaplacianSolver {
  /// Capacities are counted in this.
  let scale: Double

  private let graph: CutGraph
  private let degrees: [Double]
  private var solution: [Double]
  private var residual: [Double]
  private var direction: [Double]
  private var product: [Double]

  init(_ graph: CutGraph) {
    let scale = graph.edges.reduce(0) { max($0, $1.capacity) }
    self.graph = graph
    self.scale = scale
    degrees = (0..<graph.vertexCount).map { vertex in
      graph.edges[graph.range(of: vertex)].reduce(0) { $0 + $1.capacity / scale }
    }
    solution = [Double](repeating: 0, count: graph.vertexCount)
    (residual, direction, product) = (solution, solution, solution)
  }

  mutating func solve(_ right: [Double]) -> [Double] {
    let count = graph.vertexCount
    for vertex in 0..<count {
      solution[vertex] = 0
      residual[vertex] = vertex < right.count ? right[vertex] : 0
      direction[vertex] = residual[vertex] / degrees[vertex]
    }
    var fit = zip(residual, degrees).reduce(0) { $0 + $1.0 * $1.0 / $1.1 }
    let goal = fit * 1e-22
    // A thousand more than exact arithmetic needs, since rounding costs some.
    for _ in 0..<count + 1000 where fit > goal {
      var curvature = 0.0
      for vertex in 0..<count {
        var value = degrees[vertex] * direction[vertex]
        for index in graph.range(of: vertex) {
          value -= graph.edges[index].capacity / scale * direction[Int(graph.edges[index].to)]
        }
        product[vertex] = value
        curvature += value * direction[vertex]
      }
      guard curvature > 0 else { break }
      let step = fit / curvature
      var nextFit = 0.0
      for vertex in 0..<count {
        solution[vertex] += step * direction[vertex]
        residual[vertex] -= step * product[vertex]
        nextFit += residual[vertex] * residual[vertex] / degrees[vertex]
      }
      let ratio = nextFit / fit
      fit = nextFit
      for vertex in 0..<count {
        direction[vertex] = residual[vertex] / degrees[vertex] + ratio * direction[vertex]
      }
    }
    return Array(solution.prefix(right.count))
  }
}
