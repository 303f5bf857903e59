/// One rank's place in a tree, and the three steps that it takes for one piece that flows through the tree.
///
/// *Outward* from an owner: the piece arrives on the owner's side and leaves on the other two. *Inward* to an owner:
/// partial results arrive on two sides and their combination leaves on the owner's side. Each piece crosses each
/// edge once, whichever position owns it.
struct TreePlace: Sendable {
  let tree: BinaryTree
  let seating: Seating
  let position: Int

  init(_ schedule: Schedule, rank: Int, lane: Int) {
    tree = BinaryTree(size: schedule.ranks)
    seating = Seating(schedule, lane: lane)
    position = seating.position(of: rank)
  }

  /// Which of the three places `side` has in the order of steps, where `first` (outward) stands before the others.
  private func slot(of side: BinaryTree.Side, first: BinaryTree.Side?) -> Int {
    guard let first, side != first else { return first == nil ? side.rawValue : 0 }
    return side.rawValue < first.rawValue ? side.rawValue + 1 : side.rawValue
  }

  /// The side that has place `slot`; the inverse of ``slot(of:first:)``.
  private func side(at slot: Int, first: BinaryTree.Side?) -> BinaryTree.Side {
    let raw: Int
    if let first {
      raw = slot == 0 ? first.rawValue : (slot <= first.rawValue ? slot - 1 : slot)
    } else {
      raw = slot
    }
    return BinaryTree.Side(rawValue: raw) ?? .right
  }

  /// Ranks, with 0 and the end: between two neighbours of them, all owners stand on one side of this position, and on
  /// one side of each of its neighbours.
  ///
  /// A side is a run of positions, and a run of positions is one of ranks, or two where it wraps around the last.
  var ownersWhereSidesChange: Set<Int> {
    let neighbours = [BinaryTree.Side.parent, .left, .right].compactMap { tree.neighbour($0, of: position) }
    var cuts: Set<Int> = [0, tree.size]
    for node in [position] + neighbours {
      for start in tree.sideStarts(of: node) where start > 0 && start < tree.size {
        // Where positions descend by rank, the later of two neighbours comes first.
        cuts.insert(max(seating.rank(at: start), seating.rank(at: start - 1)))
      }
    }
    cuts.insert(seating.rank(at: 0))
    cuts.insert(seating.rank(at: 0) + 1)
    return cuts
  }

  /// Step `slot` (0, 1, 2) for a piece that flows outward from `owner`.
  ///
  /// - Parameters:
  ///   - base: the index of slot 0 in this program; `peerBase` gives it for the neighbour on a side.
  ///   - ready: at the owner, the step after which the piece may leave; elsewhere, the one after which it may land.
  func outward(
    slot: Int, from owner: Int, _ elements: Range<Int>, base: Int, ready: Int = -1,
    peerBase: (BinaryTree.Side) -> Int
  ) -> Step {
    let source = tree.side(towards: owner, from: position)
    let side = side(at: slot, first: source)
    guard let neighbour = tree.neighbour(side, of: position) else { return .idle }
    let peer = seating.rank(at: neighbour)
    guard side == source else {
      return Step(.send, peer: peer, step: peerBase(side), elements, after: source == nil ? ready : base)
    }
    let back = tree.side(of: position, seenFrom: neighbour)
    let peerSlot = self.slot(of: back, first: tree.side(towards: owner, from: neighbour))
    return Step(.receive, peer: peer, step: peerBase(side) + peerSlot, elements, after: ready)
  }

  /// Step `slot` (0, 1, 2) for a piece that flows inward to `owner`; the mirror image of outward.
  func inward(
    slot: Int, to owner: Int, _ elements: Range<Int>, base: Int, peerBase: (BinaryTree.Side) -> Int
  ) -> Step {
    let exit = tree.side(towards: owner, from: position)
    let side = side(at: 2 - slot, first: exit)
    guard let neighbour = tree.neighbour(side, of: position) else { return .idle }
    let peer = seating.rank(at: neighbour)
    guard side == exit else { return Step(.reduce, peer: peer, step: peerBase(side) + 2, elements) }
    let back = tree.side(of: position, seenFrom: neighbour)
    let peerSlot = 2 - self.slot(of: back, first: tree.side(towards: owner, from: neighbour))
    return Step(.send, peer: peer, step: peerBase(side) + peerSlot, elements, after: base, base + 1)
  }
}

/// Everything on trees but all-reduce.
///
/// Pieces flow outward from their owner (broadcast, all-gather) or inward to it (reduce, reduce-scatter). In an
/// all-gather every rank owns a block, and all flow through the same tree.
struct TreeFlow: Sendable {
  static let stepsPerPiece = 3

  private let schedule: Schedule
  private let lane: Int
  private let place: TreePlace
  private let pieces: Pieces

  init(_ schedule: Schedule, rank: Int, lane: Int) {
    (self.schedule, self.lane) = (schedule, lane)
    place = TreePlace(schedule, rank: rank, lane: lane)
    let longest = schedule.collective.isBlocked ? schedule.longestBlockShare : schedule.longestShare
    pieces = Pieces(longest: longest, limit: schedule.parameters.chunk)
  }

  var count: Int {
    pieces.count * Self.stepsPerPiece * (schedule.collective.isBlocked ? schedule.ranks : 1)
  }

  subscript(index: Int) -> Step {
    let (item, slot) = index.quotientAndRemainder(dividingBy: Self.stepsPerPiece)
    let (block, piece) = item.quotientAndRemainder(dividingBy: pieces.count)
    let isBlocked = schedule.collective.isBlocked
    let owner = place.seating.position(of: isBlocked ? block : schedule.root)
    let whole = isBlocked ? schedule.blocks[block] : 0..<schedule.count
    let elements = pieces[piece, of: schedule.share(of: whole, lane: lane)]
    let base = index - slot
    if schedule.collective.reduces {
      return place.inward(slot: slot, to: owner, elements, base: base) { _ in base }
    }
    return place.outward(slot: slot, from: owner, elements, base: base) { _ in base }
  }

  /// Pieces of the full length; with a block a rank, neighbouring blocks whose owners stand on the same sides.
  var repeats: [Repeat] {
    var repeats: [Repeat] = []
    guard schedule.collective.isBlocked else {
      let elements = schedule.share(of: 0..<schedule.count, lane: lane)
      repeats.add(pieces.fullCount(of: elements), of: Self.stepsPerPiece, from: 0)
      return repeats
    }
    repeats.add(
      between: place.ownersWhereSidesChange, of: Self.stepsPerPiece * pieces.count,
      sameCounts: schedule.count.isMultiple(of: schedule.ranks))
    return repeats
  }
}

/// All-reduce on a tree: each piece is reduced up to position 0 and then flows down again.
///
/// The way down lags behind the way up by the round trip to the root, so that a rank's window holds pieces that are
/// in flight now and not ones that wait for their return.
struct TreeAllReduce: Sendable {
  static let stepsPerPiece = 6

  private let place: TreePlace
  private let elements: Range<Int>
  private let pieces: Pieces
  private let lag: Int

  init(_ schedule: Schedule, rank: Int, lane: Int) {
    place = TreePlace(schedule, rank: rank, lane: lane)
    elements = schedule.share(of: 0..<schedule.count, lane: lane)
    pieces = Pieces(longest: schedule.longestShare, limit: schedule.parameters.chunk)
    lag = 2 * place.tree.depth(of: place.position)
  }

  var count: Int { (pieces.count + lag) * Self.stepsPerPiece }

  subscript(index: Int) -> Step {
    let (turn, place) = index.quotientAndRemainder(dividingBy: Self.stepsPerPiece)
    if place < 3 {
      guard turn < pieces.count else { return .idle }
      let base = turn * Self.stepsPerPiece
      return self.place.inward(slot: place, to: 0, pieces[turn, of: elements], base: base) { _ in base }
    }
    let piece = turn - lag
    guard piece >= 0 else { return .idle }
    // At the root the piece has come in from its one child, in slot 1 of the way up; elsewhere it may land
    // once the partial result has left, in slot 2.
    let ready = piece * Self.stepsPerPiece + (self.place.position == 0 ? 1 : 2)
    return self.place.outward(
      slot: place - 3, from: 0, pieces[piece, of: elements], base: index - place + 3, ready: ready
    ) { side in
      (piece + lag + (side == .parent ? -2 : 2)) * Self.stepsPerPiece + 3
    }
  }

  /// Pieces of the full length: on their way up alone, both ways at once, and on their way down alone.
  var repeats: [Repeat] {
    let full = pieces.fullCount(of: elements)
    var repeats: [Repeat] = []
    repeats.add(
      between: [0, full, pieces.count, lag, lag + full, lag + pieces.count], of: Self.stepsPerPiece)
    return repeats
  }
}
