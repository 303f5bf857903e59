/// What one rank or switch does in an ``AggregationSchedule``: a sequence of steps, each computed when it is asked for.
///
/// A piece that flows outward from its owner arrives on the owner's side and leaves on all others at once; one that flows
/// inward is combined from all other sides and leaves on the owner's. An all-reduce's piece flows inward to the root of the
/// tree and outward again; a node takes one step for each neighbour and way.
public struct AggregationProgram: StepSequence, Sendable {
  /// How many steps there are.
  public let count: Int
  /// How far past the first incomplete step another may be admitted (``Schedule``, rule 1).
  public let window: Int

  private let schedule: AggregationSchedule
  private let node: Int
  private let degree: Int
  private let pieces: Pieces
  private let stepsPerPiece: Int

  init(_ schedule: AggregationSchedule, node: Int) {
    (self.schedule, self.node) = (schedule, node)
    degree = schedule.tree.degree(of: node)
    pieces = schedule.pieces
    stepsPerPiece = degree * (schedule.collective == .allReduce ? 2 : 1)
    let blocks = schedule.collective.isBlocked ? schedule.tree.ranks : 1
    // One rank has what it wants.
    count = schedule.count == 0 || schedule.tree.ranks == 1 ? 0 : blocks * pieces.count * stepsPerPiece
    window = schedule.depth * stepsPerPiece
  }

  /// Step `index`, from 0 up to `count`; in the logarithm of the degree.
  public subscript(index: Int) -> Step {
    precondition(index >= 0 && index < count, "a program has no such step")
    let (item, slot) = index.quotientAndRemainder(dividingBy: stepsPerPiece)
    let base = index - slot
    let (block, piece) = item.quotientAndRemainder(dividingBy: pieces.count)
    let elements = pieces[piece, of: run(of: block)]
    switch schedule.collective {
    case .allReduce:
      let top = schedule.tree.root
      if slot < degree { return inward(slot, to: top, elements, item: item, base: base) }
      // At the top a piece is whole after the last reduction; elsewhere it may land once the sum has left.
      return outward(
        slot - degree, from: top, elements, item: item, base: base + degree, way: 1, ready: base + degree - 1)
    case .broadcast, .allGather:
      return outward(slot, from: owner(of: block), elements, item: item, base: base, way: 0, ready: -1)
    case .reduce, .reduceScatter:
      return inward(slot, to: owner(of: block), elements, item: item, base: base)
    case .allToAll: preconditionFailure("a schedule has refused it")
    }
  }

  private func run(of block: Int) -> Range<Int> {
    schedule.collective.isBlocked ? schedule.blocks[block] : 0..<schedule.count
  }

  private func owner(of block: Int) -> Int { schedule.collective.isBlocked ? block : schedule.root }

  /// The place that `side` has in the order of steps, where `first` stands before the others.
  private func slot(of side: Int, first: Int?) -> Int {
    guard let first else { return side }
    return side == first ? 0 : side < first ? side + 1 : side
  }

  /// The side that has place `slot`; the inverse of ``slot(of:first:)``.
  private func side(at slot: Int, first: Int?) -> Int {
    guard let first else { return slot }
    return slot == 0 ? first : slot <= first ? slot - 1 : slot
  }

  /// Where the neighbour's steps of piece `item` start, and which of its places, outward from `owner`, this node has.
  private func otherEnd(_ neighbour: Int, owner: Int, item: Int) -> (base: Int, slot: Int, degree: Int) {
    let tree = schedule.tree
    let degree = tree.degree(of: neighbour)
    let back = tree.side(of: node, seenFrom: neighbour)
    return (
      item * degree * (stepsPerPiece / self.degree),
      slot(of: back, first: tree.side(towards: owner, from: neighbour)), degree
    )
  }

  /// Step `slot` for a piece that flows outward from `owner`; `way` is 1 where it has flowed inward before.
  private func outward(
    _ slot: Int, from owner: Int, _ elements: Range<Int>, item: Int, base: Int, way: Int, ready: Int
  ) -> Step {
    let source = schedule.tree.side(towards: owner, from: node)
    let side = side(at: slot, first: source)
    let peer = schedule.tree.neighbour(side, of: node)
    let end = otherEnd(peer, owner: owner, item: item)
    let peerStep = end.base + way * end.degree + end.slot
    guard side == source else {
      return Step(.send, peer: peer, step: peerStep, elements, after: source == nil ? ready : base)
    }
    return Step(.receive, peer: peer, step: peerStep, elements, after: ready)
  }

  /// Step `slot` for a piece that flows inward to `owner`: the mirror image of outward, with the owner's side last.
  private func inward(_ slot: Int, to owner: Int, _ elements: Range<Int>, item: Int, base: Int) -> Step {
    let exit = schedule.tree.side(towards: owner, from: node)
    let side = side(at: degree - 1 - slot, first: exit)
    let peer = schedule.tree.neighbour(side, of: node)
    let end = otherEnd(peer, owner: owner, item: item)
    let peerStep = end.base + end.degree - 1 - end.slot
    // In the order of the program, so that the last reduction stands for all.
    let before = slot == 0 ? -1 : base + slot - 1
    return Step(side == exit ? .send : .reduce, peer: peer, step: peerStep, elements, after: before)
  }

  /// Pieces of the full length; with a block a rank, neighbouring blocks whose owners are on one side of this node and
  /// give it one place in the order of each of its neighbours.
  ///
  /// - Complexity: with a block a rank O(ranks × degree), else O(1).
  public var repeats: [Repeat] {
    var repeats: [Repeat] = []
    guard schedule.collective.isBlocked, count > 0 else {
      if count > 0 {
        repeats.add(
          pieces.fullCount(of: 0..<schedule.count), of: stepsPerPiece, from: 0, peersKeepStep: false)
      }
      return repeats
    }
    let tree = schedule.tree
    let neighbours = (0..<degree).map { tree.neighbour($0, of: node) }
    var cuts: Set<Int> = [0, tree.ranks]
    for owner in 1..<max(1, tree.ranks) {
      let isLikeBefore =
        tree.side(towards: owner, from: node) == tree.side(towards: owner - 1, from: node)
        && neighbours.allSatisfy {
          otherEnd($0, owner: owner, item: 0).slot == otherEnd($0, owner: owner - 1, item: 0).slot
        }
      if !isLikeBefore { cuts.insert(owner) }
    }
    repeats.add(
      between: cuts, of: pieces.count * stepsPerPiece, sameCounts: schedule.count.isMultiple(of: tree.ranks),
      peersKeepStep: false)
    return repeats
  }
}
