import Collectives

/// Which steps are admitted, start and are complete: the rules of ``Schedule``, with the times that follow from them.
extension Replay {
  @inline(__always)
  func slot(of actor: Int, step: Int32) -> Int {
    Int(actors[actor].firstSlot + (step & actors[actor].mask))
  }

  /// Takes every step into the window that may be in it, at the time of the actor's head.
  mutating func admit(_ actor: Int) {
    let end = min(actors[actor].count, actors[actor].head + actors[actor].window)
    while actors[actor].admitted < end { admitNext(of: actor) }
  }

  private mutating func admitNext(of actor: Int) {
    let index = actors[actor].admitted
    let place = actors[actor].template
    let segment = roles.segments[Int(actors[actor].segment)]
    step(toNextTemplateOf: actor, after: index, in: segment)
    let template = roles.templates[Int(place)]
    var (bytes, action) = (template.bytes, template.action)
    if bytes < 0 {
      bytes = countElements(Int(origins[actor]), Int(index)) * elementSize
    }
    // What moves nothing is complete as soon as what it names is.
    if bytes == 0 { action = .idle }
    let slot = slot(of: actor, step: index)
    slots[slot] = .vacant
    slots[slot].time = actors[actor].headTime
    slots[slot].ready = actors[actor].headTime
    slots[slot].bytes = bytes
    slots[slot].actor = Int32(truncatingIfNeeded: actor)
    slots[slot].index = index
    slots[slot].template = place
    slots[slot].peerStep = index + template.peerStep
    if template.peerStride != 0 {
      slots[slot].peerStep += (index - segment.start) / segment.period * template.peerStride
    }
    slots[slot].regime = action == .idle ? 0 : UInt8(truncatingIfNeeded: costs.index(of: bytes))
    slots[slot].action = action
    if hasSwitches, action != .idle {
      let (own, other) = (actors[actor].isSwitch, actors[peer(of: slot)].isSwitch)
      let (from, to) = action == .send ? (own, other) : (other, own)
      slots[slot].regime = UInt8(truncatingIfNeeded: costs.index(of: bytes, fromSwitch: from, toSwitch: to))
    }
    wait(slot, for: index - template.after.x, distance: template.after.x, of: actor, as: 0)
    wait(slot, for: index - template.after.y, distance: template.after.y, of: actor, as: 1)
    if template.barrier >= 0, index - template.barrier > actors[actor].head {
      slots[slot].pending += 1
      barriers[slot] = actors[actor].firstAtBarrier
      actors[actor].firstAtBarrier = Int32(truncatingIfNeeded: slot)
      actors[actor].leastBarrier = min(actors[actor].leastBarrier, index - template.barrier)
    }
    if action == .reduce { posted(slot) }
    if slots[slot].pending == 0 { start(slot) }
  }

  @inline(__always)
  private mutating func step(toNextTemplateOf actor: Int, after index: Int32, in segment: Roles.Segment) {
    actors[actor].admitted = index + 1
    if index + 1 == segment.end {
      actors[actor].segment += 1
      guard index + 1 < actors[actor].count else { return }
      actors[actor].template = roles.segments[Int(actors[actor].segment)].template
    } else {
      actors[actor].template += 1
      if actors[actor].template == segment.template + segment.period {
        actors[actor].template = segment.template
      }
    }
  }

  /// Has a step wait for one of those that it names, unless that is complete.
  @inline(__always)
  private mutating func wait(_ slot: Int, for earlier: Int32, distance: Int32, of actor: Int, as which: Int) {
    // What is below the head was complete by the time of admission.
    guard distance > 0, earlier >= actors[actor].head else { return }
    let awaited = self.slot(of: actor, step: earlier)
    if slots[awaited].state.contains(.complete) {
      slots[slot].time = max(slots[slot].time, slots[awaited].time)
    } else {
      slots[slot].pending += 1
      slots[slot].nextWaiters[which] = slots[awaited].firstWaiter
      slots[awaited].firstWaiter = Int32(truncatingIfNeeded: slot << 1 | which)
    }
  }

  /// Starts a step that waits for nothing more, at its time.
  private mutating func start(_ slot: Int) {
    slots[slot].state.insert(.started)
    switch slots[slot].action {
    case .idle: completing.append(Int32(truncatingIfNeeded: slot))
    case .send:
      if costs.isFree || actors[Int(slots[slot].actor)].isSwitch {
        sendReady(slot)
      } else {
        askProcessor(slot)
      }
    case .receive:
      slots[slot].ready = slots[slot].time
      posted(slot)
    case .reduce: if slots[slot].state.contains(.arrived) { takeIn(slot) }
    }
  }

  /// Takes note of what is complete, and of all that follows ahead of the clock, for about `limit` steps.
  mutating func follow(until limit: Int) {
    let first = steps
    while !completing.isEmpty, steps - first < limit, !isOutOfOrder {
      swap(&completing, &current)
      for slot in current { complete(Int(slot)) }
      current.removeAll(keepingCapacity: true)
      if isAheadOnly, recurrence.isWatched { return }
    }
  }

  private mutating func complete(_ slot: Int) {
    steps += 1
    let actor = Int(slots[slot].actor)
    slots[slot].state.insert(.complete)
    let time = slots[slot].time
    var waiter = slots[slot].firstWaiter
    while waiter >= 0 {
      let waiting = Int(waiter) >> 1
      waiter = slots[waiting].nextWaiters[Int(waiter) & 1]
      release(waiting, at: time)
    }
    if slots[slot].index == actors[actor].head { moveHead(of: actor) }
  }

  @inline(__always)
  private mutating func release(_ slot: Int, at time: Int64) {
    slots[slot].time = max(slots[slot].time, time)
    slots[slot].pending -= 1
    if slots[slot].pending == 0 { start(slot) }
  }

  private mutating func moveHead(of actor: Int) {
    var head = actors[actor].head
    repeat {
      actors[actor].headTime = max(actors[actor].headTime, slots[slot(of: actor, step: head)].time)
      head += 1
      actors[actor].head = head
      if head >= actors[actor].leastBarrier { passBarrier(of: actor) }
      if actors[actor].admitted < min(actors[actor].count, head + actors[actor].window) {
        admitNext(of: actor)
      }
    } while head < actors[actor].admitted
      && slots[slot(of: actor, step: head)].state.contains(.complete)
    guard head == actors[actor].count else { return }
    completions[actor] = actors[actor].headTime
    unfinished -= 1
  }

  private mutating func passBarrier(of actor: Int) {
    var waiter = actors[actor].firstAtBarrier
    actors[actor].firstAtBarrier = -1
    actors[actor].leastBarrier = .max
    while waiter >= 0 {
      let slot = Int(waiter)
      waiter = barriers[slot]
      barriers[slot] = -1
      let barrier = slots[slot].index - roles.templates[Int(slots[slot].template)].barrier
      if barrier <= actors[actor].head {
        release(slot, at: actors[actor].headTime)
      } else {
        barriers[slot] = actors[actor].firstAtBarrier
        actors[actor].firstAtBarrier = Int32(truncatingIfNeeded: slot)
        actors[actor].leastBarrier = min(actors[actor].leastBarrier, barrier)
      }
    }
  }
}
