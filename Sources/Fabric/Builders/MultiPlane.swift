public import Quantities

/// Several planes of two tiers: each GPU has links into one, some or all of them, and planes share no switch.
///
/// A plane is a leaf-spine of identical switches. Where a GPU is on one plane only, what goes to another plane changes
/// over inside a host, over NVLink (DeepSeek's multi-plane fat tree); where it is on all, as with a NIC of 800 Gbit/s
/// on eight planes of 100 Gbit/s, two tiers reach as many GPUs as ports of that low rate do.
///
/// - Source: DeepSeek-AI, "Insights into DeepSeek-V3", ISCA 2025, for GPUs on one plane each.
public struct MultiPlane: FabricBuilder {
  /// `multi-plane`.
  public static let name = "multi-plane"

  /// What each GPU is cabled to.
  public struct Hosts: Sendable, Equatable {
    /// One or more.
    public let count: Int
    /// 1 to 1,024.
    public let gpusPerHost: Int
    /// Planes that a GPU has links into; GPU r has those from r times this number on.
    public let planesPerGPU: Int
    /// Links into each of them, all to one leaf.
    public let linksPerPlane: Int

    /// Hosts of GPUs on so many planes each.
    public init(count: Int, gpusPerHost: Int, planesPerGPU: Int, linksPerPlane: Int = 1) {
      (self.count, self.gpusPerHost) = (count, gpusPerHost)
      (self.planesPerGPU, self.linksPerPlane) = (planesPerGPU, linksPerPlane)
    }
  }

  private let hosts: Hosts
  private let planes: Int
  private let plane: Tree
  private let nvLink: Fabric.NVLink
  private let timing: LinkTiming
  /// The same number for both tiers.
  public let switchPorts: [Int]

  /// Planes of leaves and spines, spines by the rule of the fewest.
  ///
  /// - Parameters:
  ///   - planes: 1 to 64, a multiple of the planes of a GPU.
  ///   - switchPorts: of each switch, at the rate in use.
  ///   - oversubscription: a leaf's capacity below over that above.
  ///   - rate: every link, each way.
  ///   - nvLink: a GPU's link to its host's NVSwitch.
  /// - Throws: ``FabricError`` that names the parameter.
  public init(
    _ hosts: Hosts, planes: Int, switchPorts ports: Int, oversubscription: Double = 1, rate: Bandwidth,
    nvLink: Fabric.NVLink, timing: LinkTiming
  ) throws(FabricError) {
    try require(hosts.count, of: "hosts", in: 1...Blueprint.endpointLimit)
    try require(hosts.gpusPerHost, of: "gpus-per-host", in: 1...1_024)
    try require(planes, of: "planes", in: 1...64)
    try require(ports, of: "switch-ports", in: 2...65_536)
    let divisors = planes.divisors
    guard divisors.contains(hosts.planesPerGPU) else {
      throw .rule(
        "planes-per-gpu", found: hosts.planesPerGPU,
        expected: "a divisor of planes (\(planes)), so that planes have the same number of GPUs",
        nearest: [divisors.last { $0 < hosts.planesPerGPU }, divisors.first { $0 > hosts.planesPerGPU }]
          .compactMap { $0 })
    }
    let turns = planes / hosts.planesPerGPU
    guard hosts.gpusPerHost.isMultiple(of: turns) else {
      let below = hosts.gpusPerHost / turns * turns
      throw .rule(
        "gpus-per-host", found: hosts.gpusPerHost,
        expected: "a multiple of \(turns), so that each host has a GPU on each of the \(planes) planes",
        nearest: [below, below + turns].filter { $0 > 0 })
    }
    let down = try Self.linksDown(ports: ports, oversubscription: oversubscription)
    try require(hosts.linksPerPlane, of: "links-per-plane", in: 1...down)
    guard down.isMultiple(of: hosts.linksPerPlane) else {
      throw .rule(
        "links-per-plane", found: hosts.linksPerPlane, expected: "a divisor of a leaf's links down (\(down))")
    }
    let perLeaf = down / hosts.linksPerPlane
    let gpus = hosts.count * (hosts.gpusPerHost / turns)
    let leaves = (gpus + perLeaf - 1) / perLeaf
    guard let spines = SpineRule(leaves: leaves, uplinks: ports - down, ports: ports).fewest else {
      throw .rule(
        "hosts", found: hosts.count,
        expected: "at most as many leaves in a plane (\(leaves)) as a spine has ports (\(ports))",
        nearest: [ports * perLeaf / (hosts.gpusPerHost / turns)])
    }
    plane = Tree([
      PGFT.Level(children: perLeaf, parents: 1, parallel: hosts.linksPerPlane, rate: rate),
      PGFT.Level(children: leaves, parents: spines, parallel: (ports - down) / spines, rate: rate),
    ])
    let all = hosts.count * hosts.gpusPerHost
    try Blueprint.checkSize(endpoints: all, links: 2 * all + planes * plane.links, field: "hosts")
    (self.hosts, self.planes, self.nvLink, self.timing) = (hosts, planes, nvLink, timing)
    switchPorts = [ports, ports]
  }

  /// A leaf's links down: its ports are divided by the ratio.
  private static func linksDown(ports: Int, oversubscription ratio: Double) throws(FabricError) -> Int {
    let rule = "a ratio above 0 that divides a leaf's \(ports) ports into whole numbers down and up"
    guard ratio > 0, ratio.isFinite else { throw .rule("oversubscription", found: ratio, expected: rule) }
    let exact = Double(ports) * ratio / (1 + ratio)
    let down = Int(exact.rounded())
    guard abs(exact - Double(down)) < 1e-6, (1..<ports).contains(down) else {
      let near = Set([exact.rounded(.down), exact.rounded(.up)].map { min(max($0, 1), Double(ports) - 1) })
      let ratios = near.sorted().map { ($0 / (Double(ports) - $0)).significant(6) }
      throw FabricError(
        .parameter(ratio == 1 ? "switch-ports" : "oversubscription"),
        "found \(ratio == 1 ? "\(ports)" : ratio.significant(6)), expected \(rule); the nearest ratios are "
          + ratios.joined(separator: " and "))
    }
    return down
  }

  /// Endpoints `host0.gpu0`, …, an NVSwitch in each host with several GPUs, `plane0.leaf0`, … and `plane0.spine0`, ….
  ///
  /// GPUs that are not on all planes have the rail of their first plane.
  public func fabric(named name: String) throws(FabricError) -> Fabric {
    var blueprint = Blueprint(switchLatency: timing.throughSwitch)
    let turns = planes / hosts.planesPerGPU
    let gpus = blueprint.addHosts(
      hosts.count, gpusPerHost: hosts.gpusPerHost, nvLink: nvLink, rail: { turns > 1 ? $0 % turns : -1 })
    // The ports of a NIC, one a plane, are one module.
    let types = [CableType(linksPerLowerTransceiver: hosts.planesPerGPU), CableType()].map {
      blueprint.cableType($0)
    }
    for number in 0..<planes {
      let own = gpus.indices.filter { $0 % hosts.gpusPerHost % turns == number / hosts.planesPerGPU }
      let rail = turns > 1 ? number / hosts.planesPerGPU : -1
      blueprint.add(
        plane, over: { $0 < own.count ? [gpus[own[$0]]] : [] }, latency: { _ in timing.link },
        cableType: { types[min($0, 1)] }, rail: { _, _ in rail }, plane: number
      ) { level, index in "plane\(number).\(level == 1 ? "leaf" : "spine")\(index)" }
    }
    return try blueprint.fabric(named: name)
  }
}
