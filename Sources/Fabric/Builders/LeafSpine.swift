public import Quantities

/// Two tiers of leaves and spines, or three: pods of them below cores.
///
/// Each leaf has hosts below and the same number of parallel links to every spine above. In three tiers each pod is
/// such a fabric; cores come in as many groups as a pod has spines, and spine s of every pod has the same number of
/// parallel links to each core of group s.
public struct LeafSpine: FabricBuilder {
  /// `leaf-spine`.
  public static let name = "leaf-spine"

  /// The third tier.
  public struct Cores: Sendable, Equatable {
    /// Pods below the cores.
    public let pods: Int
    /// Cores in all, a multiple of a pod's spines.
    public let count: Int
    /// Parallel links from a spine to each core of its group.
    public let uplinksPerCore: Int
    /// Each link between spine and core, each way.
    public let rate: Bandwidth

    /// A third tier over so many pods.
    public init(pods: Int, count: Int, uplinksPerCore: Int = 1, rate: Bandwidth) {
      (self.pods, self.count, self.uplinksPerCore, self.rate) = (pods, count, uplinksPerCore, rate)
    }
  }

  private let tree: Tree
  private let timing: LinkTiming
  /// The same number for each tier, where it was given.
  public let switchPorts: [Int]

  /// Leaves and spines, each leaf cabled to every spine of its pod.
  ///
  /// - Parameters:
  ///   - leaves: 1 to 65,536, in each pod.
  ///   - hostsPerLeaf: 1 to 65,536, one endpoint each; at most 1,048,576 in all.
  ///   - spines: 1 to 65,536, in each pod.
  ///   - uplinksPerSpine: parallel cables from a leaf to each spine, 1 to 65,535.
  ///   - hostRate: each host's link, each way.
  ///   - uplinkRate: each link between leaf and spine, each way.
  ///   - cores: the third tier; two tiers where nil.
  ///   - switchPorts: the ports of a switch, which its links may not exceed; not looked at where nil.
  /// - Throws: ``FabricError`` that names the parameter.
  public init(
    leaves: Int, hostsPerLeaf: Int, spines: Int, uplinksPerSpine: Int = 1, hostRate: Bandwidth,
    uplinkRate: Bandwidth, cores: Cores? = nil, switchPorts: Int? = nil, timing: LinkTiming
  ) throws(FabricError) {
    let range = 1...65_536
    try require(leaves, of: "leaves", in: range)
    try require(hostsPerLeaf, of: "hosts-per-leaf", in: range)
    try require(spines, of: "spines", in: range)
    try require(uplinksPerSpine, of: "uplinks-per-spine", in: Tree.parallelLinks)
    var levels = [
      PGFT.Level(children: hostsPerLeaf, parents: 1, rate: hostRate),
      PGFT.Level(children: leaves, parents: spines, parallel: uplinksPerSpine, rate: uplinkRate),
    ]
    if let cores {
      try require(cores.pods, of: "pods", in: range)
      try require(cores.uplinksPerCore, of: "uplinks-per-core", in: Tree.parallelLinks)
      levels.append(
        try PGFT.Level(
          children: cores.pods, parents: Self.coresPerSpine(cores: cores.count, spines: spines),
          parallel: cores.uplinksPerCore, rate: cores.rate))
    }
    tree = Tree(levels)
    try tree.checkSize(field: cores == nil ? "leaves" : "pods")
    if let switchPorts { try tree.check(ports: switchPorts) }
    self.switchPorts = switchPorts.map { ports in levels.map { _ in ports } } ?? []
    self.timing = timing
  }

  /// How many cores each spine is cabled to.
  ///
  /// - Throws: ``FabricError`` where spines don't divide the cores.
  static func coresPerSpine(cores: Int, spines: Int) throws(FabricError) -> Int {
    try require(cores, of: "cores", in: 1...Blueprint.endpointLimit)
    guard cores.isMultiple(of: spines) else {
      let below = cores / spines * spines
      throw .rule(
        "cores", found: cores,
        expected:
          "a multiple of spines (\(spines)), since each spine of a pod has a group of cores of its own",
        nearest: [below, below + spines].filter { $0 > 0 })
    }
    return cores / spines
  }

  /// Endpoints `host0`, … (leaf by leaf), switches `leaf0`, … and `spine0`, …; in three tiers `pod0.leaf0`, …,
  /// `pod0.spine0`, … and `core0`, ….
  public func fabric(named name: String) throws(FabricError) -> Fabric {
    var blueprint = Blueprint(switchLatency: timing.throughSwitch)
    let hosts = (0..<tree.ports).map { blueprint.addEndpoint("host\($0)", host: $0) }
    let hasCores = tree.levels.count > 2
    let (leaves, spines) = (tree.levels[1].children, tree.levels[1].parents)
    blueprint.add(tree, over: { [hosts[$0]] }, latency: { _ in timing.link }) { level, index in
      switch level {
      case 1: hasCores ? "pod\(index / leaves).leaf\(index % leaves)" : "leaf\(index)"
      case 2: hasCores ? "pod\(index / spines).spine\(index % spines)" : "spine\(index)"
      default: "core\(index)"
      }
    }
    return try blueprint.fabric(named: name)
  }
}
