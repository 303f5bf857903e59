public import Collectives

/// Runs one rank's part of a schedule on real memory over any transport, by the rules of `Schedule`.
///
/// Receives are posted ahead, as far as the program's window reaches: replacing ones straight into the vector,
/// reductions into buffers of their own, so that one piece is combined while the next is under way. The buffers of
/// large pieces are few, so that what has arrived is still in the cache when it is combined. Everything that can be
/// posted is posted before anything is combined.
///
/// The executor owns its buffers and is made once for many runs; a run allocates nothing.
public struct Executor: ~Copyable {
  /// What a step in the window is doing.
  private enum State: UInt8 {
    case waiting, inFlight, arrived, complete
  }

  /// A step in the window, and what it has come to.
  private struct Slot {
    var step: Step
    var state: State
    /// Where a reduction arrives, in the staging memory; -1 where it has no place yet.
    var staging: Int
  }

  /// One program, with the first step that is not complete and the first that is not admitted.
  private struct Lane {
    let program: Program
    let firstSlot: Int
    var head = 0
    var admitted = 0
    /// Buffers in which nothing is arriving; a lane's are its own, so that no lane waits for another.
    var buffers: [Int] = []
  }

  /// The most bytes in which pieces arrive at a time, where there are several: half of a core's second-level cache on
  /// common servers, and all of it on older ones.
  private static let stagingLimit = 1 << 20

  private let type: DataType
  private let operation: ReduceOperation
  private let largestMessage: Int
  private var lanes: [Lane]
  private var slots: [Slot]
  private var stagingMemory: Memory
  /// For an all-to-all in place: what the vector held before anything landed in it; else empty.
  private let inputMemory: Memory
  /// The elements that an all-to-all leaves where they are, as a region of the vector; nil for other collectives.
  private let kept: (offset: Int, bytes: Int)?
  private var completed: [Int] = []
  /// Whom this rank sends to or receives from, ascending.
  private let peers: [Int]

  /// Prepares `rank`'s part of `schedule` for elements of `type`, combined by `operation`.
  ///
  /// With `hasInput`, runs of an all-to-all are given an input of its own, and none is kept here.
  ///
  /// - Throws: where there are no such pages for the buffers.
  public init(
    _ schedule: Schedule, rank: Int, type: DataType, operation: ReduceOperation,
    hasInput: Bool = false, pages: Memory.Pages = .standard
  ) throws(TransportError) {
    (self.type, self.operation) = (type, operation)
    var lanes: [Lane] = []
    var reductions: [Int] = []
    var (slotCount, largest) = (0, 0)
    var peers: Set<Int> = []
    for lane in 0..<schedule.lanes {
      let program = schedule.program(rank: rank, lane: lane)
      let window = min(program.window, program.count)
      var (most, now) = (0, 0)
      for index in 0..<program.count {
        let step = program[index]
        if step.movesData {
          largest = max(largest, step.count)
          peers.insert(Int(step.peer))
        }
        now += step.action == .reduce ? 1 : 0
        if index >= window { now -= program[index - window].action == .reduce ? 1 : 0 }
        most = max(most, now)
      }
      lanes.append(Lane(program: program, firstSlot: slotCount))
      reductions.append(most)
      slotCount += window
    }
    largestMessage = largest * type.size
    let affordable = Self.stagingLimit / max(1, largestMessage * schedule.lanes)
    var bufferCount = 0
    for lane in lanes.indices where reductions[lane] > 0 {
      let own = max(1, min(reductions[lane], affordable))
      lanes[lane].buffers = Array(bufferCount..<bufferCount + own)
      bufferCount += own
    }
    self.lanes = lanes
    self.peers = peers.sorted()
    slots = Array(repeating: Slot(step: .idle, state: .complete, staging: -1), count: slotCount)
    let exchanges = schedule.collective == .allToAll
    let own = ExchangedBlocks(count: schedule.count, ranks: schedule.ranks).block(of: rank, with: rank)
    kept = exchanges ? (own.lowerBound * type.size, own.count * type.size) : nil
    // Both before either is stored: a throw in between would leave a half of what can't be copied.
    let staging = try Memory(bytes: bufferCount * largestMessage, in: pages)
    let input = try Memory(bytes: exchanges && !hasInput ? schedule.count * type.size : 0, in: pages)
    stagingMemory = staging
    inputMemory = input
    completed.reserveCapacity(slotCount)
  }

  /// What the transport must be prepared for, when runs are on `vector` and an all-to-all's input is in `input`.
  public func traffic(on vector: Region, from input: Region? = nil) -> Traffic {
    var memory = [vector, stagingMemory.region]
    if kept != nil { memory.append(input ?? inputMemory.region) }
    return Traffic(slots: slots.count, peers: peers, memory: memory)
  }

  /// Runs the schedule once; `vector` is the whole vector and holds the rank's contribution before, its result after.
  ///
  /// - Parameter input: of an all-to-all alone, what the rank sends: `vector` then need hold nothing before. Without it
  ///   `vector` is copied first, as what arrives replaces what has not been sent.
  public mutating func run<T: Transport & ~Copyable>(
    on vector: Region, from input: Region? = nil, over transport: inout T
  ) throws(TransportError) {
    precondition(input == nil || kept != nil, "only an all-to-all has an input beside the vector")
    var source = vector
    if let kept {
      if let input {
        source = input
        vector.part(kept.offset, kept.bytes).copy(from: input.part(kept.offset, kept.bytes))
      } else {
        source = inputMemory.region
        source.copy(from: vector)
      }
    }
    try run(from: source, on: vector, over: &transport)
  }

  /// Sends from `source` and receives into `vector`, until all steps are complete.
  private mutating func run<T: Transport & ~Copyable>(
    from source: Region, on vector: Region, over transport: inout T
  ) throws(TransportError) {
    var unfinished = 0
    for lane in lanes.indices {
      lanes[lane].head = 0
      lanes[lane].admitted = 0
      try advance(lane, source, vector, &transport)
      unfinished += isFinished(lane) ? 0 : 1
    }
    while unfinished > 0 {
      completed.removeAll(keepingCapacity: true)
      try transport.wait(into: &completed)
      for slot in completed {
        slots[slot].state = slots[slot].step.action == .reduce ? .arrived : .complete
      }
      unfinished = 0
      for lane in lanes.indices {
        if !isFinished(lane) { try advance(lane, source, vector, &transport) }
        unfinished += isFinished(lane) ? 0 : 1
      }
    }
  }

  private func isFinished(_ lane: Int) -> Bool { lanes[lane].head == lanes[lane].program.count }

  /// Starts what can start, then combines one arrived piece, until nothing more is to be done without waiting.
  private mutating func advance<T: Transport & ~Copyable>(
    _ lane: Int, _ source: Region, _ vector: Region, _ transport: inout T
  ) throws(TransportError) {
    var combined = true
    while combined {
      var moved = true
      while moved {
        moved = admit(lane)
        moved = try start(lane, source, vector, &transport) || moved
      }
      combined = combineOne(lane, vector)
    }
  }

  private func slot(_ lane: Int, _ index: Int) -> Int {
    lanes[lane].firstSlot + index % lanes[lane].program.window
  }

  /// Moves the window on; true where steps came into it.
  private mutating func admit(_ lane: Int) -> Bool {
    let program = lanes[lane].program
    while lanes[lane].head < lanes[lane].admitted, slots[slot(lane, lanes[lane].head)].state == .complete {
      lanes[lane].head += 1
    }
    let end = min(program.count, lanes[lane].head + program.window)
    guard lanes[lane].admitted < end else { return false }
    while lanes[lane].admitted < end {
      slots[slot(lane, lanes[lane].admitted)] = Slot(
        step: program[lanes[lane].admitted], state: .waiting, staging: -1)
      lanes[lane].admitted += 1
    }
    return true
  }

  private func isComplete(_ lane: Int, _ index: Int32) -> Bool {
    index < lanes[lane].head || slots[slot(lane, Int(index))].state == .complete
  }

  private func isReady(_ lane: Int, _ step: Step) -> Bool {
    lanes[lane].head >= step.barrier && isComplete(lane, step.after.0) && isComplete(lane, step.after.1)
  }

  /// Starts every waiting step that may start, and posts reductions for which there is a buffer.
  ///
  /// - Returns: whether one of them is thereby complete.
  private mutating func start<T: Transport & ~Copyable>(
    _ lane: Int, _ source: Region, _ vector: Region, _ transport: inout T
  ) throws(TransportError) -> Bool {
    var moved = false
    for index in lanes[lane].head..<lanes[lane].admitted {
      let place = slot(lane, index)
      guard slots[place].state == .waiting else { continue }
      let step = slots[place].step
      if step.action == .reduce, step.count > 0 {
        // In the order of the program, so that the first that is incomplete always has a buffer.
        guard let buffer = lanes[lane].buffers.popLast() else { continue }
        slots[place].staging = buffer
        slots[place].state = .inFlight
        let target = stagingMemory.region.part(buffer * largestMessage, step.count * type.size)
        try transport.receive(target, from: Int(step.peer), tag: tag(lane, index), slot: place)
        continue
      }
      guard isReady(lane, step) else { continue }
      guard step.movesData else {
        slots[place].state = .complete
        moved = true
        continue
      }
      let region = (step.action == .send ? source : vector).part(
        step.offset * type.size, step.count * type.size)
      slots[place].state = .inFlight
      if step.action == .send {
        try transport.send(region, to: Int(step.peer), tag: tag(lane, Int(step.peerStep)), slot: place)
      } else {
        try transport.receive(region, from: Int(step.peer), tag: tag(lane, index), slot: place)
      }
    }
    return moved
  }

  /// Combines the first arrived piece that may be; false where there is none.
  private mutating func combineOne(_ lane: Int, _ vector: Region) -> Bool {
    for index in lanes[lane].head..<lanes[lane].admitted {
      let place = slot(lane, index)
      let step = slots[place].step
      guard slots[place].state == .arrived, isReady(lane, step) else { continue }
      let (offset, bytes) = (step.offset * type.size, step.count * type.size)
      vector.part(offset, bytes).combine(
        stagingMemory.region.part(slots[place].staging * largestMessage, bytes), as: type, by: operation)
      lanes[lane].buffers.append(slots[place].staging)
      slots[place].state = .complete
      return true
    }
    return false
  }

  /// Tells the messages of a pair of ranks apart: by lane, and by the receive's place in its program.
  private func tag(_ lane: Int, _ receive: Int) -> Int32 { Int32(lane << 21 | receive & 0x1f_ffff) }
}
