public import Quantities

/// Hosts with several GPUs, an NVSwitch inside, and one NIC a GPU; the NICs of one rail share a leaf.
///
/// Host j of scalable unit s has its GPU r on leaf (s, r). A leaf has as many uplinks as a unit has hosts (full
/// bisection), spread evenly over all spines. The number of spines is the smallest divisor of a leaf's uplinks whose
/// spines have ports enough; that gives the counts of NVIDIA's DGX SuperPOD reference architectures (H100, B200,
/// B300 XDR) up to two tiers.
public struct RailOptimized: FabricBuilder {
  /// `rail-optimized`.
  public static let name = "rail-optimized"

  /// What joins the GPUs of a host.
  public struct NVLink: Sendable, Equatable {
    /// What a GPU sends, or receives, at the most.
    public let rate: Bandwidth
    /// From a GPU to the NVSwitch, or from there to a GPU.
    public let latency: Time

    /// A GPU's link to the NVSwitch.
    public init(rate: Bandwidth, latency: Time) { (self.rate, self.latency) = (rate, latency) }
  }

  private let hosts: Int
  private let gpusPerHost: Int
  private let hostsPerUnit: Int
  private let spines: Int
  private let rate: Bandwidth
  private let nvLink: NVLink
  private let timing: LinkTiming

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
    try require(hosts, of: "hosts", in: 1...Blueprint.endpointLimit)
    try require(gpusPerHost, of: "gpus-per-host", in: 1...1_024)
    try require(hostsPerUnit, of: "hosts-per-unit", in: 1...4_096)
    let ports = switchPorts ?? 2 * hostsPerUnit
    try require(ports, of: "switch-ports", in: 1...65_536)
    let leaves = (hosts + hostsPerUnit - 1) / hostsPerUnit * gpusPerHost
    try Blueprint.checkSize(
      endpoints: hosts * gpusPerHost, links: 2 * (2 * hosts * gpusPerHost + leaves * hostsPerUnit),
      field: "hosts")
    let divisors = (1...hostsPerUnit).filter { hostsPerUnit.isMultiple(of: $0) }
    let least = (leaves * hostsPerUnit + ports - 1) / ports
    guard let fewest = divisors.first(where: { $0 >= least }) else {
      throw .rule(
        switchPorts == nil ? "hosts" : "switch-ports", found: switchPorts ?? hosts,
        expected: "at most as many leaves (\(leaves)) as a spine has ports (\(ports)),"
          + " since two tiers of switches reach no further",
        nearest: [switchPorts == nil ? ports / gpusPerHost * hostsPerUnit : leaves].filter { $0 > 0 })
    }
    if let spines, !divisors.contains(spines) || spines < fewest {
      let allowed = divisors.filter { $0 >= fewest }
      let below = allowed.last { $0 < spines }
      let above = allowed.first { $0 > spines }
      throw .rule(
        "spines", found: spines,
        expected:
          "a divisor of hosts-per-unit (\(hostsPerUnit)) of \(fewest) or more, since a leaf has the same"
          + " number of uplinks to each spine and a spine has \(ports) ports",
        nearest: [below, above].compactMap { $0 })
    }
    (self.hosts, self.gpusPerHost, self.hostsPerUnit) = (hosts, gpusPerHost, hostsPerUnit)
    (self.spines, self.rate, self.nvLink, self.timing) = (spines ?? fewest, rate, nvLink, timing)
  }

  /// Endpoints `host0.gpu0`, …, an NVSwitch `host0.nvswitch` in each host with more than one GPU, switches
  /// `unit0.rail0`, … and `spine0`, ….
  public func fabric(named name: String) throws(FabricError) -> Fabric {
    var blueprint = Blueprint(switchLatency: timing.throughSwitch)
    let units = (hosts + hostsPerUnit - 1) / hostsPerUnit
    var gpus = [Int]()
    for host in 0..<hosts {
      for rail in 0..<gpusPerHost {
        gpus.append(blueprint.addEndpoint("host\(host).gpu\(rail)", host: host, rail: rail))
      }
      guard gpusPerHost > 1 else { continue }
      let center = blueprint.addNVSwitch("host\(host).nvswitch", host: host)
      for gpu in gpus.suffix(gpusPerHost) {
        blueprint.join(gpu, center, at: nvLink.rate, latency: nvLink.latency)
      }
    }
    let tree = Tree([
      PGFT.Level(children: hostsPerUnit, parents: 1, rate: rate),
      PGFT.Level(
        children: units * gpusPerHost, parents: spines, parallel: hostsPerUnit / spines, rate: rate),
    ])
    // A leaf's places are its unit's hosts; the last unit may have fewer.
    let gpu = { (place: Int) -> [Int] in
      let (leaf, host) = place.quotientAndRemainder(dividingBy: hostsPerUnit)
      let index = (leaf / gpusPerHost * hostsPerUnit + host) * gpusPerHost + leaf % gpusPerHost
      return index < gpus.count ? [gpus[index]] : []
    }
    blueprint.add(
      tree, over: gpu, latency: { _ in timing.link },
      rail: { level, index in level == 1 ? index % gpusPerHost : -1 }
    ) { level, index in
      level == 1 ? "unit\(index / gpusPerHost).rail\(index % gpusPerHost)" : "spine\(index)"
    }
    return try blueprint.fabric(named: name)
  }
}
