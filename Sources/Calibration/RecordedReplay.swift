import Collectives
import Quantities
import Records
import Simulation

/// A recorded schedule replayed over the measured fabric, or over links that cost nothing.
///
/// The time is the longest path through the schedule: a sum of messages, bytes and reduced bytes by regime, and of what the
/// links add. It is linear in the parameters as long as the path stays the same.
struct RecordedReplay {
  let schedule: Schedule
  let elementSize: Int
  private let links: ReplayLinks
  private let processors: Processors?
  /// The distinct sizes of messages, ascending.
  let messageSizes: [Int]

  /// More messages than that take too long to replay again and again.
  private static let mostMessages = 400_000

  init(
    _ point: Record.Point, of series: Record.Series, _ collective: Collective, _ algorithm: Algorithm,
    links: ReplayLinks, processors: Processors?
  ) throws {
    (self.links, self.processors) = (links, processors)
    (schedule, elementSize) = try Schedule.recorded(point, of: series, collective, algorithm)
    var steps = 0
    var sizes = Set<Int>()
    for rank in 0..<schedule.ranks {
      for lane in 0..<schedule.lanes {
        let program = schedule.program(rank: rank, lane: lane)
        steps += program.count
        guard steps <= 2 * Self.mostMessages else {
          throw Unfit(description: "more than \(Self.mostMessages) messages take too long to fit")
        }
        for index in 0..<program.count {
          let step = program[index]
          if step.action == .send, step.count > 0 { sizes.insert(step.count * elementSize) }
        }
      }
    }
    guard !sizes.isEmpty else { throw Unfit(description: "no message is sent") }
    messageSizes = sizes.sorted()
  }

  /// The time in picoseconds.
  func time(_ parameters: Parameters) throws(CalibrationError) -> Double {
    do throws(SimulationError) {
      let simulation = try Simulation(
        schedule: schedule, elementSize: elementSize, capacities: links.capacities,
        latencies: links.latencies,
        host: parameters.host(scale: ReplayLinks.scale), processors: processors, turns: links.turns,
        findPath: links.path)
      return Double(try simulation.run().total.picoseconds) / ReplayLinks.scale
    } catch {
      throw .replay(
        series: "\(schedule.algorithm.rawValue) \(schedule.collective.rawValue), \(schedule.ranks) ranks",
        reason: error.description)
    }
  }

  /// How the time grows with each parameter: the messages, bytes and reduced bytes on the longest path.
  ///
  /// By differences that lengthen the time by about a thousandth.
  func derivatives(at parameters: Parameters, time: Double) throws(CalibrationError) -> [Double] {
    var derivatives = [Double](repeating: 0, count: parameters.values.count)
    for regime in Set(messageSizes.map(parameters.regime)) {
      // The longest path has at least one message; guesses for the other two from the mean.
      let size = Double(messageSizes.last { parameters.regime(of: $0) == regime } ?? 1)
      for kind in 0..<Parameters.perRegime where kind < 2 || schedule.collective.reduces {
        let place = regime * Parameters.perRegime + kind
        var changed = parameters
        let step = max(
          1e-3 * parameters.values[place], 1e-4 * time / (kind == 0 ? 1 : size) / Double(schedule.ranks))
        changed.values[place] += step
        derivatives[place] = max(0, (try self.time(changed) - time) / step)
      }
    }
    return derivatives
  }
}
