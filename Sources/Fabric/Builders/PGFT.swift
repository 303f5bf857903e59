public import Quantities

/// The parallel-port generalised fat tree: the base of all tree-shaped fabrics here.
///
/// PGFT(h; m; w; p): a node of level i has m_i children, a node of level i - 1 has w_i parents, and p_i parallel links
/// join each child with each parent. Level 0 is the endpoints: there are m_1 m_2 … m_h; switches of level i are
/// (m_{i+1} … m_h)(w_1 … w_i). A switch of level i is labelled by the subtree that it is in and by which of that subtree's
/// roots it is; it is joined with the switches of level i + 1 that are roots of the subtree around its own and that have
/// its own label before their last digit. With p = 1 this is the extended generalised fat tree, XGFT.
///
/// - Source: Zahavi, "Fat-trees routing and node ordering providing contention free traffic for MPI global collectives",
///   JPDC 2012; Öhring et al., "On generalized fat trees", IPPS 1995.
public struct PGFT: FabricBuilder {
  /// `pgft`.
  public static let name = "pgft"

  /// One level of the tree: how it is joined with the level below.
  public struct Level: Sendable, Equatable {
    /// Children of one of its switches: m.
    public let children: Int
    /// Parents that each child has in it: w.
    public let parents: Int
    /// Parallel links between child and parent: p.
    public let parallel: Int
    /// Each of those links, each way.
    public let rate: Bandwidth

    /// A level above the one that is counted in `children`.
    public init(children: Int, parents: Int, parallel: Int = 1, rate: Bandwidth) {
      (self.children, self.parents, self.parallel, self.rate) = (children, parents, parallel, rate)
    }

    /// Links down from one of its switches.
    public var linksDown: Int { children * parallel }
    /// Links up from one of the switches below, or from an endpoint.
    public var linksUp: Int { parents * parallel }
  }

  /// The levels from the hosts up.
  public let levels: [Level]
  /// The same number for each tier, where it was given.
  public let switchPorts: [Int]
  private let timing: LinkTiming

  /// A tree of one endpoint a host.
  ///
  /// - Parameters:
  ///   - levels: 1 to 8; each number 1 to 65,536, of parallel links one less.
  ///   - switchPorts: the ports of a switch, which no level's links may exceed; not looked at where nil.
  /// - Throws: ``FabricError`` that names the parameter: `children`, `parents`, `parallel` or `switch-ports`.
  public init(levels: [Level], switchPorts: Int? = nil, timing: LinkTiming) throws(FabricError) {
    guard (1...8).contains(levels.count) else {
      throw .rule("children", found: "\(levels.count) levels", expected: "1 to 8")
    }
    for level in levels {
      try require(level.children, of: "children", in: 1...65_536)
      try require(level.parents, of: "parents", in: 1...65_536)
      try require(level.parallel, of: "parallel", in: Tree.parallelLinks)
    }
    (self.levels, self.timing) = (levels, timing)
    let tree = Tree(levels)
    try tree.checkSize(field: "children")
    self.switchPorts = switchPorts.map { ports in levels.map { _ in ports } } ?? []
    if let switchPorts { try tree.check(ports: switchPorts) }
  }

  /// Endpoints `host0`, …, switches `tier1.0`, `tier1.1`, …, `tier2.0`, …: subtree by subtree, then root by root.
  public func fabric(named name: String) throws(FabricError) -> Fabric {
    var blueprint = Blueprint(switchLatency: timing.throughSwitch)
    let tree = Tree(levels)
    let hosts = (0..<tree.ports).map { blueprint.addEndpoint("host\($0)", host: $0) }
    blueprint.add(tree, over: { [hosts[$0]] }, latency: { _ in timing.link }) { "tier\($0).\($1)" }
    return try blueprint.fabric(named: name)
  }
}

/// The numbers of a ``PGFT``: how many switches it has, and which are joined.
package struct Tree: Sendable {
  /// How many parallel links are told apart.
  static let parallelLinks = 1...65_535

  let levels: [PGFT.Level]
  /// Subtrees below the roots of each level: `subtrees[i]` is m_{i+1} … m_h, for levels 0 to h.
  private let subtrees: [Int]
  /// Roots of one subtree: `roots[i]` is w_1 … w_i.
  private let roots: [Int]

  /// Saturates where numbers overflow, so that sizes can be checked afterwards.
  init(_ levels: [PGFT.Level]) {
    self.levels = levels
    var subtrees = [1]
    for level in levels.reversed() { subtrees.append(Self.product(subtrees.last ?? 1, level.children)) }
    var roots = [1]
    for level in levels { roots.append(Self.product(roots.last ?? 1, level.parents)) }
    (self.subtrees, self.roots) = (subtrees.reversed(), roots)
  }

  private static func product(_ left: Int, _ right: Int) -> Int {
    let (product, overflow) = left.multipliedReportingOverflow(by: right)
    return overflow ? .max : product
  }

  /// Places for endpoints.
  package var ports: Int { subtrees[0] }

  /// Switches of a level, from 1.
  package func switches(_ level: Int) -> Int { Self.product(subtrees[level], roots[level]) }

  /// Links of all levels, one direction each.
  package var links: Int {
    var sum = 0
    for level in 1...levels.count {
      let below = level == 1 ? ports : switches(level - 1)
      let all = Self.product(Self.product(below, levels[level - 1].linksUp), 2)
      let (next, overflow) = sum.addingReportingOverflow(all)
      sum = overflow ? .max : next
    }
    return sum
  }

  /// Links down from a switch of a level, and up from it.
  private func links(at level: Int) -> (down: Int, up: Int) {
    (levels[level - 1].linksDown, level < levels.count ? levels[level].linksUp : 0)
  }

  /// Throws where it is larger than what is made at all.
  func checkSize(field: String) throws(FabricError) {
    try Blueprint.checkSize(endpoints: ports, links: links, field: field)
  }

  /// Throws where a switch has more links than ports.
  func check(ports: Int, field: String = "switch-ports") throws(FabricError) {
    try require(ports, of: field, in: 1...65_536)
    let used = (1...levels.count).map { links(at: $0) }
    let most = used.map { $0.down + $0.up }.max() ?? 0
    for (index, (down, up)) in used.enumerated() where down + up > ports {
      throw .rule(
        field, found: ports,
        expected: "\(most) or more, since a switch of tier \(index + 1) has \(down) links down and \(up) up",
        nearest: [most])
    }
  }

  /// The subtree that a switch of a level is a root of.
  func subtree(of index: Int, level: Int) -> Int { index / roots[level] }

  /// The `choice`th parent, at `level` + 1, of node `index` of `level` (0 for places of endpoints).
  func parent(of index: Int, level: Int, choice: Int) -> Int {
    let (subtree, root) = index.quotientAndRemainder(dividingBy: roots[level])
    let above = subtree / levels[level].children
    return above * roots[level + 1] + root * levels[level].parents + choice
  }
}

extension Blueprint {
  /// Adds the switches of `tree`, level by level, and the links between them and to endpoints.
  ///
  /// Parallel links come in rounds: one to each parent, then the second to each.
  ///
  /// - Parameters:
  ///   - endpoints: what is cabled to a place for an endpoint: the nodes, none where it is left free.
  ///   - latency: a cable's latency between a level (0 for endpoints) and the next.
  ///   - cableType: what links between a level and the next run on.
  ///   - rail: a switch's rail by level and index within it; -1 for none.
  ///   - name: a switch's name by level and index within it.
  /// - Returns: the switches' nodes, by level from 1.
  @discardableResult
  mutating func add(
    _ tree: Tree, over endpoints: (Int) -> [Int], latency: (Int) -> Time,
    cableType: (Int) -> Int = { _ in 0 }, rail: (Int, Int) -> Int = { _, _ in -1 }, plane: Int = -1,
    name: (Int, Int) -> String
  ) -> [[Int]] {
    let switches = (1...tree.levels.count).map { level in
      (0..<tree.switches(level)).map { index in
        addSwitch(name(level, index), tier: level, rail: rail(level, index), plane: plane)
      }
    }
    for level in tree.levels.indices {
      let next = tree.levels[level]
      let (time, type) = (latency(level), cableType(level))
      for index in 0..<(level == 0 ? tree.ports : tree.switches(level)) {
        let lower = level == 0 ? endpoints(index) : [switches[level - 1][index]]
        for node in lower {
          for number in 1...next.parallel {
            for choice in 0..<next.parents {
              let parent = tree.parent(of: index, level: level, choice: choice)
              join(
                node, switches[level][parent], at: next.rate, latency: time, number: number, cableType: type)
            }
          }
        }
      }
    }
    return switches
  }
}
