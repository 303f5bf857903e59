public import Collectives
public import Fabric

/// The switches of a fabric that combine and copy for ranks at given places: an ``AggregationTree`` with a node and a
/// link of the fabric for each of its own.
///
///     let tree = try SwitchTree(fabric, endpoints: Array(0..<64))
///     let schedule = try AggregationSchedule(.allReduce, tree: tree.tree, count: 1 << 20, chunk: 1 << 18)
///
/// Where one NVSwitch joins all ranks, it is the tree (NVLS). Else the root is a network switch of the lowest tier that has
/// one with all ranks below it, and from it the tree goes down tier by tier, each switch below the first that leads to it.
/// Where switches form no tiers (torus, dragonfly), the tree is one of fewest links from a switch of a rank's.
/// Every edge is one link each way; of parallel links it is that of the least index.
///
/// Endpoints pass nothing on, so that an NVSwitch and a network switch are never in one tree.
public struct SwitchTree: Sendable {
  /// Ranks first, then switches in the order of the fabric's nodes.
  public let tree: AggregationTree
  /// For each node of the tree, its index among the fabric's nodes.
  public let nodes: [Int]
  /// For each node of the tree, the fabric's link to the node above it, whose way back is `link ^ 1`; -1 for the root.
  public let links: [Int]

  /// A tree over the ranks at `endpoints`.
  ///
  /// - Parameters:
  ///   - endpoints: for each rank, the index of its place in the fabric's endpoints; ranks may share one.
  ///   - seed: chooses among roots that do equally well, and among ways down from them.
  /// - Throws: ``SwitchTreeError`` where no switch has all ranks below it.
  /// - Complexity: O(links) for each root that is tried: of those of the lowest tier with a root the first.
  public init(_ fabric: Fabric, endpoints: [Int], seed: Int = 0) throws(SwitchTreeError) {
    guard !endpoints.isEmpty else { throw .noRanks }
    if let missing = endpoints.first(where: { !fabric.endpoints.indices.contains($0) }) {
      throw .endpoint(missing, count: fabric.endpoints.count)
    }
    let places = endpoints.map { fabric.endpoints[$0] }
    var search = TreeSearch(fabric, places: places, seed: max(0, seed))
    guard search.findRoot() else {
      let lost = search.firstRankNotReached
      throw .unjoined(
        fabric: fabric.name, ranks: endpoints.count, rank: lost, endpoint: fabric.nodes[places[lost]].id)
    }

    // What is on the way up from some rank, as far as ways part.
    var children = [Int32](repeating: 0, count: fabric.nodes.count)
    for place in places {
      var node = place
      while node != search.root {
        node = fabric.links[Int(search.linkTo[node])].from
        children[node] += 1
        // Another rank has been here, and went on from here.
        guard children[node] == 1 else { break }
      }
    }
    var root = search.root
    while endpoints.count > 1, children[root] == 1,
      let below = search.onlyChild(of: root, where: { children[$0] > 0 })
    {
      children[root] = 0
      root = below
    }
    var numbers = [Int](repeating: -1, count: fabric.nodes.count)
    var nodes = places
    for node in children.indices where children[node] > 0 {
      numbers[node] = nodes.count
      nodes.append(node)
    }
    links = nodes.map { $0 == root ? -1 : Int(search.linkTo[$0]) ^ 1 }
    self.nodes = nodes
    do throws(AggregationTreeError) {
      tree = try AggregationTree(
        ranks: endpoints.count, parents: links.map { $0 < 0 ? -1 : numbers[fabric.links[$0].to] })
    } catch {
      // Whatever was found is a tree, unless it is too large for one.
      throw .tree(error)
    }
  }
}

/// Why no tree of switches reaches all ranks.
public enum SwitchTreeError: Error, Equatable, CustomStringConvertible {
  /// There is nobody to combine for.
  case noRanks
  /// A place that the fabric doesn't have.
  case endpoint(Int, count: Int)
  /// No switch has all ranks below it: one that a tree from rank 0 doesn't reach.
  case unjoined(fabric: String, ranks: Int, rank: Int, endpoint: String)
  /// What was found is too large for a tree.
  case tree(AggregationTreeError)

  /// One line: what was found and what would be right.
  public var description: String {
    switch self {
    case .noRanks: "no ranks: a tree of switches has one below it at least"
    case .endpoint(let endpoint, let count):
      "endpoint \(endpoint): the fabric has endpoints 0 to \(count - 1)"
    case .unjoined(let fabric, let ranks, let rank, let endpoint):
      "no switch of fabric '\(fabric)' has all \(ranks) ranks below it, rank \(rank) (\(endpoint)) not with rank 0:"
        + " in-network reduction needs switches that join all ranks without passing through one, which rails without"
        + " spines (rail-only) don't"
    case .tree(let error): error.description
    }
  }
}

/// A search for a root and the ways down from it.
private struct TreeSearch {
  private let fabric: Fabric
  private let places: [Int]
  private let seed: Int
  private let isWanted: [Bool]
  private let wanted: Int
  /// Whether network switches are joined with those of the neighbouring tier only.
  private let hasTiers: Bool
  /// For each node the links that lead down from it, and up: `links[starts[node] ..< starts[node + 1]]`.
  private let down: (starts: [Int32], links: [Int32])
  private let up: (starts: [Int32], links: [Int32])
  /// The link by which each node was reached, where `reached` says that it was in the latest try.
  private(set) var linkTo: [Int32]
  private var reached: [Int32]
  private var tries: Int32 = 0
  private(set) var root = -1

  init(_ fabric: Fabric, places: [Int], seed: Int) {
    (self.fabric, self.places, self.seed) = (fabric, places, seed)
    let nodes = fabric.nodes
    var isWanted = [Bool](repeating: false, count: nodes.count)
    for place in places { isWanted[place] = true }
    (self.isWanted, wanted) = (isWanted, isWanted.count { $0 })
    let hasTiers = fabric.links.allSatisfy { link in
      guard case .networkSwitch(let one) = nodes[link.from].kind,
        case .networkSwitch(let other) = nodes[link.to].kind
      else { return true }
      return abs(one - other) == 1
    }
    self.hasTiers = hasTiers
    /// Whether a link leads away from what is above; in a network without tiers all switches are above each other.
    func leadsDown(_ from: Fabric.Node.Kind, _ to: Fabric.Node.Kind) -> Bool {
      switch (from, to) {
      case (.nvSwitch, .endpoint), (.networkSwitch, .endpoint): true
      case (.networkSwitch(let upper), .networkSwitch(let lower)): !hasTiers || upper > lower
      default: false
      }
    }
    func links(where isPart: (Fabric.Link) -> Bool) -> (starts: [Int32], links: [Int32]) {
      var starts = [Int32](repeating: 0, count: nodes.count + 1)
      for link in fabric.links where isPart(link) { starts[link.from + 1] += 1 }
      for node in nodes.indices { starts[node + 1] += starts[node] }
      var (next, sorted) = (starts, [Int32](repeating: -1, count: Int(starts[nodes.count])))
      for (index, link) in fabric.links.enumerated() where isPart(link) {
        sorted[Int(next[link.from])] = Int32(index)
        next[link.from] += 1
      }
      return (starts, sorted)
    }
    down = links { leadsDown(nodes[$0.from].kind, nodes[$0.to].kind) }
    up = links { leadsDown(nodes[$0.to].kind, nodes[$0.from].kind) }
    linkTo = Array(repeating: -1, count: nodes.count)
    reached = Array(repeating: 0, count: nodes.count)
  }

  /// Finds a root and leaves the ways down from it; says whether there is one.
  mutating func findRoot() -> Bool {
    let first = above(places[0])
    let isNVSwitch = { [fabric] (node: Int) in fabric.nodes[node].kind == .nvSwitch }
    if tryAll(first.filter(isNVSwitch)) { return true }
    var candidates = first.filter { !isNVSwitch($0) }
    // Without tiers every switch of a network reaches what any other does.
    guard hasTiers else { return tryAll(candidates) }
    while !candidates.isEmpty {
      if tryAll(candidates) { return true }
      var seen = Set<Int>()
      candidates = candidates.flatMap(above).filter { seen.insert($0).inserted }
    }
    return false
  }

  /// A rank that the latest try has not reached, or the last rank.
  var firstRankNotReached: Int {
    places.indices.first { tries == 0 ? $0 > 0 : reached[places[$0]] != tries } ?? places.count - 1
  }

  /// The one node right below `node` that `isPart` holds for.
  func onlyChild(of node: Int, where isPart: (Int) -> Bool) -> Int? {
    for link in down.links[Int(down.starts[node])..<Int(down.starts[node + 1])] {
      let below = fabric.links[Int(link)].to
      if linkTo[below] == link, reached[below] == tries, isPart(below) { return below }
    }
    return nil
  }

  /// The switches right above a node, each once, in the order of its links.
  private func above(_ node: Int) -> [Int] {
    var found: [Int] = []
    for link in up.links[Int(up.starts[node])..<Int(up.starts[node + 1])] {
      let upper = fabric.links[Int(link)].to
      if !found.contains(upper) { found.append(upper) }
    }
    return found
  }

  private mutating func tryAll(_ candidates: [Int]) -> Bool {
    for place in candidates.indices {
      let candidate = candidates[(place + seed % candidates.count) % candidates.count]
      if descend(from: candidate) { return true }
    }
    return false
  }

  /// Goes down from a switch, nearest first; says whether all ranks were reached.
  private mutating func descend(from candidate: Int) -> Bool {
    (root, tries) = (candidate, tries + 1)
    reached[candidate] = tries
    var (queue, next, found) = ([candidate], 0, 0)
    while next < queue.count {
      let node = queue[next]
      next += 1
      let first = Int(down.starts[node])
      let count = Int(down.starts[node + 1]) - first
      for place in 0..<count {
        let link = down.links[first + (place + seed % count) % count]
        let below = fabric.links[Int(link)].to
        guard reached[below] != tries else {
          if link < linkTo[below], fabric.links[Int(linkTo[below])].from == node { linkTo[below] = link }
          continue
        }
        (reached[below], linkTo[below]) = (tries, link)
        if isWanted[below] { found += 1 }
        if fabric.nodes[below].kind != .endpoint { queue.append(below) }
      }
    }
    return found == wanted
  }
}
