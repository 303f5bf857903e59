public import Quantities

/// What crosses between the rails of a fabric, as against between its hosts.
///
/// Rails are parted into two halves in the order of their numbers; of an odd number, the second half has one more.
/// The network between them may have nothing, as without spines: what goes from rail to rail then changes over inside
/// a host.
public struct RailCut: Sendable, Equatable {
  /// What the network carries between the halves, one direction: exact, with switches where the least crosses.
  public let network: Bandwidth
  /// What NVLink carries between them inside of hosts, one direction, all hosts together.
  public let nvLink: Bandwidth
  /// What the endpoints of the weaker half can send into the network.
  public let full: Bandwidth
  /// How many rails there are.
  public let rails: Int

  /// `network` over `full`.
  public var fraction: Double { network.bytesPerSecond / full.bytesPerSecond }

  /// Nil where not all endpoints have a rail, or all have the same.
  public init?(_ fabric: Fabric) {
    let numbers = Set(fabric.endpoints.map { fabric.nodes[$0].rail }).sorted()
    guard numbers.count > 1, numbers[0] >= 0 else { return nil }
    rails = numbers.count
    let first = numbers[rails / 2]
    let sides = fabric.endpoints.map { fabric.nodes[$0].rail >= first }
    let graph = CutGraph(fabric, halving: .endpoints)
    var placement = MinimumPlacement(graph)
    network = Bandwidth(bytesPerSecond: graph.capacity(across: placement.sides(for: sides)))

    var sent = (first: 0.0, second: 0.0)
    for (isSecond, rate) in zip(sides, FlowPlacement.endpointRates(fabric)) {
      if isSecond { sent.second += rate } else { sent.first += rate }
    }
    full = Bandwidth(bytesPerSecond: min(sent.first, sent.second))

    var local = [Int: (first: Double, second: Double)]()
    for link in fabric.links where fabric.nodes[link.to].kind == .nvSwitch {
      let rate = link.bandwidth.bytesPerSecond
      if fabric.nodes[link.from].rail >= first {
        local[link.to, default: (0, 0)].second += rate
      } else {
        local[link.to, default: (0, 0)].first += rate
      }
    }
    nvLink = Bandwidth(bytesPerSecond: local.values.reduce(0) { $0 + min($1.first, $1.second) })
  }
}
