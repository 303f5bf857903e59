import Quantities

/// Racks whose GPUs one NVSwitch joins across hosts, as in NVIDIA's GB200 NVL72: 18 hosts of 4 GPUs.
///
/// The switch chips of a domain (18 of them, one for each link of a GPU) stand as one NVSwitch, which never blocks.
/// Several domains are joined by a ``RailOptimized`` network; one alone needs none.
public struct NVLinkDomain: FabricBuilder {
  /// `nvlink-domain`.
  public static let name = "nvlink-domain"

  private enum Extent {
    case alone(hosts: Int, gpusPerHost: Int, Fabric.NVLink)
    case joined(RailOptimized)
  }

  private let extent: Extent

  /// One domain without a network.
  ///
  /// - Parameters:
  ///   - hosts: 1 to 4,096.
  ///   - gpusPerHost: 1 to 1,024; two GPUs or more in all.
  /// - Throws: ``FabricError`` that names the parameter.
  public init(hosts: Int = 18, gpusPerHost: Int = 4, nvLink: Fabric.NVLink) throws(FabricError) {
    try require(hosts, of: "hosts-per-domain", in: 1...4_096)
    try require(gpusPerHost, of: "gpus-per-host", in: 1...1_024)
    guard hosts * gpusPerHost > 1 else {
      throw .rule("gpus-per-host", found: gpusPerHost, expected: "two GPUs or more in a domain", nearest: [2])
    }
    try Blueprint.checkSize(
      endpoints: hosts * gpusPerHost, links: 2 * hosts * gpusPerHost, field: "hosts-per-domain")
    extent = .alone(hosts: hosts, gpusPerHost: gpusPerHost, nvLink)
  }

  /// Domains joined by a network of rails.
  ///
  /// - Parameter rails: hosts with their number in a domain, and the network.
  public init(joinedBy rails: RailOptimized) { extent = .joined(rails) }

  /// Those of the network.
  public var switchPorts: [Int] {
    switch extent {
    case .alone: []
    case .joined(let rails): rails.switchPorts
    }
  }

  /// Endpoints `host0.gpu0`, … and `domain0.nvswitch`, …; the network's switches as in ``RailOptimized``.
  public func fabric(named name: String) throws(FabricError) -> Fabric {
    switch extent {
    case .alone(let hosts, let gpusPerHost, let nvLink):
      var blueprint = Blueprint(switchLatency: .zero)
      _ = blueprint.addHosts(
        hosts, gpusPerHost: gpusPerHost, hostsPerDomain: max(2, hosts), nvLink: nvLink)
      return try blueprint.fabric(named: name)
    case .joined(let rails): return try rails.fabric(named: name)
    }
  }
}
