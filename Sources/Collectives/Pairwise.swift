/// The pairwise all-to-all: in round *s* each rank sends to the rank *s* places further on and receives from the rank
/// *s* places before it, so that no port serves two at a time.
///
/// A piece of a round goes once the same piece of the round before has gone and come; pieces of one round are on their
/// way together. Blocks are sent from the vector as it was, and land in the result (``Schedule``, rule 5): nothing that
/// arrives waits for what has not been sent, which between two ranks would be a deadlock.
///
/// - Source: Thakur, Rabenseifner and Gropp, "Optimization of collective communication operations in MPICH" (2005).
struct Pairwise: Sendable {
  static let stepsPerPiece = 2

  private let schedule: Schedule
  private let rank: Int
  private let lane: Int
  private let blocks: ExchangedBlocks
  private let pieces: Pieces

  init(_ schedule: Schedule, rank: Int, lane: Int) {
    (self.schedule, self.rank, self.lane) = (schedule, rank, lane)
    blocks = schedule.exchangedBlocks
    let longest = Partition(elements: 0..<blocks.longest, parts: schedule.lanes).longest()
    pieces = Pieces(longest: longest, limit: schedule.parameters.chunk)
  }

  private var stepsPerRound: Int { Self.stepsPerPiece * pieces.count }

  var count: Int { (schedule.ranks - 1) * stepsPerRound }

  private func elements(with peer: Int) -> Range<Int> {
    schedule.share(of: blocks.block(of: rank, with: peer), lane: lane)
  }

  /// The rank to which (or from which) a message of `round` goes.
  private func peer(in round: Int, isReceive: Bool) -> Int {
    let distance = round + 1
    if isReceive { return rank >= distance ? rank - distance : rank - distance + schedule.ranks }
    return rank + distance < schedule.ranks ? rank + distance : rank + distance - schedule.ranks
  }

  subscript(index: Int) -> Step {
    let (transfer, isReceive) = (index >> 1, index & 1 == 1)
    let (round, piece) = transfer.quotientAndRemainder(dividingBy: pieces.count)
    let peer = peer(in: round, isReceive: isReceive)
    let run = pieces[piece, of: elements(with: peer)]
    if isReceive { return Step(.receive, peer: peer, step: index - 1, run) }
    guard round > 0 else { return Step(.send, peer: peer, step: index + 1, run) }
    let before = index - stepsPerRound
    return Step(.send, peer: peer, step: index + 1, run, after: before, before + 1)
  }

  /// Pieces of the full length inside of a round; another round has other peers.
  var repeats: [Repeat] {
    var repeats: [Repeat] = []
    for round in 0..<schedule.ranks - 1 {
      let full = [false, true].map {
        pieces.fullCount(of: elements(with: peer(in: round, isReceive: $0)))
      }
      repeats.add(min(full[0], full[1]), of: Self.stepsPerPiece, from: round * stepsPerRound)
    }
    return repeats
  }
}
