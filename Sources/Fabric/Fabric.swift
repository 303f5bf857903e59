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
}
