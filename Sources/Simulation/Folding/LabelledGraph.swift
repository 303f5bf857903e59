/// An undirected graph whose edges bear labels, in compressed form: the edges of each vertex stand together.
///
///     var graph = LabelledGraph(degrees: [1, 2, 1], labels: 2)
///     graph.connect(0, 1, label: 0)
///     graph.connect(1, 2, label: 1)
///
/// Two vertices may have several edges, also of one label. Both ends of an edge see its label. It takes eight
/// bytes for each end of an edge and four for each vertex.
package struct LabelledGraph: Sendable {
  /// What a vertex sees of one of its edges.
  struct Edge: Sendable, BitwiseCopyable {
    var neighbour: Int32
    var label: Int32
  }

  /// Where the edges of each vertex end, and those of the next begin; while edges are added, where the next
  /// one goes.
  private(set) var ends: [Int32]
  private(set) var edges: [Edge]
  /// Labels are below this.
  let labels: Int

  /// A graph to which ``connect(_:_:label:)`` gives as many edges as the degrees say, before it is read.
  ///
  /// - Parameters:
  ///   - degrees: how many ends of edges each vertex has; below 2^31 in all.
  ///   - labels: how many labels there are.
  package init(degrees: [Int32], labels: Int) {
    self.labels = labels
    ends = degrees
    var total = 0
    for vertex in degrees.indices {
      ends[vertex] = Int32(total)
      total += Int(degrees[vertex])
      precondition(total <= Int32.max, "a graph has fewer than 2^31 ends of edges")
    }
    edges = Array(repeating: Edge(neighbour: -1, label: -1), count: total)
  }

  /// Adds an edge.
  package mutating func connect(_ one: Int, _ other: Int, label: Int32) {
    append(Edge(neighbour: Int32(other), label: label), to: one)
    append(Edge(neighbour: Int32(one), label: label), to: other)
  }

  private mutating func append(_ edge: Edge, to vertex: Int) {
    let place = ends[vertex]
    edges[Int(place)] = edge
    ends[vertex] = place + 1
  }

  /// How many vertices it has.
  package var count: Int { ends.count }

  /// Where the edges of a vertex are.
  @inline(__always)
  func edges(of vertex: Int) -> Range<Int> {
    (vertex == 0 ? 0 : Int(ends[vertex - 1]))..<Int(ends[vertex])
  }
}
