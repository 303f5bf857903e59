import Collectives
import Quantities

/// The clock: batches of what happens in one picosecond.
extension Replay {
  /// A run to come.
  ///
  /// - Parameters:
  ///   - origins: which actor of the whole each is, or stands for.
  ///   - shares: how many ranks each actor is, or stands for: the lanes of a rank make up one.
  ///   - countElements: asked only for steps whose role leaves the count open.
  ///   - clocksEverything: whether every message waits for the clock, as it must where one should be seen in order.
  ///   - observe: called for every message when it drains; then everything must be clocked.
  init(
    wiring: Wiring, roles: Roles, elementSize: Int, costs: HostCosts, conditions: RankConditions,
    processors: Processors?, origins: [Int32], shares: [Double], clocksEverything: Bool, skips: Bool,
    countElements: @escaping @Sendable (_ actor: Int, _ step: Int) -> Int,
    observe: ((ObservedFlow) -> Void)? = nil
  ) throws(SimulationError) {
    precondition(observe == nil || clocksEverything, "what is observed is in the order of time")
    (self.wiring, self.roles, self.elementSize, self.costs) = (wiring, roles, elementSize, costs)
    (self.conditions, self.origins, self.shares) = (conditions, origins, shares)
    (self.countElements, self.observe) = (countElements, observe)
    actors = Arena()
    unfinished = 0
    var slotCount = 0
    for actor in wiring.actors {
      let role = roles.roles[Int(actor.role)]
      let segment = role.segments.lowerBound
      // No program looks further ahead than it is long.
      let width = 1 << (Int32.bitWidth - (max(1, min(role.window, role.count)) - 1).leadingZeroBitCount)
      actors.append(
        Actor(
          headTime: conditions.start(of: Int(actor.rank)),
          template: role.segments.isEmpty ? 0 : roles.segments[segment].template, segment: Int32(segment),
          count: role.count, window: role.window, rank: actor.rank, isSwitch: actor.isSwitch,
          firstPort: actor.firstPort,
          firstSlot: Int32(slotCount), mask: Int32(width - 1)))
      if role.count > 0 { unfinished += 1 }
      slotCount += width
      guard slotCount < 1 << 30 else { throw .tooLarge(steps: Double(slotCount)) }
    }
    slots = Arena(repeating: .vacant, count: slotCount)
    let hasBarriers = roles.templates.contains { $0.barrier >= 0 }
    barriers = Arena(repeating: -1, count: hasBarriers ? slotCount : 0)
    began = observe == nil ? [] : Array(repeating: 0, count: slotCount)
    connections = Arena()
    var needsClock = false
    for connection in wiring.connections.indices {
      let competes =
        wiring.turns > 1 || wiring.routes(of: connection).contains { !wiring.hops(of: $0).isEmpty }
      connections.append(Connection(isClocked: clocksEverything || competes))
      needsClock = needsClock || clocksEverything || competes
    }
    carried = Arena(repeating: Load(), count: wiring.routes.count)
    lines = Arena(
      repeating: Line(), count: wiring.sharesLines ? wiring.connections.count : wiring.routes.count)
    network = FluidNetwork(capacities: wiring.capacities)
    let ranks = wiring.actors.reduce(0) { max($0, Int($1.rank) + 1) }
    processorFree = Array(repeating: 0, count: ranks)
    adapterFree = Array(repeating: 0, count: ranks)
    sharedProcessors = processors.map { ProcessorTimes($0) }
    completions = wiring.actors.map { conditions.start(of: Int($0.rank)) }
    hasSwitches = wiring.actors.contains(where: \.isSwitch)
    isAheadOnly = costs.isFree && !needsClock
    recurrence = Recurrence(isWatched: skips)
    for route in wiring.routes.indices {
      networkRoutes.append(network.addRoute(wiring.hops[wiring.hops(of: route)]))
    }
  }

  /// How a run ends.
  enum Ending {
    case complete
    /// A connection had its messages in another order than that in which they were ready: nothing is known.
    case outOfOrder
    /// Some actors wait for ever.
    case deadlock
  }

  /// Runs to the end; `goesOn` is asked every so many steps.
  ///
  /// - Throws: a run past the clock's range; an interruption.
  mutating func run(goesOn: ((SimulationProgress) -> Bool)? = nil) throws(SimulationError) -> Ending {
    for actor in actors.indices { admit(actor) }
    var lastReport = 0
    while true {
      follow(until: isAheadOnly ? Self.stepsBetweenReports : .max)
      if completing.isEmpty {
        finishInstant()
        beginWaiting()
        network.settle(at: now)
      }
      if isTooLong { throw .tooLong }
      if isOutOfOrder { return .outOfOrder }
      if let goesOn, steps - lastReport >= Self.stepsBetweenReports {
        lastReport = steps
        if !goesOn(progress) { throw .interrupted(progress) }
      }
      if recurrence.isWatched { skipWhatRepeats() }
      guard completing.isEmpty else { continue }
      let next = min(network.nextDrain, queue.next)
      guard next < .max else { break }
      guard next < Self.lastPicosecond else { throw .tooLong }
      now = next
      happening.removeAll(keepingCapacity: true)
      network.popDrained(at: now, to: &happening)
      for slot in happening { drained(Int(slot)) }
    }
    return unfinished > 0 ? .deadlock : .complete
  }

  /// How many steps end between two reports.
  private static var stepsBetweenReports: Int { 1 << 16 }

  /// All that happens at `now` and doesn't wait for rates.
  private mutating func finishInstant() {
    while true {
      follow(until: .max)
      while queue.next == now {
        takeEvents()
        follow(until: .max)
      }
      guard !jobs.isEmpty else { return }
      serveJobs()
    }
  }

  private mutating func takeEvents() {
    happening.removeAll(keepingCapacity: true)
    queue.popEarliest(to: &happening)
    if wiring.turns > 1 { sortBySteps() }
    for event in happening {
      let slot = Int(event) >> 1
      if event & 1 == 1 {
        jobs.append(UInt64(slots[slot].actor) << 32 | UInt64(slots[slot].index))
      } else {
        waitForLine(slot)
      }
    }
  }

  /// Messages that are ready in one picosecond take their connection's routes in the order of their steps, and not in
  /// that in which they came to be ready, which hangs on how actors are numbered.
  private mutating func sortBySteps() {
    var events: [Int32] = []
    swap(&events, &happening)
    events.sort { (slots[Int($0) >> 1].index, $0) < (slots[Int($1) >> 1].index, $1) }
    swap(&events, &happening)
  }

  private mutating func serveJobs() {
    // Actors stand by rank, then lane.
    jobs.sort()
    events += jobs.count
    for job in jobs {
      let actor = Int(job >> 32)
      let slot = slot(of: actor, step: Int32(truncatingIfNeeded: job))
      let rank = Int(actors[actor].rank)
      let regime = costs.regimes[Int(slots[slot].regime)]
      let isSend = slots[slot].action == .send
      let byte = slots[slot].action == .reduce ? regime.reduction + regime.copying : regime.copying
      let duration =
        (Double(isSend ? regime.send : regime.receive) + Double(slots[slot].bytes) * byte)
        * conditions.slowdown(of: rank)
      let earliest = max(now, processorFree[rank])
      let whole = Int64(min(duration.rounded(), 0x1p61))
      var end =
        sharedProcessors?.run(rank: rank, from: earliest, for: whole, until: Self.lastPicosecond)
        ?? bounded(earliest + whole)
      processorFree[rank] = end
      if isSend, regime.gap > 0 {
        end = max(end, adapterFree[rank])
        adapterFree[rank] = bounded(end + regime.gap)
      }
      slots[slot].time = end
      if isSend { sendReady(slot) } else { completing.append(Int32(slot)) }
    }
    jobs.removeAll(keepingCapacity: true)
  }

  /// Notes a time that leaves the clock's range.
  @inline(__always)
  mutating func bounded(_ time: Int64) -> Int64 {
    guard time < Self.lastPicosecond else {
      isTooLong = true
      return Self.lastPicosecond
    }
    return time
  }

  /// What an actor that isn't at its end waits for.
  struct Complaint: Sendable {
    var actor: Int
    let step: Int
    let reason: Reason

    enum Reason: Sendable {
      /// Messages to or from the peer at a port, counted from the actor's first.
      case sends(port: Int)
      case receives(port: Int)
      /// An earlier step.
      case waits(step: Int)
    }
  }

  /// What has come out.
  var result: ReplayResult {
    var result = ReplayResult(completions: completions, carried: [], events: events)
    for route in carried.indices { result.carried.append(carried[route]) }
    for actor in actors.indices where actors[actor].head < actors[actor].count {
      let slot = slot(of: actor, step: actors[actor].head)
      let template = roles.templates[Int(slots[slot].template)]
      let reason: Complaint.Reason =
        switch slots[slot].action {
        case .send: .sends(port: Int(template.port))
        case .receive, .reduce: .receives(port: Int(template.port))
        case .idle: .waits(step: Int(slots[slot].index - template.after.x))
        }
      result.stuck.append(Complaint(actor: actor, step: Int(slots[slot].index), reason: reason))
    }
    return result
  }

  private var progress: SimulationProgress {
    var (done, all, ranks) = (0.0, 0.0, (done: 0.0, all: 0.0))
    var ahead: Int64 = 0
    for (actor, share) in shares.enumerated() {
      done += Double(actors[actor].head)
      all += Double(actors[actor].count)
      ranks.all += share
      if actors[actor].head == actors[actor].count { ranks.done += share }
      ahead = max(ahead, actors[actor].headTime)
    }
    return SimulationProgress(
      now: Time(picoseconds: isAheadOnly ? ahead : now), events: events,
      fraction: all > 0 ? done / all : 1, ranksDone: Int(ranks.done.rounded(.down)),
      ranks: Int(ranks.all.rounded()))
  }
}
