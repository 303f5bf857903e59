import Collectives
import Transport

/// One rank's buffers for one case and size, and the loop over iterations.
struct Bench: ~Copyable {
  /// What one rank saw of some iterations.
  struct Batch {
    /// Start and end of each iteration, by turns, in nanoseconds on the common clock.
    var marks: [Int64] = []
    /// The first wrong element.
    var wrong: (iteration: Int, mismatch: InputPattern.Mismatch)?
    /// Elements compared.
    var checked = 0
  }

  /// When this size was begun, on this rank's own clock.
  let began: Int64

  private let benchCase: BenchCase
  private let pattern: InputPattern
  private let input: Memory
  private let vector: Memory
  private let task: NativeTask
  /// Runs our own schedule; nil for the library's collective.
  private var executor: Executor?

  init(
    _ benchCase: BenchCase, count: Int, rank: Int, ranks: Int, pages: Memory.Pages
  ) throws(MeasurementError) {
    let schedule: Schedule?
    do throws(ScheduleError) {
      schedule = try benchCase.schedule(count: count, ranks: ranks)
    } catch {
      throw .schedule(error)
    }
    let bytes = count * benchCase.type.size
    let vector = try MeasurementError.moving { () throws(TransportError) in
      try Memory(bytes: bytes, in: pages)
    }
    let input = try MeasurementError.moving { () throws(TransportError) in
      try Memory(bytes: benchCase.isInPlace ? 0 : bytes, in: pages)
    }
    let executor = try MeasurementError.moving { () throws(TransportError) -> Executor? in
      guard let schedule else { return nil }
      return try Executor(
        schedule, rank: rank, type: benchCase.type, operation: benchCase.operation,
        hasInput: !benchCase.isInPlace, pages: pages)
    }
    self.benchCase = benchCase
    self.vector = vector
    self.input = input
    self.executor = executor
    task = NativeTask(
      benchCase.collective, count: count, root: benchCase.root, type: benchCase.type,
      operation: benchCase.operation)
    pattern = InputPattern(benchCase, count: count, rank: rank, ranks: ranks)
    began = CommonStart.localNow
  }

  /// What the transport is to be prepared for.
  var traffic: Traffic {
    executor?.traffic(on: vector.region, from: separateInput) ?? Traffic(slots: 0, peers: [], memory: [])
  }

  /// Where an all-to-all out of place sends from; other collectives send what has come into the vector.
  private var separateInput: Region? {
    benchCase.collective == .allToAll && !benchCase.isInPlace ? input.region : nil
  }

  /// Runs and checks `iterations`, all of them even where one is wrong, so that no rank waits for another.
  mutating func iterate<T: Transport & ~Copyable>(
    _ iterations: Range<Int>, _ transport: inout T, _ start: CommonStart, _ native: CaseMeasurement.Native<T>?
  ) throws(TransportError) -> Batch {
    var batch = Batch()
    batch.marks.reserveCapacity(2 * iterations.count)
    for iteration in iterations {
      prepare(iteration)
      try start.await(&transport)
      let began = start.now
      let shift = try runOnce(&transport, native)
      let ended = start.now
      batch.marks.append(began)
      batch.marks.append(ended)
      batch.checked += pattern.expected.count
      if batch.wrong == nil, let mismatch = pattern.check(vector.region, iteration: iteration, shift: shift) {
        batch.wrong = (iteration, mismatch)
      }
    }
    return batch
  }

  /// Writes new inputs; out of place, leaves nothing in the result that could pass for one.
  private func prepare(_ iteration: Int) {
    if benchCase.isInPlace {
      pattern.fill(vector.region, iteration: iteration)
    } else {
      pattern.fill(input.region, iteration: iteration)
      vector.region.fill(0x5a)
    }
  }

  /// The timed part; gives how many elements the result lies before its place.
  private mutating func runOnce<T: Transport & ~Copyable>(
    _ transport: inout T, _ native: CaseMeasurement.Native<T>?
  ) throws(TransportError) -> Int {
    guard benchCase.implementation != .native else {
      guard let native else {
        throw .unavailable(
          "this transport has no collectives of its own: choose another algorithm than native")
      }
      let found = try native(&transport, task, benchCase.isInPlace ? nil : input.region, vector.region)
      return pattern.expected.lowerBound - found / benchCase.type.size
    }
    let sent = separateInput
    if !benchCase.isInPlace, sent == nil {
      let own = pattern.contributed
      let (offset, bytes) = (own.lowerBound * benchCase.type.size, own.count * benchCase.type.size)
      vector.region.part(offset, bytes).copy(from: input.region.part(offset, bytes))
    }
    try executor?.run(on: vector.region, from: sent, over: &transport)
    return 0
  }
}
