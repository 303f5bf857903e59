import Collectives
import Testing

/// A program with one step changed, left out or replaced.
private struct Altered: StepSequence {
  let program: Program
  var window: Int
  var changes: [Int: Step] = [:]

  init(_ program: Program) {
    self.program = program
    window = program.window
  }

  var count: Int { program.count }
  subscript(index: Int) -> Step { changes[index] ?? program[index] }
}

@Suite("A broken schedule is refuted")
struct BrokenScheduleTests {
  private let ring: Schedule

  init() throws { ring = try Schedule(.allReduce, .ring, ranks: 4, count: 8) }

  /// Proves `schedule` with rank 1's program changed by `change`.
  private func refute(
    _ schedule: Schedule, rank altered: Int = 1, _ change: (inout Altered) -> Void
  ) -> ProofError? {
    do throws(ProofError) {
      _ = try Proof(schedule) { rank, lane in
        var steps = Altered(schedule.program(rank: rank, lane: lane))
        if rank == altered { change(&steps) }
        return steps
      }
      return nil
    } catch {
      return error
    }
  }

  @Test("unchanged, it is proved")
  func unchanged() { #expect(refute(ring) { _ in } == nil) }

  @Test("a receive that does not wait for the send of the same elements is a race")
  func race() throws {
    // Rank 1 receives in round 3 (step 7) what it sent as a partial sum in round 0 (step 0).
    var step = ring.program(rank: 1, lane: 0)[7]
    #expect(step.action == .receive && step.after.0 == 0)
    step.after = (-1, -1)
    #expect(refute(ring) { $0.changes[7] = step } == .race(rank: 1, lane: 0, step: 7, other: 0, element: 0))
  }

  @Test("a send that does not wait for the sum is a race")
  func early() {
    var step = ring.program(rank: 1, lane: 0)[2]
    step.after = (-1, -1)
    guard case .race(1, 0, 2, 1, _) = refute(ring, { $0.changes[2] = step }) else {
      Issue.record("the race of steps 1 and 2 was not found")
      return
    }
  }

  @Test("other elements at one end are a mismatch")
  func elements() {
    var step = ring.program(rank: 1, lane: 0)[0]
    step.count -= 1
    guard case .mismatch = refute(ring, { $0.changes[0] = step }) else {
      Issue.record("a shorter send was not found")
      return
    }
  }

  @Test("a message to another rank, to itself or to nobody is refuted", arguments: [1, 3, -1, 4])
  func peer(peer: Int32) {
    var step = ring.program(rank: 1, lane: 0)[0]
    step.peer = peer
    // Either end may be looked at first: its own is malformed, the other's does not match.
    switch refute(ring, { $0.changes[0] = step }) {
    case .mismatch: break
    case .malformed: #expect(peer != 3)
    case let other: Issue.record("\(String(describing: other))")
    }
  }

  @Test("a sum where a replacement belongs counts a contribution twice")
  func twice() {
    var step = ring.program(rank: 1, lane: 0)[7]
    step.action = .reduce
    guard case .counted(_, rank: 1, step: 7, _) = refute(ring, { $0.changes[7] = step }) else {
      Issue.record("a double count was not found")
      return
    }
  }

  @Test("a replacement where a sum belongs loses contributions")
  func lost() {
    var step = ring.program(rank: 1, lane: 0)[5]
    #expect(step.action == .reduce)
    step.action = .receive
    guard case .outcome = refute(ring, { $0.changes[5] = step }) else {
      Issue.record("a lost contribution was not found")
      return
    }
  }

  @Test("a send that is left out leaves its receiver waiting, and the cycle names it")
  func missing() throws {
    // The receiver finds that the other end of its message is idle.
    guard
      case .mismatch(rank: 2, lane: 0, step: 1, peer: 1, peerStep: 0) = refute(
        ring, { $0.changes[0] = .idle })
    else {
      Issue.record("a missing send was not found")
      return
    }
  }

  @Test("ranks that each wait for the other's first message are stuck, and both are named")
  func stuck() {
    // Recursive doubling with a window of one step: send 0 waits for the peer's receive, which is not admitted.
    let error = { () -> ProofError? in
      do throws(ProofError) {
        let schedule = try? Schedule(.allReduce, .recursiveDoubling, ranks: 2, count: 4)
        guard let schedule else { return nil }
        _ = try Proof(schedule) { rank, lane in
          var steps = Altered(schedule.program(rank: rank, lane: lane))
          steps.window = 1
          return steps
        }
        return nil
      } catch {
        return error
      }
    }()
    guard case .stuck(let cycle) = error else {
      Issue.record("no deadlock found: \(String(describing: error))")
      return
    }
    #expect(cycle.contains { $0.hasPrefix("rank 0") } && cycle.contains { $0.hasPrefix("rank 1") })
    #expect(cycle.first == cycle.last)
  }

  @Test("a step that waits for a later one is malformed")
  func future() {
    var step = ring.program(rank: 1, lane: 0)[2]
    step.after.0 = 3
    guard case .malformed(rank: 1, lane: 0, step: 2, _) = refute(ring, { $0.changes[2] = step }) else {
      Issue.record("a step from the future was not found")
      return
    }
  }

  @Test("two lanes on the same elements are found")
  func lanes() throws {
    let schedule = try Schedule(
      .allReduce, .ring, ranks: 2, count: 8, parameters: Schedule.Parameters(channels: 2))
    #expect(throws: ProofError.self) {
      _ = try Proof(schedule) { rank, _ in Altered(schedule.program(rank: rank, lane: 0)) }
    }
  }

  @Test(
    "Every single dependency counts: leaving out what a step waits for is refuted",
    arguments: [Algorithm.ring, .tree, .doubleTree, .recursiveDoubling, .halvingDoubling, .hierarchical])
  func everyDependency(algorithm: Algorithm) throws {
    let schedule = try Schedule(
      .allReduce, algorithm, ranks: 6, count: 12, parameters: Schedule.Parameters(domain: 3))
    var tried = 0
    for rank in 0..<6 {
      let program = schedule.program(rank: rank, lane: 0)
      for index in 0..<program.count where program[index].movesData {
        var step = program[index]
        let waits = step.after != (-1, -1) || step.barrier > 0
        // What waits only for idle steps may as well not wait.
        let named = [step.after.0, step.after.1].filter { $0 >= 0 }.map { program[Int($0)] }
        let isNeeded =
          named.contains { $0.movesData } || (0..<Int(step.barrier)).contains { program[$0].movesData }
        guard waits, isNeeded else { continue }
        (step.after, step.barrier) = ((-1, -1), 0)
        tried += 1
        #expect(
          refute(schedule, rank: rank) { $0.changes[index] = step } != nil, "rank \(rank) step \(index)")
      }
    }
    #expect(tried > 0)
  }

  @Test("an all-to-all whose blocks are right in number and wrong in place is refuted")
  func misplaced() throws {
    let schedule = try Schedule(.allToAll, .pairwise, ranks: 3, count: 6)
    // Rank 1 sends rank 2 what is rank 0's, and rank 0 what is rank 2's.
    let error = refute(schedule) { steps in
      var (first, second) = (steps.program[0], steps.program[2])
      swap(&first.offset, &second.offset)
      (steps.changes[0], steps.changes[2]) = (first, second)
    }
    guard case .misplaced = error else {
      Issue.record("\(String(describing: error))")
      return
    }
  }

  @Test("an all-to-all that receives twice into one block is refuted")
  func twiceReceived() throws {
    let schedule = try Schedule(.allToAll, .pairwise, ranks: 3, count: 6)
    var step = schedule.program(rank: 1, lane: 0)[3]
    #expect(step.action == .receive)
    step.offset = schedule.program(rank: 1, lane: 0)[1].offset
    guard case .race(rank: 1, lane: 0, step: 3, other: 1, _) = refute(schedule, { $0.changes[3] = step })
    else {
      Issue.record("two receives into one block were not found")
      return
    }
  }
}
