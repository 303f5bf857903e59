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

    /// What a node of that kind is.
    package init(_ kind: Fabric.Node.Kind) {
      switch kind {
      case .endpoint: self = .endpoint
      case .networkSwitch(let tier): self = .tier(tier)
      case .nvSwitch: self = .nvSwitch
      }
    }

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
    struct Key: Hashable { let lower, upper, cableType: Int }
    var runs = [Key: CableRun]()
    for (index, link) in fabric.links.enumerated() {
      let (from, to) = (levels[link.from], levels[link.to])
      ports[link.from] += 1
      if from < to { above[from, default: 0] += link.bandwidth.bytesPerSecond }
      if from < to { below[to, default: 0] += link.bandwidth.bytesPerSecond }
      // The first of a pair stands for both.
      guard index.isMultiple(of: 2) else { continue }
      let key = Key(lower: min(from, to), upper: max(from, to), cableType: link.cableType)
      runs[key, default: CableRun()].add(link, nodes: fabric.nodes)
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
        func sum(_ count: (CableRun, CableType) -> Int) -> Int {
          runs.reduce(0) { sum, run in
            sum + count(run.value, isInside ? CableType(medium: .none) : fabric.cableTypes[run.key.cableType])
          }
        }
        let rates = runs.map { ($0.value.slowest, $0.value.fastest) }
        return Cabling(
          lower: End(level: key >> 16), upper: End(level: key & 0xFFFF),
          logicalLinks: sum { run, _ in run.links },
          cables: sum { $0.cables($1) },
          transceivers: sum { $0.transceivers($1).reduce(0) { $0 + $1.count } },
          slowest: rates.map(\.0).min() ?? Bandwidth(bytesPerSecond: 0),
          fastest: rates.map(\.1).max() ?? Bandwidth(bytesPerSecond: 0))
      }
  }
}

extension Fabric.Node.Kind {
  /// Whether it is a switch of the network, not of a host.
  package var isNetworkSwitch: Bool {
    if case .networkSwitch = self { true } else { false }
  }
}

extension Fabric.Node {
  /// Whether it is a switch of the network, not of a host.
  package var isNetworkSwitch: Bool { kind.isNetworkSwitch }

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
