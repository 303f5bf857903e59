import Quantities

/// The dragonfly+ (megafly): groups that are leaf-spines, joined by global links between their spines.
///
/// Each leaf has the same number of parallel links to every spine of its group; each spine has global ports. Groups are
/// joined as in ``Dragonfly``.
///
/// - Source: Shpiner, Haramaty, Eliad, Zdornov, Gafni, Zahavi, "Dragonfly+: low cost topology for scaling datacenters",
///   HiPINEB 2017.
public struct DragonflyPlus: FabricBuilder {
  /// `dragonfly-plus`.
  public static let name = "dragonfly-plus"

  /// A group.
  public struct Group: Sendable, Equatable {
    /// Its leaves.
    public let leaves: Int
    /// One endpoint each.
    public let hostsPerLeaf: Int
    /// Its spines.
    public let spines: Int
    /// Parallel links from a leaf to each spine.
    public let uplinksPerSpine: Int
    /// Global ports of a spine.
    public let globalLinks: Int

    /// A leaf-spine with global ports.
    public init(leaves: Int, hostsPerLeaf: Int, spines: Int, uplinksPerSpine: Int = 1, globalLinks: Int) {
      (self.leaves, self.hostsPerLeaf, self.spines) = (leaves, hostsPerLeaf, spines)
      (self.uplinksPerSpine, self.globalLinks) = (uplinksPerSpine, globalLinks)
    }
  }

  private let group: Group
  private let tree: Tree
  private let global: GlobalLinks
  private let rates: DragonflyRates
  private let timing: LinkTiming
  /// The same number for leaves and spines, where it was given.
  public let switchPorts: [Int]

  /// Groups of leaves and spines.
  ///
  /// - Parameters:
  ///   - group: each number 1 to 1,024.
  ///   - groups: 1 to the global ports of a group and one more; as many as possible where nil.
  ///   - switchPorts: of a switch; not looked at where nil.
  /// - Throws: ``FabricError`` that names the parameter.
  public init(
    _ group: Group, groups: Int? = nil, switchPorts: Int? = nil, rates: DragonflyRates, timing: LinkTiming
  ) throws(FabricError) {
    let range = 1...1_024
    try require(group.leaves, of: "leaves-per-group", in: range)
    try require(group.hostsPerLeaf, of: "hosts-per-leaf", in: range)
    try require(group.spines, of: "spines-per-group", in: range)
    try require(group.uplinksPerSpine, of: "uplinks-per-spine", in: range)
    try require(group.globalLinks, of: "global-links", in: range)
    global = try GlobalLinks.checked(groups: groups, ports: group.spines * group.globalLinks)
    tree = Tree([
      PGFT.Level(children: group.hostsPerLeaf, parents: 1, rate: rates.host),
      PGFT.Level(
        children: group.leaves, parents: group.spines, parallel: group.uplinksPerSpine, rate: rates.local),
    ])
    if let ports = switchPorts {
      try tree.check(ports: ports)
      let used = tree.levels[1].linksDown + group.globalLinks
      guard used <= ports else {
        throw .rule(
          "switch-ports", found: ports,
          expected: "\(used) or more, since a spine has \(tree.levels[1].linksDown) links down and"
            + " \(group.globalLinks) to other groups",
          nearest: [used])
      }
    }
    self.switchPorts = switchPorts.map { [$0, $0] } ?? []
    try Blueprint.checkSize(
      endpoints: global.groups * tree.ports, links: global.groups * tree.links + 2 * global.count,
      field: "groups")
    (self.group, self.rates, self.timing) = (group, rates, timing)
  }

  /// Endpoints `host0`, …, switches `group0.leaf0`, … of tier 1 and `group0.spine0`, … of tier 2.
  public func fabric(named name: String) throws(FabricError) -> Fabric {
    var blueprint = Blueprint(switchLatency: timing.throughSwitch)
    let hosts = (0..<global.groups * tree.ports).map { blueprint.addEndpoint("host\($0)", host: $0) }
    let spines = (0..<global.groups).map { number in
      blueprint.add(tree, over: { [hosts[number * tree.ports + $0]] }, latency: { _ in timing.link }) {
        "group\(number).\($0 == 1 ? "leaf" : "spine")\($1)"
      }[1]
    }
    blueprint.add(
      global, at: rates.global, latency: rates.globalLatency ?? timing.link,
      node: { spines[$0][$1 / group.globalLinks] })
    return try blueprint.fabric(named: name)
  }
}
