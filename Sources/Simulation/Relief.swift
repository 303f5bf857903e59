import Collectives
import Fabric
import Quantities

/// Costs that a run is spared, one after the other: each case spares what the ones before it spare, and one
/// more.
enum Relief: Int, CaseIterable, Comparable, Sendable {
  /// Nothing is spared.
  case nothing
  /// Combining elements takes no time.
  case reduction
  /// Nor does posting, taking in and copying.
  case overhead
  /// Nor does the way, through links and hosts.
  case latency
  /// Flows meet in the links of endpoints only; in between each has its route's bound to itself.
  case contention
  /// No host caps a flow.
  case hostBandwidth

  static func < (left: Relief, right: Relief) -> Bool { left.rawValue < right.rawValue }
}

extension HostModel {
  /// The same hosts without what `relief` spares.
  func relieved(by relief: Relief) -> HostModel {
    HostModel(
      regimes: regimes.map { regime in
        var regime = regime
        if relief >= .reduction { regime.reduction = 0 }
        if relief >= .overhead {
          (regime.sendOverhead, regime.receiveOverhead, regime.copying) = (.zero, .zero, 0)
        }
        if relief >= .latency { regime.latency = .zero }
        if relief >= .hostBandwidth { regime.bandwidth = nil }
        return regime
      })
  }
}

/// A schedule over a fabric without what some relief spares.
///
/// Relieved of contention, messages meet in the links at whose ends endpoints are, since a rank's own ports are no
/// contention of the fabric; what is between them each has to itself.
struct RelievedRun {
  private let simulation: Simulation
  /// Of the fabric's links, in bytes a second.
  private let capacities: [Double]

  /// - Throws: ``SimulationError``, as ``Simulation/init(schedule:elementSize:fabric:router:endpoints:host:processors:)``.
  init(
    _ job: Simulation.Job, elementSize: Int, fabric: Fabric, router: Router, host: HostModel, relief: Relief
  ) throws(SimulationError) {
    var simulation = try Simulation(
      [job], elementSize: elementSize, fabric: fabric, router: router,
      host: host.relieved(by: relief))
    simulation.hasLatency = relief < .latency
    if relief >= .contention { simulation.unshared = fabric.links.map { !fabric.isPort($0) } }
    self.simulation = simulation
    capacities = fabric.links.map(\.bandwidth.bytesPerSecond)
  }

  /// The time, and the longest that one link needs for its bytes.
  ///
  /// - Throws: ``SimulationError``, as ``Simulation/run(progress:observe:)``.
  func run(
    progress: ((SimulationProgress) -> Bool)?
  ) throws(SimulationError) -> (total: Time, serialisation: Time) {
    let outcome = try simulation.run(progress: progress)
    return (outcome.total, outcome.serialisation(over: capacities))
  }
}

extension Fabric {
  /// Whether an endpoint is at one end of a link.
  func isPort(_ link: Link) -> Bool {
    nodes[link.from].kind == .endpoint || nodes[link.to].kind == .endpoint
  }
}
