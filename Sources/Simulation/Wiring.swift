/// Who sends to whom over which links: all that the engine needs to know once ranks are placed and messages routed.
///
/// Nothing of the schedule is left in it but each actor's role, and nothing of the fabric but the links on which
/// connections could ever hold each other up. The same type describes a whole simulation and its fold, where an actor,
/// a connection and a link each stand for a class.
package struct Wiring: Sendable {
  /// One rank in one lane.
  package struct Actor: Sendable, BitwiseCopyable {
    /// The role that it plays: which steps it takes, but for its peers.
    package var role: Int32
    /// Actors of one rank stand one behind the other and may share a processor.
    package var rank: Int32
    /// The first of its ports; the next actor's come after its last.
    package var firstPort: Int32
    /// Actors of unequal colours can be told apart before anything has moved.
    package var colour: Int32
    /// Whether it is a switch, which combines and copies without a processor; its number as a rank comes after all ranks.
    package var isSwitch: Bool

    package init(role: Int32, rank: Int32, firstPort: Int32, colour: Int32, isSwitch: Bool = false) {
      (self.role, self.rank, self.firstPort, self.colour) = (role, rank, firstPort, colour)
      self.isSwitch = isSwitch
    }
  }

  /// One of the peers that a role names, in the order in which its steps first name them.
  package struct Port: Sendable, BitwiseCopyable {
    /// The actor at the other end.
    package var peer: Int32
    /// The connection on which messages go to it; -1 where they only come from it.
    package var connection: Int32

    package init(peer: Int32, connection: Int32) {
      (self.peer, self.connection) = (peer, connection)
    }
  }

  /// Messages from one actor to another.
  package struct Connection: Sendable, BitwiseCopyable {
    package var sender: Int32
    package var receiver: Int32
    /// The port of the receiver at which it ends, counted from the receiver's first.
    package var receiverPort: Int32

    package init(sender: Int32, receiver: Int32, receiverPort: Int32) {
      (self.sender, self.receiver, self.receiverPort) = (sender, receiver, receiverPort)
    }
  }

  /// One way of a connection; connection *c* takes routes `c * turns ..< (c + 1) * turns` in turn.
  package struct Route: Sendable, BitwiseCopyable {
    /// Its hops are `hops[first ..< end]`.
    package var first: Int32
    package var end: Int32
    /// The least capacity on its whole path, in bytes a second.
    package var bound: Double
    /// The sum of the latencies of its path, in picoseconds.
    package var latency: Int64

    package init(first: Int32, end: Int32, bound: Double, latency: Int64) {
      (self.first, self.end, self.bound, self.latency) = (first, end, bound, latency)
    }
  }

  /// A link that a route shares, and how many connections of the route's class are on it: 1 unless folded.
  package typealias Hop = FluidNetwork.Hop

  package var actors: [Actor] = []
  package var ports: [Port] = []
  package var connections: [Connection] = []
  package var routes: [Route] = []
  package var hops: [Hop] = []
  /// Bytes a second of each link that a hop names.
  package var capacities: [Double] = []
  /// How many routes each connection has.
  package var turns = 1
  /// Whether a connection takes one message at a time, whatever its route; else each of its routes does.
  package var sharesLines = true

  /// One without anything in it.
  package init() {}

  /// The ports of an actor.
  package func ports(of actor: Int) -> Range<Int> {
    let end = actor + 1 < actors.count ? Int(actors[actor + 1].firstPort) : ports.count
    return Int(actors[actor].firstPort)..<end
  }

  /// The routes of a connection.
  package func routes(of connection: Int) -> Range<Int> { connection * turns..<(connection + 1) * turns }

  /// The hops of a route.
  package func hops(of route: Int) -> Range<Int> { Int(routes[route].first)..<Int(routes[route].end) }
}
