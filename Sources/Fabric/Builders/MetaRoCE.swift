public import Quantities

/// Meta's RoCE network for training: racks of hosts, pods at full bisection, an oversubscribed tier between pods.
///
/// A rack's GPUs are on one rack switch, which has as many links to its pod's cluster switches as to GPUs. Cluster
/// switch c of every pod has the same number of parallel links to each aggregation switch of group c. The numbers of
/// cluster and aggregation switches are not published; they are parameters.
///
/// - Source: Gangidi et al., "RDMA over Ethernet for distributed AI training at Meta scale", SIGCOMM 2024; Llama team,
///   "The Llama 3 herd of models", 2024, for racks of 16 GPUs, pods of 192 racks, 8 pods and 7:1 at the top.
public struct MetaRoCE: FabricBuilder {
  /// `meta-roce`.
  public static let name = "meta-roce"

  /// How racks fill pods.
  public struct Pods: Sendable, Equatable {
    /// Pods.
    public let count: Int
    /// Racks of a pod.
    public let racks: Int
    /// Hosts of a rack.
    public let hostsPerRack: Int
    /// GPUs of a host.
    public let gpusPerHost: Int

    /// As published, unless something else is said.
    public init(count: Int = 8, racks: Int = 192, hostsPerRack: Int = 2, gpusPerHost: Int = 8) {
      (self.count, self.racks) = (count, racks)
      (self.hostsPerRack, self.gpusPerHost) = (hostsPerRack, gpusPerHost)
    }
  }

  private let pods: Pods
  private let tree: Tree
  private let nvLink: Fabric.NVLink
  private let timing: LinkTiming

  /// Racks in pods below aggregation switches.
  ///
  /// - Parameters:
  ///   - pods: 1 to 1,024, each of 1 to 4,096 racks of 1 to 64 hosts of 1 to 64 GPUs.
  ///   - clusterSwitches: of a pod, a divisor of a rack's GPUs; one link from each rack where nil.
  ///   - aggregationSwitches: in all, a multiple of `clusterSwitches`; one for each cluster switch of a pod where nil.
  ///   - oversubscription: of a cluster switch, at the most: it has the fewest whole links up that keep to it.
  ///   - rate: every link, each way.
  ///   - nvLink: a GPU's link to its host's NVSwitch.
  /// - Throws: ``FabricError`` that names the parameter.
  public init(
    pods: Pods = Pods(), clusterSwitches: Int? = nil, aggregationSwitches: Int? = nil,
    oversubscription: Double = 7,
    rate: Bandwidth = .gigabits(400), nvLink: Fabric.NVLink, timing: LinkTiming
  ) throws(FabricError) {
    try require(pods.count, of: "pods", in: 1...1_024)
    try require(pods.racks, of: "racks-per-pod", in: 1...4_096)
    try require(pods.hostsPerRack, of: "hosts-per-rack", in: 1...64)
    try require(pods.gpusPerHost, of: "gpus-per-host", in: 1...64)
    let gpus = pods.hostsPerRack * pods.gpusPerHost
    let rule = SpineRule(leaves: 1, uplinks: gpus, ports: gpus)
    let cluster = clusterSwitches ?? gpus
    guard rule.allowed.contains(cluster) else {
      throw .rule(
        "cluster-switches", found: cluster,
        expected:
          "a divisor of the \(gpus) uplinks of a rack, which has the same number to each cluster switch",
        nearest: rule.nearest(to: cluster))
    }
    guard oversubscription >= 1e-3, oversubscription <= 1e6 else {
      throw .rule("oversubscription", found: oversubscription, expected: "a ratio of 0.001 to 1000000")
    }
    var levels = [
      PGFT.Level(children: gpus, parents: 1, rate: rate),
      PGFT.Level(children: pods.racks, parents: cluster, parallel: gpus / cluster, rate: rate),
    ]
    if pods.count > 1 {
      let down = Double(levels[1].linksDown)
      let uplinks = max(1, Int((down / oversubscription * (1 - 1e-12)).rounded(.up)))
      let aggregation = aggregationSwitches ?? cluster
      let groups = SpineRule(leaves: 1, uplinks: uplinks, ports: uplinks)
      guard aggregation.isMultiple(of: cluster), groups.allowed.contains(aggregation / cluster) else {
        throw .rule(
          "aggregation-switches", found: aggregation,
          expected: "a multiple of cluster-switches (\(cluster)) by a divisor of a cluster switch's uplinks"
            + " (\(uplinks))",
          nearest: [
            groups.allowed.last { $0 * cluster < aggregation },
            groups.allowed.first { $0 * cluster > aggregation },
          ].compactMap { $0.map { $0 * cluster } })
      }
      levels.append(
        PGFT.Level(
          children: pods.count, parents: aggregation / cluster, parallel: uplinks / (aggregation / cluster),
          rate: rate))
    }
    tree = Tree(levels)
    try Blueprint.checkSize(endpoints: tree.ports, links: tree.links + 2 * tree.ports, field: "pods")
    (self.pods, self.nvLink, self.timing) = (pods, nvLink, timing)
  }

  /// Endpoints `host0.gpu0`, …, `host0.nvswitch`, …, switches `pod0.rack0`, …, `pod0.cluster0`, … and `agg0`, ….
  public func fabric(named name: String) throws(FabricError) -> Fabric {
    var blueprint = Blueprint(switchLatency: timing.throughSwitch)
    let gpus = blueprint.addHosts(
      pods.count * pods.racks * pods.hostsPerRack, gpusPerHost: pods.gpusPerHost, nvLink: nvLink,
      rail: { _ in -1 })
    let (racks, cluster) = (pods.racks, tree.levels[1].parents)
    blueprint.add(tree, over: { [gpus[$0]] }, latency: { _ in timing.link }) { level, index in
      switch level {
      case 1: "pod\(index / racks).rack\(index % racks)"
      case 2: "pod\(index / cluster).cluster\(index % cluster)"
      default: "agg\(index)"
      }
    }
    return try blueprint.fabric(named: name)
  }
}
