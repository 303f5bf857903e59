import Calibration
import Collectives
import Fabric
import Quantities
import Simulation
import Synchronization
import Transport

/// Simulates single cases of a plan, from any number of threads.
final class SweepSimulation: Sendable {
  private struct RouterName: Hashable {
    let topology: Int
    let routing: String
  }

  private let plan: SweepPlan
  /// Routers that were made, for the cases that share one.
  private let routers = Mutex<[RouterName: Router]>([:])
  /// How many routers are kept: those of a sweep over seeds serve few cases each.
  private static let mostRouters = 64

  init(_ plan: SweepPlan) { self.plan = plan }

  /// What one case comes to.
  ///
  /// - Throws: ``Failure`` where it has no result, unless the study leaves such cases out.
  func run(_ place: Int) throws(Failure) -> SweepEnding {
    let one = plan.cases[place]
    do {
      return .done(try simulate(one))
    } catch let error as SimulationError {
      let reason = "\(plan.topologies[one.topology].text): \(error)"
      if case .deadlock = error { throw Failure(.software, reason) }
      guard plan.study.skipsImpossible else {
        throw Failure(
          .data,
          "\(plan.study.path): case \(place + 1) has no result: \(reason); 'skip-impossible: true' leaves it out"
        )
      }
      return .skipped(reason)
    } catch let error as TopologyFileError {
      // It was read when the plan was made, and has changed since.
      throw Failure(error)
    } catch {
      throw Failure(.software, "\(plan.study.path): case \(place + 1): \(error)")
    }
  }

  private func simulate(_ one: SweepCase) throws -> SweepResult {
    let fabric = plan.topologies[one.topology].value.fabric
    let host = one.machine.map { plan.machines[$0].value.host } ?? .ideal
    let endpoints = try one.placement.value.endpoints(for: one.ranks, on: fabric)
    let type = plan.study.type
    let schedule = try one.schedule(of: type)
    let outcome = try Simulation(
      schedule: schedule, elementSize: type.size, fabric: fabric, router: try router(one, fabric),
      endpoints: endpoints, host: host
    ).run()
    let bound = PhysicalLimits(fabric, endpoints: endpoints, root: one.root)
      .bound(on: schedule, elementSize: type.size, host: host)
    try bound.check(outcome)
    var (peak, share) = (-1, 0.0)
    for (link, use) in outcome.links.enumerated() {
      let utilisation = use.utilisation(of: fabric.links[link].bandwidth, until: outcome.total)
      if utilisation > share { (peak, share) = (link, utilisation) }
    }
    return SweepResult(
      time: outcome.total.picoseconds, first: outcome.completions.min()?.picoseconds ?? 0,
      bound: bound.time.picoseconds, flows: outcome.flows, events: outcome.events,
      peakLink: peak < 0 ? "" : fabric.name(ofLink: peak), peakUtilisation: share)
  }

  private func router(_ one: SweepCase, _ fabric: Fabric) throws -> Router {
    let name = RouterName(topology: one.topology, routing: one.routing.text)
    if let known = routers.withLock({ $0[name] }) { return known }
    // Two threads may make the same router, which is the same; neither waits for the other.
    let router = try Router(fabric, reading: one.routing.value)
    routers.withLock { if $0.count < Self.mostRouters { $0[name] = router } }
    return router
  }
}
