public import Quantities

/// Hosts with several GPUs and an NVSwitch inside; each rail is a network of its own.
///
/// What goes to another rail changes over inside a host, over NVLink. A rail is one leaf where it takes all hosts, else
/// leaves and spines by the same rule as ``RailOptimized``.
///
/// - Source: Wang et al., "Rail-only: a low-cost high-performance network for training LLMs with trillion parameters",
///   HotI 2024, arXiv 2307.12169.
public struct RailOnly: FabricBuilder {
  /// `rail-only`.
  public static let name = "rail-only"

  private let hosts: RailOptimized.Hosts
  private let planes: Int
  private let trees: [RailTree]
  private let nvLink: Fabric.NVLink
  private let timing: LinkTiming
  /// Ports of a leaf: those of a spine, or as many as it uses where that is more.
  public let switchPorts: [Int]

  /// Hosts in scalable units, a leaf for each rail of a unit, and spines for each rail.
  ///
  /// - Parameters:
  ///   - hosts: at most 1,024 GPUs each, and 4,096 hosts a unit.
  ///   - planes: separate networks of each rail, at most 64.
  ///   - switchPorts: ports of a spine; twice a leaf's links down where nil.
  ///   - uplinks: of a leaf; as many as its links down where nil.
  ///   - rate: each link to a leaf, each way.
  ///   - uplinkRate: each link between leaf and spine, each way.
  /// - Throws: ``FabricError`` that names the parameter, as topology files spell it.
  public init(
    _ hosts: RailOptimized.Hosts, planes: Int = 1, switchPorts: Int? = nil, uplinks: Int? = nil,
    rate: Bandwidth,
    uplinkRate: Bandwidth, nvLink: Fabric.NVLink, timing: LinkTiming
  ) throws(FabricError) {
    try hosts.check()
    try require(planes, of: "planes", in: 1...64)
    let down = hosts.perUnit * hosts.nicsPerGPU
    let uplinks = uplinks ?? down
    let ports = switchPorts ?? 2 * down
    try require(ports, of: "switch-ports", in: 1...65_536)
    try require(uplinks, of: "uplinks", in: 1...65_535)
    var levels = [PGFT.Level(children: hosts.perUnit, parents: 1, parallel: hosts.nicsPerGPU, rate: rate)]
    let hasSpines = hosts.units > 1
    if hasSpines {
      guard let spines = SpineRule(leaves: hosts.units, uplinks: uplinks, ports: ports).fewest else {
        throw .rule(
          switchPorts == nil ? "hosts" : "switch-ports", found: switchPorts ?? hosts.count,
          expected: "at most as many leaves on a rail (\(hosts.units)) as a spine has ports (\(ports))",
          nearest: [switchPorts == nil ? ports * hosts.perUnit : hosts.units])
      }
      levels.append(
        PGFT.Level(children: hosts.units, parents: spines, parallel: uplinks / spines, rate: uplinkRate))
    }
    let tree = Tree(levels)
    let nvLinks = 2 * hosts.count * hosts.gpusPerHost
    try Blueprint.checkSize(
      endpoints: 0, links: tree.links * hosts.gpusPerHost * planes + nvLinks, field: "hosts")
    trees = (0..<hosts.gpusPerHost).map {
      RailTree(tree: tree, order: .only(rail: $0), hostsPerUnit: hosts.perUnit)
    }
    self.switchPorts = hasSpines ? [max(ports, down + uplinks), ports] : [max(ports, down)]
    (self.hosts, self.planes, self.nvLink, self.timing) = (hosts, planes, nvLink, timing)
  }

  /// Endpoints `host0.gpu0`, …, an NVSwitch in each host, switches `unit0.rail0`, … and `rail0.spine0`, …; `plane0.`
  /// stands before a switch's name where there are several planes.
  public func fabric(named name: String) throws(FabricError) -> Fabric {
    var blueprint = Blueprint(switchLatency: timing.throughSwitch)
    let gpus = blueprint.addHosts(hosts, nvLink: nvLink)
    for plane in 0..<planes {
      let prefix = planes > 1 ? "plane\(plane)." : ""
      for rail in trees {
        blueprint.add(
          rail, over: gpus, gpusPerHost: hosts.gpusPerHost, latency: timing.link,
          plane: planes > 1 ? plane : -1
        ) { prefix + rail.name(level: $0, index: $1) }
      }
    }
    return try blueprint.fabric(named: name)
  }
}
