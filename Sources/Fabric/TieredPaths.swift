/// Up and down routing over tiers of switches, with memory linear in the links.
///
/// Leaves are numbered in the order of their first endpoints, and each switch is over one run of them. Invariants,
/// checked by the initializer: a link of the network joins neighbouring tiers; an endpoint has one leaf; the switches
/// right above a switch are all over the same leaves; a switch with none above is over all leaves. So whichever way up
/// is chosen, the destination comes below at the same tier, and the path is one of the shortest.
struct TieredPaths: Sendable {
  /// Runs of links, one run a node: those of node n are `links[starts[n]..<starts[n + 1]]`.
  private struct Runs {
    var starts: [Int32]
    var links: [Int32]
  }

  /// The leaf node of each endpoint, and the links between the two: one for each parallel cable.
  private let leaf: [Int32]
  private let fromEndpoint: Runs
  private let toEndpoint: Runs

  /// The run of leaves that each node is over: `low..<high`.
  private let low: [Int32]
  private let high: [Int32]
  /// The product of the numbers of choices below each node, for d-mod-k.
  private let divisor: [Int]

  /// The links up from each node; parallel cables in rounds, one link to each switch above in each round.
  private let up: Runs
  /// The links down from each node, ordered by the leaves that they lead to, then by round.
  private let down: Runs
  /// The lowest leaf that each entry of `down.links` leads to, and the node.
  private let downLow: [Int32]
  private let target: [Int32]

  /// Nil where the fabric's switches form no such tiers.
  init?(_ fabric: Fabric) {
    guard let tiers = Self.tiers(fabric) else { return nil }
    let nodes = fabric.nodes
    var upward = [[Int32]](repeating: [], count: nodes.count)
    var downward = upward
    for (index, link) in fabric.links.enumerated() where tiers[link.from] >= 0 && tiers[link.to] >= 0 {
      if tiers[link.to] == tiers[link.from] + 1 {
        upward[link.from].append(Int32(index))
      } else if tiers[link.from] == tiers[link.to] + 1 {
        downward[link.from].append(Int32(index))
      } else {
        return nil
      }
    }

    // Leaves, numbered by their first endpoint.
    var low = [Int32](repeating: -1, count: nodes.count)
    var high = low
    var leaves: Int32 = 0
    var leaf = [Int32]()
    for endpoint in fabric.endpoints {
      guard let first = upward[endpoint].first else { return nil }
      let above = fabric.links[Int(first)].to
      guard upward[endpoint].allSatisfy({ fabric.links[Int($0)].to == above }) else { return nil }
      if low[above] < 0 {
        (low[above], high[above]) = (leaves, leaves + 1)
        leaves += 1
      }
      leaf.append(Int32(above))
    }

    // The higher tiers: runs of leaves, and the divisors of d-mod-k.
    var divisor = [Int](repeating: 1, count: nodes.count)
    let switches = nodes.indices.filter { tiers[$0] > 0 }.sorted { (tiers[$0], $0) < (tiers[$1], $1) }
    for node in switches {
      if tiers[node] > 1 {
        let below = downward[node].map { fabric.links[Int($0)].to }
        let distinct = Set(below).sorted { low[$0] < low[$1] }
        guard let first = distinct.first, let last = distinct.last, low[first] >= 0 else { return nil }
        for (left, right) in zip(distinct, distinct.dropFirst()) where high[left] != low[right] { return nil }
        (low[node], high[node]) = (low[first], high[last])
      } else if low[node] < 0 {
        return nil  // A leaf without endpoints.
      }
      let child = downward[node].first.map { fabric.links[Int($0)].to }
      let choices = child.map { max(1, upward[$0].count) } ?? 1
      let product = (child.map { divisor[$0] } ?? 1).multipliedReportingOverflow(by: choices)
      divisor[node] = product.overflow ? 1 : product.partialValue
    }
    for node in switches {
      let above = upward[node].map { fabric.links[Int($0)].to }
      if let first = above.first {
        guard above.allSatisfy({ low[$0] == low[first] && high[$0] == high[first] }) else { return nil }
      } else if low[node] != 0 || high[node] != leaves {
        return nil
      }
    }

    for node in nodes.indices where upward[node].count > 1 {
      upward[node] = Self.inRounds(upward[node], towards: { fabric.links[Int($0)].to })
    }
    for node in nodes.indices where downward[node].count > 1 {
      downward[node] = Self.inRounds(downward[node], towards: { fabric.links[Int($0)].to })
      let ordered = downward[node].enumerated().sorted {
        let (left, right) = (fabric.links[Int($0.element)].to, fabric.links[Int($1.element)].to)
        return (low[left], $0.offset) < (low[right], $1.offset)
      }
      downward[node] = ordered.map(\.element)
    }

    (self.leaf, self.low, self.high, self.divisor) = (leaf, low, high, divisor)
    fromEndpoint = Self.runs(fabric.endpoints.map { upward[$0] })
    var toEndpoint = [[Int32]](repeating: [], count: nodes.count)
    for node in switches where tiers[node] == 1 {
      for link in downward[node] { toEndpoint[fabric.links[Int(link)].to].append(link) }
      downward[node] = []
    }
    self.toEndpoint = Self.runs(fabric.endpoints.map { toEndpoint[$0] })
    for endpoint in fabric.endpoints { upward[endpoint] = [] }
    up = Self.runs(upward)
    down = Self.runs(downward)
    downLow = down.links.map { low[fabric.links[Int($0)].to] }
    target = fabric.links.map { Int32($0.to) }
  }

  /// The tier of each node (0 for endpoints, -1 for NVSwitches), or nil where endpoints share a cable.
  private static func tiers(_ fabric: Fabric) -> [Int]? {
    let tiers = fabric.nodes.map { node in
      switch node.kind {
      case .endpoint: 0
      case .nvSwitch: -1
      case .networkSwitch(let tier): tier
      }
    }
    return fabric.links.allSatisfy { tiers[$0.from] != 0 || tiers[$0.to] != 0 } ? tiers : nil
  }

  /// Parallel links in rounds: the first link to each target, then the second, and so on.
  private static func inRounds(_ links: [Int32], towards target: (Int32) -> Int) -> [Int32] {
    var seen = [Int: Int]()
    let rounds = links.map { link in
      defer { seen[target(link), default: 0] += 1 }
      return seen[target(link), default: 0]
    }
    let order = links.indices.sorted { (rounds[$0], target(links[$0])) < (rounds[$1], target(links[$1])) }
    return order.map { links[$0] }
  }

  private static func runs(_ lists: [[Int32]]) -> Runs {
    var runs = Runs(starts: [0], links: [])
    runs.starts.reserveCapacity(lists.count + 1)
    for list in lists {
      runs.links += list
      runs.starts.append(Int32(runs.links.count))
    }
    return runs
  }

  @inline(__always)
  func appendPath(from source: Int, to destination: Int, by selector: Selector, to path: inout [Int32]) {
    let goal = low[Int(leaf[destination])]
    let first = Int(fromEndpoint.starts[source])
    let cables = Int(fromEndpoint.starts[source + 1]) - first
    path.append(fromEndpoint.links[first + selector.choice(of: cables, at: source, divisor: 1)])

    var node = Int(leaf[source])
    while goal < low[node] || goal >= high[node] {
      let start = Int(up.starts[node])
      let choices = Int(up.starts[node + 1]) - start
      let link = up.links[start + selector.choice(of: choices, at: node, divisor: divisor[node])]
      path.append(link)
      node = Int(target[Int(link)])
    }
    while node != Int(leaf[destination]) {
      // The last entry that leads to the goal's run of leaves, then the first: parallel cables lie between.
      var (from, end) = (Int(down.starts[node]), Int(down.starts[node + 1]))
      let floor = from
      while end - from > 1 {
        let middle = (from + end) / 2
        if downLow[middle] <= goal { from = middle } else { end = middle }
      }
      var start = from
      while start > floor, downLow[start - 1] == downLow[from] { start -= 1 }
      let below = Int(target[Int(down.links[from])])
      let waysUp = Int(up.starts[below + 1] - up.starts[below])
      let cable = selector.parallel(
        of: from - start + 1, at: node, waysUp: waysUp, divisor: divisor[below])
      path.append(down.links[start + cable])
      node = below
    }
    let last = Int(toEndpoint.starts[destination])
    let ends = Int(toEndpoint.starts[destination + 1]) - last
    path.append(
      toEndpoint.links[last + selector.parallel(of: ends, at: node, waysUp: ends, divisor: 1)])
  }
}
