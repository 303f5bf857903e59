import Quantities

/// A fabric as an undirected graph to be cut in two: terminals that are to be halved, and switches that go where they
/// like.
///
/// Terminals are the first vertices. Links between the same two vertices are one edge; its capacity is that of one
/// direction, the slower one where a cable's two differ.
struct CutGraph {
  struct Edge: Hashable {
    let to: Int32
    let capacity: Double
  }

  /// What is halved.
  enum Terminals {
    /// Hosts, with all that is in them: NVLink never crosses. Endpoints where there is one host.
    case hosts
    /// Endpoints, joined by the network alone: no NVSwitch is in the graph.
    case endpoints
  }

  let terminalCount: Int
  /// How many hosts or endpoints each terminal stands for.
  let weights: [Int]
  /// The edges of vertex v are `edges[starts[v]..<starts[v + 1]]`; each edge is there from both sides.
  let starts: [Int32]
  let edges: [Edge]
  /// The same edge from its other side.
  let reverse: [Int32]

  var vertexCount: Int { starts.count - 1 }

  @inline(__always)
  func range(of vertex: Int) -> Range<Int> { Int(starts[vertex])..<Int(starts[vertex + 1]) }

  init(_ fabric: Fabric, halving: Terminals) {
    var terminals = [Int32](repeating: -1, count: fabric.endpoints.count)
    let groups = halving == .hosts ? fabric.groupsByHost : fabric.endpoints.indices.map { [$0] }
    for (terminal, group) in groups.enumerated() {
      for endpoint in group { terminals[endpoint] = Int32(terminal) }
    }

    var vertices = [Int32](repeating: -1, count: fabric.nodes.count)
    for (endpoint, node) in fabric.endpoints.enumerated() { vertices[node] = terminals[endpoint] }
    let outgoing = Adjacency(nodes: fabric.nodes.count, links: fabric.links) {
      fabric.nodes[$0.from].kind == .nvSwitch
    }
    var count = Int32(groups.count)
    for (node, description) in fabric.nodes.enumerated() {
      switch description.kind {
      case .endpoint: break
      case .nvSwitch where halving == .endpoints: break
      case .nvSwitch:
        // One that serves a single terminal is inside of it.
        let served = outgoing[node].map { vertices[fabric.links[Int($0)].to] }
        if let first = served.first, served.allSatisfy({ $0 == first }) {
          vertices[node] = first
          continue
        }
        fallthrough
      case .networkSwitch:
        vertices[node] = count
        count += 1
      }
    }

    var lists = [[Edge]](repeating: [], count: Int(count))
    for there in stride(from: 0, to: fabric.links.count, by: 2) {
      let (link, back) = (fabric.links[there], fabric.links[there + 1])
      let (from, to) = (vertices[link.from], vertices[link.to])
      guard from >= 0, to >= 0, from != to else { continue }
      let capacity = min(link.bandwidth, back.bandwidth).bytesPerSecond
      lists[Int(from)].append(Edge(to: to, capacity: capacity))
      lists[Int(to)].append(Edge(to: from, capacity: capacity))
    }
    self.init(weights: [Int](repeating: 1, count: groups.count), lists: lists)
  }

  /// Edges that lead from one vertex to the same other one are joined.
  private init(weights: [Int], lists: [[Edge]]) {
    (terminalCount, self.weights) = (weights.count, weights)
    var starts: [Int32] = [0]
    var edges = [Edge]()
    for list in lists {
      var last: Edge?
      for edge in list.sorted(by: { $0.to < $1.to }) {
        if let known = last, known.to == edge.to {
          last = Edge(to: edge.to, capacity: known.capacity + edge.capacity)
        } else {
          if let last { edges.append(last) }
          last = edge
        }
      }
      if let last { edges.append(last) }
      starts.append(Int32(edges.count))
    }
    // Lists are ordered by their ends, so that a walk over the vertices meets each list's entries in order.
    var reverse = [Int32](repeating: 0, count: edges.count)
    var next = starts
    for edge in edges.indices {
      let other = Int(edges[edge].to)
      reverse[edge] = next[other]
      next[other] += 1
    }
    (self.starts, self.edges, self.reverse) = (starts, edges, reverse)
  }

  /// The same graph with terminals of the same neighbours, at the same capacities, made one.
  ///
  /// Its edges have the capacities of all those that they stand for.
  func withMergedTerminals() -> CutGraph {
    var known = [[Edge]: Int32]()
    var weights = [Int]()
    var places = [Int32]()
    for terminal in 0..<terminalCount {
      let key = Array(edges[range(of: terminal)])
      if let place = known[key] {
        weights[Int(place)] += self.weights[terminal]
        places.append(place)
      } else {
        known[key] = Int32(weights.count)
        places.append(Int32(weights.count))
        weights.append(self.weights[terminal])
      }
    }
    for vertex in terminalCount..<vertexCount { places.append(Int32(vertex - terminalCount + weights.count)) }
    var lists = [[Edge]](repeating: [], count: weights.count + vertexCount - terminalCount)
    for vertex in 0..<vertexCount {
      for edge in edges[range(of: vertex)] {
        lists[Int(places[vertex])].append(Edge(to: places[Int(edge.to)], capacity: edge.capacity))
      }
    }
    return CutGraph(weights: weights, lists: lists)
  }

  /// What crosses between the sides, one direction.
  func capacity(across sides: [Bool]) -> Double {
    var sum = 0.0
    for vertex in 0..<vertexCount where !sides[vertex] {
      for index in range(of: vertex) where sides[Int(edges[index].to)] { sum += edges[index].capacity }
    }
    return sum
  }
}
