import Collectives

/// A program that is done several times, each time when the rank is done with the time before.
///
/// All programs of the schedule are filled up with idle steps to one length, the *stride*, so that a step's
/// match at the other end is as many strides further on as the step itself.
struct RepeatedProgram: StepSequence {
  private let program: Program
  private let times: Int
  private let stride: Int

  init(_ program: Program, times: Int, every stride: Int) {
    precondition(program.count <= stride, "no program is longer than the stride")
    (self.program, self.times, self.stride) = (program, times, stride)
  }

  /// The most steps that a program of a schedule has; O(ranks × lanes).
  static func stride(of schedule: Schedule) -> Int {
    (0..<schedule.ranks).lazy.flatMap { rank in
      (0..<schedule.lanes).lazy.map { lane in schedule.program(rank: rank, lane: lane).count }
    }.max() ?? 0
  }

  var count: Int { times * stride }

  var window: Int { program.window }

  subscript(index: Int) -> Step {
    let (round, place) = index.quotientAndRemainder(dividingBy: stride)
    guard place < program.count else { return .idle }
    var step = program[place]
    let base = Int32(round * stride)
    if step.action != .idle { step.peerStep += base }
    if step.after.0 >= 0 { step.after.0 += base }
    if step.after.1 >= 0 { step.after.1 += base }
    if step.barrier > 0 { step.barrier += base }
    // A step past the first window is admitted only once all of the time before is complete.
    if round > 0, place < window { step.barrier = max(step.barrier, base) }
    return step
  }

  var repeats: [Repeat] {
    let own = program.repeats
    return (0..<times).flatMap { round in
      own.compactMap { $0.moved(by: round * stride, from: round > 0 ? window : 0) }
        + [Repeat.idle(program.count + round * stride..<(round + 1) * stride)].compactMap { $0 }
    }
  }
}
