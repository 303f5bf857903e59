/// Runs every program of a schedule at once, by the rules of ``Schedule``, over sets of contributions.
struct SymbolicExecution<Steps: StepSequence> {
  /// How far one rank is in one lane.
  private struct Progress {
    /// The first step that is not complete.
    var head = 0
    /// Steps known to be complete or started, from the program's start.
    var isComplete: [Bool]
    var isStarted: [Bool]
  }

  private let contract: Contract
  private let programs: [Steps]
  private let atoms: Atoms
  private let words: Int
  private var progress: [Progress]
  /// The contributions in each element: rank, then atom, then 64 ranks a word.
  private var held: [UInt64]
  /// For an all-to-all, which atom of its sender's vector each is; else empty, as elements then keep their places.
  private var origins: [Int]
  /// Contributions that arrived for a reduction that has not started, by program and step.
  private var staged: [[Int: [UInt64]]]
  private var awake: [Int] = []
  private var isAwake: [Bool]
  private(set) var messages = 0
  private(set) var sent: [Int]

  init(_ contract: Contract, _ programs: [Steps], atoms: Atoms) {
    (self.contract, self.programs, self.atoms) = (contract, programs, atoms)
    words = (contract.ranks + 63) / 64
    progress = programs.map {
      Progress(
        isComplete: Array(repeating: false, count: $0.count),
        isStarted: Array(repeating: false, count: $0.count))
    }
    held = Array(repeating: 0, count: contract.nodes * atoms.count * words)
    origins =
      contract.collective == .allToAll
      ? (0..<contract.nodes * atoms.count).map { $0 % atoms.count } : []
    staged = Array(repeating: [:], count: programs.count)
    isAwake = Array(repeating: true, count: programs.count)
    sent = Array(repeating: 0, count: contract.nodes)
    for node in 0..<contract.nodes {
      let contributed = contract.contributed(by: node)
      for atom in 0..<atoms.count where contributed.contains(atoms.starts[atom]) {
        held[place(node, atom) + node / 64] |= 1 << UInt64(node % 64)
      }
    }
  }

  private func place(_ rank: Int, _ atom: Int) -> Int { (rank * atoms.count + atom) * words }

  private func rank(of actor: Int) -> Int { actor / contract.lanes }

  private func actor(of peer: Int32, lane actor: Int) -> Int {
    Int(peer) * contract.lanes + actor % contract.lanes
  }

  /// Goes on until no step can, and throws where some are left.
  mutating func run() throws(ProofError) {
    awake = Array(programs.indices)
    while let actor = awake.popLast() {
      isAwake[actor] = false
      try advance(actor)
    }
    for actor in programs.indices where progress[actor].head < programs[actor].count {
      throw .stuck(cycle: cycle(from: actor))
    }
  }

  private mutating func wake(_ actor: Int) {
    guard !isAwake[actor] else { return }
    isAwake[actor] = true
    awake.append(actor)
  }

  private func isReady(_ step: Step, _ actor: Int) -> Bool {
    let state = progress[actor]
    return state.head >= step.barrier && (step.after.0 < 0 || state.isComplete[Int(step.after.0)])
      && (step.after.1 < 0 || state.isComplete[Int(step.after.1)])
  }

  private mutating func complete(_ index: Int, _ actor: Int) {
    progress[actor].isComplete[index] = true
    while progress[actor].head < programs[actor].count, progress[actor].isComplete[progress[actor].head] {
      progress[actor].head += 1
    }
    wake(actor)
  }

  private mutating func advance(_ actor: Int) throws(ProofError) {
    let program = programs[actor]
    // With one buffer, the strictest reading of the third rule: what goes on with one goes on with more.
    var hasBuffer = true
    var index = progress[actor].head
    while index < min(program.count, progress[actor].head + program.window) {
      defer { index += 1 }
      guard !progress[actor].isComplete[index] else { continue }
      let step = program[index]
      let ready = isReady(step, actor)
      guard step.movesData else {
        if ready { complete(index, actor) }
        continue
      }
      let isPosted = step.action == .reduce ? hasBuffer : ready
      if step.action == .reduce { hasBuffer = false }
      if isPosted, !progress[actor].isStarted[index] {
        try checkOtherEnd(of: step, index, actor)
        progress[actor].isStarted[index] = true
        wake(self.actor(of: step.peer, lane: actor))
      }
      if step.action == .send, ready { try move(step, index, actor) }
      if step.action == .reduce, ready, let arrived = staged[actor].removeValue(forKey: index) {
        try reduce(arrived, step, index, actor)
      }
    }
  }

  private func checkOtherEnd(of step: Step, _ index: Int, _ actor: Int) throws(ProofError) {
    let lane = actor % contract.lanes
    guard step.peer >= 0, step.peer < contract.nodes, Int(step.peer) != rank(of: actor) else {
      throw .malformed(
        rank: rank(of: actor), lane: lane, step: index, reason: "has rank \(step.peer) as its peer")
    }
    let peer = programs[self.actor(of: step.peer, lane: actor)]
    let mismatch = ProofError.mismatch(
      rank: rank(of: actor), lane: lane, step: index, peer: Int(step.peer), peerStep: Int(step.peerStep))
    guard step.peerStep >= 0, step.peerStep < peer.count else { throw mismatch }
    let other = peer[Int(step.peerStep)]
    guard Int(other.peer) == rank(of: actor), Int(other.peerStep) == index, other.count == step.count,
      other.offset == step.offset || contract.collective == .allToAll, other.movesData,
      (step.action == .send) != (other.action == .send)
    else { throw mismatch }
  }

  /// Moves a started send's elements, where the other end is posted.
  private mutating func move(_ step: Step, _ index: Int, _ actor: Int) throws(ProofError) {
    let peer = self.actor(of: step.peer, lane: actor)
    let (peerIndex, from, to) = (Int(step.peerStep), rank(of: actor), Int(step.peer))
    guard progress[peer].isStarted[peerIndex] else { return }
    let other = programs[peer][peerIndex]
    let run = atoms.atoms(of: step.elements)
    let source = place(from, run.lowerBound)..<place(from, run.upperBound)
    messages += 1
    sent[from] += step.count
    complete(index, actor)
    if contract.collective == .allToAll {
      try place(step, of: from, in: other, peerIndex, of: peer)
      complete(peerIndex, peer)
    } else if other.action == .receive {
      let target = place(to, run.lowerBound)
      for offset in 0..<source.count { held[target + offset] = held[source.lowerBound + offset] }
      complete(peerIndex, peer)
    } else {
      staged[peer][peerIndex] = Array(held[source])
      wake(peer)
    }
  }

  /// Puts what `from` had in the beginning where `receive` of `actor` says.
  private mutating func place(
    _ send: Step, of from: Int, in receive: Step, _ index: Int, of actor: Int
  ) throws(ProofError) {
    let (source, target) = (atoms.atoms(of: send.elements), atoms.atoms(of: receive.elements))
    let isAlike = source.count == target.count && zip(source, target).allSatisfy { atoms.isAlike($0, $1) }
    guard isAlike, receive.action == .receive else {
      throw .malformed(
        rank: rank(of: actor), lane: actor % contract.lanes, step: index,
        reason: isAlike ? "reduces in an all-to-all" : "receives elements that are cut otherwise")
    }
    let to = rank(of: actor)
    for (source, target) in zip(source, target) {
      for word in 0..<words { held[place(to, target) + word] = 0 }
      held[place(to, target) + from / 64] = 1 << UInt64(from % 64)
      origins[to * atoms.count + target] = source
    }
  }

  private mutating func reduce(
    _ arrived: [UInt64], _ step: Step, _ index: Int, _ actor: Int
  ) throws(ProofError) {
    let run = atoms.atoms(of: step.elements)
    let target = place(rank(of: actor), run.lowerBound)
    for offset in arrived.indices {
      let twice = held[target + offset] & arrived[offset]
      guard twice == 0 else {
        throw .counted(
          twice: offset % words * 64 + twice.trailingZeroBitCount, rank: rank(of: actor), step: index,
          element: atoms.starts[run.lowerBound + offset / words])
      }
      held[target + offset] |= arrived[offset]
    }
    complete(index, actor)
  }

  /// Compares what every rank holds with what the collective promises.
  func checkOutcome() throws(ProofError) {
    for rank in 0..<contract.ranks {
      for atom in 0..<atoms.count {
        let element = atoms.starts[atom]
        guard let promised = contract.promise(at: rank, element: element) else { continue }
        let expected = promised.contributors
        let found = held[place(rank, atom)..<place(rank, atom) + words]
        let isWhole = zip(found.indices, 0..<words).allSatisfy { index, word in
          held[index] == Self.word(word, of: expected)
        }
        guard isWhole else {
          throw .outcome(
            rank: rank, element: element, contributions: found.reduce(0) { $0 + $1.nonzeroBitCount },
            expected: expected.count)
        }
        guard !origins.isEmpty else { continue }
        let origin = atoms.starts[origins[rank * atoms.count + atom]]
        guard origin == promised.element else {
          throw .misplaced(rank: rank, element: element, found: origin, expected: promised.element)
        }
      }
    }
  }

  private static func word(_ word: Int, of ranks: Range<Int>) -> UInt64 {
    let bits = ranks.clamped(to: word * 64..<word * 64 + 64)
    guard !bits.isEmpty else { return 0 }
    let width = UInt64(bits.count)
    return (width == 64 ? .max : (1 << width) - 1) << UInt64(bits.lowerBound - word * 64)
  }

  /// Follows what each stuck step waits for until a step comes twice.
  private func cycle(from actor: Int) -> [String] {
    var (actor, index) = (actor, progress[actor].head)
    var path: [(actor: Int, index: Int)] = []
    while !path.contains(where: { $0 == (actor, index) }), path.count < 4 * programs.count + 64 {
      path.append((actor, index))
      let step = programs[actor][index]
      let state = progress[actor]
      let named = [step.after.0, step.after.1].first { $0 >= 0 && !state.isComplete[Int($0)] }
      if let named {
        index = Int(named)
      } else if index >= state.head + programs[actor].window || state.head < step.barrier {
        index = state.head
      } else {
        (actor, index) = (self.actor(of: step.peer, lane: actor), Int(step.peerStep))
      }
    }
    let start = path.firstIndex { $0 == (actor, index) } ?? 0
    return (path[start...] + [(actor, index)]).map { actor, index in
      let step = programs[actor][index]
      let verb = step.action == .send ? "send to" : "receive from"
      return "rank \(rank(of: actor)) step \(index) (\(verb) \(step.peer))"
    }
  }
}
