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

  /// The cables between two kinds of nodes.
  public struct Cabling: Sendable, Equatable {
    /// The end that is nearer to the hosts.
    public let lower: End
    /// The other end; of the same tier where switches of one tier are joined.
    public let upper: End
    /// How many cables; twice as many links.
    public let cables: Int
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

  /// Network switches of all tiers.
  public var networkSwitches: Int { tiers.reduce(0) { $0 + $1.switches } }

  /// Counts `fabric`, linear in its nodes and links.
  public init(_ fabric: Fabric) {
    hosts = fabric.hostCount
    endpoints = fabric.endpoints.count
    links = fabric.links.count
    nvSwitches = fabric.nodes.count { $0.kind == .nvSwitch }

    // A kind's place: 0 for endpoints, tiers from 1, and NVSwitches above all, so that they end the list.
    let levels = fabric.nodes.map(\.level)
    var switches = [Int: Int]()
    for level in levels where level > 0 && level < Fabric.Node.nvSwitchLevel {
      switches[level, default: 0] += 1
    }
    var below = [Int: Double]()
    var above = below
    struct Run {
      var links = 0
      var slowest = Bandwidth(bytesPerSecond: .infinity)
      var fastest = Bandwidth(bytesPerSecond: 0)
      mutating func add(_ bandwidth: Bandwidth) {
        links += 1
        (slowest, fastest) = (min(slowest, bandwidth), max(fastest, bandwidth))
      }
    }
    var runs = [Int: Run]()
    for link in fabric.links {
      let (from, to) = (levels[link.from], levels[link.to])
      if from < to { above[from, default: 0] += link.bandwidth.bytesPerSecond }
      if from < to { below[to, default: 0] += link.bandwidth.bytesPerSecond }
      let key = min(from, to) << 16 | max(from, to)
      runs[key, default: Run()].add(link.bandwidth)
    }
    tiers = switches.sorted { $0.key < $1.key }.map { tier, count in
      Tier(
        tier: tier, switches: count, below: Bandwidth(bytesPerSecond: below[tier, default: 0]),
        above: Bandwidth(bytesPerSecond: above[tier, default: 0]))
    }
    cabling = runs.sorted { $0.key < $1.key }.map { key, run in
      Cabling(
        lower: End(level: key >> 16), upper: End(level: key & 0xFFFF), cables: run.links / 2,
        slowest: run.slowest,
        fastest: run.fastest)
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
