public import Fabric
import Quantities
import Simulation

/// The fabric that records were measured on, whose share of the times is not the hosts'.
public struct MeasuredFabric: Sendable {
  /// What it is called.
  public let name: String

  private let fabric: Fabric
  private let router: Router
  private let placement: Placement

  private let turns: Turns

  /// A fabric with the ranks placed on it.
  ///
  /// - Throws: ``TopologyFileError`` for forwarding tables that are none of this fabric, `SimulationError` for a routing
  ///   under which a message has no path of its own.
  public init(
    _ fabric: Fabric, placement: Placement = .packed, routing: Routing = .destinationModulo
  ) throws {
    (name, self.fabric, self.placement) = (fabric.name, fabric, placement)
    turns = try Turns(routing)
    router = try Router(fabric, reading: routing)
  }

  /// The links as `ranks` ranks meet them.
  ///
  /// - Throws: what ``Placement`` throws for ranks that have no place.
  func links(ranks: Int) throws -> ReplayLinks {
    let endpoints = try placement.endpoints(for: ranks, on: fabric)
    let router = router
    return ReplayLinks(
      capacities: fabric.links.map { $0.bandwidth.bytesPerSecond / ReplayLinks.scale },
      latencies: fabric.links.map { $0.latency * Int(ReplayLinks.scale) }, turns: turns
    ) { from, to, lane, turn in
      var path: [Int32] = []
      router.appendPath(
        from: endpoints[from], to: endpoints[to], flow: UInt64(lane), message: turn, to: &path)
      return path
    }
  }
}

/// Links on which schedules are replayed, all times ``scale`` times as long.
struct ReplayLinks: Sendable {
  /// Simulated times are in proportion to all costs together, so that longer ones take a picosecond's rounding out of
  /// differences.
  static let scale = 1_000.0

  let capacities: [Double]
  let latencies: [Time]
  let turns: Turns
  let path: @Sendable (_ from: Int, _ to: Int, _ lane: Int, _ turn: Int) -> [Int32]

  /// Links that cost nothing: all that takes time is the host model.
  static let ideal = ReplayLinks(capacities: [], latencies: [], turns: .one) { _, _, _, _ in [] }
}
