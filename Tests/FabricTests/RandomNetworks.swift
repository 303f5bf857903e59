import Fabric
import Quantities

/// Hosts of GPUs on several networks, drawn from a seed: planes that all GPUs are on and rails that some are, tiered or
/// not, with NVSwitches of one or two hosts.
struct RandomNetworks {
  private var drawing = Drawing()
  private var generator: SmallGenerator
  private var gpus = [(node: Int, rail: Int)]()

  /// Throws where an endpoint can't reach another: not every drawing is a fabric.
  static func fabric(seed: UInt64) throws(FabricError) -> Fabric {
    var networks = RandomNetworks(seed: seed)
    networks.draw()
    return try networks.drawing.fabric()
  }

  private init(seed: UInt64) { generator = SmallGenerator(state: seed &* 7_919) }

  private mutating func random(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &generator) }

  private mutating func draw() {
    let (hosts, rails) = (random(2...4), random(1...3))
    let hostsPerSwitch = random(1...2)
    var center = 0
    for host in 0..<hosts {
      if host % hostsPerSwitch == 0 { center = drawing.nvSwitch("nv\(host)", host: host) }
      for rail in 0..<rails {
        gpus.append((drawing.endpoint("h\(host)g\(rail)", host: host, rail: rail), rail))
        drawing.cable(gpus[gpus.count - 1].node, center)
      }
    }
    let isByRail = random(0...2) > 0
    for network in 0..<(isByRail ? rails : random(1...3)) {
      let leaves = random(0...3) == 0 ? ring(network) : tree(network)
      for gpu in gpus where !isByRail || gpu.rail == network || random(0...4) == 0 {
        for _ in 0..<random(1...2) { drawing.cable(gpu.node, leaves[random(0...leaves.count - 1)]) }
      }
    }
  }

  private mutating func ring(_ network: Int) -> [Int] {
    let switches = (0..<random(3...5)).map { drawing.networkSwitch("n\(network)r\($0)", tier: 1) }
    for (place, node) in switches.enumerated() {
      drawing.cable(node, switches[(place + 1) % switches.count])
    }
    return switches
  }

  /// Two or three tiers, with leaves in pods, some spare, and parallel cables.
  private mutating func tree(_ network: Int) -> [Int] {
    let (pods, leavesPerPod, spines, cables) = (random(1...3), random(1...2), random(1...2), random(1...2))
    var leaves = [Int]()
    let cores = (0..<(pods > 1 ? random(1...2) : 0)).map {
      drawing.networkSwitch("n\(network)c\($0)", tier: 3)
    }
    for pod in 0..<pods {
      let own = (0..<leavesPerPod).map { drawing.networkSwitch("n\(network)p\(pod)l\($0)", tier: 1) }
      let above = (0..<spines).map { drawing.networkSwitch("n\(network)p\(pod)s\($0)", tier: 2) }
      for spine in above {
        for leaf in own { for _ in 0..<cables { drawing.cable(leaf, spine) } }
        for core in cores { drawing.cable(spine, core) }
      }
      leaves += own
    }
    leaves.shuffle(using: &generator)
    return leaves
  }
}

/// Shortest paths between endpoints, by plain searches: what the router's are held against.
struct PathReference {
  let fabric: Fabric
  private let outgoing: [[Int]]

  init(_ fabric: Fabric) {
    self.fabric = fabric
    var outgoing = [[Int]](repeating: [], count: fabric.nodes.count)
    for (index, link) in fabric.links.enumerated() { outgoing[link.from].append(index) }
    self.outgoing = outgoing
  }

  /// The fewest links over network switches alone from any node to a destination; nil where there is no way.
  func distances(to destination: Int) -> [Int?] {
    var distances = [Int?](repeating: nil, count: fabric.nodes.count)
    var queue = [fabric.endpoints[destination]]
    distances[queue[0]] = 0
    var next = 0
    while next < queue.count {
      let node = queue[next]
      next += 1
      if next > 1, fabric.nodes[node].kind == .endpoint { continue }
      // Links come in pairs, so a link out of a node is one into it as well.
      for link in outgoing[node] {
        let other = fabric.links[link].to
        guard fabric.nodes[other].kind != .nvSwitch, distances[other] == nil else { continue }
        distances[other] = distances[node].map { $0 + 1 }
        queue.append(other)
      }
    }
    return distances
  }

  /// The fewest links where one endpoint on the way may forward what comes over NVLink, or goes there.
  func forwarded(from source: Int, to destination: Int) -> Int? {
    let (from, to) = (fabric.endpoints[source], fabric.endpoints[destination])
    func neighbours(_ node: Int) -> Set<Int> {
      let centers = outgoing[node].map { fabric.links[$0].to }.filter { fabric.nodes[$0].kind == .nvSwitch }
      return Set(centers.flatMap { outgoing[$0].map { fabric.links[$0].to } }).subtracting([node])
    }
    let toDestination = distances(to: destination)
    let before = neighbours(from).compactMap { toDestination[$0] }
    let after = neighbours(to).compactMap { neighbour in
      fabric.endpoints.firstIndex(of: neighbour).flatMap { distances(to: $0)[from] }
    }
    return (before + after).min().map { $0 + 2 }
  }

  /// The links by which a shortest path goes on from a node.
  func hops(from node: Int, _ distances: [Int?]) -> [Int] {
    outgoing[node].filter { link in
      guard let left = distances[fabric.links[link].to], let here = distances[node] else { return false }
      guard left == here - 1 else { return false }
      if case .networkSwitch = fabric.nodes[fabric.links[link].to].kind { return true }
      return left == 0
    }
  }

  /// A flow split evenly over the hops at each node.
  func spray(from source: Int, to destination: Int) -> [Int32: Double] {
    let distances = distances(to: destination)
    var (shares, level) = ([Int32: Double](), [fabric.endpoints[source]: 1.0])
    while let node = level.keys.first, distances[node] != 0 {
      var below = [Int: Double]()
      for (node, share) in level {
        let hops = hops(from: node, distances)
        for link in hops {
          shares[Int32(link)] = share / Double(hops.count)
          below[fabric.links[link].to, default: 0] += share / Double(hops.count)
        }
      }
      level = below
    }
    return shares
  }
}
