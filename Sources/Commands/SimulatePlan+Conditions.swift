import Collectives
import Fabric
import Quantities
import Simulation

extension SimulatePlan {
  /// The other jobs.
  var neighbours: [Simulation.Job] {
    get throws(Failure) {
      try conditions.jobs(
        of: type,
        ScheduleOptions.Resolved(
          type: type, root: 0, channels: channels, chunk: chunk, depth: depth, domain: domain))
    }
  }

  /// When each of the other jobs was done.
  func neighbourEnds(_ outcome: Outcome) -> [Time] {
    var first = ranks
    return conditions.neighbours.map { neighbour in
      defer { first += neighbour.ranks }
      return outcome.ofRanks(first..<first + neighbour.ranks).total
    }
  }

  /// Whether the time can be taken apart by sparing one cost after the other.
  var canBeTakenApart: Bool { conditions.areOfLinksOnly }

  /// What is odd about the conditions, though possible.
  var warnings: [String] {
    var warnings = conditions.warnings
    let isFree = host.regimes.allSatisfy {
      $0.sendOverhead == .zero && $0.receiveOverhead == .zero && $0.reduction == 0 && $0.copying == 0
    }
    if isFree, !conditions.conditions.slowdowns.isEmpty {
      warnings.append("stragglers change nothing, as hosts cost nothing: give a machine model with --machine")
    }
    return warnings
  }

  /// Whether anything in it has a seed.
  var hasSeeds: Bool {
    if conditions.jitter != nil { return true }
    if case .random = placement { return true }
    for neighbour in conditions.neighbours {
      if case .random = neighbour.placement { return true }
    }
    switch routing.policy {
    case .ecmp, .random, .flowlet: return true
    case .destinationModulo, .adaptive, .spray, .table: return false
    }
  }

  /// The same plan with all of its seeds higher by `shift`.
  func reseeded(by shift: UInt64) throws -> SimulatePlan {
    var plan = self
    // Replications are what runs at the same time.
    plan.engine.threads = 1
    plan.placement = placement.reseeded(by: shift)
    plan.endpoints = try plan.placement.endpoints(for: ranks, on: fabric)
    try plan.conditions.place(beside: plan.endpoints, shift: shift)
    let routing = routing.reseeded(by: shift)
    if routing != self.routing {
      plan.routing = routing
      plan.router = Router(fabric, routing: routing)
    }
    return plan
  }

  /// Runs one size with seeds that go up by 1 from run to run, `threads` of them at the same time.
  ///
  /// - Parameters:
  ///   - count: how many runs, that of the prediction included.
  ///   - threads: how many at a time.
  func replicate(_ prediction: Prediction, count: Int, threads: Int) throws -> Replications {
    let others = try concurrently(Array(1..<UInt64(count)), threads: threads) { shift in
      Result { try self.reseeded(by: shift).completions(prediction.size).max() ?? .zero }
    }.map { try $0.get() }
    return Replications(times: [prediction.outcome.total] + others)
  }
}

/// The collective's time in runs that differ in their seeds.
struct Replications: Sendable {
  /// In the order of the seeds; one or more.
  let times: [Time]
}
