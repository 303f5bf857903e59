import Collectives
import Testing

@Suite("What is said to repeat itself does")
struct RepeatTests {
  /// The first step that breaks the law of `run`, and how; nil where it holds.
  static func flaw<Steps: StepSequence>(of run: Repeat, in steps: Steps) -> String? {
    func shifted(_ index: Int32) -> Int32 { index < 0 ? index : index + Int32(run.period) }
    for index in run.start..<run.end - run.period {
      // What another period adds to the peer's index: this period, or the peer's, which the first two periods show.
      let first = run.start + (index - run.start) % run.period
      let rise =
        run.peersKeepStep ? Int32(run.period) : steps[first + run.period].peerStep - steps[first].peerStep
      let (step, next) = (steps[index], steps[index + run.period])
      let isLawful =
        next.action == step.action && next.peer == step.peer
        && next.peerStep == (step.peerStep < 0 ? step.peerStep : step.peerStep + rise)
        && next.after == (shifted(step.after.0), shifted(step.after.1))
        && next.barrier == (step.barrier > 0 ? shifted(step.barrier) : 0)
        && (!run.hasSameCounts || next.count == step.count)
      if !isLawful { return "\(run), step \(index): \(step), then \(next)" }
    }
    return nil
  }

  /// What is wrong with what `steps` claims of itself; nil where nothing is.
  static func flaw<Steps: StepSequence>(in steps: Steps) -> String? {
    var end = 0
    for run in steps.repeats {
      guard run.start >= end, run.period >= 1, run.count >= 2, run.end <= steps.count else {
        return "\(run) after \(end), of \(steps.count) steps"
      }
      if let flaw = flaw(of: run, in: steps) { return flaw }
      end = run.end
    }
    return nil
  }

  /// Steps outside of repetitions, with one period of each.
  static func remainder<Steps: StepSequence>(of steps: Steps) -> Int {
    steps.repeats.reduce(steps.count) { $0 - $1.period * ($1.count - 1) }
  }

  @Test("for every rank, lane, count and cut", arguments: allPairs)
  func law(collective: Collective, algorithm: Algorithm) throws {
    for ranks in [1, 2, 3, 4, 5, 6, 7, 8, 12, 13, 16, 21] {
      for count in [0, 1, ranks, 61, 12 * ranks] {
        for (channels, chunk) in [(1, 1 << 30), (1, 1), (1, 3), (2, 2), (3, 5)] {
          let parameters = Schedule.Parameters(channels: channels, chunk: chunk).dividing(ranks)
          guard
            let schedule = try? Schedule(
              collective, algorithm, ranks: ranks, count: count, root: collective.isRooted ? ranks / 2 : 0,
              parameters: parameters)
          else { continue }
          for rank in 0..<ranks {
            for lane in 0..<schedule.lanes {
              let flaw = Self.flaw(in: schedule.program(rank: rank, lane: lane))
              #expect(
                flaw == nil,
                "\(ranks) ranks, \(count) elements, \(channels), \(chunk), rank \(rank): \(flaw ?? "")")
            }
          }
        }
      }
    }
  }

  @Test(
    "a ring's program is told by three rounds, whatever the ranks",
    arguments: [Collective.allReduce, .allGather, .reduceScatter])
  func rings(collective: Collective) throws {
    for ranks in [10, 1_000, 100_000] {
      let parameters = Schedule.Parameters(chunk: 5)
      for count in [20 * ranks, 20 * ranks - 1] {
        let schedule = try Schedule(collective, .ring, ranks: ranks, count: count, parameters: parameters)
        let program = schedule.program(rank: ranks / 2, lane: 0)
        #expect(Self.remainder(of: program) <= 3 * 2 * 4)
        #expect(program.repeats.allSatisfy { $0.hasSameCounts == (count == 20 * ranks) })
      }
    }
  }

  @Test(
    "a tree's by its depth, whatever the pieces",
    arguments: [Collective.allReduce, .broadcast, .reduce], [Algorithm.tree, .doubleTree, .ring])
  func pipelines(collective: Collective, algorithm: Algorithm) throws {
    guard collective.isRooted || algorithm != .ring else { return }
    for pieces in [100, 10_000] {
      let parameters = Schedule.Parameters(chunk: 64)
      let schedule = try Schedule(
        collective, algorithm, ranks: 1_000, count: 64 * pieces * (algorithm == .doubleTree ? 2 : 1) + 17,
        parameters: parameters)
      for rank in [0, 1, 511, 512, 998, 999] {
        #expect(Self.remainder(of: schedule.program(rank: rank, lane: 0)) <= 6 * 8)
      }
    }
  }

  @Test(
    "blocks that all flow over one tree by the sides on which their owners stand",
    arguments: [Algorithm.tree, .doubleTree], [Collective.allGather, .reduceScatter])
  func blocksOnTrees(algorithm: Algorithm, collective: Collective) throws {
    for ranks in [64, 1_000, 1_001] {
      let schedule = try Schedule(collective, algorithm, ranks: ranks, count: 6 * ranks)
      for rank in [0, 1, 31, 32, ranks - 2, ranks - 1] {
        for lane in 0..<schedule.lanes {
          #expect(Self.remainder(of: schedule.program(rank: rank, lane: lane)) <= 3 * 20)
        }
      }
    }
  }
}
