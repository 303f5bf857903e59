/// The separate networks of a fabric: groups of switches that cables join, numbered from 0 in the order of their nodes.
///
/// A plane is a network of its own, and so is a rail without spines; an NVSwitch is none. An endpoint may be on several.
struct Networks {
  /// How many there are.
  let count: Int
  /// The network of each node; -1 for endpoints and NVSwitches.
  private let ofSwitch: [Int32]
  /// The networks that each node is cabled to, one run a node, each network once.
  private let starts: [Int32]
  private let runs: [Int32]
  /// The NVSwitch of each node; -1 for none.
  private let center: [Int32]
  /// The networks that the endpoints of each NVSwitch are cabled to.
  private let ofCenter: [Int32: Set<Int32>]

  init(nodes: [Fabric.Node], links: [Fabric.Link]) {
    var sets = DisjointSets(count: nodes.count)
    for link in links where nodes[link.from].isNetworkSwitch && nodes[link.to].isNetworkSwitch {
      sets.join(link.from, link.to)
    }
    var numbers = [Int32](repeating: -1, count: nodes.count)
    var count: Int32 = 0
    for node in nodes.indices where nodes[node].isNetworkSwitch {
      let root = sets.root(of: node)
      if numbers[root] < 0 {
        numbers[root] = count
        count += 1
      }
      numbers[node] = numbers[root]
    }
    (ofSwitch, self.count) = (numbers, Int(count))

    let outgoing = Adjacency(nodes: nodes.count, links: links) { nodes[$0.from].kind == .endpoint }
    var starts: [Int32] = [0]
    starts.reserveCapacity(nodes.count + 1)
    var runs = [Int32]()
    var center = [Int32](repeating: -1, count: nodes.count)
    for node in nodes.indices {
      let first = runs.count
      for index in outgoing[node] {
        let end = links[Int(index)].to
        if nodes[end].kind == .nvSwitch { center[node] = Int32(end) }
        let network = numbers[end]
        if network >= 0, !runs[first...].contains(network) { runs.append(network) }
      }
      starts.append(Int32(runs.count))
    }
    (self.starts, self.runs, self.center) = (starts, runs, center)
    var ofCenter = [Int32: Set<Int32>]()
    if count != 1 {
      for node in nodes.indices where center[node] >= 0 {
        ofCenter[center[node], default: []].formUnion(runs[Int(starts[node])..<Int(starts[node + 1])])
      }
    }
    self.ofCenter = ofCenter
  }

  /// The network that a switch is in; -1 for other nodes.
  func network(ofSwitch node: Int) -> Int { Int(ofSwitch[node]) }

  /// The networks that a node is cabled to, in the order of its links.
  func of(_ node: Int) -> ArraySlice<Int32> { runs[Int(starts[node])..<Int(starts[node + 1])] }

  /// The NVSwitch that a node is cabled to; -1 for none.
  func nvSwitch(of node: Int) -> Int { Int(center[node]) }

  /// The network that most of `endpoints` are on; -1 where there is none.
  func commonest(_ endpoints: [Int]) -> Int32 {
    var reach = [Int](repeating: 0, count: count)
    for endpoint in endpoints { for network in of(endpoint) { reach[Int(network)] += 1 } }
    return reach.indices.max { (reach[$0], -$0) < (reach[$1], -$1) }.map { Int32($0) } ?? -1
  }

  /// Whether every one of `endpoints` reaches every other: one network joins all, or each NVSwitch has all networks.
  func joinsAll(_ endpoints: [Int]) -> Bool {
    let main = commonest(endpoints)
    if main >= 0, endpoints.allSatisfy({ of($0).contains(main) }) { return true }
    if main < 0 {
      let first = nvSwitch(of: endpoints[0])
      return first >= 0 && endpoints.allSatisfy { nvSwitch(of: $0) == first }
    }
    return endpoints.allSatisfy { ofCenter[center[$0]]?.count == count && !of($0).isEmpty }
  }

  /// Whether there is a way between two endpoints, cables of their own aside.
  func joins(_ source: Int, _ destination: Int) -> Bool {
    if center[source] >= 0, center[source] == center[destination] { return true }
    let (here, there) = (of(source), of(destination))
    return here.contains { there.contains($0) }
      || there.contains { ofCenter[center[source]]?.contains($0) == true }
      || here.contains { ofCenter[center[destination]]?.contains($0) == true }
  }
}

/// Sets that only grow together, with path halving: near-linear in the number of joins (Tarjan 1975).
private struct DisjointSets {
  private var parents: [Int32]

  init(count: Int) { parents = Array(0..<Int32(count)) }

  mutating func root(of element: Int) -> Int {
    var element = element
    while parents[element] != element {
      parents[element] = parents[Int(parents[element])]
      element = Int(parents[element])
    }
    return element
  }

  mutating func join(_ left: Int, _ right: Int) {
    let (left, right) = (root(of: left), root(of: right))
    parents[max(left, right)] = Int32(min(left, right))
  }
}
