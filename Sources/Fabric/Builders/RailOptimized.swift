public import Quantities

/// Hosts with several GPUs, an NVSwitch inside, and NICs for each GPU; the NICs of one rail share a leaf.
///
/// Host j of scalable unit s has its GPU r on leaf (s, r). A leaf has as many uplinks as links down (full bisection)
/// or fewer, spread evenly over all spines. The number of spines is the fewest that divide a leaf's uplinks and have
/// ports enough; that gives the counts of NVIDIA's DGX SuperPOD reference architectures. In three tiers each rail has
/// spines of its own, below cores that join the rails. With several planes, each has all of this.
public struct RailOptimized: FabricBuilder {
  /// `rail-optimized`.
  public static let name = "rail-optimized"

  /// What joins the GPUs of a host.
  public typealias NVLink = Fabric.NVLink

  /// The hosts and what each GPU is cabled to.
  public struct Hosts: Sendable, Equatable {
    /// One or more; the last unit may have fewer than the others.
    public let count: Int
    /// So many rails.
    public let gpusPerHost: Int
    /// Hosts below one leaf.
    public let perUnit: Int
    /// Hosts that share an NVSwitch.
    public let perDomain: Int
    /// Links of a GPU into its leaf, of each plane.
    public let nicsPerGPU: Int

    /// Hosts in scalable units.
    public init(count: Int, gpusPerHost: Int, perUnit: Int, perDomain: Int = 1, nicsPerGPU: Int = 1) {
      (self.count, self.gpusPerHost, self.perUnit) = (count, gpusPerHost, perUnit)
      (self.perDomain, self.nicsPerGPU) = (perDomain, nicsPerGPU)
    }

    /// Scalable units, the last one perhaps in part.
    var units: Int { (count + perUnit - 1) / perUnit }

    func check() throws(FabricError) {
      try require(count, of: "hosts", in: 1...Blueprint.endpointLimit)
      try require(gpusPerHost, of: "gpus-per-host", in: 1...1_024)
      try require(perUnit, of: "hosts-per-unit", in: 1...4_096)
      try require(perDomain, of: "hosts-per-domain", in: 1...Blueprint.endpointLimit)
      try require(nicsPerGPU, of: "nics-per-host", in: 1...64)
      let gpus = count * gpusPerHost
      try Blueprint.checkSize(endpoints: gpus, links: 2 * gpus, field: "hosts")
    }
  }

  /// What is above the leaves.
  public struct Switches: Sendable, Equatable {
    /// Separate networks, each with leaves and spines of its own.
    public let planes: Int
    /// 2, or 3 with spines for each rail below cores.
    public let tiers: Int
    /// Ports of a spine or core; twice a leaf's links down where nil.
    public let ports: Int?
    /// Spines of a plane, in three tiers of a rail in a plane; by the rule where nil.
    public let spines: Int?
    /// A leaf's capacity below over that above; 1 where nil.
    public let leafOversubscription: Double?
    /// The same of a spine in three tiers.
    public let spineOversubscription: Double?

    /// One plane of two tiers, unless something else is said.
    public init(
      planes: Int = 1, tiers: Int = 2, ports: Int? = nil, spines: Int? = nil,
      leafOversubscription: Double? = nil,
      spineOversubscription: Double? = nil
    ) {
      (self.planes, self.tiers, self.ports, self.spines) = (planes, tiers, ports, spines)
      self.leafOversubscription = leafOversubscription
      self.spineOversubscription = spineOversubscription
    }
  }

  private let hosts: Hosts
  private let planes: Int
  private let rails: RailTree
  private let nvLink: NVLink
  private let timing: LinkTiming
  private let hostCable: CableType
  private let cable: CableType
  /// Ports of a leaf: those of a spine, or as many as it uses where that is more.
  public let switchPorts: [Int]

  /// Hosts in scalable units, a leaf for each rail of a unit, spines by the rule.
  ///
  /// - Parameters:
  ///   - hosts: one or more; the last unit may have fewer than the others.
  ///   - gpusPerHost: 1 to 1,024, so many rails.
  ///   - hostsPerUnit: hosts below one leaf, 1 to 4,096.
  ///   - switchPorts: ports of a spine; twice `hostsPerUnit` where nil.
  ///   - spines: a divisor of `hostsPerUnit`; by the rule where nil.
  ///   - rate: every network link, each way.
  /// - Throws: ``FabricError`` that names the parameter.
  public init(
    hosts: Int, gpusPerHost: Int, hostsPerUnit: Int, switchPorts: Int? = nil, spines: Int? = nil,
    rate: Bandwidth, nvLink: NVLink, timing: LinkTiming
  ) throws(FabricError) {
    try self.init(
      Hosts(count: hosts, gpusPerHost: gpusPerHost, perUnit: hostsPerUnit),
      below: Switches(ports: switchPorts, spines: spines), rate: rate, nvLink: nvLink, timing: timing)
  }

  /// Hosts in scalable units, a leaf for each rail of a unit, in one or several planes of two or three tiers.
  ///
  /// - Parameters:
  ///   - hosts: at most 1,024 GPUs each, and 4,096 hosts a unit.
  ///   - switches: at most 64 planes.
  ///   - rate: every network link, each way.
  ///   - hostCable: what links between GPUs and leaves run on.
  ///   - cable: what links between switches run on.
  /// - Throws: ``FabricError`` that names the parameter, as topology files spell it.
  public init(
    _ hosts: Hosts, below switches: Switches, rate: Bandwidth, nvLink: NVLink,
    hostCable: CableType = CableType(),
    cable: CableType = CableType(), timing: LinkTiming
  ) throws(FabricError) {
    try hosts.check()
    try require(switches.planes, of: "planes", in: 1...64)
    try require(switches.tiers, of: "tiers", in: 2...3)
    let down = hosts.perUnit * hosts.nicsPerGPU
    let ports = switches.ports ?? 2 * down
    try require(ports, of: "switch-ports", in: 1...65_536)
    let uplinks = try Self.uplinks(of: down, switches.leafOversubscription, field: "oversubscription")
    guard switches.tiers == 3 || switches.spineOversubscription == nil else {
      throw .rule(
        "spine-oversubscription", found: "2 tiers", expected: "3, since spines of 2 tiers have no uplinks")
    }
    var levels = [PGFT.Level(children: hosts.perUnit, parents: 1, parallel: hosts.nicsPerGPU, rate: rate)]
    let leaves = Leaves(
      hosts: hosts.count, units: hosts.units, rails: hosts.gpusPerHost, perUnit: hosts.perUnit,
      uplinks: uplinks)
    if switches.tiers == 2 {
      levels.append(try leaves.spines(below: switches, ports: ports, rate: rate))
    } else {
      levels += try leaves.spinesAndCores(below: switches, ports: ports, rate: rate)
    }
    let tree = Tree(levels)
    try Blueprint.checkSize(
      endpoints: 0, links: tree.links * switches.planes + 2 * hosts.count * hosts.gpusPerHost, field: "hosts")
    rails = RailTree(
      tree: tree,
      order: switches.tiers == 2 ? .byUnit(rails: hosts.gpusPerHost) : .byRail(units: hosts.units),
      hostsPerUnit: hosts.perUnit)
    (self.hosts, self.nvLink, self.timing) = (hosts, nvLink, timing)
    (self.hostCable, self.cable) = (hostCable, cable)
    planes = switches.planes
    switchPorts = [max(ports, down + uplinks)] + levels.dropFirst().map { _ in ports }
  }

  /// Uplinks of a switch with so many links down.
  static func uplinks(of down: Int, _ ratio: Double?, field: String) throws(FabricError) -> Int {
    guard let ratio else { return down }
    return try Oversubscription(ratio: ratio, field: field).steps(
      below: Double(down), step: 1, what: "a switch with \(down) links down a whole number of uplinks")
  }

  /// Endpoints `host0.gpu0`, …, an NVSwitch `host0.nvswitch` in each host with more than one GPU, switches
  /// `unit0.rail0`, … and `spine0`, …, in three tiers `rail0.spine0`, … and `core0`, …; `plane0.` stands before a
  /// switch's name where there are several planes.
  public func fabric(named name: String) throws(FabricError) -> Fabric {
    var blueprint = Blueprint(switchLatency: timing.throughSwitch)
    let gpus = blueprint.addHosts(hosts, nvLink: nvLink)
    let types = [hostCable, cable].map { blueprint.cableType($0) }
    for plane in 0..<planes {
      let prefix = planes > 1 ? "plane\(plane)." : ""
      blueprint.add(
        rails, over: gpus, gpusPerHost: hosts.gpusPerHost, latency: timing.link,
        cableType: { types[min($0, 1)] },
        plane: planes > 1 ? plane : -1
      ) { prefix + rails.name(level: $0, index: $1) }
    }
    return try blueprint.fabric(named: name)
  }
}

/// The leaves of a plane, and the rules for what is above them.
private struct Leaves {
  let hosts: Int
  let units: Int
  let rails: Int
  let perUnit: Int
  let uplinks: Int

  /// What the uplinks are called in messages: without oversubscription they are as many as a unit's hosts.
  private var divisorRule: String {
    uplinks == perUnit
      ? "a divisor of hosts-per-unit (\(perUnit))" : "a divisor of a leaf's uplinks (\(uplinks))"
  }

  /// Spines over all rails.
  func spines(below switches: RailOptimized.Switches, ports: Int, rate: Bandwidth) throws(FabricError)
    -> PGFT.Level
  {
    let leaves = units * rails
    let rule = SpineRule(leaves: leaves, uplinks: uplinks, ports: ports)
    guard let fewest = rule.fewest else {
      throw tooMany(
        switches, reach: ports / rails * perUnit,
        rule: "at most as many leaves (\(leaves)) as a spine has ports (\(ports)),"
          + " since two tiers of switches reach no further", portsNeeded: leaves)
    }
    let spines = try chosen(
      switches.spines, by: rule, fewest: fewest, since: "to each spine and a spine has \(ports) ports")
    return PGFT.Level(children: leaves, parents: spines, parallel: uplinks / spines, rate: rate)
  }

  /// Spines of each rail, and cores over all rails.
  func spinesAndCores(
    below switches: RailOptimized.Switches, ports: Int, rate: Bandwidth
  ) throws(FabricError) -> [PGFT.Level] {
    let ratio = switches.spineOversubscription ?? 1
    guard ratio > 0, ratio.isFinite else {
      throw .rule("spine-oversubscription", found: ratio, expected: "a ratio above 0")
    }
    // A spine's ports are divided by the ratio of oversubscription, down to up.
    let portsDown = Int((Double(ports) * ratio / (1 + ratio)).rounded(.down))
    let rule = SpineRule(leaves: units, uplinks: uplinks, ports: portsDown)
    guard let fewest = rule.fewest else {
      throw tooMany(
        switches, reach: portsDown * perUnit,
        rule: "at most as many leaves on a rail (\(units)) as a spine has ports for them (\(portsDown)),"
          + " since three tiers of switches reach no further",
        portsNeeded: Int((Double(units) * (1 + ratio) / ratio).rounded(.up)))
    }
    let spines = try chosen(
      switches.spines, by: rule, fewest: fewest,
      since: "to each spine of its rail and a spine has \(portsDown) ports down")
    let spineUplinks = try RailOptimized.uplinks(
      of: units * uplinks / spines, switches.spineOversubscription, field: "spine-oversubscription")
    guard let coresPerSpine = SpineRule(leaves: rails, uplinks: spineUplinks, ports: ports).fewest else {
      throw .rule(
        "switch-ports", found: ports, expected: "\(rails) or more, since a core has links to \(rails) rails",
        nearest: [rails])
    }
    return [
      PGFT.Level(children: units, parents: spines, parallel: uplinks / spines, rate: rate),
      PGFT.Level(children: rails, parents: coresPerSpine, parallel: spineUplinks / coresPerSpine, rate: rate),
    ]
  }

  /// The number of spines that is asked for, where it keeps the rule; the fewest where none is.
  private func chosen(
    _ spines: Int?, by rule: SpineRule, fewest: Int, since reason: String
  ) throws(FabricError) -> Int {
    guard let spines else { return fewest }
    guard rule.allowed.contains(spines) else {
      throw .rule(
        "spines", found: spines,
        expected:
          "\(divisorRule) of \(fewest) or more, since a leaf has the same number of uplinks \(reason)",
        nearest: rule.nearest(to: spines))
    }
    return spines
  }

  private func tooMany(
    _ switches: RailOptimized.Switches, reach: Int, rule: String, portsNeeded: Int
  ) -> FabricError {
    if let ports = switches.ports {
      return .rule("switch-ports", found: ports, expected: rule, nearest: [portsNeeded])
    }
    return .rule("hosts", found: hosts, expected: rule, nearest: [reach].filter { $0 > 0 })
  }
}
