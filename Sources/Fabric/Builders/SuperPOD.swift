public import Quantities

/// NVIDIA's DGX SuperPOD: rail-optimized scalable units, as the reference architectures of four generations have them.
///
/// Leaves, spines and cores follow the rules of ``RailOptimized`` with the ports of that generation's switch; they give
/// the counts of the published tables.
///
/// - Source: NVIDIA DGX SuperPOD reference architectures for DGX H100, B200, B300 with Spectrum-X Ethernet, and B300 with
///   XDR InfiniBand (docs.nvidia.com).
public struct SuperPOD: FabricBuilder {
  /// `superpod`.
  public static let name = "superpod"

  /// Which reference architecture.
  public enum Model: String, Sendable, CaseIterable {
    /// DGX H100 on NDR InfiniBand: units of 32 hosts, switches of 64 ports at 400 Gbit/s.
    case h100NDR = "h100-ndr"
    /// DGX B200 on the same; past 2,048 GPUs three tiers.
    case b200
    /// DGX B300 on Ethernet in two planes: units of 64 hosts, 2 × 400 Gbit/s a GPU, two links a cable.
    case b300Ethernet = "b300-ethernet"
    /// DGX B300 on XDR InfiniBand: units of 72 hosts, switches of 144 ports at 800 Gbit/s.
    case b300XDR = "b300-xdr"

    /// Hosts of a scalable unit.
    public var hostsPerUnit: Int {
      switch self {
      case .h100NDR, .b200: 32
      case .b300Ethernet: 64
      case .b300XDR: 72
      }
    }

    /// Separate networks.
    package var planes: Int { self == .b300Ethernet ? 2 : 1 }
    /// Ports of a switch at the rate of a link.
    package var ports: Int { 2 * hostsPerUnit }
    fileprivate var rate: Bandwidth { .gigabits(self == .b300XDR ? 800 : 400) }
    /// NVLink 4 and 5.
    fileprivate var nvLinkRate: Bandwidth { .gigabytes(self == .h100NDR ? 450 : 900) }
    /// A host less than the units have room for: its place is the fabric manager's.
    package var hostsLeftOut: Int { self == .h100NDR ? 1 : 0 }
    /// InfiniBand's fabric manager, UFM, on ports of the leaves.
    fileprivate var managementCables: Int { self == .h100NDR ? 4 : 0 }

    /// A host's ports on a GPU's links: two GPUs share a twin port of a DGX H100 or B200, a DGX B300 has one a GPU.
    fileprivate var hostCable: CableType {
      switch self {
      case .h100NDR, .b200: CableType(linksPerLowerTransceiver: 2, linksPerUpperTransceiver: 2)
      case .b300Ethernet: cable
      case .b300XDR: CableType(linksPerUpperTransceiver: 2)
      }
    }

    /// Switches have twin ports: one transceiver for two links, on a fibre each or, on Ethernet, in one cable.
    package var cable: CableType {
      CableType(
        linksPerCable: self == .b300Ethernet ? 2 : 1, linksPerLowerTransceiver: 2, linksPerUpperTransceiver: 2
      )
    }
  }

  /// GPUs of a host in all four generations.
  package static let gpusPerHost = 8

  private let rails: RailOptimized
  /// Ports of a switch of each tier, at the rate of a link.
  public var switchPorts: [Int] { rails.switchPorts }
  /// Those to the fabric manager.
  public let managementCables: Int

  /// Scalable units, full but for the hosts that the reference architecture leaves out.
  ///
  /// - Parameters:
  ///   - units: 1 or more, as many as the tiers reach.
  ///   - hosts: fewer than the units have, so that the last one is not full; nil for as many as the architecture has.
  ///   - nvLinkLatency: from a GPU to the NVSwitch, or back.
  /// - Throws: ``FabricError`` that names the parameter.
  public init(
    model: Model, units: Int, hosts: Int? = nil, nvLinkLatency: Time, timing: LinkTiming
  ) throws(FabricError) {
    let leavesPerUnit = Self.gpusPerHost
    // Two tiers reach as many leaves of a plane as a spine has ports; three tiers half as many on each rail.
    let twoTiers = model.ports / leavesPerUnit
    let most = model == .b200 ? model.ports / 2 : twoTiers
    guard (1...most).contains(units) else {
      throw .rule(
        "units", found: units,
        expected: "1 to \(most), since a switch of \(model.rawValue) has \(model.ports) ports in a plane",
        nearest: [max(1, min(units, most))])
    }
    let room = units * model.hostsPerUnit
    let count = hosts ?? room - model.hostsLeftOut
    guard count > room - model.hostsPerUnit, count <= room - model.hostsLeftOut else {
      let allowed = (room - model.hostsPerUnit + 1)...(room - model.hostsLeftOut)
      let nearest = count < allowed.lowerBound ? allowed.lowerBound : allowed.upperBound
      throw .rule(
        "hosts", found: count,
        expected: "\(allowed.lowerBound) to \(allowed.upperBound) for \(units) units of \(model.hostsPerUnit)"
          + (model.hostsLeftOut > 0 ? ", since the fabric manager has the place of one" : ""),
        nearest: [nearest])
    }
    rails = try RailOptimized(
      RailOptimized.Hosts(count: count, gpusPerHost: Self.gpusPerHost, perUnit: model.hostsPerUnit),
      below: RailOptimized.Switches(
        planes: model.planes, tiers: units > twoTiers ? 3 : 2, ports: model.ports),
      rate: model.rate, nvLink: Fabric.NVLink(rate: model.nvLinkRate, latency: nvLinkLatency),
      hostCable: model.hostCable, cable: model.cable, timing: timing)
    managementCables = model.managementCables
  }

  /// The nodes of ``RailOptimized``.
  public func fabric(named name: String) throws(FabricError) -> Fabric { try rails.fabric(named: name) }
}
