/// A schedule's cost as a formula, and what the formula is worth.
public struct ClosedForm: Sendable, Hashable {
  /// How it compares with an execution over ports without other contention.
  public enum Meaning: Sendable, Hashable {
    /// The same, up to rounding.
    case exact
    /// Never less.
    case upperBound
    /// Of the same order: within a factor of two either way.
    case estimate
  }

  /// The coefficients of α, β and γ.
  public let cost: Cost
  /// Exact, a bound or an estimate.
  public let meaning: Meaning
  /// Where the formula is published.
  public let source: String
}

extension Schedule {
  /// The α-β-γ cost of this schedule, for whole runs over one channel; nil where runs are cut into chunks or spread
  /// over channels, as pieces that overlap have no such formula, nor have blocks that all flow over one tree, nor fewer
  /// elements than ranks, since empty runs are not sent.
  ///
  /// It holds for ranks with one port in each direction on a switch that never blocks, where a message of *m* bytes
  /// takes α + β m, and γ m more if it is reduced. With *n* ranks, *S* bytes, *k* = ⌊log2 n⌋ and *K* = ⌈log2 n⌉, and
  /// *d* domains of *g* ranks:
  ///
  /// | algorithm | all-reduce | all-gather (reduce-scatter: + γ) | broadcast (reduce: + γ) |
  /// | --- | --- | --- | --- |
  /// | ring | 2(n-1)α + 2(n-1)/n Sβ + (n-1)/n Sγ | (n-1)α + (n-1)/n Sβ | (n-1)(α + Sβ) |
  /// | recursive doubling | k(α + Sβ + Sγ) | kα + (n-1)/n Sβ | K(α + Sβ) |
  /// | halving-doubling | 2kα + 2(n-1)/n Sβ + (n-1)/n Sγ | kα + (n-1)/n Sβ | 2kα + 2(n-1)/n Sβ |
  /// | hierarchical | 2dα + 2(n-1)/n Sβ + (n-1)/n Sγ | dα + (n-1)/n Sβ | (d+1)α + (2g+d-3)/g Sβ |
  /// | tree | 2Kα + (4K-2)Sβ + (2K-1)Sγ | none | Kα + (2K-1)Sβ |
  ///
  /// Where the vector can't be cut evenly the longest run counts in every round: an estimate, as shorter runs catch up
  /// with it and share its port.
  ///
  /// A pairwise all-to-all takes (n-1)(α + S/n β), exactly where blocks are even. On two levels turns inside of domains
  /// and along rails overlap, with one port for both: an estimate; where the levels have ports of their own it is more
  /// than what is needed.
  ///
  /// All other algorithms but the ring are exact for powers of two only. Other rank counts add what folding adds: a message in front and
  /// one behind, of the whole vector where that is what is exchanged. That is an estimate: ranks that need not fold are
  /// ahead, so that their messages overlap with folding, which saves latency and shares a port. Binomial and in-order trees
  /// are bounded by the next power of two. In a tree an inner rank sends to two children at once, so that a level costs 2Sβ;
  /// cut into *q* chunks a tree comes near 2(K + q)(α + Sβ/q), which is not what this gives. A double tree's two halves
  /// meet in one port in ways that no formula follows: an estimate.
  ///
  /// - Parameter elementSize: bytes of one element.
  public func closedForm(elementSize: Int) -> ClosedForm? {
    guard parameters.channels == 1, parameters.chunk >= count else { return nil }
    guard ranks == 1 || count == 0 || count >= ranks else { return nil }
    let forms = CostFormulas(self, elementSize: elementSize)
    guard ranks > 1, count > 0 else {
      return ClosedForm(cost: Cost(), meaning: .exact, source: "nothing moves")
    }
    switch algorithm {
    case .ring: return forms.ring
    case .pairwise: return forms.pairwise
    case .hierarchical: return forms.hierarchical
    case .recursiveDoubling where collective == .allReduce: return forms.exchange
    case .recursiveDoubling where collective.isRooted: return forms.binomial
    case .recursiveDoubling, .halvingDoubling: return forms.halvingDoubling
    case .tree, .doubleTree:
      guard !collective.isBlocked else { return nil }
      return algorithm == .tree ? forms.tree : forms.doubleTree
    }
  }
}

/// The formulas of ``Schedule/closedForm(elementSize:)``, for two or more ranks and at least one element.
private struct CostFormulas {
  private let schedule: Schedule
  private let elementSize: Double
  private let size: Double
  private let block: Double
  /// ⌊log2 n⌋ and ⌈log2 n⌉.
  private let floorLog: Int
  private let ceilingLog: Int
  private let corners: Int
  private let folded: Int

  init(_ schedule: Schedule, elementSize: Int) {
    self.schedule = schedule
    self.elementSize = Double(elementSize)
    size = Double(schedule.count) * Double(elementSize)
    block = Double(schedule.blocks.longest()) * Double(elementSize)
    ceilingLog = ceilingOfLog2(schedule.ranks)
    floorLog = Int.bitWidth - 1 - schedule.ranks.leadingZeroBitCount
    corners = 1 << floorLog
    folded = schedule.ranks - corners
  }

  private var collective: Collective { schedule.collective }
  private var isPowerOfTwo: Bool { folded == 0 }

  /// One message after the other, each as long as `bytes`, each reduced or not.
  private func messages(_ count: Double, of bytes: Double, reduced: Bool) -> Cost {
    Cost(latencies: count, bytes: count * bytes, reducedBytes: reduced ? count * bytes : 0)
  }

  var ring: ClosedForm {
    let source = "Patarasuk and Yuan 2009"
    let others = Double(schedule.ranks - 1)
    if collective.isRooted {
      let cost = messages(others, of: size, reduced: collective.reduces)
      return ClosedForm(cost: cost, meaning: .exact, source: "Chan et al. 2007")
    }
    let round = messages(others, of: block, reduced: collective.reduces)
    let cost = collective == .allReduce ? round + messages(others, of: block, reduced: false) : round
    let isEven = schedule.count.isMultiple(of: schedule.ranks)
    return ClosedForm(cost: cost, meaning: isEven ? .exact : .estimate, source: source)
  }

  var pairwise: ClosedForm {
    let others = Double(schedule.ranks - 1)
    let longest = Double(schedule.exchangedBlocks.longest) * elementSize
    return ClosedForm(
      cost: messages(others, of: longest, reduced: false),
      meaning: schedule.count.isMultiple(of: schedule.ranks) ? .exact : .estimate,
      source: "Thakur, Rabenseifner and Gropp 2005")
  }

  var hierarchical: ClosedForm {
    let size = schedule.parameters.domain
    let others = Double(size - 1)
    let hops = Double(schedule.ranks / size - 1)
    let inside = size > 1 ? 1.0 : 0
    let cost: Cost
    if collective == .broadcast {
      let share = self.size / Double(size)
      cost = Cost(latencies: 2 * inside + hops, bytes: (2 * others + hops) * share)
    } else {
      let bytes = Double(schedule.ranks - 1) * block
      let up = Cost(latencies: inside + hops, bytes: bytes, reducedBytes: bytes)
      let down = Cost(latencies: inside + hops, bytes: bytes)
      switch collective {
      case .reduceScatter: cost = up
      case .allGather: cost = down
      default: cost = up + down
      }
    }
    return ClosedForm(
      cost: cost, meaning: .estimate, source: "Mikami et al. 2018; Patarasuk and Yuan 2009")
  }

  var exchange: ClosedForm {
    var cost = messages(Double(floorLog), of: size, reduced: true)
    if folded > 0 {
      cost = cost + messages(1, of: size, reduced: true) + messages(1, of: size, reduced: false)
    }
    return ClosedForm(
      cost: cost, meaning: isPowerOfTwo ? .exact : .estimate, source: "Thakur, Rabenseifner and Gropp 2005")
  }

  var binomial: ClosedForm {
    let cost = messages(Double(ceilingLog), of: size, reduced: collective.reduces)
    return ClosedForm(cost: cost, meaning: isPowerOfTwo ? .exact : .upperBound, source: "Chan et al. 2007")
  }

  /// The bytes of the longest runs that corners 1, 2, 4 and so on apart exchange.
  private var runs: Double {
    var elements = 0
    for bit in 0..<floorLog {
      let distance = 1 << bit
      elements +=
        collective.isBlocked
        ? schedule.blocks.longest(of: min(distance, folded) + distance)
        : Partition(elements: 0..<schedule.count, parts: corners).longest(of: distance)
    }
    return Double(elements) * elementSize
  }

  var halvingDoubling: ClosedForm {
    let rounds = Double(floorLog)
    let plain = Cost(latencies: rounds, bytes: runs)
    let reducing = Cost(latencies: rounds, bytes: runs, reducedBytes: runs)
    let wholePlain = messages(1, of: size, reduced: false)
    let wholeReduced = messages(1, of: size, reduced: true)
    let oneBlock = messages(1, of: block, reduced: false)
    let (cost, folding): (Cost, Cost)
    switch collective {
    case .allReduce: (cost, folding) = (reducing + plain, wholeReduced + wholePlain)
    case .reduceScatter: (cost, folding) = (reducing, wholeReduced + oneBlock)
    case .allGather: (cost, folding) = (plain, oneBlock + wholePlain)
    case .broadcast: (cost, folding) = (plain + plain, wholePlain)
    case .reduce: (cost, folding) = (reducing + plain, wholeReduced)
    case .allToAll: preconditionFailure("a schedule has refused it")
    }
    let isEven = schedule.count.isMultiple(of: collective.isBlocked ? schedule.ranks : corners)
    return ClosedForm(
      cost: isPowerOfTwo ? cost : cost + folding,
      meaning: !isPowerOfTwo ? .estimate : isEven ? .exact : .estimate,
      source: "Thakur, Rabenseifner and Gropp 2005")
  }

  var tree: ClosedForm {
    let transfers = Double(2 * ceilingLog - 1) * size
    let down = Cost(latencies: Double(ceilingLog), bytes: transfers)
    let up = Cost(latencies: Double(ceilingLog), bytes: transfers, reducedBytes: transfers)
    let cost: Cost
    switch collective {
    case .broadcast: cost = down
    case .reduce: cost = up
    default: cost = up + down
    }
    return ClosedForm(
      cost: cost, meaning: isPowerOfTwo ? .exact : .upperBound, source: "Sanders, Speck and Träff 2009")
  }

  var doubleTree: ClosedForm {
    // Between two ranks the halves cross: each is root of one tree.
    let isPair = schedule.ranks == 2
    let hops = Double(isPair ? 1 : ceilingLog + 1)
    let bytes = Double(isPair && !collective.isRooted ? 1 : 2 * ceilingLog) * size / 2
    let down = Cost(latencies: hops, bytes: bytes)
    let up = Cost(latencies: hops, bytes: bytes, reducedBytes: bytes)
    let cost: Cost
    switch collective {
    case .broadcast: cost = down
    case .reduce: cost = up
    default: cost = up + down
    }
    return ClosedForm(cost: cost, meaning: .estimate, source: "Sanders, Speck and Träff 2009")
  }
}
