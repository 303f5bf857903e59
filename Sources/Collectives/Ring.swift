/// The ring: each rank sends to the next and receives from the one before it, a block a round.
///
/// Reduce-scatter round *s*: rank *r* sends block *r - 1 - s* and reduces block *r - 2 - s*, so that after
/// *n - 1* rounds it holds block *r* whole. All-gather round *t*: it sends block *r - t* and receives block
/// *r - 1 - t*. An all-reduce is the one after the other. Bandwidth-optimal (Patarasuk and Yuan 2009).
struct Ring: Sendable {
  static let stepsPerPiece = 2

  private let schedule: Schedule
  private let rank: Int
  private let lane: Int
  private let pieces: Pieces
  private let reducing: Int
  private let rounds: Int

  init(_ schedule: Schedule, rank: Int, lane: Int) {
    (self.schedule, self.rank, self.lane) = (schedule, rank, lane)
    pieces = Pieces(longest: schedule.longestBlockShare, limit: schedule.parameters.chunk)
    let others = schedule.ranks - 1
    reducing = schedule.collective.reduces ? others : 0
    rounds = reducing + (schedule.collective == .reduceScatter ? 0 : others)
  }

  var count: Int { rounds * pieces.count * Self.stepsPerPiece }

  subscript(index: Int) -> Step {
    let (transfer, isReceive) = (index >> 1, index & 1 == 1)
    let (round, piece) = transfer.quotientAndRemainder(dividingBy: pieces.count)
    let ranks = schedule.ranks
    let reduces = round < reducing
    // The block that arrives in a round is the one that is sent in the next.
    let sent = reduces ? rank - 1 - round : rank - (round - reducing)
    let block = ((isReceive ? sent - 1 : sent) % ranks + ranks) % ranks
    let elements = pieces[piece, of: schedule.share(of: schedule.blocks[block], lane: lane)]
    guard isReceive else {
      let arrival = round == 0 ? -1 : index - 2 * pieces.count + 1
      return Step(.send, peer: rank + 1 == ranks ? 0 : rank + 1, step: index + 1, elements, after: arrival)
    }
    let previous = rank == 0 ? ranks - 1 : rank - 1
    if reduces { return Step(.reduce, peer: previous, step: index - 1, elements) }
    // The final block lands where a partial sum was sent from, as many rounds ago as there were reducing ones.
    let sending = reducing == 0 ? -1 : index - 1 - 2 * reducing * pieces.count
    return Step(.receive, peer: previous, step: index - 1, elements, after: sending)
  }

  /// Rounds of one kind repeat each other, but for the very first, which waits for no arrival.
  var repeats: [Repeat] {
    let period = Self.stepsPerPiece * pieces.count
    let isEven = schedule.count.isMultiple(of: schedule.ranks)
    var repeats: [Repeat] = []
    repeats.add(reducing - 1, of: period, from: period, sameCounts: isEven)
    let gathering = max(1, reducing)
    repeats.add(rounds - gathering, of: period, from: gathering * period, sameCounts: isEven)
    return repeats
  }
}

/// The pipelined chain: a broadcast runs along the ring away from the root, a reduction towards it.
struct Chain: Sendable {
  static let stepsPerPiece = 2

  private let schedule: Schedule
  private let distance: Int
  private let elements: Range<Int>
  private let pieces: Pieces

  init(_ schedule: Schedule, rank: Int, lane: Int) {
    self.schedule = schedule
    distance = (rank - schedule.root + schedule.ranks) % schedule.ranks
    elements = schedule.share(of: 0..<schedule.count, lane: lane)
    pieces = Pieces(longest: schedule.longestShare, limit: schedule.parameters.chunk)
  }

  var count: Int { pieces.count * Self.stepsPerPiece }

  subscript(index: Int) -> Step {
    let run = pieces[index >> 1, of: elements]
    let inward = schedule.collective == .reduce
    let isReceive = index & 1 == 0
    let neighbour = distance + (isReceive == inward ? 1 : -1)
    guard (0..<schedule.ranks).contains(neighbour) else { return .idle }
    let peer = (neighbour + schedule.root) % schedule.ranks
    if isReceive { return Step(inward ? .reduce : .receive, peer: peer, step: index + 1, run) }
    return Step(.send, peer: peer, step: index - 1, run, after: index - 1)
  }

  /// Pieces of the full length.
  var repeats: [Repeat] {
    var repeats: [Repeat] = []
    repeats.add(pieces.fullCount(of: elements), of: Self.stepsPerPiece, from: 0)
    return repeats
  }
}
