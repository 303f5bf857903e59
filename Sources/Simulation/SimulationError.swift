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
  /// The clock would pass 26 days of simulated time.
  case tooLong

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
      "about \(Int(steps)) steps in flight, at most 2^26 can be: use fewer ranks or channels, or a smaller depth"
    case .tooLong: "more than 26 days of simulated time: use a smaller size or faster links"
    }
  }
}
