public import Quantities

/// The dragonfly: groups of routers, each with each by local links, and groups each with each by global ones.
///
/// A router has p hosts, a - 1 local links and h global ones; a group has a routers. There are at most a h + 1 groups;
/// with so many, one global link joins each pair. With fewer, more than one does, as evenly as the ports allow.
///
/// - Source: Kim, Dally, Scott, Abts, "Technology-driven, highly-scalable dragonfly topology", ISCA 2008.
public struct Dragonfly: FabricBuilder {
  /// `dragonfly`.
  public static let name = "dragonfly"

  private let hostsPerRouter: Int
  private let routersPerGroup: Int
  private let globalLinks: Int
  private let global: GlobalLinks
  private let rates: DragonflyRates
  private let timing: LinkTiming
  /// Those that were given, or as many as a router can use: p + a - 1 + h.
  public let switchPorts: [Int]

  /// Groups of routers.
  ///
  /// - Parameters:
  ///   - hostsPerRouter: p, 1 to 1,024, one endpoint each.
  ///   - routersPerGroup: a, 1 to 1,024.
  ///   - globalLinks: h, global ports of a router, 1 to 1,024.
  ///   - groups: 1 to a h + 1; as many as possible where nil.
  ///   - switchPorts: of a router; not looked at where nil.
  /// - Throws: ``FabricError`` that names the parameter.
  public init(
    hostsPerRouter: Int, routersPerGroup: Int, globalLinks: Int, groups: Int? = nil, switchPorts: Int? = nil,
    rates: DragonflyRates, timing: LinkTiming
  ) throws(FabricError) {
    try require(hostsPerRouter, of: "hosts-per-router", in: 1...1_024)
    try require(routersPerGroup, of: "routers-per-group", in: 1...1_024)
    try require(globalLinks, of: "global-links", in: 1...1_024)
    global = try GlobalLinks.checked(groups: groups, ports: routersPerGroup * globalLinks)
    let used = hostsPerRouter + routersPerGroup - 1 + globalLinks
    if let ports = switchPorts, ports < used {
      throw .rule(
        "switch-ports", found: ports,
        expected: "\(used) or more: \(hostsPerRouter) for hosts, \(routersPerGroup - 1) in the group,"
          + " \(globalLinks) to others",
        nearest: [used])
    }
    self.switchPorts = [switchPorts ?? used]
    (self.hostsPerRouter, self.routersPerGroup) = (hostsPerRouter, routersPerGroup)
    (self.globalLinks, self.rates, self.timing) = (globalLinks, rates, timing)
    try Blueprint.checkSize(
      endpoints: endpoints, links: 2 * (endpoints + localLinkCount + globalLinkCount), field: "groups")
  }

  /// Routers in all.
  public var routers: Int { global.groups * routersPerGroup }
  /// Endpoints in all.
  public var endpoints: Int { routers * hostsPerRouter }
  /// Links inside groups, both directions counted as one.
  public var localLinkCount: Int { routers * (routersPerGroup - 1) / 2 }
  /// Links between groups, both directions counted as one.
  public var globalLinkCount: Int { global.count }

  /// Endpoints `host0`, …, switches `group0.router0`, …, all of tier 1.
  public func fabric(named name: String) throws(FabricError) -> Fabric {
    var blueprint = Blueprint(switchLatency: timing.throughSwitch)
    let hosts = (0..<endpoints).map { blueprint.addEndpoint("host\($0)", host: $0) }
    let routers = (0..<routers).map {
      blueprint.addSwitch("group\($0 / routersPerGroup).router\($0 % routersPerGroup)", tier: 1)
    }
    for (index, host) in hosts.enumerated() {
      blueprint.join(host, routers[index / hostsPerRouter], at: rates.host, latency: timing.link)
    }
    for first in stride(from: 0, to: routers.count, by: routersPerGroup) {
      for router in first..<first + routersPerGroup {
        for other in router + 1..<first + routersPerGroup {
          blueprint.join(routers[router], routers[other], at: rates.local, latency: timing.link)
        }
      }
    }
    blueprint.add(
      global, at: rates.global, latency: rates.globalLatency ?? timing.link,
      node: { routers[$0 * routersPerGroup + $1 / globalLinks] })
    return try blueprint.fabric(named: name)
  }
}

/// What links of a dragonfly carry.
public struct DragonflyRates: Sendable, Equatable {
  /// Between a host and its switch.
  public let host: Bandwidth
  /// Between the switches of a group.
  public let local: Bandwidth
  /// Between groups.
  public let global: Bandwidth
  /// Of a cable between groups; that of all other cables where nil.
  public let globalLatency: Time?

  /// Three rates, and the latency of long cables.
  public init(host: Bandwidth, local: Bandwidth, global: Bandwidth, globalLatency: Time? = nil) {
    (self.host, self.local, self.global, self.globalLatency) = (host, local, global, globalLatency)
  }
}

extension GlobalLinks {
  /// Throws where there are more groups than their ports join.
  static func checked(groups: Int?, ports: Int) throws(FabricError) -> GlobalLinks {
    let most = ports + 1
    let count = groups ?? most
    guard (1...most).contains(count) else {
      throw .rule(
        "groups", found: count,
        expected: "1 to \(most), since a group has \(ports) global ports and a link to each other group",
        nearest: [max(1, min(count, most))])
    }
    return GlobalLinks(groups: count, ports: ports)
  }
}

extension Blueprint {
  /// Adds links between groups; `node` is the switch of a group's port.
  mutating func add(_ global: GlobalLinks, at rate: Bandwidth, latency: Time, node: (Int, Int) -> Int) {
    var numbers = [UInt64: Int]()
    var ends = [(from: Int, to: Int, number: Int)]()
    global.forEach { from, to in
      let (from, to) = (node(from.group, from.port), node(to.group, to.port))
      let number = numbers[UInt64(from) << 32 | UInt64(to), default: 0] + 1
      numbers[UInt64(from) << 32 | UInt64(to)] = number
      ends.append((from, to, number))
    }
    for (from, to, number) in ends { join(from, to, at: rate, latency: latency, number: number) }
  }
}
