import HeapModule

/// Makes a cut into halves cheaper by moving vertices across it, one at a time.
///
/// In a pass every vertex moves once at the most, the one that gains most first, be it a loss; terminals may be one
/// out of balance on the way. The best state of the pass that is balanced stays, and passes go on while they gain.
///
/// - Source: Fiduccia and Mattheyses, "A linear-time heuristic for improving network partitions", DAC 1982; here with heaps
///   for buckets, since capacities aren't whole numbers, and with switches that count for no side.
struct Partitioning {
  /// A pass ends after so many moves in a row that gain nothing, and a tenth of the vertices.
  private static let patience = 200

  private struct Move: Comparable {
    let gain: Double
    let vertex: Int32

    /// Equal gains go to the vertex that comes first.
    static func < (left: Move, right: Move) -> Bool {
      left.gain < right.gain || left.gain == right.gain && left.vertex > right.vertex
    }
  }

  private let graph: CutGraph
  private let half: Int
  /// Gains below this are rounding.
  private let crumb: Double
  private var gains: [Double]
  private var isMoved: [Bool]

  init(_ graph: CutGraph) {
    self.graph = graph
    half = graph.terminalCount / 2
    crumb = graph.edges.reduce(0) { max($0, $1.capacity) } * 1e-9
    gains = [Double](repeating: 0, count: graph.vertexCount)
    isMoved = [Bool](repeating: false, count: graph.vertexCount)
  }

  /// Improves `sides` in place, true being the second half; one half has ⌊n/2⌋ terminals, before and after.
  mutating func improve(_ sides: inout [Bool]) {
    while pass(&sides) > crumb {}
  }

  /// Whether halves are equal, given the terminals on the second side; up to one where their number is odd.
  private func isBalanced(_ second: Int) -> Bool {
    second == half || second == graph.terminalCount - half
  }

  private mutating func pass(_ sides: inout [Bool]) -> Double {
    // Terminals by side, then switches.
    var heaps = [Heap<Move>](repeating: Heap(), count: 3)
    var second = 0
    for vertex in 0..<graph.vertexCount {
      var gain = 0.0
      for index in graph.range(of: vertex) {
        let isAcross = sides[Int(graph.edges[index].to)] != sides[vertex]
        gain += isAcross ? graph.edges[index].capacity : -graph.edges[index].capacity
      }
      gains[vertex] = gain
      isMoved[vertex] = false
      let isTerminal = vertex < graph.terminalCount
      heaps[isTerminal ? (sides[vertex] ? 1 : 0) : 2].insert(Move(gain: gain, vertex: Int32(vertex)))
      if isTerminal, sides[vertex] { second += 1 }
    }
    let patience = Self.patience + graph.vertexCount / 10
    var moved = [Int]()
    var (total, best, bestCount) = (0.0, 0.0, 0)

    while moved.count - bestCount <= patience {
      // A terminal may only leave the side that would not be short of more than one.
      let least = half - 1
      var choice: Move?
      for (kind, isAllowed) in [
        (0, graph.terminalCount - second > least), (1, second > least), (2, true),
      ] where isAllowed {
        while let top = heaps[kind].max {
          let vertex = Int(top.vertex)
          if !isMoved[vertex], gains[vertex] == top.gain { break }
          heaps[kind].removeMax()
        }
        if let top = heaps[kind].max, choice.map({ $0 < top }) ?? true { choice = top }
      }
      guard let choice else { break }
      let vertex = Int(choice.vertex)
      isMoved[vertex] = true
      sides[vertex].toggle()
      if vertex < graph.terminalCount { second += sides[vertex] ? 1 : -1 }
      total += choice.gain
      moved.append(vertex)
      for index in graph.range(of: vertex) {
        let other = Int(graph.edges[index].to)
        guard !isMoved[other] else { continue }
        let isAcross = sides[other] != sides[vertex]
        gains[other] += 2 * (isAcross ? graph.edges[index].capacity : -graph.edges[index].capacity)
        let kind = other < graph.terminalCount ? (sides[other] ? 1 : 0) : 2
        heaps[kind].insert(Move(gain: gains[other], vertex: Int32(other)))
      }
      if isBalanced(second), total > best + crumb { (best, bestCount) = (total, moved.count) }
    }
    for vertex in moved[bestCount...] { sides[vertex].toggle() }
    return best
  }
}
