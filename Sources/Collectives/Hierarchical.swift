/// Rank, place and domain: ranks are numbered domain by domain, and ranks with one place in their domains form a rail.
struct DomainGrid: Sendable {
  /// Ranks in a domain.
  let size: Int
  /// How many domains there are.
  let domains: Int

  init(_ schedule: Schedule) {
    size = schedule.parameters.domain
    domains = schedule.ranks / schedule.parameters.domain
  }

  func place(of rank: Int) -> Int { rank % size }

  func domain(of rank: Int) -> Int { rank / size }

  /// The rank at `place` of `domain`; both may be a turn too high or too low.
  func rank(_ domain: Int, _ place: Int) -> Int {
    (domain + domains) % domains * size + (place + size) % size
  }
}

/// All-reduce, reduce-scatter and all-gather on two levels: direct exchange inside of a domain, a ring along each rail.
///
/// Block *r* is rank *r*'s. On the way to its owner a block is first reduced inside of each domain, at the owner's place,
/// and the sums are reduced along the owner's rail; on the way back it goes along the rail first, and from each rank of
/// the rail to the others of its domain. So a rail carries no more than its places' blocks: 1/g of the vector with *g*
/// ranks a domain. Every turn moves one block a place inside of the domains and one along the rails, so that both levels
/// are busy together.
///
/// Inside of a domain ranks exchange directly and not around a ring: the bytes of a port are the same, but there is one
/// latency instead of *g* - 1, and a switch like NVSwitch serves all pairs at once.
///
/// - Source: Mikami et al., "Massively distributed SGD: ImageNet/ResNet-50 training in a flash" (2018), for the two
///   levels; Patarasuk and Yuan (2009) for the ring.
struct Hierarchical: Sendable {
  private let schedule: Schedule
  private let grid: DomainGrid
  private let rank: Int
  private let lane: Int
  private let pieces: Pieces
  /// Turns that reduce: one for each domain's block.
  private let reducing: Int
  private let turns: Int
  /// Ranks of the domain that this one exchanges with.
  private let others: Int

  init(_ schedule: Schedule, rank: Int, lane: Int) {
    (self.schedule, self.rank, self.lane) = (schedule, rank, lane)
    grid = DomainGrid(schedule)
    pieces = Pieces(longest: schedule.longestBlockShare, limit: schedule.parameters.chunk)
    reducing = schedule.collective.reduces ? grid.domains : 0
    turns = reducing + (schedule.collective == .reduceScatter ? 0 : grid.domains)
    others = grid.size - 1
  }

  /// Sends and receives inside of the domain, and one of each along the rail.
  var stepsPerPiece: Int { 2 * (others + 1) }
  private var stepsPerTurn: Int { pieces.count * stepsPerPiece }

  var count: Int { turns * stepsPerTurn }

  /// Piece `piece` of the block of the rank at `place` of `domain`.
  private func elements(_ domain: Int, _ place: Int, _ piece: Int) -> Range<Int> {
    pieces[piece, of: schedule.share(of: schedule.blocks[grid.rank(domain, place)], lane: lane)]
  }

  subscript(index: Int) -> Step {
    let (turn, rest) = index.quotientAndRemainder(dividingBy: stepsPerTurn)
    let (piece, slot) = rest.quotientAndRemainder(dividingBy: stepsPerPiece)
    return turn < reducing
      ? reducingStep(index, turn: turn, piece: piece, slot: slot)
      : gatheringStep(index, turn: turn - reducing, piece: piece, slot: slot)
  }

  /// Slots: sends inside of the domain, reductions inside, the rail's send, the rail's reduction.
  private func reducingStep(_ index: Int, turn: Int, piece: Int, slot: Int) -> Step {
    let (domain, place) = (grid.domain(of: rank), grid.place(of: rank))
    let block = domain - 1 - turn
    if slot < others {
      let target = place + 1 + slot
      return Step(
        .send, peer: grid.rank(domain, target), step: index + others, elements(block, target, piece))
    }
    if slot < 2 * others {
      let distance = slot - others + 1
      // In the order of the program, so that the last one stands for all.
      return Step(
        .reduce, peer: grid.rank(domain, place - distance), step: index - others,
        elements(block, place, piece), after: distance == 1 ? -1 : index - 1)
    }
    // The last turn's block is the rank's own and stays.
    guard turn + 1 < grid.domains else { return .idle }
    if slot == 2 * others {
      return Step(
        .send, peer: grid.rank(domain + 1, place), step: index + 1, elements(block, place, piece),
        after: others > 0 ? index - 1 : -1, turn > 0 ? index + 1 - stepsPerTurn : -1)
    }
    return Step(
      .reduce, peer: grid.rank(domain - 1, place), step: index - 1, elements(block - 1, place, piece))
  }

  /// Slots: the rail's receive, the rail's send, sends inside of the domain, receives inside.
  private func gatheringStep(_ index: Int, turn: Int, piece: Int, slot: Int) -> Step {
    let (domain, place) = (grid.domain(of: rank), grid.place(of: rank))
    let block = domain - turn
    let base = index - slot
    if slot == 0 {
      guard turn + 1 < grid.domains else { return .idle }
      // What lands replaces a partial sum that went along the rail as many turns after the first as this is.
      let gone = reducing > 0 ? reducingBase(turn, piece) + 2 * others : -1
      return Step(
        .receive, peer: grid.rank(domain - 1, place), step: index + 1, elements(block - 1, place, piece),
        after: gone)
    }
    if slot <= others + 1 {
      let (first, second) = arrival(of: turn, piece, base)
      guard slot > 1 else {
        guard turn + 1 < grid.domains else { return .idle }
        return Step(
          .send, peer: grid.rank(domain + 1, place), step: index - 1, elements(block, place, piece),
          after: first, second)
      }
      return Step(
        .send, peer: grid.rank(domain, place + slot - 1), step: index + others,
        elements(block, place, piece),
        after: first, second)
    }
    let distance = slot - others - 1
    let source = place - distance
    // It replaces what was sent to the source's place when this block was reduced.
    let sending =
      reducing > 0 ? reducingBase((turn + grid.domains - 1) % grid.domains, piece) + others - distance : -1
    return Step(
      .receive, peer: grid.rank(domain, source), step: index - others, elements(block, source, piece),
      after: sending)
  }

  private func reducingBase(_ turn: Int, _ piece: Int) -> Int { turn * stepsPerTurn + piece * stepsPerPiece }

  /// The steps after which the block that leaves in a gathering turn is whole: the rail's receive a turn before, or at
  /// the first the last reductions inside of the domain and along the rail.
  private func arrival(of turn: Int, _ piece: Int, _ base: Int) -> (Int, Int) {
    if turn > 0 { return (base - stepsPerTurn, -1) }
    guard reducing > 0 else { return (-1, -1) }
    let inside = others > 0 ? reducingBase(reducing - 1, piece) + 2 * others - 1 : -1
    let along = reducing > 1 ? reducingBase(reducing - 2, piece) + 2 * others + 1 : -1
    return (inside, along)
  }

  /// Turns of one kind repeat each other, but for the first and the last.
  ///
  /// In an all-reduce, what lands inside of a domain in turn *t* was sent in turn *t* - 1, and in the first turn in the last.
  var repeats: [Repeat] {
    let isEven = schedule.count.isMultiple(of: schedule.ranks)
    var repeats: [Repeat] = []
    if reducing > 0 {
      repeats.add(grid.domains - 2, of: stepsPerTurn, from: stepsPerTurn, sameCounts: isEven)
    }
    guard turns > reducing else { return repeats }
    repeats.add(
      grid.domains - 2, of: stepsPerTurn, from: (reducing + 1) * stepsPerTurn, sameCounts: isEven)
    return repeats
  }
}
