import Fabric
import Quantities
import Simulation
import Transport

/// A parameter of `simulate` that has a default, apart from what is asked: collective, algorithm, ranks and
/// sizes.
enum PlanParameter: String, CaseIterable {
  case placement
  case routing
  case machine
  case channels
  case chunk
  case depth
  case domain
  case root
  case datatype
  case conditions
  case gap
  case rendezvous

  /// Whether its default is that it isn't there at all.
  var isAbsentByDefault: Bool {
    switch self {
    case .machine, .conditions, .gap, .rendezvous: true
    case .placement, .routing, .channels, .chunk, .depth, .domain, .root, .datatype: false
    }
  }
}

/// A parameter that may as well have been left out.
struct IdleParameter {
  let parameter: PlanParameter
  let value: String
  let byDefault: String

  /// One line.
  var description: String {
    let other = parameter.isAbsentByDefault ? byDefault : "--\(parameter.rawValue) \(byDefault)"
    return "--\(parameter.rawValue) \(value) had no effect on this run: every time is the same with \(other)"
  }
}

/// Which parameters changed no time of a run.
struct IdleParameters {
  let idle: [IdleParameter]
  /// Those of which it isn't known, since the run with the default took too long, or doesn't exist.
  let unknown: [PlanParameter]

  /// A run with a default may take so long.
  private static let limit = Duration.seconds(2)

  /// Runs every size again, for each parameter that is not as by default, until a time differs.
  init(_ plan: SimulatePlan, _ predictions: [Prediction]) throws {
    var (idle, unknown) = ([IdleParameter](), [PlanParameter]())
    for parameter in PlanParameter.allCases where plan.text(of: parameter) != plan.defaultText(of: parameter)
    {
      switch try Self.isIdle(parameter, plan, predictions) {
      case true?:
        idle.append(
          IdleParameter(
            parameter: parameter, value: plan.text(of: parameter), byDefault: plan.defaultText(of: parameter))
        )
      case false?: break
      case nil: unknown.append(parameter)
      }
    }
    (self.idle, self.unknown) = (idle, unknown)
  }

  private static func isIdle(
    _ parameter: PlanParameter, _ plan: SimulatePlan, _ predictions: [Prediction]
  ) throws -> Bool? {
    let other = try plan.withDefault(parameter)
    for prediction in predictions {
      let completions: [Time]?
      do {
        completions = try other.completions(prediction.size, within: limit)
      } catch is Failure {
        // With the default there is no such run: more steps than an index holds, say.
        return nil
      }
      guard let completions else { return nil }
      if completions != prediction.outcome.completions { return false }
    }
    return true
  }
}
