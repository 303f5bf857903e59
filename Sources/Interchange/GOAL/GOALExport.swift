public import Collectives

/// A schedule in GOAL, the language of LogGOPSim and ATLAHS: what each rank sends, receives and waits for.
///
///     let export = try GOALExport(schedule, elementSize: 4)
///     export.write { bytes in file.write(bytes) }
///
/// A step that moves data is a `send` or a `recv`; one that moves none is a `calc 0`. What a step waits for is said with
/// `requires`: the steps that it names, its barrier, and the window of admission (the schedule's rules 1 and 2). A wait
/// for all steps below a place is a `calc 0` of its own, which requires them. Messages of one rank to another have
/// tags that differ. Text comes in pieces, of which one is in memory; time grows with the schedule's steps.
///
/// - Source: the grammar of txt2bin in spcl/LogGOPSim, src/LogGOPSim/txt2bin.re; Hoefler, Siebert and Lumsdaine, "Group
///   Operation Assembly Language", ICPP 2009.
public struct GOALExport: Sendable {
  /// The most steps and ranks together: each step is one to eight lines.
  public static let operationLimit = 10_000_000

  /// What the text leaves out, a sentence each.
  public static let losses = [
    "when a receive is posted: an eager message moves before its receive has started (above the simulator's threshold S"
      + " it waits)",
    "when a send is complete: an eager one is at once, where the schedule waits until its bytes have left",
    "what a reduction costs, and which receives reduce",
  ]

  /// Steps of all ranks, those that move nothing included.
  public let operations: Int

  private let schedule: Schedule
  private let elementSize: Int

  /// What `schedule` is in GOAL.
  ///
  /// - Parameter elementSize: bytes of one element, above zero.
  /// - Throws: ``GOALExportError`` for more operations than ``operationLimit``.
  public init(_ schedule: Schedule, elementSize: Int) throws(GOALExportError) {
    precondition(elementSize > 0, "an element has at least one byte")
    (self.schedule, self.elementSize) = (schedule, elementSize)
    var operations = 0
    for rank in 0..<schedule.ranks {
      var longest = 0
      for lane in 0..<schedule.lanes {
        let count = schedule.program(rank: rank, lane: lane).count
        operations += count
        longest = max(longest, count)
      }
      // A tag has 32 bits, of which all ones means any tag.
      guard operations + schedule.ranks <= Self.operationLimit, longest < (1 << 32 - 1) / schedule.lanes
      else {
        throw GOALExportError(ranks: schedule.ranks, counted: rank + 1, operations: operations)
      }
    }
    self.operations = operations
  }

  /// Writes the text, piece by piece.
  ///
  /// - Parameter sink: takes each piece, at most some hundred kilobytes of ASCII.
  public func write<Failure: Error>(_ sink: ([UInt8]) throws(Failure) -> Void) throws(Failure) {
    var text = GOALText()
    text.line("num_ranks ", schedule.ranks)
    for comment in comments { text.line("// \(comment)") }
    for rank in 0..<schedule.ranks {
      text.line("rank ", rank, " {")
      var firstLabel = 1
      for lane in 0..<schedule.lanes {
        let program = schedule.program(rank: rank, lane: lane)
        var goal = GOALLane(
          lane: lane, lanes: schedule.lanes, firstLabel: firstLabel, window: program.window,
          elementSize: elementSize)
        for index in 0..<program.count {
          goal.add(program[index], index, to: &text)
          if text.isLong { try sink(text.take()) }
        }
        firstLabel += program.count
      }
      text.line("}")
    }
    try sink(text.take())
  }

  private var comments: [String] {
    let parameters = schedule.parameters
    let chunk =
      parameters.chunk > schedule.count ? "whole runs" : "chunks of \(parameters.chunk * elementSize) B"
    return [
      "\(schedule.collective.rawValue) by \(schedule.algorithm.rawValue) of \(schedule.count * elementSize) B"
        + " over \(schedule.ranks) ranks: root \(schedule.root), channels \(parameters.channels), \(chunk), depth"
        + " \(parameters.depth)",
      "l1, l2, ... are the schedule's steps; w<channel>_<n> waits for all steps of the channel below n.",
    ] + Self.losses.map { "Not said here: \($0)." }
  }
}

/// A schedule that is too long to be written as text.
public struct GOALExportError: Error, Equatable, CustomStringConvertible {
  let ranks: Int
  let counted: Int
  let operations: Int

  /// One line: what was found, and what would be right.
  public var description: String {
    let found =
      counted == ranks ? "\(operations) steps" : "more than \(operations) steps of \(counted) ranks alone"
    return "\(found) on \(ranks) ranks: GOAL text holds at most \(GOALExport.operationLimit) steps and ranks;"
      + " expected fewer ranks, or larger chunks"
  }
}
