/// A tree of switches that combine what comes from below and hand out what comes from above, with ranks as its leaves.
///
/// Nodes are numbered ranks first, then switches. Any depth and any degree will do: one NVSwitch over all ranks of a
/// domain (NVLS), a tree of InfiniBand switches (SHARP), or one in the other, with the switches of the domains below those
/// of the network:
///
///     // Two domains of two ranks; switches 4 and 5 join the domains, switch 6 joins both.
///     let tree = try AggregationTree(ranks: 4, parents: [4, 4, 5, 5, 6, 6, -1])
///
/// Takes O(nodes) memory, which copies share.
public struct AggregationTree: Sendable, Hashable {
  /// How many leaves there are.
  public let ranks: Int
  /// The node above each node; -1 for the root alone.
  public let parents: [Int]
  /// The switch above all.
  public let root: Int
  /// How many edges lie between the root and the rank that is farthest from it.
  public let height: Int

  /// All nodes' children, node by node, ascending; and where each node's start.
  private let children: [Int]
  private let starts: [Int]
  /// Each node's place among its parent's children.
  private let places: [Int]
  private let depths: [Int]
  /// Each node's number where a node comes before what is below it, and the greatest such number below it.
  private let entry: [Int]
  private let last: [Int]

  /// A tree of which `parents` gives the node above each node: first every rank's, then every switch's.
  ///
  /// - Parameters:
  ///   - ranks: one or more; nodes 0 up to this are ranks, and have no children.
  ///   - parents: a switch for each node, and -1 for the one switch at the top.
  /// - Throws: ``AggregationTreeError`` where this is no such tree.
  /// - Complexity: O(nodes).
  public init(ranks: Int, parents: [Int]) throws(AggregationTreeError) {
    guard ranks >= 1, parents.count > ranks, parents.count < 1 << 30 else {
      throw .nodes(parents.count, ranks: ranks)
    }
    let roots = parents.indices.filter { parents[$0] == -1 }
    guard roots.count == 1, let root = roots.first, root >= ranks else { throw .roots(roots, ranks: ranks) }
    var degrees = Array(repeating: 0, count: parents.count)
    var places: [Int] = []
    for (node, parent) in parents.enumerated() {
      guard node != root else {
        places.append(-1)
        continue
      }
      guard parent >= ranks, parent < parents.count, parent != node else {
        throw .parent(parent, node: node, switches: ranks..<parents.count)
      }
      places.append(degrees[parent])
      degrees[parent] += 1
    }
    if let barren = (ranks..<parents.count).first(where: { degrees[$0] == 0 }) { throw .barren(barren) }
    guard ranks == 1 || degrees[root] > 1 else { throw .lone(root) }
    var starts = [0]
    for degree in degrees { starts.append(starts[starts.count - 1] + degree) }
    var children = Array(repeating: 0, count: parents.count - 1)
    for (node, parent) in parents.enumerated() where node != root {
      children[starts[parent] + places[node]] = node
    }

    (self.ranks, self.parents, self.root) = (ranks, parents, root)
    (self.children, self.starts, self.places) = (children, starts, places)
    var (depths, entry, last) = (degrees.map { _ in 0 }, degrees.map { _ in -1 }, degrees.map { _ in -1 })
    var pending = [root]
    var order: [Int] = []
    while let node = pending.popLast() {
      entry[node] = order.count
      order.append(node)
      depths[node] = node == root ? 0 : depths[parents[node]] + 1
      pending += children[starts[node]..<starts[node + 1]].reversed()
    }
    // Whoever is not below the root is on a cycle, or below one.
    if let lost = entry.firstIndex(of: -1) { throw .cycle(lost) }
    for node in order.reversed() {
      last[node] = max(last[node], entry[node])
      if node != root { last[parents[node]] = max(last[parents[node]], last[node]) }
    }
    (self.depths, self.entry, self.last) = (depths, entry, last)
    height = depths[..<ranks].max() ?? 0
  }

  /// Ranks and switches.
  public var nodes: Int { parents.count }

  /// The nodes below `node`, ascending.
  public func children(of node: Int) -> ArraySlice<Int> { children[starts[node]..<starts[node + 1]] }

  /// How many edges lie between two nodes.
  ///
  /// - Complexity: O(height).
  public func distance(from one: Int, to other: Int) -> Int {
    var (one, other, distance) = (one, other, 0)
    while one != other {
      if depths[one] >= depths[other] { one = parents[one] } else { other = parents[other] }
      distance += 1
    }
    return distance
  }

  /// How many nodes a node is joined with; its neighbours are its children, in order, and then its parent.
  func degree(of node: Int) -> Int { starts[node + 1] - starts[node] + (node == root ? 0 : 1) }

  func neighbour(_ side: Int, of node: Int) -> Int {
    let start = starts[node]
    return start + side < starts[node + 1] ? children[start + side] : parents[node]
  }

  /// Which of the neighbours of its neighbour `other` a node is.
  func side(of node: Int, seenFrom other: Int) -> Int {
    parents[node] == other ? places[node] : starts[other + 1] - starts[other]
  }

  /// The side on which `target` is reached from `node`; nil where they are the same.
  func side(towards target: Int, from node: Int) -> Int? {
    guard target != node else { return nil }
    let (start, end) = (starts[node], starts[node + 1])
    guard entry[target] > entry[node], entry[target] <= last[node] else { return end - start }
    var (low, high) = (start, end - 1)
    while low < high {
      let middle = (low + high) / 2
      if last[children[middle]] < entry[target] { low = middle + 1 } else { high = middle }
    }
    return low - start
  }
}

/// Parents that make no tree of switches over ranks.
public enum AggregationTreeError: Error, Equatable, CustomStringConvertible {
  /// No rank, no switch, or more nodes than 2^30.
  case nodes(Int, ranks: Int)
  /// None or several nodes without a parent, or a rank without one.
  case roots([Int], ranks: Int)
  /// A parent that is no switch, or the node itself.
  case parent(Int, node: Int, switches: Range<Int>)
  /// A switch without children.
  case barren(Int)
  /// A root with one child, which has nothing to combine.
  case lone(Int)
  /// A node from which no way up leads to the root.
  case cycle(Int)

  /// One line: what was found and what would be right.
  public var description: String {
    switch self {
    case .nodes(let nodes, let ranks):
      "\(nodes) nodes for \(ranks) ranks: a tree has one rank at least, one switch more than that, and up to 2^30 nodes"
    case .roots(let roots, let ranks):
      "\(roots.count) nodes have no parent\(roots.first.map { ", node \($0) the first" } ?? ""): it is one, a switch "
        + "(numbered from \(ranks) on)"
    case .parent(let parent, let node, let switches):
      "node \(node) is below node \(parent): a parent is another node, one of the switches "
        + "\(switches.lowerBound) to \(switches.upperBound - 1)"
    case .barren(let node): "switch \(node) has nothing below it: every leaf of the tree is a rank"
    case .lone(let node): "switch \(node) is the root and has one child: it joins two or more"
    case .cycle(let node): "node \(node) is not below the root: its way up runs in a circle"
    }
  }
}
