/// Broadcast on two levels: the root deals the vector out to its domain, a share for each place; each share runs along its
/// rail from domain to domain; inside of each domain all places exchange their shares.
///
/// So no rail carries more than 1/g of the vector with *g* ranks a domain, and no port inside of one more than about
/// twice the vector. Shares are cut into pieces that follow each other through all three.
///
/// - Source: van de Geijn's scatter and all-gather, on two levels; see Chan et al. (2007).
struct HierarchicalBroadcast: Sendable {
  private let schedule: Schedule
  private let grid: DomainGrid
  private let rank: Int
  private let lane: Int
  private let pieces: Pieces
  /// Ranks of the domain that this one exchanges with.
  private let others: Int
  /// How many domains lie between the root's and this one.
  private let distance: Int
  private let rootPlace: Int

  init(_ schedule: Schedule, rank: Int, lane: Int) {
    (self.schedule, self.rank, self.lane) = (schedule, rank, lane)
    grid = DomainGrid(schedule)
    others = grid.size - 1
    let longest = Partition(elements: 0..<schedule.longestShare, parts: grid.size).longest()
    pieces = Pieces(longest: longest, limit: schedule.parameters.chunk)
    rootPlace = grid.place(of: schedule.root)
    distance = (grid.domain(of: rank) - grid.domain(of: schedule.root) + grid.domains) % grid.domains
  }

  var stepsPerPiece: Int { 2 * (others + 1) }

  var count: Int { pieces.count * stepsPerPiece }

  /// The whole share of `place`.
  private func share(of place: Int) -> Range<Int> {
    let whole = schedule.share(of: 0..<schedule.count, lane: lane)
    return Partition(elements: whole, parts: grid.size)[(place + grid.size) % grid.size]
  }

  /// Slots: the own share's receive, the rail's send, sends inside of the domain, receives inside.
  ///
  /// The root receives nothing; its last slots deal the other places' shares out.
  subscript(index: Int) -> Step {
    let (piece, slot) = index.quotientAndRemainder(dividingBy: stepsPerPiece)
    let base = index - slot
    let (domain, place) = (grid.domain(of: rank), grid.place(of: rank))
    let own = pieces[piece, of: share(of: place)]
    let isRoot = rank == schedule.root
    let arrival = isRoot ? -1 : base
    let hasRail = distance + 1 < grid.domains
    if slot == 0 {
      guard !isRoot else { return .idle }
      if distance > 0 { return Step(.receive, peer: grid.rank(domain - 1, place), step: base + 1, own) }
      let fromRoot = (place - rootPlace + grid.size) % grid.size
      return Step(.receive, peer: schedule.root, step: base + others + 1 + fromRoot, own)
    }
    if slot == 1 {
      guard hasRail else { return .idle }
      return Step(.send, peer: grid.rank(domain + 1, place), step: base, own, after: arrival)
    }
    if slot <= others + 1 {
      let target = grid.rank(domain, place + slot - 1)
      guard target != schedule.root else { return .idle }
      // The rail first: the domains that follow wait for it, and the own domain for no more than one piece of it.
      return Step(.send, peer: target, step: index + others, own, after: hasRail ? base + 1 : arrival)
    }
    let hop = slot - others - 1
    if isRoot {
      return Step(
        .send, peer: grid.rank(domain, place + hop), step: base, pieces[piece, of: share(of: place + hop)])
    }
    return Step(
      .receive, peer: grid.rank(domain, place - hop), step: index - others,
      pieces[piece, of: share(of: place - hop)])
  }

  /// Pieces of the full length in every share.
  var repeats: [Repeat] {
    let full = (0..<grid.size).map { pieces.fullCount(of: share(of: $0)) }.min() ?? 0
    var repeats: [Repeat] = []
    repeats.add(full, of: stepsPerPiece, from: 0)
    return repeats
  }
}
