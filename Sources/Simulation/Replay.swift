import Collectives
import Quantities

/// Runs the programs of a schedule against the clock, by the rules of ``Schedule``, over a ``FluidNetwork``.
///
/// Only the window of each program is stored: step *i* of an actor (one rank in one lane) has slot `i mod width`,
/// so memory is O(ranks × lanes × window), and a completion costs O(1) whatever the window.
///
/// What happens in one picosecond is one *batch*, taken in waves. Drains, arrivals and ended processor jobs are the
/// first wave; steps that they complete start others; the processor jobs that those ask for are served by rank,
/// then lane, then step; what ends or arrives at once is the next wave. When no wave is left, rates are settled, once.
struct Replay<Steps: StepSequence> {
  struct Slot {
    var bytes: Int
    /// The picosecond in which its flow began.
    var began: Int64
    var index: Int32
    /// The rank at the other end, in the same lane.
    var peerActor: Int32
    var peerStep: Int32
    var after: (Int32, Int32)
    var barrier: Int32
    /// The first step that waits for this one, and the next that waits for the same as this one.
    var firstWaiter: Int32
    var nextWaiter: Int32
    /// The route of its message, once it may move, and the next message that waits for the same; at the receiver.
    var route: Int32
    var nextOnConnection: Int32
    var action: Step.Action
    var state: State
    var regime: UInt16
  }

  struct State: OptionSet {
    let rawValue: UInt8
    static var complete: State { State(rawValue: 1) }
    /// A send whose overhead is paid.
    static var sendReady: State { State(rawValue: 2) }
    /// A receive that a message may move to.
    static var posted: State { State(rawValue: 4) }
    static var started: State { State(rawValue: 8) }
    static var arrived: State { State(rawValue: 16) }
  }

  /// One rank in one lane.
  struct Actor {
    /// The first step that is not complete.
    var head: Int32 = 0
    /// Where admission has come to.
    var admitted: Int32 = 0
    let count: Int32
    let window: Int32
    /// Steps that wait for all before their barrier, and the least such barrier.
    var firstAtBarrier: Int32 = -1
    var leastBarrier = Int32.max
  }

  let lanes: Int
  let elementSize: Int
  let costs: HostCosts
  let programs: [Steps]
  let widthBits: Int
  var actors: [Actor]
  var slots: [Slot]
  var network: FluidNetwork
  var table = RouteTable()
  var latencies: [Int64] = []
  /// The connection of each route.
  private var connections: [Int32] = []
  /// For each connection, the first message that waits for its turn, by the receiver's step, and whether one is under way.
  private var waiting: [Int32] = []
  private var isUnderWay: [Bool] = []
  /// Connections on which a message may begin once this picosecond is over.
  private var freeConnections: [Int32] = []
  /// Links' latencies in picoseconds.
  private let linkLatencies: [Int64]
  private let turns: Turns
  private let findPath: Simulation.PathFinder
  private let observe: ((SimulatedFlow) -> Void)?

  /// Arrivals (2 × slot) and ends of processor jobs (2 × slot + 1).
  private var queue = TimeQueue()
  private var happening: [Int32] = []
  /// Slots of steps that are complete and not yet marked so.
  var completing: [Int32] = []
  /// Slots whose step asks for its rank's processor in this wave.
  private var jobs: [UInt64] = []
  private var processorFree: [Int64]
  /// Where ranks take turns; nil where each has a processor of its own.
  private var sharedProcessors: ProcessorTimes?
  private var unfinishedLanes: [Int32]
  /// A path that was not found; the run ends before the next picosecond.
  private var failure: SimulationError?
  var now: Int64 = 0
  private(set) var completions: [Int64]
  private(set) var events = 0
  private(set) var flows = 0

  /// - Parameters:
  ///   - programs: rank by rank, and within a rank lane by lane.
  ///   - turns: the routes that messages of one rank to another take in turn.
  ///   - observe: called for every flow when it drains.
  init(
    programs: [Steps], lanes: Int, elementSize: Int, costs: HostCosts, processors: Processors? = nil,
    capacities: [Double], latencies: [Int64],
    turns: Turns, findPath: @escaping Simulation.PathFinder,
    observe: ((SimulatedFlow) -> Void)? = nil
  ) throws(SimulationError) {
    (self.programs, self.lanes, self.elementSize, self.costs) = (programs, lanes, elementSize, costs)
    (self.linkLatencies, self.turns, self.findPath, self.observe) = (latencies, turns, findPath, observe)
    network = FluidNetwork(capacities: capacities)
    actors = programs.map { Actor(count: Int32($0.count), window: Int32($0.window)) }
    // No program looks further ahead than it is long.
    let widest = programs.reduce(1) { max($0, min($1.window, $1.count)) }
    widthBits = Int.bitWidth - (widest - 1).leadingZeroBitCount
    guard Double(programs.count) * Double(1 << widthBits) < 0x1p26 else {
      throw .tooLarge(steps: Double(programs.count) * Double(1 << widthBits))
    }
    let vacant = Slot(
      bytes: 0, began: 0, index: -1, peerActor: -1, peerStep: -1, after: (-1, -1), barrier: 0,
      firstWaiter: -1,
      nextWaiter: -1, route: -1, nextOnConnection: -1, action: .idle, state: [], regime: 0)
    slots = Array(repeating: vacant, count: programs.count << widthBits)
    let ranks = programs.count / lanes
    processorFree = Array(repeating: 0, count: ranks)
    sharedProcessors = processors.map { ProcessorTimes($0) }
    unfinishedLanes = Array(repeating: Int32(lanes), count: ranks)
    completions = Array(repeating: 0, count: ranks)
  }

  /// Past this picosecond the clock stops: no sum of two times may leave the range.
  private static var lastPicosecond: Int64 { 1 << 61 }

  /// Runs to the end; `progress` is called every so many batches.
  ///
  /// - Throws: a deadlock, with the ranks that are in it, or a run past the clock's range.
  mutating func run(every interval: Int = 4096, progress report: ((SimulationProgress) -> Void)? = nil)
    throws(SimulationError)
  {
    for actor in actors.indices {
      admit(actor)
      finish(actor)
    }
    completeAll()
    wave()
    var batches = 0
    while true {
      if let failure { throw failure }
      beginWaiting()
      network.settle(at: now)
      let next = min(network.nextDrain, queue.next)
      guard next < .max else { break }
      guard next < Self.lastPicosecond else { throw .tooLong }
      now = next
      batch()
      batches += 1
      if let report, batches % interval == 0 { report(progress) }
    }
    let stuck = actors.indices.filter { actors[$0].head < actors[$0].count }
    guard stuck.isEmpty else {
      throw .deadlock(waiting: stuck.prefix(8).map(describe), ranks: Set(stuck.map { $0 / lanes }).count)
    }
  }

  private mutating func batch() {
    happening.removeAll(keepingCapacity: true)
    network.popDrained(at: now, to: &happening)
    events += happening.count
    for slot in happening { drained(Int(slot)) }
    if queue.next == now {
      takeEvents()
    }
    completeAll()
    wave()
  }

  /// Serves the jobs asked for, and goes on with what happens in the same picosecond.
  private mutating func wave() {
    while true {
      serveJobs()
      guard queue.next == now else { break }
      takeEvents()
      completeAll()
    }
  }

  private mutating func takeEvents() {
    happening.removeAll(keepingCapacity: true)
    queue.popEarliest(to: &happening)
    events += happening.count
    for event in happening {
      let slot = Int(event) >> 1
      if event & 1 == 1 {
        jobEnded(slot)
      } else {
        slots[slot].state.insert(.arrived)
        // A reduction that came before its turn waits without holding the processor.
        if slots[slot].state.contains(.started) { askProcessor(slot) }
      }
    }
  }

  private mutating func jobEnded(_ slot: Int) {
    if slots[slot].action == .send {
      slots[slot].state.insert(.sendReady)
      match(slot, is: .posted) { replay, other in replay.move(from: slot, to: other) }
    } else {
      completing.append(Int32(slot))
    }
  }

  /// A step wants its rank's processor: to post its send, or to take in what has arrived.
  mutating func askProcessor(_ slot: Int) {
    guard !costs.isFree else { return jobEnded(slot) }
    jobs.append(UInt64(slot >> widthBits) << 32 | UInt64(slots[slot].index))
  }

  private mutating func serveJobs() {
    guard !jobs.isEmpty else { return }
    jobs.sort()
    for job in jobs {
      let actor = Int(job >> 32)
      let slot = slot(of: actor, step: Int32(truncatingIfNeeded: job))
      let rank = actor / lanes
      let regime = costs.regimes[Int(slots[slot].regime)]
      var duration = slots[slot].action == .send ? regime.send : regime.receive
      let byte = slots[slot].action == .reduce ? regime.reduction + regime.copying : regime.copying
      duration += Int64(min((Double(slots[slot].bytes) * byte).rounded(), 0x1p60))
      let earliest = max(now, processorFree[rank])
      let end =
        sharedProcessors?.run(rank: rank, from: earliest, for: duration, until: Self.lastPicosecond)
        ?? min(earliest + duration, Self.lastPicosecond)
      processorFree[rank] = end
      queue.push(Int32(2 * slot + 1), at: end)
    }
    jobs.removeAll(keepingCapacity: true)
  }

  /// Receive `slot` is posted: moves its message if the send is ready.
  mutating func posted(_ slot: Int) {
    slots[slot].state.insert(.posted)
    match(slot, is: .sendReady) { replay, other in replay.move(from: other, to: slot) }
  }

  /// Finds the other end of a message, and goes on if it is admitted and in `state`.
  @inline(__always)
  private mutating func match(_ slot: Int, is state: State, then body: (inout Self, Int) -> Void) {
    let (peer, step) = (Int(slots[slot].peerActor), slots[slot].peerStep)
    guard step >= actors[peer].head, step < actors[peer].admitted else { return }
    let other = self.slot(of: peer, step: step)
    if slots[other].state.contains(state) { body(&self, other) }
  }

  /// Lets a message wait for its turn on its connection, on which messages go one after the other, those for earlier
  /// steps first.
  private mutating func move(from sender: Int, to receiver: Int) {
    let route = route(from: sender >> widthBits, to: receiver >> widthBits)
    slots[receiver].route = route
    if network.links(of: route).isEmpty, cap(of: sender) == .infinity {
      flows += 1
      slots[receiver].began = now
      return drained(receiver)
    }
    let connection = connections[Int(route)]
    var (before, after) = (Int32(-1), waiting[Int(connection)])
    while after >= 0, slots[Int(after)].index < slots[receiver].index {
      (before, after) = (after, slots[Int(after)].nextOnConnection)
    }
    slots[receiver].nextOnConnection = after
    if before >= 0 {
      slots[Int(before)].nextOnConnection = Int32(receiver)
    } else {
      waiting[Int(connection)] = Int32(receiver)
    }
    if !isUnderWay[Int(connection)] { freeConnections.append(connection) }
  }

  /// Begins the first waiting message on each connection that is free.
  private mutating func beginWaiting() {
    for connection in freeConnections where !isUnderWay[Int(connection)] && waiting[Int(connection)] >= 0 {
      let receiver = Int(waiting[Int(connection)])
      waiting[Int(connection)] = slots[receiver].nextOnConnection
      isUnderWay[Int(connection)] = true
      flows += 1
      slots[receiver].began = now
      let sender = slot(of: Int(slots[receiver].peerActor), step: slots[receiver].peerStep)
      network.start(
        route: slots[receiver].route, bytes: slots[receiver].bytes, cap: cap(of: sender),
        tag: Int32(receiver), at: now)
    }
    freeConnections.removeAll(keepingCapacity: true)
  }

  private func cap(of sender: Int) -> Double { costs.regimes[Int(slots[sender].regime)].cap }

  private mutating func drained(_ receiver: Int) {
    let sender = slot(of: Int(slots[receiver].peerActor), step: slots[receiver].peerStep)
    let route = slots[receiver].route
    let latency = latencies[Int(route)] + costs.regimes[Int(slots[receiver].regime)].latency
    completing.append(Int32(sender))
    queue.push(Int32(2 * receiver), at: now + latency)
    let connection = connections[Int(route)]
    if isUnderWay[Int(connection)] {
      isUnderWay[Int(connection)] = false
      freeConnections.append(connection)
    }
    guard let observe else { return }
    observe(
      SimulatedFlow(
        source: (sender >> widthBits) / lanes, destination: (receiver >> widthBits) / lanes,
        lane: (sender >> widthBits) % lanes, step: Int(slots[sender].index),
        size: ByteCount(slots[receiver].bytes),
        start: Time(picoseconds: slots[receiver].began), drained: Time(picoseconds: now),
        end: Time(picoseconds: now + latency), path: network.links(of: route)))
  }

  private mutating func route(from sender: Int, to receiver: Int) -> Int32 {
    let turn = table.turn(from: sender, to: receiver, of: turns.count)
    let known = table.route(from: sender, to: receiver, turn: turn)
    if known >= 0 { return known }
    var path: [Int32] = []
    do throws(SimulationError) {
      path = try findPath(sender / lanes, receiver / lanes, sender % lanes, turn)
    } catch {
      failure = error
    }
    let route = network.addRoute(path)
    if turn > 0, turns.areOneConnection {
      connections.append(connections[Int(table.route(from: sender, to: receiver, turn: 0))])
    } else {
      connections.append(Int32(waiting.count))
      waiting.append(-1)
      isUnderWay.append(false)
    }
    latencies.append(path.reduce(0) { min($0 + linkLatencies[Int($1)], Self.lastPicosecond) })
    table.insert(route, from: sender, to: receiver, turn: turn)
    return route
  }

  /// Notes a rank's end once each of its lanes has come to it.
  mutating func finish(_ actor: Int) {
    guard actors[actor].head == actors[actor].count else { return }
    let rank = actor / lanes
    unfinishedLanes[rank] -= 1
    if unfinishedLanes[rank] == 0 { completions[rank] = now }
  }

  private func describe(_ actor: Int) -> String {
    let slot = slot(of: actor, step: actors[actor].head)
    let other = "rank \(Int(slots[slot].peerActor) / lanes)"
    let what: String
    switch slots[slot].action {
    case .send: what = "send to \(other)"
    case .receive, .reduce: what = "receive from \(other)"
    case .idle: what = "wait for step \(slots[slot].after.0)"
    }
    return "rank \(actor / lanes) lane \(actor % lanes) step \(actors[actor].head) (\(what))"
  }

  @inline(__always)
  func slot(of actor: Int, step: Int32) -> Int {
    actor << widthBits | Int(step) & (1 << widthBits - 1)
  }

  var progress: SimulationProgress {
    let (done, all) = actors.prefix(lanes).reduce((0, 0)) { ($0.0 + Int($1.head), $0.1 + Int($1.count)) }
    return SimulationProgress(
      now: Time(picoseconds: now), events: events, fraction: all > 0 ? Double(done) / Double(all) : 1)
  }

  var outcome: Outcome {
    Outcome(
      completions: completions.map { Time(picoseconds: $0) },
      links: network.usage().map { Outcome.LinkUse(bytes: $0.bytes, busy: Time(picoseconds: $0.busy)) },
      flows: flows, events: events)
  }
}
