/// What sets ranks apart from each other, apart from where they are.
struct RankConditions: Sendable {
  /// How many ranks there are.
  let ranks: Int
  /// When each rank may begin, in picoseconds; empty where all begin at once.
  var starts: [Int64] = []
  /// How many times as long each rank's processor takes as the host model says; empty where all take as long.
  var slowdowns: [Double] = []
  /// What is added to each message.
  var jitter: Jitter?

  init(ranks: Int) { self.ranks = ranks }

  func start(of rank: Int) -> Int64 { starts.isEmpty ? 0 : starts[rank] }

  func slowdown(of rank: Int) -> Double { slowdowns.isEmpty ? 1 : slowdowns[rank] }

  private struct Kind: Hashable {
    let start: Int64
    let slowdown: Double
  }

  /// A number for each rank, equal for ranks that start and work alike; empty where all do.
  var colours: [Int32] {
    if starts.isEmpty && slowdowns.isEmpty { return [] }
    var known: [Kind: Int32] = [:]
    return (0..<ranks).map { rank in
      let kind = Kind(start: start(of: rank), slowdown: slowdown(of: rank))
      let colour = known[kind, default: Int32(known.count)]
      known[kind] = colour
      return colour
    }
  }

  /// The conditions of a fold's ranks.
  func folded(_ folding: Folding, of whole: Wiring) -> RankConditions {
    let classes = folding.wiring.actors.reduce(0) { max($0, Int($1.rank) + 1) }
    var folded = RankConditions(ranks: classes)
    if !starts.isEmpty { folded.starts = Array(repeating: 0, count: classes) }
    if !slowdowns.isEmpty { folded.slowdowns = Array(repeating: 1, count: classes) }
    for (actor, representative) in zip(folding.wiring.actors, folding.representatives) {
      let rank = Int(whole.actors[Int(representative)].rank)
      if !starts.isEmpty { folded.starts[Int(actor.rank)] = starts[rank] }
      if !slowdowns.isEmpty { folded.slowdowns[Int(actor.rank)] = slowdowns[rank] }
    }
    return folded
  }
}
