package import Quantities

/// The links of one cable type between nodes of two levels, as they share cables and transceivers.
package struct CableRun: Sendable {
  /// Links, both directions counted as one.
  package private(set) var links = 0
  package private(set) var slowest = Bandwidth(bytesPerSecond: .infinity)
  package private(set) var fastest = Bandwidth(bytesPerSecond: 0)
  /// Links at each lower node, and at what holds transceivers at each end: a switch, or a host with all of its NICs.
  private var atNode = [Int32: Int]()
  private var atLower = [Int32: Int]()
  private var atUpper = [Int32: Int]()
  /// Whether the two ends are of one level, so that neither is the lower one.
  private var isLevel = false

  package init() {}

  /// Counts one of a link's two directions.
  package mutating func add(_ link: Fabric.Link, nodes: [Fabric.Node]) {
    links += 1
    (slowest, fastest) = (min(slowest, link.bandwidth), max(fastest, link.bandwidth))
    let levels = (nodes[link.from].level, nodes[link.to].level)
    isLevel = levels.0 == levels.1
    let (lower, upper) = levels.0 <= levels.1 ? (link.from, link.to) : (link.to, link.from)
    atNode[Int32(lower), default: 0] += 1
    atLower[Self.holder(lower, nodes), default: 0] += 1
    atUpper[Self.holder(upper, nodes), default: 0] += 1
  }

  private static func holder(_ node: Int, _ nodes: [Fabric.Node]) -> Int32 {
    nodes[node].kind == .endpoint ? -1 - Int32(nodes[node].host) : Int32(node)
  }

  /// Rounded up for each lower node: a cable begins at one NIC, or at one switch, and may divide on its way.
  package func cables(_ type: CableType) -> Int {
    type.medium == .none ? 0 : Self.shares(atNode, of: type.linksPerCable)
  }

  /// How many transceivers of how many links each; none where they are part of the cable.
  ///
  /// Rounded up for each switch, and for each host; between switches of one level both ends share them.
  package func transceivers(_ type: CableType) -> [(links: Int, count: Int)] {
    guard type.medium == .fibre else { return [] }
    let (lower, upper) = (type.linksPerLowerTransceiver, type.linksPerUpperTransceiver)
    if isLevel, lower == upper {
      return [(lower, Self.shares(atLower.merging(atUpper, uniquingKeysWith: +), of: lower))]
    }
    return [(lower, Self.shares(atLower, of: lower)), (upper, Self.shares(atUpper, of: upper))]
  }

  private static func shares(_ counts: [Int32: Int], of links: Int) -> Int {
    counts.values.reduce(0) { $0 + ($1 + links - 1) / links }
  }
}
