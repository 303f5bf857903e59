import Collectives
import Fabric
import Simulation

/// What is fuzzed.
enum Target: String {
  case replays
  case topologies

  /// Draws a case and says what is wrong with it, line by line.
  func breaches(drawing random: inout some RandomNumberGenerator, _ tally: inout Tally) -> [String] {
    switch self {
    case .replays: replay(&random, &tally)
    case .topologies: topology(&random, &tally)
    }
  }

  private func replay(_ random: inout some RandomNumberGenerator, _ tally: inout Tally) -> [String] {
    guard let drawn = ReplayCase(drawing: &random) else { return [] }
    tally.sound += 1
    if tally.isVerbose { print(drawn.description) }
    do {
      return try drawn.breaches().map { "\($0)\n  \(drawn.description)" }
    } catch {
      return ["\(error)\n  \(drawn.description)"]
    }
  }

  /// A file that is read describes a fabric over which a collective comes to its end; any other is refused in one line.
  private func topology(_ random: inout some RandomNumberGenerator, _ tally: inout Tally) -> [String] {
    let text = MutatedTopology.draw(from: &random)
    if tally.isVerbose { print(text) }
    let fabric: Fabric
    do {
      fabric = try Topology(parsing: text).fabric
    } catch {
      return "\(error)".contains("\n") ? ["refused in several lines: \(error)\n\(text)"] : []
    }
    tally.sound += 1
    guard fabric.endpoints.count <= 64 else { return [] }
    do {
      let ranks = fabric.endpoints.count
      let schedule = try Schedule(.allReduce, .ring, ranks: ranks, count: ranks)
      _ = try Simulation(
        schedule: schedule, elementSize: 1, fabric: fabric,
        router: Router(fabric, routing: .ecmp(seed: random.next())), endpoints: Array(0..<ranks)
      ).run()
      return []
    } catch {
      return ["\(error)\n\(text)"]
    }
  }
}

/// How many cases were worth something: schedules that exist, files that were read.
struct Tally: CustomStringConvertible {
  var sound = 0
  /// Whether each case is shown before it is tried.
  var isVerbose = false

  var description: String { "\(sound) of them sound" }
}
