/// Exchanges over the edges of a hypercube: recursive doubling, recursive halving, and both (Rabenseifner).
///
/// With *n* ranks and *p* the greatest power of two up to *n*, the first *n - p* odd ranks fold into their lower
/// neighbours before, and unfold after; *p* corners remain. Corner *i* covers one rank or two neighbouring ones, so
/// every run of corners is a run of elements.
///
/// - Source: Thakur, Rabenseifner and Gropp, "Optimization of collective communication operations in MPICH" (2005).
struct Hypercube: Sendable {
  static let stepsPerPiece = 2

  /// What happens in one round.
  private enum Round: Sendable {
    /// Odd ranks hand theirs over to the corner.
    case fold
    /// Corners `distance` apart exchange and reduce the whole vector.
    case exchange(distance: Int)
    /// Corners `distance` apart each reduce the half that they keep.
    case halve(distance: Int)
    /// The lower of two corners hands the upper half of its run over.
    case scatter(distance: Int)
    /// Corners `distance` apart exchange the runs that they have.
    case double(distance: Int)
    /// The upper of two corners hands its run over.
    case gather(distance: Int)
    /// Corners give the odd ranks what they lack.
    case unfold
  }

  private let schedule: Schedule
  private let lane: Int
  private let rounds: [Round]
  private let starts: [Int]
  private let corners: Int
  private let folded: Int
  /// The rank, counted from the root.
  private let turned: Int
  private let corner: Int
  private let secondPhase: Int

  init(_ schedule: Schedule, rank: Int, lane: Int) {
    (self.schedule, self.lane) = (schedule, lane)
    let bits = Int.bitWidth - 1 - schedule.ranks.leadingZeroBitCount
    corners = 1 << bits
    folded = schedule.ranks - corners
    turned = (rank - schedule.root + schedule.ranks) % schedule.ranks
    corner = turned < 2 * folded ? turned / 2 : turned - folded

    let down = (0..<bits).reversed().map { 1 << $0 }
    let up = (0..<bits).map { 1 << $0 }
    switch (schedule.algorithm, schedule.collective) {
    case (.recursiveDoubling, .allReduce):
      rounds = [.fold] + up.map { .exchange(distance: $0) } + [.unfold]
    case (_, .allReduce):
      rounds = [.fold] + down.map { .halve(distance: $0) } + up.map { .double(distance: $0) } + [.unfold]
    case (_, .reduceScatter): rounds = [.fold] + down.map { .halve(distance: $0) } + [.unfold]
    case (_, .allGather): rounds = [.fold] + up.map { .double(distance: $0) } + [.unfold]
    case (_, .broadcast):
      rounds = down.map { .scatter(distance: $0) } + up.map { .double(distance: $0) } + [.unfold]
    case (_, .reduce):
      rounds = [.fold] + down.map { .halve(distance: $0) } + up.map { .gather(distance: $0) }
    case (_, .allToAll): preconditionFailure("a schedule has refused it")
    }

    var starts = [0]
    for round in rounds {
      let pieces = Pieces(
        longest: Self.longest(round, schedule, folded: folded), limit: schedule.parameters.chunk)
      starts.append(starts[starts.count - 1] + pieces.count * Self.stepsPerPiece)
    }
    self.starts = starts
    let phase = rounds.firstIndex {
      switch $0 {
      case .double, .gather: true
      default: false
      }
    }
    secondPhase = phase.map { starts[$0] } ?? 0
  }

  var count: Int { starts[rounds.count] }

  /// The most elements that anyone moves in `round`, so that all ranks cut it into the same number of pieces.
  private static func longest(_ round: Round, _ schedule: Schedule, folded: Int) -> Int {
    switch round {
    case .fold: schedule.collective == .allGather ? schedule.blocks.longest() : schedule.longestShare
    case .unfold: schedule.collective == .reduceScatter ? schedule.blocks.longest() : schedule.longestShare
    case .exchange: schedule.longestShare
    case .halve(let distance), .scatter(let distance), .double(let distance), .gather(let distance):
      if schedule.collective.isBlocked {
        schedule.blocks.longest(of: min(distance, folded) + distance)
      } else {
        Partition(elements: 0..<schedule.longestShare, parts: schedule.ranks - folded).longest(of: distance)
      }
    }
  }

  /// The whole of this lane.
  private var whole: Range<Int> { schedule.share(of: 0..<schedule.count, lane: lane) }

  /// The elements of `size` corners from `first` on.
  private func run(from first: Int, size: Int) -> Range<Int> {
    guard schedule.collective.isBlocked else {
      return Partition(elements: whole, parts: corners).run(from: first, to: first + size)
    }
    return schedule.blocks.run(from: leader(of: first), to: leader(of: first + size))
  }

  /// The lowest rank (counted from the root) that `corner` covers.
  private func leader(of corner: Int) -> Int { corner < folded ? 2 * corner : corner + folded }

  private func rank(at turned: Int) -> Int { (turned + schedule.root) % schedule.ranks }

  subscript(index: Int) -> Step {
    var number = 0
    while starts[number + 1] <= index { number += 1 }
    let round = rounds[number]
    let transfer = (index - starts[number]) / Self.stepsPerPiece
    let pieces = Pieces(
      longest: Self.longest(round, schedule, folded: folded), limit: schedule.parameters.chunk)
    let isReceive = (index - starts[number]) % Self.stepsPerPiece == 1
    let isOdd = turned < 2 * folded && turned % 2 == 1
    let partner = index ^ 1

    func step(_ action: Step.Action, _ peer: Int, _ elements: Range<Int>, after: Int = -1, barrier: Int = 0)
      -> Step
    {
      Step(
        action, peer: rank(at: peer), step: partner, pieces[transfer, of: elements], after: after,
        barrier: barrier)
    }

    switch round {
    case .fold:
      guard turned < 2 * folded, isReceive != isOdd else { return .idle }
      let gathers = schedule.collective == .allGather
      let elements = gathers ? schedule.blocks[turned | 1] : whole
      if !isReceive { return step(.send, turned - 1, elements) }
      return step(gathers ? .receive : .reduce, turned + 1, elements)

    case .unfold:
      guard turned < 2 * folded, isReceive == isOdd else { return .idle }
      let elements = schedule.collective == .reduceScatter ? schedule.blocks[turned | 1] : whole
      if isReceive { return step(.receive, turned - 1, elements, barrier: foldEnd) }
      if case .exchange = rounds[number - 1] {
        return step(.send, turned + 1, elements, after: index - 2 * pieces.count + 1)
      }
      return step(.send, turned + 1, elements, barrier: starts[number])

    case .exchange(let distance):
      guard !isOdd else { return .idle }
      let peer = leader(of: corner ^ distance)
      // The sum must not land in elements that are still being sent.
      if isReceive { return step(.reduce, peer, whole, after: index - 1) }
      return step(.send, peer, whole, after: index - 2 * pieces.count + 1)

    case .halve(let distance):
      guard !isOdd else { return .idle }
      let peer = leader(of: corner ^ distance)
      let kept = corner & ~(distance - 1)
      if isReceive { return step(.reduce, peer, run(from: kept, size: distance)) }
      return step(.send, peer, run(from: kept ^ distance, size: distance), barrier: starts[number])

    case .double(let distance):
      guard !isOdd else { return .idle }
      let peer = leader(of: corner ^ distance)
      let held = corner & ~(distance - 1)
      if isReceive {
        return step(.receive, peer, run(from: held ^ distance, size: distance), barrier: secondPhase)
      }
      return step(.send, peer, run(from: held, size: distance), barrier: starts[number])

    case .scatter(let distance):
      guard !isOdd, corner & (distance - 1) == 0 else { return .idle }
      let isUpper = corner & distance != 0
      guard isReceive == isUpper else { return .idle }
      let peer = leader(of: corner ^ distance)
      let elements = run(from: corner | distance, size: distance)
      if isReceive { return step(.receive, peer, elements) }
      return step(.send, peer, elements, barrier: starts[number])

    case .gather(let distance):
      guard !isOdd, corner & (distance - 1) == 0 else { return .idle }
      let isUpper = corner & distance != 0
      guard isReceive != isUpper else { return .idle }
      let peer = leader(of: corner ^ distance)
      let elements = run(from: corner | distance, size: distance)
      if isReceive { return step(.receive, peer, elements, barrier: secondPhase) }
      return step(.send, peer, elements, barrier: starts[number])
    }
  }

  /// Pieces of the full length inside of rounds that exchange or fold the whole vector; other rounds wait for all of
  /// those before them at a fixed place.
  var repeats: [Repeat] {
    var repeats: [Repeat] = []
    for (number, round) in rounds.enumerated() {
      switch round {
      case .fold where schedule.collective != .allGather: break
      case .exchange: break
      default: continue
      }
      let pieces = Pieces(
        longest: Self.longest(round, schedule, folded: folded), limit: schedule.parameters.chunk)
      repeats.add(pieces.fullCount(of: whole), of: Self.stepsPerPiece, from: starts[number])
    }
    return repeats
  }

  /// Where the fold's steps end; 0 where nothing folds before.
  private var foldEnd: Int {
    if case .fold = rounds[0] { return starts[1] }
    return 0
  }
}
