import Collectives
import Quantities
import Simulation
import Testing

/// Every algorithm with every collective that it serves.
let allPairs = Algorithm.allCases.flatMap { algorithm in algorithm.collectives.map { ($0, algorithm) } }

extension Schedule.Parameters {
  /// The same, with the greatest domain of up to eight ranks that divides `ranks`.
  func dividing(_ ranks: Int) -> Self {
    var parameters = self
    parameters.domain = (1...8).last { ranks.isMultiple(of: $0) } ?? 1
    return parameters
  }
}

/// A switch on which nothing blocks, and what its costs are in seconds.
private struct Machine {
  let name: String
  var latency = Time.nanoseconds(500)
  var bytesPerSecond = 50e9
  var reduction = 0.0

  var alpha: Double { 2 * latency.seconds }
  var beta: Double { 1 / bytesPerSecond }

  func time(_ schedule: Schedule) throws -> Outcome {
    let host = HostModel(regimes: [.init(reduction: reduction)])
    let ranks = SwitchedRanks(ranks: schedule.ranks, bytesPerSecond: bytesPerSecond, latency: latency)
    return try ranks.simulation(of: schedule, elementSize: 4, host: host).run()
  }

  static let all = [
    Machine(name: "fast links"), Machine(name: "slow reductions", reduction: 1e-10),
    Machine(name: "long links", latency: .microseconds(50)),
    Machine(name: "slow links", bytesPerSecond: 12.5e6, reduction: 1e-11),
  ]
}

@Suite("Simulated times keep to the closed forms without contention")
struct ClosedForms {
  private static let rankCounts = [1, 2, 3, 4, 5, 7, 8, 12, 16, 31, 32, 64]

  @Test("each as what it is: exact to 1 ns a message, a bound, or an estimate", arguments: allPairs)
  func meanings(collective: Collective, algorithm: Algorithm) throws {
    for machine in Machine.all {
      for ranks in Self.rankCounts {
        for count in [0, 1, ranks, 1_000, 3_456 * ranks] {
          let schedule = try Schedule(
            collective, algorithm, ranks: ranks, count: count,
            parameters: Schedule.Parameters().dividing(ranks))
          let form = schedule.closedForm(elementSize: 4)
          guard let form else {
            #expect(count < ranks || collective.isBlocked && (algorithm == .tree || algorithm == .doubleTree))
            continue
          }
          let seconds = form.cost.time(alpha: machine.alpha, beta: machine.beta, gamma: machine.reduction)
          let outcome = try machine.time(schedule)
          let simulated = outcome.total.seconds
          let tolerance = 1e-9 * form.cost.latencies
          let place: Comment =
            "\(machine.name), \(ranks) ranks, \(count) elements: \(simulated), formula \(seconds)"
          switch form.meaning {
          case .exact: #expect(abs(simulated - seconds) <= tolerance, place)
          case .upperBound:
            #expect(simulated <= seconds + tolerance, place)
            #expect(simulated >= seconds / 3, place)
          case .estimate: #expect((seconds / 2...seconds * 2).contains(simulated), place)
          }
        }
      }
    }
  }

  @Test("and never beat the lower bounds", arguments: allPairs)
  func bounds(collective: Collective, algorithm: Algorithm) throws {
    for machine in Machine.all {
      for ranks in Self.rankCounts {
        for (count, chunk) in [
          (1, 1), (ranks - 1, 1 << 30), (1_000, 100), (128 * ranks, 64), (1 << 18, 1 << 15),
        ] {
          let parameters = Schedule.Parameters(chunk: chunk).dividing(ranks)
          let schedule = try Schedule(
            collective, algorithm, ranks: ranks, count: count, parameters: parameters)
          let bound = LowerBound(collective, ranks: ranks, bytes: Double(4 * count))
          let least = bound.time(alpha: machine.alpha, beta: machine.beta, gamma: machine.reduction)
          let simulated = try machine.time(schedule).total.seconds
          #expect(
            simulated >= least - 1e-12,
            "\(machine.name), \(ranks) ranks, \(count) elements: \(simulated), \(least)")
        }
      }
    }
  }
}
