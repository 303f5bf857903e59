import Quantities

/// Alibaba's HPN: rails in segments, two planes that stay apart up to the core.
///
/// A GPU has a NIC with two ports, one to the top-of-rack switch of its rail in each plane (dual-ToR). Each of a
/// plane's top-of-rack switches has one link to each of its pod's aggregation switches; an aggregation switch has links
/// down at 15 times the rate of those to the core. Each host's ninth NIC, for storage and management, is left out.
///
/// - Source: Qian et al., "Alibaba HPN: a data center network for large language model training", SIGCOMM 2024.
public struct HPN: FabricBuilder {
  /// `hpn`.
  public static let name = "hpn"

  /// Ports of a top-of-rack switch of 51.2 Tbit/s: down at 200 Gbit/s, 8 of them in reserve, and up at 400 Gbit/s.
  private static let torPorts = (down: 136, reserve: 8, up: 60)
  /// Ports of an aggregation or core switch, at 400 Gbit/s.
  private static let ports = 128
  static let gpusPerHost = 8
  private static let planes = 2

  private let rails: RailTree
  private let hosts: Int
  private let segments: Int
  private let pods: Int
  private let aggregation: Int
  private let nvLink: Fabric.NVLink
  private let timing: LinkTiming

  /// Those of the published switches, the ports in reserve among them.
  public var switchPorts: [Int] {
    [Self.torPorts.down + Self.torPorts.up, Self.ports] + (pods > 1 ? [Self.ports] : [])
  }

  /// Pods of segments; what is not given is as published.
  ///
  /// - Parameters:
  ///   - pods: 1 to 128; with more than one there are cores, by the rule of the fewest.
  ///   - segments: of each pod, 1 to 15.
  ///   - hostsPerSegment: 1 to 128.
  ///   - aggregation: aggregation switches of a pod in each plane, 1 to 60.
  ///   - coreUplinks: of an aggregation switch, 1 to 8.
  ///   - nvLink: a GPU's link to its host's NVSwitch.
  /// - Throws: ``FabricError`` that names the parameter.
  public init(
    pods: Int = 1, segments: Int = 15, hostsPerSegment: Int = 128, aggregation: Int = 60,
    coreUplinks: Int = 8,
    nvLink: Fabric.NVLink, timing: LinkTiming
  ) throws(FabricError) {
    try require(pods, of: "pods", in: 1...Self.ports)
    try require(coreUplinks, of: "core-uplinks", in: 1...64)
    let mostSegments = (Self.ports - coreUplinks) / Self.gpusPerHost
    guard (1...mostSegments).contains(segments) else {
      throw .rule(
        "segments", found: segments,
        expected:
          "1 to \(mostSegments), since an aggregation switch has \(Self.ports - coreUplinks) ports down and"
          + " a segment has \(Self.gpusPerHost) rails",
        nearest: [max(1, min(segments, mostSegments))])
    }
    let active = Self.torPorts.down - Self.torPorts.reserve
    try require(
      hostsPerSegment, of: "hosts-per-segment", in: 1...active, unit: "hosts on a top-of-rack switch,")
    try require(
      aggregation, of: "aggregation-switches", in: 1...Self.torPorts.up, unit: "one for each uplink in use,")
    let uplinkRate = Bandwidth.gigabits(400)
    var levels = [
      PGFT.Level(children: hostsPerSegment, parents: 1, rate: .gigabits(200)),
      PGFT.Level(children: segments * Self.gpusPerHost, parents: aggregation, rate: uplinkRate),
    ]
    if pods > 1 {
      // A core has the same number of links to its aggregation switch of each pod.
      guard let cores = SpineRule(leaves: pods, uplinks: coreUplinks, ports: Self.ports).fewest else {
        throw .rule("pods", found: pods, expected: "1 to \(Self.ports), the ports of a core")
      }
      levels.append(
        PGFT.Level(children: pods, parents: cores, parallel: coreUplinks / cores, rate: uplinkRate))
    }
    let tree = Tree(levels)
    hosts = pods * segments * hostsPerSegment
    let gpus = hosts * Self.gpusPerHost
    try Blueprint.checkSize(endpoints: gpus, links: 2 * gpus + Self.planes * tree.links, field: "pods")
    rails = RailTree(tree: tree, order: .byUnit(rails: Self.gpusPerHost), hostsPerUnit: hostsPerSegment)
    (self.segments, self.pods, self.aggregation) = (segments, pods, aggregation)
    (self.nvLink, self.timing) = (nvLink, timing)
  }

  /// Endpoints `host0.gpu0`, …, `host0.nvswitch`, …, switches `plane0.segment0.rail0`, … and `plane0.agg0`, …; with
  /// several pods `plane0.pod0.segment0.rail0`, …, `plane0.pod0.agg0`, … and `plane0.core0`, ….
  public func fabric(named name: String) throws(FabricError) -> Fabric {
    var blueprint = Blueprint(switchLatency: timing.throughSwitch)
    let gpus = blueprint.addHosts(hosts, gpusPerHost: Self.gpusPerHost, nvLink: nvLink)
    // The two ports of a NIC are one module.
    let types = [CableType(linksPerLowerTransceiver: 2), CableType()].map { blueprint.cableType($0) }
    for plane in 0..<Self.planes {
      blueprint.add(
        rails, over: gpus, gpusPerHost: Self.gpusPerHost, latency: timing.link,
        cableType: { types[min($0, 1)] }, plane: plane
      ) { "plane\(plane).\(switchName(level: $0, index: $1))" }
    }
    return try blueprint.fabric(named: name)
  }

  private func switchName(level: Int, index: Int) -> String {
    switch level {
    case 1:
      let (segment, rail) = rails.unitAndRail(ofLeaf: index)
      return pods > 1
        ? "pod\(segment / segments).segment\(segment % segments).rail\(rail)"
        : "segment\(segment).rail\(rail)"
    case 2: return pods > 1 ? "pod\(index / aggregation).agg\(index % aggregation)" : "agg\(index)"
    default: return "core\(index)"
    }
  }
}
