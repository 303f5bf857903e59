/// What one rank does in one lane: a sequence of steps, each computed when it is asked for.
///
/// Two programs of one schedule share no state; asking for a step allocates nothing.
public struct Program: Sendable {
  /// How many steps there are, idle ones included.
  public let count: Int
  /// How far past the first incomplete step another may be admitted (``Schedule``, rule 1).
  public let window: Int

  private enum Generator: Sendable {
    case empty
    case ring(Ring)
    case chain(Chain)
    case tree(TreeFlow)
    case treeAllReduce(TreeAllReduce)
    case binomial(Binomial)
    case hypercube(Hypercube)
    case pairwise(Pairwise)
    case hierarchical(Hierarchical)
    case hierarchicalBroadcast(HierarchicalBroadcast)
  }

  private let generator: Generator

  init(_ schedule: Schedule, rank: Int, lane: Int) {
    let stepsPerPiece: Int
    switch (schedule.algorithm, schedule.collective) {
    case _ where schedule.ranks == 1 || schedule.count == 0:
      (generator, count, stepsPerPiece) = (.empty, 0, 1)
    case (.ring, .broadcast), (.ring, .reduce):
      let chain = Chain(schedule, rank: rank, lane: lane)
      (generator, count, stepsPerPiece) = (.chain(chain), chain.count, Chain.stepsPerPiece)
    case (.ring, _):
      let ring = Ring(schedule, rank: rank, lane: lane)
      (generator, count, stepsPerPiece) = (.ring(ring), ring.count, Ring.stepsPerPiece)
    case (.tree, .allReduce), (.doubleTree, .allReduce):
      let tree = TreeAllReduce(schedule, rank: rank, lane: lane)
      (generator, count, stepsPerPiece) = (.treeAllReduce(tree), tree.count, TreeAllReduce.stepsPerPiece)
    case (.tree, _), (.doubleTree, _):
      let tree = TreeFlow(schedule, rank: rank, lane: lane)
      (generator, count, stepsPerPiece) = (.tree(tree), tree.count, TreeFlow.stepsPerPiece)
    case (.recursiveDoubling, .broadcast), (.recursiveDoubling, .reduce):
      let binomial = Binomial(schedule, rank: rank, lane: lane)
      (generator, count, stepsPerPiece) = (.binomial(binomial), binomial.count, binomial.stepsPerPiece)
    case (.recursiveDoubling, _), (.halvingDoubling, _):
      let cube = Hypercube(schedule, rank: rank, lane: lane)
      (generator, count, stepsPerPiece) = (.hypercube(cube), cube.count, Hypercube.stepsPerPiece)
    case (.pairwise, _):
      let pairwise = Pairwise(schedule, rank: rank, lane: lane)
      (generator, count, stepsPerPiece) = (.pairwise(pairwise), pairwise.count, Pairwise.stepsPerPiece)
    case (.hierarchical, .broadcast):
      let levels = HierarchicalBroadcast(schedule, rank: rank, lane: lane)
      (generator, count, stepsPerPiece) = (.hierarchicalBroadcast(levels), levels.count, levels.stepsPerPiece)
    case (.hierarchical, _):
      let levels = Hierarchical(schedule, rank: rank, lane: lane)
      (generator, count, stepsPerPiece) = (.hierarchical(levels), levels.count, levels.stepsPerPiece)
    }
    window = schedule.parameters.depth * stepsPerPiece
  }

  /// Step `index`, from 0 up to `count`; in constant time (a tree's neighbours: in the time of its height).
  public subscript(index: Int) -> Step {
    precondition(index >= 0 && index < count, "a program has no such step")
    switch generator {
    case .empty: return .idle
    case .ring(let ring): return ring[index]
    case .chain(let chain): return chain[index]
    case .tree(let tree): return tree[index]
    case .treeAllReduce(let tree): return tree[index]
    case .binomial(let binomial): return binomial[index]
    case .hypercube(let cube): return cube[index]
    case .pairwise(let pairwise): return pairwise[index]
    case .hierarchical(let levels): return levels[index]
    case .hierarchicalBroadcast(let levels): return levels[index]
    }
  }

  /// What repeats itself: rounds of a ring, and pieces that flow through a chain or a tree.
  public var repeats: [Repeat] {
    switch generator {
    case .empty: []
    case .ring(let ring): ring.repeats
    case .chain(let chain): chain.repeats
    case .tree(let tree): tree.repeats
    case .treeAllReduce(let tree): tree.repeats
    case .binomial(let binomial): binomial.repeats
    case .hypercube(let cube): cube.repeats
    case .pairwise(let pairwise): pairwise.repeats
    case .hierarchical(let levels): levels.repeats
    case .hierarchicalBroadcast(let levels): levels.repeats
    }
  }
}
