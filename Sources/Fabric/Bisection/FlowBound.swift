import Foundation

/// A lower bound on every cut into halves, from flows that have to cross it, whichever it is.
///
/// Let each of the p terminals of the smaller half send 1/q to each of the q others, split over the shortest paths in
/// proportion to their weights, a path's being the product of its links'. All p cross the cut. No link is asked for
/// more than its share of the worst halves, so at 1/u of that rate, u being the largest ratio of load to capacity,
/// everything fits: p/u is no more than the cut.
///
/// The worst halves for a link aren't searched for but bounded: a source puts on the link no more than it would
/// towards all others, and no more than q times what it does towards any one; and no more than p sources send. So the
/// bound always holds, whatever the weights: they start as capacities, and in some rounds links that are asked for
/// much lose weight. It is exact for tori of even size and for symmetric trees. Uniform traffic alone would give half
/// of that on trees.
///
/// Terminals of the same cabling are one place here, and their links one edge; what is bounded is the load of one of
/// those links. Paths don't lead through terminals, as hosts don't forward.
///
/// - Source: the idea is that of Leighton and Rao, "Multicommodity max-flow min-cut theorems", JACM 1999: flows that fit
///   bound cuts from below.
struct FlowBound {
  /// Steps over links, of all flows in all rounds, up to which each pair is followed by itself.
  private static let pairLimit = 2_000_000_000
  /// Rounds of weights at the most, and how much weight the fullest link loses in one, as the exponent of e.
  private static let rounds = 60
  private static let patience = 0.5

  /// An edge on a shortest path, the vertex that it comes from, and what part of the flow into its end takes it.
  private struct Arrival {
    let edge: Int32
    let before: Int32
    let part: Double
  }

  private let graph: CutGraph
  /// Steps that following each pair takes in a round, by those from the first source; too many, and none is followed.
  private var pairSteps = 0
  private var isByPair: Bool { pairSteps <= Self.pairLimit }
  private let half: (smaller: Double, larger: Double)

  /// Of the current source: hops to each vertex, paths to it by their capacities, and the vertices in that order.
  private var distance: [Int32]
  private var paths: [Double]
  private var order = [Int32]()
  private var arrivals = [Arrival]()
  private var arrivalRanges: [Range<Int>]
  /// What paths are chosen by, the same both ways of a link.
  private var weights: [Double]
  private var utilisation: [Double]
  /// What one member of the source puts on each edge in all, and the most towards one destination.
  private var toAll: [Double]
  private var toOne: [Double]
  /// A bound on the load of each edge: of all sources, and of the largest.
  private var sum: [Double]
  private var largest: [Double]
  /// The part of a flow that passes each vertex.
  private var passing: [Double]

  /// The bound for `graph`, in bytes a second, one direction; 0 where a path would have to lead through a terminal.
  ///
  /// Time in O(places × edges), places being the terminals that differ in what they are cabled to; for small graphs
  /// in O(places² × the edges between two), for a tighter bound.
  ///
  /// - Parameter cut: a cut that is known: no more is looked for once the bound is there.
  static func capacity(of graph: CutGraph, reaching cut: Double = .infinity) -> Double {
    var bound = FlowBound(graph.withMergedTerminals())
    var best = 0.0
    for round in 0..<rounds {
      guard let next = bound.capacity() else { return 0 }
      best = max(best, next)
      if best >= cut * (1 - 1e-9) { return best }
      // Large graphs have no time for more.
      let steps = bound.isByPair ? bound.pairSteps : pairLimit / 2
      if (round + 2) * steps > pairLimit { return best }
      bound.shiftWeights()
    }
    return best
  }

  private init(_ graph: CutGraph) {
    self.graph = graph
    let terminals = graph.weights.reduce(0, +)
    half = (Double(terminals / 2), Double(terminals - terminals / 2))
    distance = [Int32](repeating: -1, count: graph.vertexCount)
    paths = [Double](repeating: 0, count: graph.vertexCount)
    passing = paths
    arrivalRanges = [Range<Int>](repeating: 0..<0, count: graph.vertexCount)
    let scale = graph.edges.reduce(0) { max($0, $1.capacity) }
    weights = graph.edges.map { $0.capacity / scale }
    toAll = [Double](repeating: 0, count: graph.edges.count)
    (toOne, sum, largest, utilisation) = (toAll, toAll, toAll, toAll)
  }

  private mutating func capacity() -> Double? {
    for edge in sum.indices { (sum[edge], largest[edge]) = (0, 0) }
    for source in 0..<graph.terminalCount {
      findPaths(from: source)
      findArrivals()
      for destination in 0..<graph.terminalCount where distance[destination] < 0 { return nil }
      if isByPair {
        let steps = loadByPair(from: source)
        if pairSteps == 0 { pairSteps = steps * graph.terminalCount }
      } else {
        loadTogether(from: source)
      }
      guard loadWithin(source) else { return nil }
      collect(from: source)
    }
    for vertex in 0..<graph.vertexCount {
      for edge in graph.range(of: vertex) {
        let links = weight(vertex) * weight(Int(graph.edges[edge].to))
        let load = min(sum[edge], half.smaller * largest[edge]) / half.larger
        utilisation[edge] = load * links / graph.edges[edge].capacity
      }
    }
    return half.smaller / (utilisation.max() ?? 0)
  }

  /// Takes weight from links by what they are asked for, so that the next round goes around them where it can.
  private mutating func shiftWeights() {
    let most = utilisation.max() ?? 0
    for edge in weights.indices {
      let load = max(utilisation[edge], utilisation[Int(graph.reverse[edge])]) / most
      // No weight is so small that a long path's product could vanish.
      weights[edge] = max(weights[edge] * exp(-Self.patience * load), 1e-6)
    }
  }

  /// How many terminals a vertex stands for; 1 for a switch.
  @inline(__always)
  private func weight(_ vertex: Int) -> Double {
    vertex < graph.terminalCount ? Double(graph.weights[vertex]) : 1
  }

  private mutating func findPaths(from source: Int) {
    for vertex in order { distance[Int(vertex)] = -1 }
    order.removeAll(keepingCapacity: true)
    order.append(Int32(source))
    distance[source] = 0
    paths[source] = 1
    var place = 0
    while place < order.count {
      let vertex = Int(order[place])
      place += 1
      guard vertex >= graph.terminalCount || vertex == source else { continue }
      for index in graph.range(of: vertex) {
        let other = Int(graph.edges[index].to)
        if distance[other] < 0 {
          distance[other] = distance[vertex] + 1
          paths[other] = 0
          order.append(Int32(other))
        }
        if distance[other] == distance[vertex] + 1 {
          paths[other] += paths[vertex] * weights[index]
        }
      }
    }
  }

  /// Lists, for each vertex, the edges by which flows from the current source arrive.
  private mutating func findArrivals() {
    arrivals.removeAll(keepingCapacity: true)
    for vertex in order {
      let vertex = Int(vertex)
      let start = arrivals.count
      for index in graph.range(of: vertex) {
        let before = Int(graph.edges[index].to)
        guard distance[before] == distance[vertex] - 1, before >= graph.terminalCount || distance[before] == 0
        else { continue }
        let part = paths[before] * weights[index] / paths[vertex]
        arrivals.append(Arrival(edge: graph.reverse[index], before: Int32(before), part: part))
      }
      arrivalRanges[vertex] = start..<arrivals.count
    }
  }

  /// Follows each destination's flow back to the source.
  ///
  /// - Returns: the steps taken.
  private mutating func loadByPair(from source: Int) -> Int {
    var queue = [Int32]()
    var steps = 0
    for destination in 0..<graph.terminalCount where destination != source {
      let weight = Double(graph.weights[destination])
      queue.removeAll(keepingCapacity: true)
      queue.append(Int32(destination))
      passing[destination] = 1
      var place = 0
      while place < queue.count {
        let vertex = Int(queue[place])
        place += 1
        steps += arrivalRanges[vertex].count
        for arrival in arrivals[arrivalRanges[vertex]] {
          let (edge, before) = (Int(arrival.edge), Int(arrival.before))
          if passing[before] == 0 { queue.append(Int32(before)) }
          let flow = passing[vertex] * arrival.part
          passing[before] += flow
          toAll[edge] += weight * flow
          toOne[edge] = max(toOne[edge], flow)
        }
        passing[vertex] = 0
      }
    }
    return steps
  }

  /// Sums the flows to all destinations from the farthest on; no flow to one destination is above 1.
  private mutating func loadTogether(from source: Int) {
    for vertex in order { passing[Int(vertex)] = 0 }
    for vertex in order.reversed() where Int(vertex) != source {
      let vertex = Int(vertex)
      let ending = vertex < graph.terminalCount ? Double(graph.weights[vertex]) : 0
      for arrival in arrivals[arrivalRanges[vertex]] {
        let edge = Int(arrival.edge)
        let flow = (passing[vertex] + ending) * arrival.part
        passing[Int(arrival.before)] += flow
        toAll[edge] += flow
        toOne[edge] = 1
      }
    }
    for vertex in order { passing[Int(vertex)] = 0 }
  }

  /// Flows from one member of the source to another, by each switch in proportion to its capacity.
  ///
  /// False where they have no switch in common.
  private mutating func loadWithin(_ source: Int) -> Bool {
    let others = Double(graph.weights[source] - 1)
    guard others > 0 else { return true }
    let up = graph.range(of: source).filter { Int(graph.edges[$0].to) >= graph.terminalCount }
    let all = up.reduce(0) { $0 + graph.edges[$1].capacity }
    for index in up {
      let part = graph.edges[index].capacity / all
      toAll[index] += others * part
      toOne[index] = max(toOne[index], part)
      // Down to one of them, from each of the others.
      let down = Int(graph.reverse[index])
      sum[down] += others * part
      largest[down] = max(largest[down], part)
    }
    return all > 0
  }

  /// Adds what the current source may put on each link, towards the worst choice of destinations.
  private mutating func collect(from source: Int) {
    for vertex in 0..<graph.vertexCount {
      for edge in graph.range(of: vertex) where toAll[edge] > 0 {
        // A link to one of several alike takes what goes to that one; a link from one of several, what that one sends.
        let load = min(toAll[edge], half.larger * toOne[edge]) / weight(Int(graph.edges[edge].to))
        sum[edge] += vertex == source ? load : weight(source) * load
        largest[edge] = max(largest[edge], load)
        (toAll[edge], toOne[edge]) = (0, 0)
      }
    }
  }
}
