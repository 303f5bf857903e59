public import Quantities

/// Hosts on one switch that never blocks.
public struct SingleSwitch: FabricBuilder {
  /// `single-switch`.
  public static let name = "single-switch"

  private let hosts: Int
  private let rate: Bandwidth
  private let timing: LinkTiming
  /// Those of the one switch, where they were given.
  public let switchPorts: [Int]

  /// A switch with hosts.
  ///
  /// - Parameters:
  ///   - hosts: 1 to 1,048,576, one endpoint each.
  ///   - rate: each host's link, each way.
  ///   - switchPorts: one or more a host; not looked at where nil.
  /// - Throws: ``FabricError`` that names the parameter.
  public init(
    hosts: Int, rate: Bandwidth, switchPorts: Int? = nil, timing: LinkTiming
  ) throws(FabricError) {
    try require(hosts, of: "hosts", in: 1...Blueprint.endpointLimit)
    if let ports = switchPorts, ports < hosts {
      throw .rule(
        "switch-ports", found: ports, expected: "\(hosts) or more, one for each host", nearest: [hosts])
    }
    self.switchPorts = switchPorts.map { [$0] } ?? []
    (self.hosts, self.rate, self.timing) = (hosts, rate, timing)
  }

  /// Endpoints `host0`, …, and `switch0`.
  public func fabric(named name: String) throws(FabricError) -> Fabric {
    var blueprint = Blueprint(switchLatency: timing.throughSwitch)
    let endpoints = (0..<hosts).map { blueprint.addEndpoint("host\($0)", host: $0) }
    let center = blueprint.addSwitch("switch0", tier: 1)
    for endpoint in endpoints { blueprint.join(endpoint, center, at: rate, latency: timing.link) }
    return try blueprint.fabric(named: name)
  }
}
