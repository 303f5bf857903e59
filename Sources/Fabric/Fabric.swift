public import Quantities

/// A network as a graph: endpoints that ranks are placed on, switches, and links of one direction each.
///
/// Links come in pairs, one each way: that of index `i ^ 1` is the way back of that of index `i`. Indices into
/// ``nodes`` and ``links`` are the identities everywhere below the command line; `id`s are for people and files, and
/// unique.
public struct Fabric: Sendable {
  /// What stands at the end of a link.
  public struct Node: Sendable, Equatable {
    /// What kind of thing it is.
    public enum Kind: Sendable, Equatable {
      /// A GPU (or a host without any) with its NIC: where a rank may be placed.
      case endpoint
      /// The switch inside a host that joins its GPUs.
      case nvSwitch
      /// A network switch; tier 1 is next to the hosts.
      case networkSwitch(tier: Int)
    }

    /// The node's name.
    public let id: String
    /// Endpoint or switch.
    public let kind: Kind
    /// The host it is in; -1 for network switches.
    public let host: Int
    /// The rail of a rail-optimized fabric that it belongs to; -1 for none.
    public let rail: Int
    /// Of a switch, the plane of a multi-plane fabric that it belongs to; -1 for none.
    public let plane: Int

    /// A node; a caller's bug if the identity is empty.
    public init(id: String, kind: Kind, host: Int = -1, rail: Int = -1, plane: Int = -1) {
      precondition(!id.isEmpty, "a node has a name")
      (self.id, self.kind, self.host, self.rail, self.plane) = (id, kind, host, rail, plane)
    }
  }

  /// One direction of a cable, or of a lane of one.
  ///
  /// Small, since the largest fabrics have millions: its name is made when it is asked for, see ``Fabric/name(ofLink:)``.
  public struct Link: Sendable, Equatable {
    private let start: Int32
    private let end: Int32
    /// What it carries at the most.
    public let bandwidth: Bandwidth
    /// From the first bit's leaving to its arrival, the switch at its end included.
    public let latency: Time
    private let place: UInt16
    private let type: UInt16

    /// The index of the node that it leaves.
    public var from: Int { Int(start) }
    /// The index of the node that it reaches.
    public var to: Int { Int(end) }
    /// Which of the parallel links between its two nodes it is, from 1.
    public var number: Int { Int(place) }
    /// What it runs on: an index into ``Fabric/cableTypes``.
    public var cableType: Int { Int(type) }

    /// A link between two nodes.
    ///
    /// - Parameters:
    ///   - number: 1 to 65,535; tells parallel links apart.
    ///   - cableType: an index into the fabric's cable types.
    public init(
      from: Int, to: Int, bandwidth: Bandwidth, latency: Time, number: Int = 1, cableType: Int = 0
    ) {
      // What is out of range is what no fabric has, and is refused there.
      (start, end) = (Int32(clamping: from), Int32(clamping: to))
      (self.bandwidth, self.latency) = (bandwidth, latency)
      (place, type) = (UInt16(clamping: number), UInt16(clamping: cableType))
    }
  }

  /// What the file calls it.
  public let name: String
  /// Everything that a link can join.
  public let nodes: [Node]
  /// Every link; number 2i and number 2i + 1 are the two directions of one.
  public let links: [Link]
  /// What links run on; one at least.
  public let cableTypes: [CableType]
  /// The node index of each endpoint, host by host, in the order that packed ranks fill.
  public let endpoints: [Int]

  /// How many different hosts the endpoints are in.
  public let hostCount: Int

  /// A fabric of `nodes` joined by `links`.
  ///
  /// Endpoints forward only over NVLink: any two of them must be joined by switches, by a cable, or by switches and the
  /// NVSwitch of one of them. Near-linear in nodes and links.
  ///
  /// - Parameters:
  ///   - links: in pairs, one each way, one behind the other.
  ///   - endpoints: every node of kind endpoint, once, in the order that packed ranks fill.
  ///   - cableTypes: what links run on; one link a cable, a transceiver at each end, where nothing else is said.
  /// - Throws: ``FabricError`` for names that are not unique, rates outside of 1 to 1e15 bytes per second (NaN too),
  ///   latencies outside of 0 to 1 s, hosts numbered past the endpoints, links that end nowhere, and endpoints that
  ///   can't reach each other.
  public init(
    name: String, nodes: [Node], links: [Link], endpoints: [Int], cableTypes: [CableType] = [CableType()]
  ) throws(FabricError) {
    try Self.check(nodes: nodes, links: links, endpoints: endpoints, cableTypes: cableTypes)
    (self.name, self.nodes, self.links, self.endpoints) = (name, nodes, links, endpoints)
    self.cableTypes = cableTypes
    hostCount = Set(endpoints.map { nodes[$0].host }).count
    leaves = Self.leaves(nodes: nodes, links: links, endpoints: endpoints)
    guard TieredPaths(self) != nil || GeneralPaths.fits(self) else {
      throw FabricError(
        .fabric,
        "the switches form no tiers, and the fabric is too large to be routed by distance: expected at most"
          + " \(GeneralPaths.switchLimit) switches, and \(GeneralPaths.workLimit) for the number of switches with"
          + " endpoints times that of links")
    }
  }

  /// The name of a link, for people and files: `FROM>TO`, and `FROM>TO#2` for the second of parallel ones.
  public func name(ofLink index: Int) -> String {
    Self.name(links[index], nodes)
  }

  /// The same, while nodes and links are no fabric yet.
  static func name(_ link: Link, _ nodes: [Node]) -> String {
    let ends = [link.from, link.to].map { nodes.indices.contains($0) ? nodes[$0].id : "node \($0)" }
    return "\(ends[0])>\(ends[1])" + (link.number > 1 ? "#\(link.number)" : "")
  }

  /// The leaf of each endpoint, see ``leaf(of:)``.
  private let leaves: [Int]

  /// The host that the endpoint of that index into ``endpoints`` is in.
  public func host(of endpoint: Int) -> Int { nodes[endpoints[endpoint]].host }

  /// The node index of the switch that the endpoint's NIC is cabled to.
  ///
  /// The NVSwitch where there is no NIC, and -1 where there is no switch; the first link counts where there are
  /// several.
  public func leaf(of endpoint: Int) -> Int { leaves[endpoint] }

  private static func leaves(nodes: [Node], links: [Link], endpoints: [Int]) -> [Int] {
    var leaves = [Int](repeating: -1, count: nodes.count)
    for link in links where nodes[link.from].kind == .endpoint {
      let known = leaves[link.from]
      switch nodes[link.to].kind {
      case .endpoint: break
      case .nvSwitch where known < 0: leaves[link.from] = link.to
      case .networkSwitch where known < 0 || nodes[known].kind == .nvSwitch: leaves[link.from] = link.to
      default: break
      }
    }
    return endpoints.map { leaves[$0] }
  }
}
