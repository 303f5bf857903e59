/// What a group of ranks does together with one vector.
///
/// Counts follow nccl-tests: an all-gather's and a reduce-scatter's vector is the *whole* one, of which each
/// rank contributes, or keeps, one block.
public enum Collective: String, CaseIterable, Sendable, Codable {
  /// Every rank ends with the reduction of all ranks' vectors.
  case allReduce = "all-reduce"
  /// Every rank ends with all ranks' blocks.
  case allGather = "all-gather"
  /// Rank *r* ends with block *r* of the reduction of all ranks' vectors.
  case reduceScatter = "reduce-scatter"
  /// Every rank ends with the root's vector.
  case broadcast = "broadcast"
  /// The root ends with the reduction of all ranks' vectors.
  case reduce = "reduce"
  /// Block *j* of rank *i* goes to block *i* of rank *j*; see ``ExchangedBlocks``.
  case allToAll = "all-to-all"

  /// Whether elements of different ranks are combined.
  public var reduces: Bool {
    switch self {
    case .allReduce, .reduceScatter, .reduce: true
    case .allGather, .broadcast, .allToAll: false
    }
  }

  /// Whether the vector is cut into one block a rank, and a rank contributes or keeps its own.
  public var isBlocked: Bool { self == .allGather || self == .reduceScatter }

  /// Whether one rank is special.
  public var isRooted: Bool { self == .broadcast || self == .reduce }

  /// What algbw is multiplied with to give busbw over `ranks` ranks: what a link carries, per byte of vector.
  ///
  /// - Source: nccl-tests, doc/PERFORMANCE.md.
  public func busFactor(ranks: Int) -> Double {
    guard ranks > 1 else { return isRooted ? 1 : 0 }
    let others = Double(ranks - 1) / Double(ranks)
    switch self {
    case .allReduce: return 2 * others
    case .allGather, .reduceScatter, .allToAll: return others
    case .broadcast, .reduce: return 1
    }
  }
}

/// How a collective is cut into messages.
public enum Algorithm: String, CaseIterable, Sendable, Codable {
  /// Neighbours in a ring; a pipelined chain for the rooted collectives.
  case ring
  /// One in-order binary tree, pipelined in chunks.
  case tree
  /// Two complementary in-order trees, half of the vector each, so that an inner rank of one is a leaf of the other.
  case doubleTree = "double-tree"
  /// Exchanges over doubling distances: the whole vector (all-reduce) or what has been gathered; binomial trees for
  /// the rooted collectives.
  case recursiveDoubling = "recursive-doubling"
  /// Rabenseifner: reduce-scatter by halving, all-gather by doubling.
  case halvingDoubling = "halving-doubling"
  /// Each rank exchanges blocks with one other after the other.
  case pairwise
  /// Inside of domains first, then along rails, then inside again; see ``Schedule/Parameters/domain``.
  case hierarchical

  /// The collectives that the algorithm serves.
  public var collectives: [Collective] {
    switch self {
    case .ring, .tree, .doubleTree, .recursiveDoubling, .halvingDoubling:
      [.allReduce, .allGather, .reduceScatter, .broadcast, .reduce]
    case .pairwise: [.allToAll]
    case .hierarchical: [.allReduce, .allGather, .reduceScatter, .broadcast]
    }
  }

  /// Whether the algorithm serves `collective`.
  public func serves(_ collective: Collective) -> Bool { collectives.contains(collective) }
}
