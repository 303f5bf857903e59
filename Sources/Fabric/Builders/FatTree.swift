public import Quantities

/// The k-ary fat-tree: three tiers of identical switches with k ports, at full bisection.
///
/// k pods, each of k/2 edge and k/2 aggregation switches, and (k/2)² core switches: k³/4 hosts, 5k²/4 switches and
/// 3k³/4 cables.
///
/// - Source: Al-Fares, Loukissas, Vahdat, "A scalable, commodity data center network architecture", SIGCOMM 2008.
public struct FatTree: FabricBuilder {
  /// `fat-tree`.
  public static let name = "fat-tree"

  private let half: Int
  private let rate: Bandwidth
  private let timing: LinkTiming

  /// All are in use.
  public var switchPorts: [Int] { [2 * half, 2 * half, 2 * half] }

  /// A fat-tree of switches with k ports.
  ///
  /// - Parameters:
  ///   - k: ports of a switch, even, 2 to 128.
  ///   - rate: every link, each way.
  /// - Throws: ``FabricError`` that names the parameter.
  public init(k: Int, rate: Bandwidth, timing: LinkTiming) throws(FabricError) {
    guard (2...128).contains(k), k.isMultiple(of: 2) else {
      let nearest = (3..<128).contains(k) ? [k - 1, k + 1] : [k < 2 ? 2 : 128]
      throw .rule(
        "k", found: k,
        expected: "an even number from 2 to 128, since a switch has half of its k ports up and half down",
        nearest: nearest)
    }
    (half, self.rate, self.timing) = (k / 2, rate, timing)
  }

  /// Its numbers, known before it is built.
  package var tree: Tree {
    Tree([
      PGFT.Level(children: half, parents: 1, rate: rate),
      PGFT.Level(children: half, parents: half, rate: rate),
      PGFT.Level(children: 2 * half, parents: half, rate: rate),
    ])
  }

  /// Endpoints `host0`, …, switches `pod0.edge0`, …, `pod0.agg0`, … and `core0`, …; core i·k/2 + j is cabled to
  /// aggregation switch i of every pod.
  public func fabric(named name: String) throws(FabricError) -> Fabric {
    var blueprint = Blueprint(switchLatency: timing.throughSwitch)
    let (tree, half) = (tree, half)
    let hosts = (0..<tree.ports).map { blueprint.addEndpoint("host\($0)", host: $0) }
    blueprint.add(tree, over: { [hosts[$0]] }, latency: { _ in timing.link }) { level, index in
      switch level {
      case 1: "pod\(index / half).edge\(index % half)"
      case 2: "pod\(index / half).agg\(index % half)"
      default: "core\(index)"
      }
    }
    return try blueprint.fabric(named: name)
  }
}
