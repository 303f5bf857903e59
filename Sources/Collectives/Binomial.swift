/// The binomial tree of recursive doubling.
///
/// In round *k* of a broadcast, whoever has the vector sends it to the rank 2^k further on. A reduction is its mirror
/// image.
///
/// Counted from the root, rank *v* hears from *v* less its highest bit, and serves *v + 2^k* for every higher *k*.
struct Binomial: Sendable {
  let stepsPerPiece: Int

  private let schedule: Schedule
  private let distance: Int
  private let elements: Range<Int>
  private let pieces: Pieces
  private let rounds: Int
  /// The first round in which this rank serves others.
  private let first: Int

  init(_ schedule: Schedule, rank: Int, lane: Int) {
    self.schedule = schedule
    distance = (rank - schedule.root + schedule.ranks) % schedule.ranks
    elements = schedule.share(of: 0..<schedule.count, lane: lane)
    pieces = Pieces(longest: schedule.longestShare, limit: schedule.parameters.chunk)
    rounds = Self.bits(of: schedule.ranks - 1)
    first = Self.bits(of: distance)
    stepsPerPiece = rounds + 1
  }

  /// How many binary digits `number` has.
  private static func bits(of number: Int) -> Int { Int.bitWidth - number.leadingZeroBitCount }

  var count: Int { pieces.count * stepsPerPiece }

  private func rank(at distance: Int) -> Int { (distance + schedule.root) % schedule.ranks }

  subscript(index: Int) -> Step {
    let (piece, slot) = index.quotientAndRemainder(dividingBy: stepsPerPiece)
    let run = pieces[piece, of: elements]
    let base = index - slot
    let inward = schedule.collective == .reduce
    let isUpper = slot == (inward ? rounds : 0)
    if isUpper {
      guard distance > 0 else { return .idle }
      let round = first - 1
      let upper = rank(at: distance - 1 << round)
      if inward { return Step(.send, peer: upper, step: base + round, run, barrier: index) }
      return Step(.receive, peer: upper, step: base + 1 + round, run)
    }
    let round = inward ? slot : slot - 1
    guard round >= first, distance + 1 << round < schedule.ranks else { return .idle }
    let lower = rank(at: distance + 1 << round)
    if inward { return Step(.reduce, peer: lower, step: base + rounds, run) }
    // One after the other: at the same time they would share the link, and the farthest subtree would start late.
    return Step(.send, peer: lower, step: base, run, after: round == first ? base : index - 1)
  }

  /// Pieces of the full length.
  var repeats: [Repeat] {
    var repeats: [Repeat] = []
    repeats.add(pieces.fullCount(of: elements), of: stepsPerPiece, from: 0)
    return repeats
  }
}
