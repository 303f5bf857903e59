import Fabric
import Quantities

/// The ways in which a fabric falls into parts that ranks are in, with what links carry out of each part and
/// into it.
///
/// The finest way has one part for each endpoint with a rank. The others take away every switch above a tier:
/// what is still joined is a part. With no network switch left that is a host with its NVSwitch, or an NVLink
/// domain; with those of tier 1 a leaf and what is below it, or the unit whose hosts share leaves by rails;
/// then a pod, and so on, as long as ranks are in more than one part. A plane or a spine alone has no rank in
/// it, so that nothing need cross its edge.
///
/// Any set of nodes would do for a bound; these are those where fabrics are thin. Near-linear in the links,
/// for each tier.
struct FabricCuts: Sendable {
  /// What is left of the fabric.
  enum Level: Sendable, Equatable {
    /// Endpoints, each for itself.
    case endpoints
    /// What is joined without any switch above this tier; 0 for NVSwitches and cables between endpoints.
    case joined(tier: Int)
  }

  /// One way to fall into parts.
  struct Division: Sendable {
    let level: Level
    /// The part that each rank is in, numbered in the order of their first ranks.
    let partOfRank: [Int32]
    /// The first rank in each part.
    let firstRank: [Int]
    /// Bytes a second over all links that leave each part.
    let out: [Double]
    /// The same of those that enter it.
    let into: [Double]
    /// The network switch of each part that has just one; else -1.
    let switchOfPart: [Int]
    /// The host of each part whose endpoints are all of one; else -1.
    let hostOfPart: [Int]
  }

  /// Those with more than one part, the finest first.
  let divisions: [Division]

  /// - Parameter endpoints: for each rank, the index of its place in the fabric's endpoints.
  init(_ fabric: Fabric, endpoints: [Int]) {
    let nodes = endpoints.map { fabric.endpoints[$0] }
    var divisions: [Division] = []
    let each = Division(.endpoints, fabric, nodeOfRank: nodes) { $0 }
    if each.out.count > 1 { divisions.append(each) }
    var joined = JoinedNodes(count: fabric.nodes.count)
    let tiers = fabric.nodes.map(\.tier)
    for tier in Set(tiers).sorted() {
      for link in fabric.links where max(tiers[link.from], tiers[link.to]) == tier {
        joined.join(link.from, link.to)
      }
      let division = Division(.joined(tier: tier), fabric, nodeOfRank: nodes) { joined.root(of: $0) }
      guard division.out.count > 1 else { break }
      // Where nothing was joined, it is the division into endpoints again.
      if division.out.count < each.out.count || tier > 0 { divisions.append(division) }
    }
    self.divisions = divisions
  }
}

extension FabricCuts.Division {
  /// - Parameter root: a node that stands for all that are in one part with a node.
  init(
    _ level: FabricCuts.Level, _ fabric: Fabric, nodeOfRank: [Int], root: (Int) -> Int
  ) {
    var partOfRoot = [Int32](repeating: -1, count: fabric.nodes.count)
    var (partOfRank, firstRank) = ([Int32](), [Int]())
    for (rank, node) in nodeOfRank.enumerated() {
      let root = root(node)
      if partOfRoot[root] < 0 {
        partOfRoot[root] = Int32(firstRank.count)
        firstRank.append(rank)
      }
      partOfRank.append(partOfRoot[root])
    }
    var (switches, hosts) = (
      [Int?](repeating: nil, count: firstRank.count), [Int?](repeating: nil, count: firstRank.count)
    )
    let partOfNode = fabric.nodes.indices.map { Int(partOfRoot[root($0)]) }
    for (node, part) in zip(fabric.nodes.indices, partOfNode) where part >= 0 {
      if fabric.nodes[node].tier > 0 {
        switches[part] = switches[part] == nil ? node : -1
      } else {
        let host = fabric.nodes[node].host
        hosts[part] = hosts[part] == nil || hosts[part] == host ? host : -1
      }
    }
    var out = [Double](repeating: 0, count: firstRank.count)
    var into = out
    for link in fabric.links {
      let (from, to) = (partOfNode[link.from], partOfNode[link.to])
      guard from != to else { continue }
      if from >= 0 { out[from] += link.bandwidth.bytesPerSecond }
      if to >= 0 { into[to] += link.bandwidth.bytesPerSecond }
    }
    self.init(
      level: level, partOfRank: partOfRank, firstRank: firstRank, out: out, into: into,
      switchOfPart: switches.map { $0 ?? -1 }, hostOfPart: hosts.map { $0 ?? -1 })
  }
}

extension Fabric.Node {
  /// The tier of a network switch; 0 for what is inside of hosts.
  fileprivate var tier: Int {
    if case .networkSwitch(let tier) = kind { tier } else { 0 }
  }
}

/// Sets of nodes that only grow together, with path halving (Tarjan 1975).
private struct JoinedNodes {
  private var parents: [Int32]

  init(count: Int) { parents = Array(0..<Int32(count)) }

  /// The node that stands for all that `node` is joined with.
  mutating func root(of node: Int) -> Int {
    var node = node
    while Int(parents[node]) != node {
      parents[node] = parents[Int(parents[node])]
      node = Int(parents[node])
    }
    return node
  }

  mutating func join(_ left: Int, _ right: Int) {
    let (left, right) = (root(of: left), root(of: right))
    parents[max(left, right)] = Int32(min(left, right))
  }
}
