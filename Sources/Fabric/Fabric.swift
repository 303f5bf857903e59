public import Quantities

/// A network as a graph: endpoints that ranks are placed on, switches, and links of one direction each.
///
/// A cable is two links, one each way. Indices into ``nodes`` and ``links`` are the identities everywhere below the
/// command line; `id`s are for people and files, and unique.
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

    /// A node; a caller's bug if the identity is empty.
    public init(id: String, kind: Kind, host: Int = -1, rail: Int = -1) {
      precondition(!id.isEmpty, "a node has a name")
      (self.id, self.kind, self.host, self.rail) = (id, kind, host, rail)
    }
  }

  /// One direction of a cable.
  public struct Link: Sendable, Equatable {
    /// The link's name.
    public let id: String
    /// The index of the node that it leaves.
    public let from: Int
    /// The index of the node that it reaches.
    public let to: Int
    /// What it carries at the most.
    public let bandwidth: Bandwidth
    /// From the first bit's leaving to its arrival, the switch at its end included.
    public let latency: Time

    /// A link between two nodes.
    public init(id: String, from: Int, to: Int, bandwidth: Bandwidth, latency: Time) {
      (self.id, self.from, self.to) = (id, from, to)
      (self.bandwidth, self.latency) = (bandwidth, latency)
    }
  }

  /// What the file calls it.
  public let name: String
  /// Everything that a link can join.
  public let nodes: [Node]
  /// Every direction of every cable.
  public let links: [Link]
  /// The node index of each endpoint, host by host, in the order that packed ranks fill.
  public let endpoints: [Int]

  /// How many different hosts the endpoints are in.
  public let hostCount: Int

  /// A fabric of `nodes` joined by `links`.
  ///
  /// Links come in pairs, one each way; endpoints never forward, so any two of them must be joined by switches or by
  /// a cable. Near-linear in nodes and links.
  ///
  /// - Parameter endpoints: every node of kind endpoint, once, in the order that packed ranks fill.
  /// - Throws: ``FabricError`` for names that are not unique, rates outside of 1 to 1e15 bytes per second (NaN too),
  ///   latencies outside of 0 to 1 s, hosts numbered past the endpoints, links that end nowhere, and endpoints that can't reach each other.
  public init(name: String, nodes: [Node], links: [Link], endpoints: [Int]) throws(FabricError) {
    try Self.check(nodes: nodes, links: links, endpoints: endpoints)
    (self.name, self.nodes, self.links, self.endpoints) = (name, nodes, links, endpoints)
    hostCount = Set(endpoints.map { nodes[$0].host }).count
    leaves = Self.leaves(nodes: nodes, links: links, endpoints: endpoints)
    guard GeneralPaths.fits(self) || TieredPaths(self) != nil else {
      throw FabricError(
        .fabric,
        "the switches form no tiers, and the fabric is too large to be routed by distance: expected at most"
          + " \(GeneralPaths.switchLimit) switches, and \(GeneralPaths.workLimit) for the number of switches with"
          + " endpoints times that of links")
    }
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
