/// Where switches go so that the least crosses between terminals whose sides are given: a maximum flow, so it is
/// exact.
///
/// All terminals of one side are the source, those of the other the sink.
///
/// - Source: Dinic, "Algorithm for solution of a problem of maximum flow in networks with power estimation", 1970; Ford
///   and Fulkerson, 1956, for cut and flow being equal.
struct MinimumPlacement {
  private let graph: CutGraph
  /// What an edge can still take.
  private var residual = [Double]()
  private var level = [Int32]()
  private var next = [Int32]()
  private var queue = [Int32]()
  private var path = [Int32]()

  init(_ graph: CutGraph) { self.graph = graph }

  /// The sides of all vertices, terminals as they are in `terminalSides`.
  mutating func sides(for terminalSides: [Bool]) -> [Bool] {
    residual = graph.edges.map(\.capacity)
    // Rounding leaves crumbs of capacity that are no way on.
    let crumb = (residual.max() ?? 0) * 1e-9
    let terminals = graph.terminalCount
    while findLevels(terminalSides, crumb) {
      next = graph.starts
      for source in 0..<terminals where !terminalSides[source] { push(from: source, terminalSides, crumb) }
    }
    return (0..<graph.vertexCount).map { $0 < terminals ? terminalSides[$0] : level[$0] < 0 }
  }

  /// Counts edges from the sources; false where no sink is reached.
  private mutating func findLevels(_ sides: [Bool], _ crumb: Double) -> Bool {
    level = [Int32](repeating: -1, count: graph.vertexCount)
    queue.removeAll(keepingCapacity: true)
    for source in 0..<graph.terminalCount where !sides[source] {
      level[source] = 0
      queue.append(Int32(source))
    }
    var reached = false
    var place = 0
    while place < queue.count {
      let vertex = Int(queue[place])
      place += 1
      for index in graph.range(of: vertex) where residual[index] > crumb {
        let other = Int(graph.edges[index].to)
        guard level[other] < 0 else { continue }
        level[other] = level[vertex] + 1
        if other < graph.terminalCount {
          // A sink: nothing goes on from there.
          reached = true
        } else {
          queue.append(Int32(other))
        }
      }
    }
    return reached
  }

  /// Sends all that fits from one source along edges that lead to the next level.
  private mutating func push(from source: Int, _ sides: [Bool], _ crumb: Double) {
    path.removeAll(keepingCapacity: true)
    var vertex = source
    while true {
      if vertex < graph.terminalCount, sides[vertex] {
        var least = Double.infinity
        for edge in path { least = min(least, residual[Int(edge)]) }
        for edge in path {
          residual[Int(edge)] -= least
          residual[Int(graph.reverse[Int(edge)])] += least
        }
        // Back to where the path's first full edge began.
        let full = path.firstIndex { residual[Int($0)] <= crumb } ?? 0
        vertex = Int(graph.edges[Int(graph.reverse[Int(path[full])])].to)
        path.removeLast(path.count - full)
        continue
      }
      let end = graph.starts[vertex + 1]
      while next[vertex] < end {
        let edge = graph.edges[Int(next[vertex])]
        if residual[Int(next[vertex])] > crumb, level[Int(edge.to)] == level[vertex] + 1 { break }
        next[vertex] += 1
      }
      if next[vertex] < end {
        path.append(next[vertex])
        vertex = Int(graph.edges[Int(next[vertex])].to)
      } else {
        guard let edge = path.popLast() else { return }
        vertex = Int(graph.edges[Int(graph.reverse[Int(edge)])].to)
        next[vertex] += 1
      }
    }
  }
}
