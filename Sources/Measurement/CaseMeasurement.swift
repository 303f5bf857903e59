public import Collectives
public import Quantities
public import Records
public import Transport

/// Measures one case at one size; every rank calls it with the same arguments.
///
/// Each iteration: the inputs are written anew, all ranks start at a common instant, the collective runs, and each rank
/// notes its start and its end; then, outside of the timed part, every element of the result is checked. An iteration's
/// time runs from the start of the rank that started last to the end of the rank that ended last.
public struct CaseMeasurement: Sendable {
  /// Runs a library's own collective: the transport, the task, the input (nil in place) and the vector; gives the
  /// first byte of the rank's result.
  public typealias Native<T: Transport & ~Copyable> = (
    inout T, NativeTask, Region?, Region
  ) throws(TransportError) -> Int

  /// What is measured.
  public let benchCase: BenchCase
  /// When it has been measured enough.
  public let sampling: Sampling
  /// Iterations before the first that counts; checked, but not timed.
  public let warmUp: Int
  /// What the buffers are made of.
  public let pages: Memory.Pages

  /// A measurement of `benchCase`.
  public init(_ benchCase: BenchCase, sampling: Sampling, warmUp: Int, pages: Memory.Pages = .standard) {
    (self.benchCase, self.sampling, self.warmUp, self.pages) = (benchCase, sampling, warmUp, pages)
  }

  /// Measures a vector of `size`, of which a last fraction of an element is left out.
  ///
  /// - Parameters:
  ///   - size: the whole vector, as nccl-tests counts it.
  ///   - transport: what moves the messages.
  ///   - start: the common clock, made once for all sizes.
  ///   - native: runs the library's own collective, where the case asks for it.
  /// - Returns: the samples, on every rank.
  /// - Throws: ``MeasurementError``, on every rank where an element is wrong.
  public func run<T: Transport & ~Copyable>(
    size: ByteCount, over transport: inout T, start: inout CommonStart, native: Native<T>? = nil
  ) throws(MeasurementError) -> Record.Point {
    let count = size.bytes / benchCase.type.size
    var bench = try Bench(
      benchCase, count: count, rank: transport.rank, ranks: transport.ranks, pages: pages)
    let traffic = bench.traffic
    try MeasurementError.moving { () throws(TransportError) in try transport.prepare(traffic) }
    var point = Record.Point(
      size: ByteCount(count * benchCase.type.size), count: count, samples: [], checkedElements: 0)
    var progress = SamplingProgress(sampling)
    var iteration = 0
    var checked = 0
    if warmUp > 0 {
      let batch = try MeasurementError.moving { () throws(TransportError) in
        try bench.iterate(0..<warmUp, &transport, start, native)
      }
      try report(batch, &transport, &checked)
      iteration = warmUp
    }
    while let next = progress.nextBatch {
      let batch = try MeasurementError.moving { () throws(TransportError) in
        try bench.iterate(iteration..<iteration + next, &transport, start, native)
      }
      let clocks = try report(batch, &transport, &checked)
      iteration += next
      start.adapt(to: clocks.map(\.startSkew))
      for clock in clocks {
        point.samples.append(.nanoseconds(clock.time))
        point.rankTimes.append(clock.rankTimes.map { .nanoseconds($0) })
        point.startSkews.append(.nanoseconds(clock.startSkew))
      }
      // All ranks have the same samples, but the clock on the wall is rank 0's.
      let elapsed = try MeasurementError.moving { () throws(TransportError) in
        try transport.greatest(transport.rank == 0 ? CommonStart.localNow - bench.began : .min)
      }
      progress.note(point.samples, elapsed: .nanoseconds(elapsed))
    }
    point.checkedElements = checked
    return point
  }

  /// Shares what every rank saw of a batch, and throws everywhere where anyone saw a wrong element.
  @discardableResult
  private func report<T: Transport & ~Copyable>(
    _ batch: Bench.Batch, _ transport: inout T, _ checked: inout Int
  ) throws(MeasurementError) -> [IterationClock] {
    let wrong = batch.wrong
    let verdict = [
      Int64(wrong?.iteration ?? -1), Int64(wrong?.mismatch.index ?? 0),
      Int64(bitPattern: wrong?.mismatch.got ?? 0), Int64(bitPattern: wrong?.mismatch.expected ?? 0),
      Int64(batch.checked),
    ]
    let verdicts = try MeasurementError.moving { () throws(TransportError) in try transport.gather(verdict) }
    for (rank, verdict) in verdicts.enumerated() where verdict[0] >= 0 {
      throw .wrongElement(
        rank: rank, iteration: Int(verdict[0]), index: Int(verdict[1]),
        got: InputPattern.text(UInt64(bitPattern: verdict[2]), as: benchCase.type),
        expected: InputPattern.text(UInt64(bitPattern: verdict[3]), as: benchCase.type))
    }
    checked += verdicts.reduce(0) { $0 + Int($1[4]) }
    let marks = try MeasurementError.moving { () throws(TransportError) in try transport.gather(batch.marks) }
    return (0..<batch.marks.count / 2).map { iteration in
      IterationClock(starts: marks.map { $0[2 * iteration] }, ends: marks.map { $0[2 * iteration + 1] })
    }
  }
}

/// One iteration on the common clock, in nanoseconds.
package struct IterationClock {
  /// From the last start to the last end.
  package let time: Int64
  /// Each rank's end, from the last start on; 0 for a rank that had ended by then.
  package let rankTimes: [Int64]
  /// From the first start to the last.
  package let startSkew: Int64

  package init(starts: [Int64], ends: [Int64]) {
    let last = starts.max() ?? 0
    rankTimes = ends.map { max(0, $0 - last) }
    time = rankTimes.max() ?? 0
    startSkew = last - (starts.min() ?? 0)
  }
}

/// What ended a measurement.
public enum MeasurementError: Error, CustomStringConvertible {
  /// A result that is not the one that the inputs have.
  case wrongElement(rank: Int, iteration: Int, index: Int, got: String, expected: String)
  /// A message that did not arrive, or a library that refused.
  case transport(TransportError)
  /// No such schedule.
  case schedule(ScheduleError)

  /// Runs what only a transport can spoil.
  static func moving<Result: ~Copyable>(
    _ body: () throws(TransportError) -> Result
  ) throws(MeasurementError) -> Result {
    do throws(TransportError) {
      return try body()
    } catch {
      throw .transport(error)
    }
  }

  /// One line: rank, iteration, element, what it is and what it should be.
  public var description: String {
    switch self {
    case .wrongElement(let rank, let iteration, let index, let got, let expected):
      "wrong result: rank \(rank), iteration \(iteration), element \(index): got \(got), expected \(expected)"
    case .transport(let error): error.description
    case .schedule(let error): error.description
    }
  }
}
