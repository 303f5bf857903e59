package import Fabric

/// How many routes the messages of one rank to another in a lane take in turn.
package struct Turns: Sendable {
  /// After so many messages the first route comes again, 1 to 2,048.
  package let count: Int
  /// Whether all are of one connection, on which messages go one after the other; else each is one of its own, as a
  /// queue pair is.
  package let areOneConnection: Bool

  /// One route.
  package static let one = Turns(count: 1, areOneConnection: true)

  private init(count: Int, areOneConnection: Bool) {
    (self.count, self.areOneConnection) = (count, areOneConnection)
  }

  /// Those of a routing: its queue pairs, or flowlets of one.
  ///
  /// - Throws: ``SimulationError`` for one under which a message has no path of its own.
  package init(_ routing: Routing) throws(SimulationError) {
    guard routing.hasPaths else { throw .routing("\(routing)") }
    self.init(count: routing.period, areOneConnection: routing.queuePairs == 1)
  }
}
