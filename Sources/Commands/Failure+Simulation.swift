import Simulation

extension SimulationError {
  /// The exit code that it ends a command with.
  var code: Failure.Code {
    switch self {
    case .tooLarge, .tooManyConnections, .tooLong, .routing: .usage
    case .placement, .noPath, .host: .data
    case .deadlock: .software
    case .interrupted: .rankLost
    }
  }
}
