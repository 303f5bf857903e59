import Collectives

/// What a rank or a switch of a job does.
enum JobProgram: StepSequence, Sendable {
  case schedule(Program)
  case repeated(RepeatedProgram)
  case aggregation(AggregationProgram)

  var count: Int {
    switch self {
    case .schedule(let program): program.count
    case .repeated(let program): program.count
    case .aggregation(let program): program.count
    }
  }

  var window: Int {
    switch self {
    case .schedule(let program): program.window
    case .repeated(let program): program.window
    case .aggregation(let program): program.window
    }
  }

  subscript(index: Int) -> Step {
    switch self {
    case .schedule(let program): program[index]
    case .repeated(let program): program[index]
    case .aggregation(let program): program[index]
    }
  }

  var repeats: [Repeat] {
    switch self {
    case .schedule(let program): program.repeats
    case .repeated(let program): program.repeats
    case .aggregation(let program): program.repeats
    }
  }
}
