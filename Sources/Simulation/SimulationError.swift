/// Why a simulation gives no result.
public enum SimulationError: Error, Equatable, CustomStringConvertible {
  /// No rank can go on: what the first of them wait for, and how many ranks wait.
  case deadlock(waiting: [String], ranks: Int)
  /// The number of endpoints is not the number of ranks, or one is not in the fabric.
  case placement(String)
  /// Two endpoints have no path between them.
  case noPath(from: String, to: String)
  /// A message has no path of its own under that routing.
  case routing(String)
  /// The host model is none.
  case host(String)
  /// More ranks, lanes and steps in flight than can be held.
  case tooLarge(steps: Double)
  /// More ports or routes than can be held.
  case tooManyConnections(Int)
  /// The clock would pass 26 days of simulated time.
  case tooLong
  /// Whoever watched the run said not to go on: how far it was.
  case interrupted(SimulationProgress)

  /// One line: what was found, and what would be right.
  public var description: String {
    switch self {
    case .deadlock(let waiting, let ranks):
      "\(ranks) ranks wait for ever: " + waiting.joined(separator: "; ")
    case .placement(let flaw): flaw
    case .noPath(let from, let to): "the fabric has no path from \(from) to \(to)"
    case .routing(let routing):
      "routing '\(routing)' needs the links' loads or all paths at once, which a simulated message doesn't have:"
        + " expected one that gives each message a path, such as flowlet:7; topology bisection takes '\(routing)'"
    case .host(let flaw): flaw
    case .tooLarge(let steps):
      "about \(Int(steps)) steps in flight, at most 2^30 can be: use fewer ranks or channels, or a smaller depth"
    case .tooManyConnections(let count):
      "\(count) connections and more, at most 2^26 can be: use fewer ranks, channels or queue pairs"
    case .tooLong: "more than 26 days of simulated time: use a smaller size or faster links"
    case .interrupted(let progress):
      "stopped at \(progress.now) of simulated time, after \(progress.events) events:"
        + " \(progress.ranksDone) of \(progress.ranks) ranks were done"
    }
  }
}
