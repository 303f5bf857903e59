public import Quantities

/// What a fabric is made of: how many of everything, and how its tiers compare.
public struct Census: Sendable, Equatable {
  /// What kind of node a cable ends at, from the hosts up.
  public enum End: Sendable, Hashable, CustomStringConvertible {
    /// A GPU, or a host without any.
    case endpoint
    /// A network switch of that tier.
    case tier(Int)
    /// The switch inside a host.
    case nvSwitch

    init(level: Int) {
      switch level {
      case 0: self = .endpoint
      case Fabric.Node.nvSwitchLevel: self = .nvSwitch
      default: self = .tier(level)
      }
    }

    /// `endpoint`, `tier 1`, or `nvswitch`.
    public var description: String {
      switch self {
      case .endpoint: "endpoint"
      case .tier(let tier): "tier \(tier)"
      case .nvSwitch: "nvswitch"
      }
    }
  }

  /// What joins two kinds of nodes.
  public struct Cabling: Sendable, Equatable {
    /// The end that is nearer to the hosts.
    public let lower: End
    /// The other end; of the same tier where switches of one tier are joined.
    public let upper: End
    /// Logical links: both directions are one.
    public let logicalLinks: Int
    /// Cables, each of as many links as its type has; none for what is inside a host or rack.
    public let cables: Int
    /// Transceivers that are plugged in at both ends: none for copper and for active optical cables.
    public let transceivers: Int
    /// The slowest link.
    public let slowest: Bandwidth
    /// The fastest link.
    public let fastest: Bandwidth
  }

  /// The switches of one tier.
  public struct Tier: Sendable, Equatable {
    /// 1 next to the hosts.
    public let tier: Int
    /// How many switches.
    public let switches: Int
    /// The least and the greatest number of ports that one of them uses, at the rate in use.
    public let portsUsed: ClosedRange<Int>
    /// Ports of all of them that are free; nil where their number of ports is not known.
    public let spare: Int?
    /// All links into the tier from below.
    public let below: Bandwidth
    /// All links out of the tier to those above.
    public let above: Bandwidth

    /// How many times more capacity is below than above; nil for a tier with none above.
    public var oversubscription: Double? {
      above.bytesPerSecond > 0 ? below.bytesPerSecond / above.bytesPerSecond : nil
    }
  }

  /// Hosts with one endpoint or more.
  public let hosts: Int
  /// Endpoints: GPUs, or hosts without any.
  public let endpoints: Int
  /// Switches inside hosts.
  public let nvSwitches: Int
  /// Network switches by tier, from the hosts up.
  public let tiers: [Tier]
  /// Links, one direction each.
  public let links: Int
  /// Cables by what they join, from the hosts up.
  public let cabling: [Cabling]
  /// Cables that the design has besides, to the fabric's management.
  public let managementCables: Int

  /// Network switches of all tiers.
  public var networkSwitches: Int { tiers.reduce(0) { $0 + $1.switches } }
  /// Links, both directions counted as one.
  public var logicalLinks: Int { links / 2 }
  /// All cables, but for those of management.
  public var cables: Int { cabling.reduce(0) { $0 + $1.cables } }
  /// All transceivers, but for those of management.
  public var transceivers: Int { cabling.reduce(0) { $0 + $1.transceivers } }

  /// Counts what a topology file describes, spare ports included where its builder knows the switches.
  public init(_ topology: Topology) {
    self.init(
      topology.fabric, switchPorts: topology.switchPorts, managementCables: topology.managementCables)
  }

  /// Counts `fabric`, linear in its nodes and links.
  ///
  /// - Parameters:
  ///   - switchPorts: ports of a switch of each tier, from tier 1; not known where there are fewer numbers than tiers.
  ///   - managementCables: each takes a port of tier 1.
  public init(_ fabric: Fabric, switchPorts: [Int] = [], managementCables: Int = 0) {
    hosts = fabric.hostCount
    endpoints = fabric.endpoints.count
    links = fabric.links.count
    nvSwitches = fabric.nodes.count { $0.kind == .nvSwitch }
    self.managementCables = managementCables

    // A kind's place: 0 for endpoints, tiers from 1, and NVSwitches above all, so that they end the list.
    let levels = fabric.nodes.map(\.level)
    var ports = [Int](repeating: 0, count: fabric.nodes.count)
    var below = [Int: Double]()
    var above = below
    var runs = [Run.Key: Run]()
    for (index, link) in fabric.links.enumerated() {
      let (from, to) = (levels[link.from], levels[link.to])
      ports[link.from] += 1
      if from < to { above[from, default: 0] += link.bandwidth.bytesPerSecond }
      if from < to { below[to, default: 0] += link.bandwidth.bytesPerSecond }
      // The first of a pair stands for both.
      guard index.isMultiple(of: 2) else { continue }
      let key = Run.Key(lower: min(from, to), upper: max(from, to), cableType: link.cableType)
      runs[key, default: Run()].add(link, isUpward: from <= to, nodes: fabric.nodes)
    }
    var used = [Int: (switches: Int, sum: Int, range: ClosedRange<Int>)]()
    for (node, level) in levels.enumerated() where fabric.nodes[node].isNetworkSwitch {
      let (own, known) = (ports[node], used[level])
      let range = known.map { min($0.range.lowerBound, own)...max($0.range.upperBound, own) }
      used[level] = ((known?.switches ?? 0) + 1, (known?.sum ?? 0) + own, range ?? own...own)
    }
    tiers = used.sorted { $0.key < $1.key }.map { tier, used in
      let all = switchPorts.indices.contains(tier - 1) ? used.switches * switchPorts[tier - 1] : nil
      return Tier(
        tier: tier, switches: used.switches, portsUsed: used.range,
        spare: all.map { $0 - used.sum - (tier == 1 ? managementCables : 0) },
        below: Bandwidth(bytesPerSecond: below[tier, default: 0]),
        above: Bandwidth(bytesPerSecond: above[tier, default: 0]))
    }
    cabling = Dictionary(grouping: runs) { $0.key.lower << 16 | $0.key.upper }
      .sorted { $0.key < $1.key }.map { key, runs in
        // What leads to an NVSwitch is inside a host or rack, whatever a file says of it.
        let isInside = key & 0xFFFF == Fabric.Node.nvSwitchLevel
        func sum(_ count: (Run, CableType) -> Int) -> Int {
          runs.reduce(0) { sum, run in
            sum + count(run.value, isInside ? CableType(medium: .none) : fabric.cableTypes[run.key.cableType])
          }
        }
        let rates = runs.map { ($0.value.slowest, $0.value.fastest) }
        return Cabling(
          lower: End(level: key >> 16), upper: End(level: key & 0xFFFF),
          logicalLinks: sum { run, _ in run.links },
          cables: sum { $0.cables($1) },
          transceivers: sum { $0.transceivers($1, betweenEquals: key >> 16 == key & 0xFFFF) },
          slowest: rates.map(\.0).min() ?? Bandwidth(bytesPerSecond: 0),
          fastest: rates.map(\.1).max() ?? Bandwidth(bytesPerSecond: 0))
      }
  }

  /// The links of one cable type between two kinds of nodes.
  private struct Run {
    struct Key: Hashable { let lower, upper, cableType: Int }

    var links = 0
    var slowest = Bandwidth(bytesPerSecond: .infinity)
    var fastest = Bandwidth(bytesPerSecond: 0)
    /// Links at each lower node, and at what holds transceivers at each end: a switch, or a host with all of its NICs.
    private var atNode = [Int32: Int]()
    private var atLower = [Int32: Int]()
    private var atUpper = [Int32: Int]()

    mutating func add(_ link: Fabric.Link, isUpward: Bool, nodes: [Fabric.Node]) {
      links += 1
      (slowest, fastest) = (min(slowest, link.bandwidth), max(fastest, link.bandwidth))
      let (lower, upper) = isUpward ? (link.from, link.to) : (link.to, link.from)
      atNode[Int32(lower), default: 0] += 1
      atLower[Self.holder(lower, nodes), default: 0] += 1
      atUpper[Self.holder(upper, nodes), default: 0] += 1
    }

    private static func holder(_ node: Int, _ nodes: [Fabric.Node]) -> Int32 {
      nodes[node].kind == .endpoint ? -1 - Int32(nodes[node].host) : Int32(node)
    }

    /// Rounded up for each lower node: a cable begins at one NIC, or at one switch, and may divide on its way.
    func cables(_ type: CableType) -> Int {
      type.medium == .none ? 0 : Self.shares(atNode, of: type.linksPerCable)
    }

    /// Rounded up for each switch, and for each host; between switches of one tier both ends share them.
    func transceivers(_ type: CableType, betweenEquals: Bool) -> Int {
      guard type.medium == .fibre else { return 0 }
      if betweenEquals, type.linksPerLowerTransceiver == type.linksPerUpperTransceiver {
        return Self.shares(atLower.merging(atUpper, uniquingKeysWith: +), of: type.linksPerLowerTransceiver)
      }
      return Self.shares(atLower, of: type.linksPerLowerTransceiver)
        + Self.shares(atUpper, of: type.linksPerUpperTransceiver)
    }

    private static func shares(_ counts: [Int32: Int], of links: Int) -> Int {
      counts.values.reduce(0) { $0 + ($1 + links - 1) / links }
    }
  }
}

extension Fabric.Node {
  /// Past every tier.
  package static let nvSwitchLevel = 0xFFFF

  /// 0 for endpoints, a switch's tier, ``nvSwitchLevel`` for NVSwitches.
  package var level: Int {
    switch kind {
    case .endpoint: 0
    case .networkSwitch(let tier): tier
    case .nvSwitch: Self.nvSwitchLevel
    }
  }
}
