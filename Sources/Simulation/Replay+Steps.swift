import Collectives

/// Which steps are admitted, start and are complete: the rules of ``Schedule``, without time.
extension Replay {
  /// Takes every step into the window that may be in it.
  mutating func admit(_ actor: Int) {
    let end = min(actors[actor].count, actors[actor].head + actors[actor].window)
    while actors[actor].admitted < end {
      let index = actors[actor].admitted
      // Through a span, as a program is large and an array's element would be copied first.
      let step = Self.step(Int(index), of: programs.span[actor])
      let slot = slot(of: actor, step: index)
      let moves = step.movesData
      let bytes = step.count * elementSize
      slots[slot] = Slot(
        bytes: bytes, began: 0, index: index,
        peerActor: moves ? step.peer * Int32(lanes) + Int32(actor % lanes) : -1, peerStep: step.peerStep,
        after: step.after, barrier: step.barrier, firstWaiter: -1, nextWaiter: -1, route: -1,
        nextOnConnection: -1,
        action: moves ? step.action : .idle,
        state: [], regime: UInt16(costs.index(of: bytes)))
      actors[actor].admitted = index + 1
      if moves, step.action == .reduce { posted(slot) }
      startIfReady(slot, of: actor)
    }
  }

  @inline(__always)
  private static func step(_ index: Int, of program: borrowing Steps) -> Step { program[index] }

  /// Starts a step, or has it wait for one of the steps that it names.
  private mutating func startIfReady(_ slot: Int, of actor: Int) {
    let (first, second) = slots[slot].after
    if wait(slot, for: first, of: actor) || wait(slot, for: second, of: actor) { return }
    guard slots[slot].barrier <= actors[actor].head else {
      slots[slot].nextWaiter = actors[actor].firstAtBarrier
      actors[actor].firstAtBarrier = Int32(slot)
      actors[actor].leastBarrier = min(actors[actor].leastBarrier, slots[slot].barrier)
      return
    }
    slots[slot].state.insert(.started)
    switch slots[slot].action {
    case .idle: completing.append(Int32(slot))
    case .send: askProcessor(slot)
    case .receive: posted(slot)
    case .reduce: if slots[slot].state.contains(.arrived) { askProcessor(slot) }
    }
  }

  /// Puts a step among those that wait for `earlier`, unless that is complete.
  @inline(__always)
  private mutating func wait(_ slot: Int, for earlier: Int32, of actor: Int) -> Bool {
    guard earlier >= actors[actor].head else { return false }
    let awaited = self.slot(of: actor, step: earlier)
    guard !slots[awaited].state.contains(.complete) else { return false }
    slots[slot].nextWaiter = slots[awaited].firstWaiter
    slots[awaited].firstWaiter = Int32(slot)
    return true
  }

  /// Marks what is complete, and starts what waited for it, until nothing more follows.
  mutating func completeAll() {
    var next = 0
    while next < completing.count {
      let slot = Int(completing[next])
      next += 1
      let actor = slot >> widthBits
      slots[slot].state.insert(.complete)
      var waiter = slots[slot].firstWaiter
      while waiter >= 0 {
        let following = slots[Int(waiter)].nextWaiter
        startIfReady(Int(waiter), of: actor)
        waiter = following
      }
      if slots[slot].index == actors[actor].head { moveHead(of: actor) }
    }
    completing.removeAll(keepingCapacity: true)
  }

  private mutating func moveHead(of actor: Int) {
    var head = actors[actor].head
    repeat {
      head += 1
    } while head < actors[actor].admitted
      && slots[slot(of: actor, step: head)].state.contains(.complete)
    actors[actor].head = head
    if head >= actors[actor].leastBarrier { passBarrier(of: actor) }
    admit(actor)
    finish(actor)
  }

  private mutating func passBarrier(of actor: Int) {
    var waiter = actors[actor].firstAtBarrier
    actors[actor].firstAtBarrier = -1
    actors[actor].leastBarrier = .max
    while waiter >= 0 {
      let following = slots[Int(waiter)].nextWaiter
      startIfReady(Int(waiter), of: actor)
      waiter = following
    }
  }
}
