package import Collectives
package import Fabric
package import Quantities

/// A network and its hosts as they are, where that is not as planned.
package struct Conditions: Sendable {
  /// The network without what has failed, its links as fast as their payload gets them.
  package var fabric: Fabric
  /// What a host lets an endpoint send over the network, and receive; nil where only links limit it.
  package var hostLimit: Bandwidth?
  /// How many times as long each rank's processor takes; empty where all take as long as the host model says.
  package var slowdowns: [Double] = []
  /// What messages are late by.
  package var jitter: MeasuredJitter?
  /// Collectives that run on the same network at the same time.
  package var neighbours: [Neighbour] = []
  /// What sets the network and hosts apart from the plan, in a few words each.
  package var summary: [String] = []

  /// A network that is as planned.
  package init(_ fabric: Fabric) { self.fabric = fabric }

  /// Delays of messages, and where they are drawn from.
  package struct MeasuredJitter: Sendable, Equatable {
    /// Where delays come from.
    package enum Source: Sendable, Equatable {
      /// These, all alike likely, and what is between them.
      case delays([Time])
      /// By how much the samples of a record's point are above the least of them.
      case record(path: String, size: ByteCount)
    }

    package var source: Source
    package var seed: UInt64
    /// The line of the file that says so.
    package var line: Int
  }

  /// A collective of others.
  package struct Neighbour: Sendable, Equatable {
    package var collective: Collective
    package var algorithm: Algorithm
    package var size: ByteCount
    package var ranks: Int
    /// Nil for the first endpoints that nobody has yet.
    package var placement: Placement?
    package var start: Time
    /// How often it is done, each rank beginning anew when it is done with the time before.
    package var repetitions: Int
    /// The line of the file that says so.
    package var line: Int
  }
}

extension Conditions {
  /// The endpoints of each neighbour's ranks.
  ///
  /// A neighbour without a placement has the first endpoints, in the fabric's order, that neither the main job nor a
  /// neighbour has that is named before it, or that says where it is. One with a placement is where that says, beside
  /// others or not.
  ///
  /// - Parameters:
  ///   - own: those of the main job.
  ///   - place: finds the endpoints of a placement.
  /// - Throws: what `place` throws, and ``SimulationError`` where too few endpoints are free.
  package func endpointsOfNeighbours(
    beside own: [Int], place: (Placement, _ ranks: Int) throws -> [Int]
  ) throws -> [[Int]] {
    var isTaken = [Bool](repeating: false, count: fabric.endpoints.count)
    for endpoint in own { isTaken[endpoint] = true }
    var result = [[Int]](repeating: [], count: neighbours.count)
    for (number, neighbour) in neighbours.enumerated() {
      guard let placement = neighbour.placement else { continue }
      result[number] = try place(placement, neighbour.ranks)
      for endpoint in result[number] { isTaken[endpoint] = true }
    }
    for (number, neighbour) in neighbours.enumerated() where neighbour.placement == nil {
      let free = isTaken.indices.filter { !isTaken[$0] }
      guard free.count >= neighbour.ranks else {
        throw SimulationError.placement(
          "job \(number + 1) has \(neighbour.ranks) ranks, and \(free.count) endpoints are free: expected a 'placement',"
            + " which may share endpoints with other jobs")
      }
      result[number] = Array(free.prefix(neighbour.ranks))
      for endpoint in result[number] { isTaken[endpoint] = true }
    }
    return result
  }
}
