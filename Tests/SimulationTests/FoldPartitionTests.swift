import Simulation
import Testing

@Suite("The coarsest equitable partition")
struct FoldPartitionTests {
  @Test("is what naive colour refinement gives, on 3,000 random graphs")
  func naive() {
    for seed in 0..<3_000 {
      let graph = RandomGraph(seed: UInt64(seed))
      let partition = graph.partition
      #expect(partition.classes == graph.naiveClasses, "case \(seed)")
      #expect(partition.sizes.reduce(0, +) == Int32(graph.colours.count))
      for (number, first) in partition.firsts.enumerated() {
        #expect(partition.classes.firstIndex(of: Int32(number)) == Int(first))
        #expect(partition.classes.count { $0 == number } == Int(partition.sizes[number]))
      }
    }
  }

  @Test("is the same whatever the order of vertices and edges", arguments: 0..<200)
  func order(seed: UInt64) {
    let graph = RandomGraph(seed: seed)
    var random = Random(seed: seed + 1_000_000)
    let order = random.permutation(graph.colours.count)
    var moved = graph
    for (vertex, place) in order.enumerated() { moved.colours[place] = graph.colours[vertex] }
    moved.edges = random.permutation(graph.edges.count).map { index in
      let edge = graph.edges[index]
      return (order[edge.other], order[edge.one], edge.label)
    }
    let (classes, there) = (graph.partition.classes, moved.partition.classes)
    for one in order.indices {
      for other in order.indices {
        #expect((classes[one] == classes[other]) == (there[order[one]] == there[order[other]]))
      }
    }
  }

  @Test("of a cycle is one class, and with one vertex marked a class for each distance", arguments: 3...40)
  func cycle(length: Int) {
    var graph = RandomGraph(colours: Array(repeating: 0, count: length))
    for vertex in 0..<length { graph.edges.append((vertex, (vertex + 1) % length, 0)) }
    #expect(graph.partition.firsts == [0])
    graph.colours[0] = 1
    #expect(graph.partition.classes == (0..<length).map { Int32(min($0, length - $0)) })
  }

  /// What degrees can't tell apart is one class, though no automorphism joins them.
  @Test("of two triangles beside a hexagon is one class")
  func regular() {
    var graph = RandomGraph(colours: Array(repeating: 0, count: 12))
    for (first, length) in [(0, 3), (3, 3), (6, 6)] {
      for place in 0..<length { graph.edges.append((first + place, first + (place + 1) % length, 0)) }
    }
    #expect(graph.partition.firsts == [0])
    #expect(graph.partition.sizes == [12])
  }

  @Test("of a long path has a class for each distance from the ends, in no more time than that takes")
  func path() {
    let length = 200_001
    var graph = RandomGraph(colours: Array(repeating: 0, count: length))
    for vertex in 1..<length { graph.edges.append((vertex - 1, vertex, 0)) }
    #expect(graph.partition.classes == (0..<length).map { Int32(min($0, length - 1 - $0)) })
  }

  @Test("of nothing, and of vertices without edges, is their colours")
  func edgeless() {
    #expect(RandomGraph(colours: []).partition.classes == [])
    let partition = RandomGraph(colours: [3, 1, 3, 0, 1]).partition
    #expect(partition.classes == [0, 1, 0, 2, 1])
    #expect(partition.firsts == [0, 1, 3])
    #expect(partition.sizes == [2, 2, 1])
  }
}

/// A small graph with colours and labels, pairs of vertices with several edges, and vertices without any.
struct RandomGraph {
  var colours: [Int32]
  var edges: [(one: Int, other: Int, label: Int32)] = []

  init(colours: [Int32]) { self.colours = colours }

  /// Copies of a random piece, joined by random edges of which there often are none, so that much is alike.
  init(seed: UInt64) {
    var random = Random(seed: seed)
    let (piece, copies) = (random.below(8) + 1, random.below(6) + 1)
    let (kinds, labels) = (random.below(3) + 1, random.below(4) + 1)
    let pieceColours = (0..<piece).map { _ in Int32(random.below(kinds)) }
    colours = (0..<copies).flatMap { _ in pieceColours }
    for _ in 0..<random.below(3 * piece) {
      let (one, other, label) = (random.below(piece), random.below(piece), random.below(labels))
      guard one != other else { continue }
      // Each copy's piece is joined to that of a permutation of the copies: itself, or any.
      let targets = random.below(2) == 0 ? Array(0..<copies) : random.permutation(copies)
      for (copy, target) in targets.enumerated() {
        edges.append((copy * piece + one, target * piece + other, Int32(label)))
      }
    }
    for _ in 0..<max(0, random.below(6) - 3) where colours.count > 1 {
      let (one, other) = (random.below(colours.count), random.below(colours.count))
      if one != other { edges.append((one, other, Int32(random.below(labels)))) }
    }
  }

  var partition: EquitablePartition {
    var degrees = [Int32](repeating: 0, count: colours.count)
    for edge in edges {
      degrees[edge.one] += 1
      degrees[edge.other] += 1
    }
    var graph = LabelledGraph(degrees: degrees, labels: 4)
    for edge in edges { graph.connect(edge.one, edge.other, label: edge.label) }
    return EquitablePartition(of: graph, colours: colours)
  }

  /// Colours are replaced by what a vertex and its neighbours have, again and again, until no more come of
  /// it.
  var naiveClasses: [Int32] {
    var classes = Self.numbered(colours.map { [[$0]] })
    while true {
      var signatures = classes.map { [[$0]] }
      for edge in edges {
        signatures[edge.one].append([edge.label, classes[edge.other]])
        signatures[edge.other].append([edge.label, classes[edge.one]])
      }
      for vertex in signatures.indices {
        let around = signatures[vertex].dropFirst().sorted { ($0[0], $0[1]) < ($1[0], $1[1]) }
        signatures[vertex] = [signatures[vertex][0]] + around
      }
      let refined = Self.numbered(signatures)
      if refined == classes { return classes }
      classes = refined
    }
  }

  /// Numbers of equal values, in the order of their first.
  private static func numbered(_ values: [[[Int32]]]) -> [Int32] {
    var numbers: [[[Int32]]: Int32] = [:]
    return values.map { value in
      if let known = numbers[value] { return known }
      numbers[value] = Int32(numbers.count)
      return Int32(numbers.count - 1)
    }
  }
}

extension Random {
  /// The numbers below `count` in random order.
  mutating func permutation(_ count: Int) -> [Int] {
    var order = Array(0..<count)
    for place in order.indices.reversed() { order.swapAt(place, below(place + 1)) }
    return order
  }
}
