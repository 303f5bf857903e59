import Collectives
import Quantities
import Simulation

/// Ranks around one switch: link `2r` goes up from rank *r*, link `2r + 1` down to it.
///
/// No two messages of different
/// pairs share a link unless they have a sender or a receiver in common.
struct SwitchedRanks {
  let ranks: Int
  var bytesPerSecond = 50e9
  var latency = Time.nanoseconds(500)

  func simulation(
    of schedule: Schedule, elementSize: Int = 1, host: HostModel = .ideal
  ) throws(SimulationError) -> Simulation {
    try Simulation(
      schedule: schedule, elementSize: elementSize,
      capacities: Array(repeating: bytesPerSecond, count: 2 * ranks),
      latencies: Array(repeating: latency, count: 2 * ranks), host: host
    ) { from, to, _, _ in [Int32(2 * from), Int32(2 * to + 1)] }
  }
}
