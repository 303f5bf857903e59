/// A proof that a schedule does what its collective promises, for one rank count, element count and set of parameters.
///
/// The schedule is executed symbolically: each element of each rank holds the *set of ranks* whose contribution is in
/// it. What is proved:
///
/// - both ends of every message name each other and the same elements;
/// - of two steps of one rank that touch the same elements, one of which writes, one comes after the other by the
///   steps' own `after` and `barrier` (reductions commute), so that the outcome doesn't depend on who is faster;
/// - no contribution is reduced twice into the same element;
/// - no rank waits for ever, with the window that the program asks for and sends that wait for their receive;
/// - in the end each element holds exactly the contributions that the collective promises; of an all-to-all, which
///   moves elements to other places, also that it is the right one of the sender's elements.
///
/// Because the first two hold, every order of execution that the rules of ``Schedule`` allow has the same outcome, and
/// one of them is enough. Takes memory for ranks × distinct runs × ranks bits; of an all-to-all whose blocks differ
/// in length each element is a run.
public struct Proof: Sendable, Equatable {
  /// Messages that carry at least one element, over all ranks.
  public let messages: Int
  /// Elements sent, over all ranks.
  public let elementsSent: Int
  /// The most elements that one rank sends.
  public let mostSentByRank: Int

  /// Proves `schedule`.
  ///
  /// - Throws: ``ProofError``, the first thing found to be wrong.
  public init(of schedule: Schedule) throws(ProofError) {
    try self.init(schedule) { rank, lane in schedule.program(rank: rank, lane: lane) }
  }

  /// Proves the promise of `schedule` for programs that come from elsewhere.
  package init<Steps: StepSequence>(
    _ schedule: Schedule, programs: (_ rank: Int, _ lane: Int) -> Steps
  ) throws(ProofError) {
    try self.init(Contract(schedule), programs: programs)
  }

  /// Proves `contract` for the programs of all nodes.
  init<Steps: StepSequence>(
    _ contract: Contract, programs: (_ node: Int, _ lane: Int) -> Steps
  ) throws(ProofError) {
    var steps: [Steps] = []
    for node in 0..<contract.nodes {
      for lane in 0..<contract.lanes { steps.append(programs(node, lane)) }
    }
    let atoms = try Atoms(steps, contract)
    var ordering = Ordering(atoms: atoms, contract)
    for node in 0..<contract.nodes {
      try ordering.check(rank: node, programs: steps[node * contract.lanes..<(node + 1) * contract.lanes])
    }
    var execution = SymbolicExecution(contract, steps, atoms: atoms)
    try execution.run()
    try execution.checkOutcome()
    (messages, elementsSent) = (execution.messages, execution.sent.reduce(0, +))
    mostSentByRank = execution.sent.max() ?? 0
  }
}

/// What is wrong with a schedule.
public enum ProofError: Error, Equatable, CustomStringConvertible {
  /// A step names elements, peers or steps that don't exist.
  case malformed(rank: Int, lane: Int, step: Int, reason: String)
  /// The two ends of a message don't agree.
  case mismatch(rank: Int, lane: Int, step: Int, peer: Int, peerStep: Int)
  /// Two steps of one rank touch the same elements in no order.
  case race(rank: Int, lane: Int, step: Int, other: Int, element: Int)
  /// Two lanes of one rank touch the same elements.
  case lanesOverlap(rank: Int, element: Int)
  /// A contribution would be counted twice.
  case counted(twice: Int, rank: Int, step: Int, element: Int)
  /// An element ends without what it should hold, or with more.
  case outcome(rank: Int, element: Int, contributions: Int, expected: Int)
  /// An element is another one of its sender's than it should be.
  case misplaced(rank: Int, element: Int, found: Int, expected: Int)
  /// Ranks wait for each other in a cycle, or for a step that never comes.
  case stuck(cycle: [String])

  /// One line that names rank, step and element.
  public var description: String {
    switch self {
    case .malformed(let rank, let lane, let step, let reason):
      "rank \(rank), lane \(lane), step \(step): \(reason)"
    case .mismatch(let rank, let lane, let step, let peer, let peerStep):
      "rank \(rank), lane \(lane), step \(step) and its other end, rank \(peer) step \(peerStep), don't match"
    case .race(let rank, let lane, let step, let other, let element):
      "rank \(rank), lane \(lane): steps \(other) and \(step) touch element \(element) in no order"
    case .lanesOverlap(let rank, let element): "rank \(rank): two lanes touch element \(element)"
    case .counted(let contributor, let rank, let step, let element):
      "rank \(rank), step \(step): the contribution of rank \(contributor) to element \(element) comes twice"
    case .outcome(let rank, let element, let contributions, let expected):
      "rank \(rank) ends with \(contributions) contributions in element \(element), not \(expected)"
    case .misplaced(let rank, let element, let found, let expected):
      "rank \(rank) ends with its sender's element \(found) in element \(element), not with \(expected)"
    case .stuck(let cycle): "no rank can go on: " + cycle.joined(separator: " waits for ")
    }
  }
}

/// The vector cut wherever some step's run starts or ends: elements between two cuts always travel together.
struct Atoms {
  /// Where each atom starts, and the end.
  private(set) var starts: [Int] = []

  init<Steps: StepSequence>(_ programs: [Steps], _ contract: Contract) throws(ProofError) {
    let count = contract.count
    var cuts: Set<Int> = [0, count]
    if contract.collective == .allToAll, !count.isMultiple(of: contract.ranks) {
      // Runs land where others are cut, so that their parts would have to be cut there too, and so on.
      cuts.formUnion(0..<count)
    }
    for program in programs {
      for index in 0..<program.count {
        let step = program[index]
        guard step.movesData else { continue }
        cuts.insert(step.offset)
        cuts.insert(step.offset + step.count)
      }
    }
    starts = cuts.sorted()
    guard let first = starts.first, let last = starts.last, first >= 0, last <= count else {
      throw .malformed(rank: 0, lane: 0, step: 0, reason: "some step leaves the vector of \(count) elements")
    }
  }

  var count: Int { starts.count - 1 }

  /// Whether two atoms have the same length.
  func isAlike(_ one: Int, _ other: Int) -> Bool {
    starts[one + 1] - starts[one] == starts[other + 1] - starts[other]
  }

  /// The atoms of a run, whose ends are cuts.
  func atoms(of elements: Range<Int>) -> Range<Int> {
    index(of: elements.lowerBound)..<index(of: elements.upperBound)
  }

  private func index(of element: Int) -> Int {
    var (low, high) = (0, starts.count - 1)
    while low < high {
      let middle = (low + high) / 2
      if starts[middle] < element { low = middle + 1 } else { high = middle }
    }
    return low
  }
}

/// Checks that conflicting steps of a rank are ordered by what they name.
struct Ordering {
  private struct Accesses {
    var lane = -1
    var replaced = -1
    var reduced: [Int] = []
    var sent: [Int] = []
  }

  private let atoms: Atoms
  /// Whether sends read what was there in the beginning (``Schedule``, rule 5), so that no receive is in their way.
  private let sendsInput: Bool
  private var accesses: [Accesses]

  init(atoms: Atoms, _ contract: Contract) {
    self.atoms = atoms
    sendsInput = contract.collective == .allToAll
    accesses = []
  }

  mutating func check<Steps: StepSequence>(rank: Int, programs: ArraySlice<Steps>) throws(ProofError) {
    accesses = Array(repeating: Accesses(), count: atoms.count)
    for (lane, program) in programs.enumerated() {
      for index in 0..<program.count {
        let step = program[index]
        let named = [Int(step.after.0), Int(step.after.1), Int(step.barrier) - 1]
        guard named.allSatisfy({ $0 < index }) else {
          throw .malformed(rank: rank, lane: lane, step: index, reason: "waits for itself or a later step")
        }
        guard step.movesData else { continue }
        for atom in atoms.atoms(of: step.elements) {
          try check(step, index, atom, rank: rank, lane: lane, in: program)
        }
      }
    }
  }

  private mutating func check<Steps: StepSequence>(
    _ step: Step, _ index: Int, _ atom: Int, rank: Int, lane: Int, in program: Steps
  ) throws(ProofError) {
    let element = atoms.starts[atom]
    guard accesses[atom].lane == -1 || accesses[atom].lane == lane else {
      throw .lanesOverlap(rank: rank, element: element)
    }
    accesses[atom].lane = lane
    if sendsInput, step.action == .send { return }
    var before = accesses[atom].replaced >= 0 ? [accesses[atom].replaced] : []
    if step.action != .reduce { before += accesses[atom].reduced }
    if step.action != .send { before += accesses[atom].sent }
    for other in before where !Self.isOrdered(other, before: index, in: program) {
      throw .race(rank: rank, lane: lane, step: index, other: other, element: element)
    }
    switch step.action {
    case .send: accesses[atom].sent.append(index)
    case .reduce: accesses[atom].reduced.append(index)
    case .receive:
      accesses[atom].replaced = index
      accesses[atom].reduced.removeAll(keepingCapacity: true)
      accesses[atom].sent.removeAll(keepingCapacity: true)
    case .idle: break
    }
  }

  /// Whether `index` starts only after `earlier` is complete, whatever happens elsewhere.
  private static func isOrdered<Steps: StepSequence>(_ earlier: Int, before index: Int, in program: Steps)
    -> Bool
  {
    let step = program[index]
    if earlier < step.barrier || earlier == step.after.0 || earlier == step.after.1 { return true }
    return [step.after.0, step.after.1].contains { named in
      named > earlier && isOrdered(earlier, before: Int(named), in: program)
    }
  }
}
