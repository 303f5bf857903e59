import Collectives

/// Whole periods are skipped once the state has come again; see ``Recurrence``.
extension Replay {
  /// Called between batches; ahead of the clock, between one round of ends and the next.
  mutating func skipWhatRepeats() {
    guard recurrence.reference >= 0 else { return chooseReference() }
    let reference = recurrence.reference
    guard actors[reference].head >= recurrence.nextHead else { return }
    guard let period = repeatingPeriod(of: reference) else { return recurrence.reset() }
    recurrence.nextHead = actors[reference].head + period
    let time = isAheadOnly ? actors[reference].headTime : now
    if let kept = recurrence.kept, let periods = commonPeriods(since: kept) {
      var comparison = StateComparison(with: kept.words)
      _ = readState(relativeTo: time, into: &comparison)
      if comparison.holds {
        let times = timesLeft(periods)
        if times > 0 { skip(times, of: periods, lasting: time - kept.time, since: kept) }
        return recurrence.reset()
      }
    }
    recurrence.count += 1
    guard recurrence.count >= recurrence.limit else { return }
    recurrence.limit = recurrence.kept == nil ? 1 : 2 * recurrence.limit
    recurrence.count = 0
    keepState(at: time)
  }

  /// Finds an actor whose steps repeat; for a while not again, where there was none.
  private mutating func chooseReference() {
    guard recurrence.pause == 0 else {
      recurrence.pause -= 1
      return
    }
    for actor in actors.indices {
      guard actors[actor].head < actors[actor].count, repeatingPeriod(of: actor) != nil else { continue }
      recurrence.reference = actor
      recurrence.nextHead = actors[actor].head
      return
    }
    recurrence.pause = 64
  }

  /// The period of the steps that an actor takes in next, if they repeat what it has had.
  private func repeatingPeriod(of actor: Int) -> Int32? {
    guard actors[actor].admitted < actors[actor].count else { return nil }
    let segment = roles.segments[Int(actors[actor].segment)]
    return segment.repeats && actors[actor].head >= segment.start ? segment.period : nil
  }

  /// How many periods all actors that aren't done have gone on since a checkpoint, if they have all gone on alike and
  /// what they take in repeats.
  private func commonPeriods(since kept: Recurrence.Checkpoint) -> Int32? {
    var periods: Int32 = 0
    for (number, head) in kept.heads.enumerated() {
      let actor = actors[number]
      if actor.head == actor.count, head == actor.count { continue }
      guard actor.admitted < actor.count else { return nil }
      let segment = roles.segments[Int(actor.segment)]
      let stride = actor.head - head
      guard segment.repeats, stride > 0, stride % segment.period == 0,
        actor.admitted - stride >= segment.start
      else { return nil }
      guard periods == 0 || periods == stride / segment.period else { return nil }
      periods = stride / segment.period
    }
    return periods > 0 ? periods : nil
  }

  /// How often all actors can go on by so many periods without leaving what repeats, so that each step keeps its slot.
  private func timesLeft(_ periods: Int32) -> Int {
    var (least, unit) = (Int32.max, 1)
    for actor in actors.indices where actors[actor].head < actors[actor].count {
      let segment = roles.segments[Int(actors[actor].segment)]
      // The step that ends it is admitted in its turn, as it leads on to the next segment.
      let left = segment.end - 1 - actors[actor].admitted
      least = min(least, left / (periods * segment.period))
      let width = Int(actors[actor].mask) + 1
      // Widths are powers of two, so the greatest unit is a multiple of all.
      unit = max(unit, width / greatestCommonDivisor(width, Int(periods * segment.period)))
    }
    return Int(least) / unit * unit
  }

  private mutating func keepState(at time: Int64) {
    var writer = StateWriter()
    writer.words.reserveCapacity(recurrence.kept?.words.count ?? 0)
    _ = readState(relativeTo: time, into: &writer)
    var checkpoint = Recurrence.Checkpoint(time: time, words: writer.words)
    for actor in actors.indices { checkpoint.heads.append(actors[actor].head) }
    for route in carried.indices { checkpoint.carried.append(carried[route]) }
    recurrence.kept = checkpoint
  }

  /// Gives all that decides the future to `reader`; false if it wanted no more.
  ///
  /// On the clock, what is not known yet comes at `time` or later, so that times before it make no difference.
  private func readState(relativeTo time: Int64, into reader: inout some StateReader) -> Bool {
    let isAheadOnly = isAheadOnly
    func relative(_ other: Int64) -> Int64 { isAheadOnly ? other - time : max(0, other - time) }
    for actor in actors.indices {
      guard readActor(actor, into: &reader, relative: relative) else { return false }
    }
    for connection in connections.indices {
      let word =
        connections[connection].isClocked
        ? Int64(connections[connection].turn) : relative(connections[connection].free)
      guard reader.take(word) else { return false }
    }
    if isAheadOnly {
      for slot in completing {
        guard reader.take(name(of: Int(slot))) else { return false }
      }
      return true
    }
    for line in lines.indices { guard reader.take(lines[line].isUnderWay ? 1 : 0) else { return false } }
    if !costs.isFree {
      for rank in processorFree.indices {
        guard reader.take(relative(processorFree[rank])), reader.take(relative(adapterFree[rank])) else {
          return false
        }
      }
    }
    return readPending(into: &reader)
  }

  @inline(__always)
  private func readActor(
    _ actor: Int, into reader: inout some StateReader, relative: (Int64) -> Int64
  ) -> Bool {
    let (head, admitted) = (actors[actor].head, actors[actor].admitted)
    guard head < actors[actor].count else { return reader.take(-1) }
    guard reader.take(Int64(admitted - head)), reader.take(relative(actors[actor].headTime)) else {
      return false
    }
    for index in head..<admitted {
      let slot = slot(of: actor, step: index)
      let what =
        Int64(slots[slot].template) << 24 | Int64(slots[slot].state.rawValue) << 8
        | Int64(slots[slot].pending)
      guard reader.take(what), reader.take(relative(slots[slot].time + enquiry(of: slot))) else {
        return false
      }
      // Which route it has hangs on the order in which messages were ready.
      if slots[slot].state.contains(.onLine), !reader.take(Int64(slots[slot].route)) { return false }
      // How far the peer is, in its own steps.
      if slots[slot].action != .idle {
        let peer = peer(of: slot)
        guard reader.take(Int64(slots[slot].peerStep - actors[peer].head)) else { return false }
      }
      guard slots[slot].state.contains(.posted) else { continue }
      guard reader.take(relative(slots[slot].ready)) else { return false }
    }
    return true
  }

  /// How long after its send is ready a message that asks first can still be held up by that.
  @inline(__always)
  private func enquiry(of slot: Int) -> Int64 {
    guard slots[slot].action == .send, slots[slot].state.contains(.sendReady) else { return 0 }
    let regime = costs.regimes[Int(slots[slot].regime)]
    return regime.asksFirst
      ? wiring.routes[Int(port(of: slot).connection) * wiring.turns].latency + regime.latency : 0
  }

  /// A slot by its actor and how far its step is above the actor's head.
  private func name(of slot: Int) -> Int64 {
    let actor = Int(slots[slot].actor)
    return Int64(actor) << 32 | Int64(slots[slot].index - actors[actor].head)
  }

  /// What is on its way and in the queue.
  private func readPending(into reader: inout some StateReader) -> Bool {
    var pending: [(time: Int64, name: Int64)] = []
    queue.forEach { event, time in
      pending.append((time - now, name(of: Int(event) >> 1) << 1 | Int64(event & 1)))
    }
    pending.sort { ($0.time, $0.name) < ($1.time, $1.name) }
    for event in pending { guard reader.take(event.time), reader.take(event.name) else { return false } }
    var words: [Int64] = []
    network.appendState(at: now, to: &words) { tag in name(of: Int(tag)) }
    for word in words { guard reader.take(word) else { return false } }
    return true
  }

  /// Goes on by `times` times so many periods at once.
  private mutating func skip(
    _ times: Int, of periods: Int32, lasting duration: Int64, since kept: Recurrence.Checkpoint
  ) {
    let (span, overflows) = duration.multipliedReportingOverflow(by: Int64(times))
    guard !overflows, span < Self.lastPicosecond else {
      isTooLong = true
      return
    }
    var steps = [Int32](repeating: 0, count: actors.count)
    for actor in actors.indices where actors[actor].head < actors[actor].count {
      steps[actor] = Int32(times) * periods * roles.segments[Int(actors[actor].segment)].period
    }
    for actor in actors.indices where steps[actor] > 0 {
      let first = Int(actors[actor].firstSlot)
      for slot in first...first + Int(actors[actor].mask) where slots[slot].index >= 0 {
        if roles.templates[Int(slots[slot].template)].port >= 0 {
          slots[slot].peerStep += steps[peer(of: slot)]
        }
        slots[slot].index += steps[actor]
        slots[slot].time += span
        slots[slot].ready += span
      }
      actors[actor].head += steps[actor]
      actors[actor].admitted += steps[actor]
      actors[actor].headTime = bounded(actors[actor].headTime + span)
      if actors[actor].leastBarrier < .max { actors[actor].leastBarrier += steps[actor] }
    }
    for connection in connections.indices {
      connections[connection].free += span
      connections[connection].busySince += span
      guard connections[connection].lastIndex >= 0 else { continue }
      connections[connection].lastIndex += steps[Int(wiring.connections[connection].receiver)]
    }
    for rank in processorFree.indices {
      processorFree[rank] += span
      adapterFree[rank] += span
    }
    for route in carried.indices {
      carried[route].messages += times * (carried[route].messages - kept.carried[route].messages)
      carried[route].bytes += times * (carried[route].bytes - kept.carried[route].bytes)
    }
    sharedProcessors?.move(by: span)
    queue.move(by: span)
    network.move(by: span)
    now += span
  }
}

private func greatestCommonDivisor(_ first: Int, _ second: Int) -> Int {
  second == 0 ? first : greatestCommonDivisor(second, first % second)
}
