/// A collective that switches take part in: they combine what their children send, and hand on one copy to each.
///
/// An all-reduce goes up the tree, each switch sending its parent the one sum of what is below it, and down again. So
/// every port carries the vector once each way, whatever the number of ranks; a ring's carry *2(n-1)/n* of it each way.
/// The other collectives use a half of that: what a rank owns floods the tree from it (broadcast, all-gather), and what it
/// collects runs together towards it (reduce, reduce-scatter).
///
/// It exists for the simulator and for ``Proof``: no transport reaches into a switch. The rules are those of ``Schedule``,
/// with one lane; a step's peer is a node of the tree.
///
///     let tree = try AggregationTree(ranks: 8, parents: Array(repeating: 8, count: 8) + [-1])
///     let schedule = try AggregationSchedule(.allReduce, tree: tree, count: 1 << 20, chunk: 1 << 14)
///     for node in 0..<schedule.nodes { print(schedule.program(node: node).count) }
///
/// - Source: Graham et al., "Scalable hierarchical aggregation protocol (SHArP): a hardware architecture for efficient
///   data reduction" (2016).
public struct AggregationSchedule: Sendable {
  /// What is done; not an all-to-all, in which nothing is combined or copied.
  public let collective: Collective
  /// Ranks, switches and what joins them.
  public let tree: AggregationTree
  /// The whole vector's elements.
  public let count: Int
  /// The most elements that one message carries.
  public let chunk: Int
  /// How many pieces a node may have in flight: what a switch has buffers for.
  public let depth: Int
  /// The rank that broadcasts or collects; 0 where no rank is special.
  public let root: Int

  /// A schedule of `collective` for `count` elements over the ranks of `tree`.
  ///
  /// - Parameters:
  ///   - collective: anything but an all-to-all.
  ///   - tree: ranks and switches.
  ///   - count: the whole vector's elements; zero moves nothing.
  ///   - chunk: the most elements of a message; the whole vector (or block) unless said otherwise.
  ///   - depth: pieces in flight at each node. A rank's next piece waits for the return of the one so many before it, so that
  ///     a port is kept busy if `depth` pieces last as long as the way up and down.
  ///   - root: the special rank of a broadcast or reduce.
  /// - Throws: ``ScheduleError`` where no such schedule exists.
  public init(
    _ collective: Collective, tree: AggregationTree, count: Int, chunk: Int = .max >> 1, depth: Int = 8,
    root: Int = 0
  ) throws(ScheduleError) {
    guard collective != .allToAll else { throw .unaggregated(collective) }
    guard count >= 0, count < 1 << 56 else { throw .count(count) }
    guard chunk >= 1 else { throw .chunk(chunk) }
    guard (1...4096).contains(depth) else { throw .depth(depth) }
    guard (0..<tree.ranks).contains(root), collective.isRooted || root == 0 else {
      throw .root(root, ranks: tree.ranks)
    }
    (self.collective, self.tree, self.count) = (collective, tree, count)
    (self.chunk, self.depth, self.root) = (chunk, depth, root)
    let widest = (0..<tree.nodes).reduce(1) { max($0, tree.degree(of: $1)) }
    let steps = 2 * Double(widest) * Double(pieces.count) * Double(collective.isBlocked ? tree.ranks : 1)
    guard steps < Double(Int32.max) else { throw .tooManySteps(steps) }
  }

  /// How many programs there are: one for each rank, and after them one for each switch.
  public var nodes: Int { tree.nodes }

  /// What `node` does.
  public func program(node: Int) -> AggregationProgram {
    precondition((0..<nodes).contains(node), "node \(node) of \(nodes)")
    return AggregationProgram(self, node: node)
  }

  /// One block a rank.
  var blocks: Partition { Partition(elements: 0..<count, parts: tree.ranks) }

  /// How the vector, or each block, is cut.
  var pieces: Pieces {
    Pieces(longest: collective.isBlocked ? blocks.longest() : count, limit: chunk)
  }

  /// The cost where every edge has a link of its own each way, a message of *m* bytes takes α + β m on each, and no window
  /// binds: the longest way, and all pieces through a rank's port one after the other.
  ///
  /// With *h* edges on the longest way, *S* bytes through a port and pieces of *m* bytes it is *h* α + (S + (h-1) m) β: the
  /// published a + S b once pieces are small. Exact for whole pieces of one length that no switch takes time to combine
  /// (γ is no part of it). For blocked collectives it is an estimate, as blocks of many owners meet on the way.
  ///
  /// - Parameter elementSize: bytes of one element.
  /// - Source: Graham et al. (2016), for a + S b.
  public func closedForm(elementSize: Int) -> ClosedForm {
    let source = "Graham et al. 2016"
    guard count > 0, hops > 0 else { return ClosedForm(cost: Cost(), meaning: .exact, source: source) }
    let piece = Double(pieces.length * elementSize)
    let isEven = !collective.isBlocked && count.isMultiple(of: pieces.length)
    return ClosedForm(
      cost: Cost(
        latencies: Double(hops),
        bytes: Double(busiestPort * elementSize) + Double(hops - 1) * piece),
      meaning: isEven ? .exact : .estimate, source: source)
  }

  /// What no aggregation over this tree can beat: the longest way's latencies, and the bytes of a rank's busiest port.
  ///
  /// - Parameter elementSize: bytes of one element.
  public func lowerBound(elementSize: Int) -> Cost {
    guard count > 0, hops > 0 else { return Cost() }
    return Cost(latencies: Double(hops), bytes: Double(busiestPort * elementSize))
  }

  /// The most elements that pass a rank's port in one direction.
  private var busiestPort: Int {
    collective.isBlocked
      ? count - Partition(elements: 0..<count, parts: tree.ranks)[tree.ranks - 1].count : count
  }

  /// The edges of the longest way; one rank alone has nothing to do.
  private var hops: Int {
    guard tree.ranks > 1 else { return 0 }
    switch collective {
    case .allReduce: return 2 * tree.height
    case .broadcast, .reduce:
      return (0..<tree.ranks).reduce(0) { max($0, tree.distance(from: root, to: $1)) }
    case .allGather, .reduceScatter, .allToAll:
      // In a tree the rank farthest from any is an end of the longest way.
      let end = (0..<tree.ranks).max { tree.distance(from: 0, to: $0) < tree.distance(from: 0, to: $1) } ?? 0
      return (0..<tree.ranks).reduce(0) { max($0, tree.distance(from: end, to: $1)) }
    }
  }
}

extension Proof {
  /// Proves `schedule`: what ``init(of:)`` proves, with switches that contribute nothing and are promised nothing.
  ///
  /// - Throws: ``ProofError``, the first thing found to be wrong; a rank in it is a node of the tree.
  public init(of schedule: AggregationSchedule) throws(ProofError) {
    try self.init(schedule) { schedule.program(node: $0) }
  }

  /// Proves the promise of `schedule` for programs that come from elsewhere.
  package init<Steps: StepSequence>(
    _ schedule: AggregationSchedule, programs: (_ node: Int) -> Steps
  ) throws(ProofError) {
    try self.init(Contract(schedule)) { node, _ in programs(node) }
  }
}
