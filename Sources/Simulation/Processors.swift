/// Which ranks take turns on which processors.
///
/// A rank runs on one processor at a time and no two ranks on the same one. Where a host has as many processors as ranks,
/// each rank has its own, which is the default everywhere; fewer make ranks wait for each other, while ranks that wait
/// for messages leave theirs to others.
public struct Processors: Sendable, Hashable {
  /// For each rank, its host, from 0 on.
  package let hostOfRank: [Int]
  /// For each host, how many processors it has.
  package let counts: [Int]

  /// Ranks on hosts; nil where every rank has a processor of its own.
  ///
  /// - Parameters:
  ///   - hostOfRank: for each rank, an index into `counts`; any other is the caller's bug.
  ///   - counts: how many processors each host has; less than one counts as one.
  public init?(hostOfRank: [Int], counts: [Int]) {
    precondition(hostOfRank.allSatisfy(counts.indices.contains), "every rank is on one of the hosts")
    let isShared = counts.indices.contains { host in hostOfRank.count { $0 == host } > max(1, counts[host]) }
    guard isShared else { return nil }
    (self.hostOfRank, self.counts) = (hostOfRank, counts.map { max(1, $0) })
  }
}

/// When each shared processor is free again.
struct ProcessorTimes {
  private let firstOfRank: [Int]
  private let countOfRank: [Int]
  private var free: [Int64]

  init(_ processors: Processors) {
    let firsts = processors.counts.indices.map { processors.counts[..<$0].reduce(0, +) }
    firstOfRank = processors.hostOfRank.map { firsts[$0] }
    countOfRank = processors.hostOfRank.map { processors.counts[$0] }
    free = Array(repeating: 0, count: processors.counts.reduce(0, +))
  }

  /// Gives `rank` a processor from `earliest` on, or as soon as one is free, for `duration`; returns when it is done.
  ///
  /// Of those that are free in time it takes the one that has been free for the shortest time, so that others find one
  /// early; the first of equals.
  mutating func run(rank: Int, from earliest: Int64, for duration: Int64, until last: Int64) -> Int64 {
    let places = firstOfRank[rank]..<firstOfRank[rank] + countOfRank[rank]
    var chosen = places.lowerBound
    for place in places {
      let (best, other) = (free[chosen], free[place])
      let isBetter = best <= earliest ? other <= earliest && other > best : other < best
      if isBetter { chosen = place }
    }
    let end = min(max(earliest, free[chosen]) + duration, last)
    free[chosen] = end
    return end
  }

  /// Moves all of them into the future.
  mutating func move(by picoseconds: Int64) {
    for place in free.indices { free[place] += picoseconds }
  }
}
