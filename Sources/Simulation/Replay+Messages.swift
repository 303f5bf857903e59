import Collectives
import Quantities

/// How messages move between actors, and what they cost their processors.
extension Replay {
  @inline(__always)
  func port(of slot: Int) -> Wiring.Port {
    wiring.ports[
      Int(actors[Int(slots[slot].actor)].firstPort + roles.templates[Int(slots[slot].template)].port)]
  }

  /// The actor at the other end of a step's message.
  func peer(of slot: Int) -> Int { Int(port(of: slot).peer) }

  /// The slot at the other end of a step's message, if that step is admitted.
  @inline(__always)
  private func otherEnd(of slot: Int) -> Int? {
    let peer = peer(of: slot)
    let step = slots[slot].peerStep
    guard step >= actors[peer].head, step < actors[peer].admitted else { return nil }
    return self.slot(of: peer, step: step)
  }

  /// A step wants its rank's processor at its time: to post its send, or to take in what has arrived.
  @inline(__always)
  mutating func askProcessor(_ slot: Int) {
    queue.push(Int32(truncatingIfNeeded: slot << 1 | 1), at: slots[slot].time)
  }

  /// Send `slot` is ready at its time: moves its message if the receive is posted.
  mutating func sendReady(_ slot: Int) {
    if let jitter = conditions.jitter, !actors[Int(slots[slot].actor)].isSwitch {
      let late = jitter.delay(actor: Int(origins[Int(slots[slot].actor)]), step: Int(slots[slot].index))
      slots[slot].time = bounded(slots[slot].time + late)
    }
    slots[slot].state.insert(.sendReady)
    guard let other = otherEnd(of: slot), slots[other].state.contains(.posted) else { return }
    move(from: slot, to: other)
  }

  /// Receive `slot` is posted: moves its message if the send is ready.
  mutating func posted(_ slot: Int) {
    slots[slot].state.insert(.posted)
    guard let other = otherEnd(of: slot), slots[other].state.contains(.sendReady) else { return }
    move(from: other, to: slot)
  }

  /// A message may move: ahead of the clock, or when the clock comes to it.
  private mutating func move(from sender: Int, to receiver: Int) {
    let connection = Int(port(of: sender).connection)
    let regime = costs.regimes[Int(slots[receiver].regime)]
    var ready = max(slots[sender].time, slots[receiver].ready)
    if regime.asksFirst {
      // The request goes to the receiver, the answer comes back once it is posted; then the message moves.
      let latency = wiring.routes[connection * wiring.turns].latency + regime.latency
      ready = bounded(max(slots[sender].time + latency, slots[receiver].ready) + latency)
    }
    slots[receiver].state.insert(.moving)
    slots[receiver].ready = ready
    guard !connections[connection].isClocked else {
      queue.push(Int32(truncatingIfNeeded: receiver << 1), at: ready)
      return
    }
    slots[receiver].route = Int32(truncatingIfNeeded: connection)
    let rate = min(wiring.routes[connection].bound, regime.cap)
    guard rate < .infinity else { return drained(receiver, from: sender, at: ready) }
    let (free, index) = (connections[connection].free, slots[receiver].index)
    if ready > free || ready == free && index < connections[connection].lastIndex {
      connections[connection].busySince = ready
    } else if ready < free,
      index < connections[connection].lastIndex || ready < connections[connection].busySince
    {
      // It would have gone before one that is known to have gone.
      isOutOfOrder = true
    }
    connections[connection].lastIndex = index
    let end = bounded(max(ready, free) + Self.duration(of: slots[receiver].bytes, at: rate))
    connections[connection].free = end
    drained(receiver, from: sender, at: end)
  }

  /// The picoseconds that bytes take at a steady rate in bytes a second, as in ``FluidNetwork``.
  @inline(__always)
  private static func duration(of bytes: Int, at rate: Double) -> Int64 {
    Int64(min(max(1, (Double(bytes) / (rate * 1e-12) - 1e-3).rounded(.up)), 0x1p61))
  }

  /// Puts a message that is ready among those that wait for their line, those for earlier steps first.
  mutating func waitForLine(_ receiver: Int) {
    let sender = sender(to: receiver)
    let connection = Int(port(of: sender).connection)
    let turn = connections[connection].turn
    connections[connection].turn = Int(turn) + 1 < wiring.turns ? turn + 1 : 0
    let route = connection * wiring.turns + Int(turn)
    slots[receiver].route = Int32(truncatingIfNeeded: route)
    if observe != nil { began[receiver] = now }
    guard rate(on: route, to: receiver) < .infinity else { return drained(receiver, from: sender, at: now) }
    slots[receiver].state.insert(.onLine)
    let line = line(of: route)
    var (before, after) = (Int32(-1), lines[line].waiting)
    while after >= 0, slots[Int(after)].index < slots[receiver].index {
      (before, after) = (after, slots[Int(after)].next)
    }
    slots[receiver].next = after
    if before >= 0 {
      slots[Int(before)].next = Int32(truncatingIfNeeded: receiver)
    } else {
      lines[line].waiting = Int32(truncatingIfNeeded: receiver)
    }
    if !lines[line].isUnderWay { freeLines.append(Int32(truncatingIfNeeded: line)) }
  }

  /// Begins the first waiting message on each line that is free.
  mutating func beginWaiting() {
    for line in freeLines where !lines[Int(line)].isUnderWay && lines[Int(line)].waiting >= 0 {
      let receiver = Int(lines[Int(line)].waiting)
      lines[Int(line)].waiting = slots[receiver].next
      slots[receiver].next = -1
      lines[Int(line)].isUnderWay = true
      if observe != nil { began[receiver] = now }
      let route = Int(slots[receiver].route)
      network.start(
        route: networkRoutes[route], bytes: slots[receiver].bytes, cap: rate(on: route, to: receiver),
        tag: Int32(truncatingIfNeeded: receiver), at: now)
    }
    freeLines.removeAll(keepingCapacity: true)
  }

  /// A message on a line has drained.
  mutating func drained(_ receiver: Int) {
    let line = line(of: Int(slots[receiver].route))
    lines[line].isUnderWay = false
    freeLines.append(Int32(truncatingIfNeeded: line))
    drained(receiver, from: sender(to: receiver), at: now)
  }

  private mutating func drained(_ receiver: Int, from sender: Int, at time: Int64) {
    let route = Int(slots[receiver].route)
    carried[route].messages += 1
    carried[route].bytes += slots[receiver].bytes
    events += 2
    slots[sender].time = time
    completing.append(Int32(truncatingIfNeeded: sender))
    let latency = wiring.routes[route].latency + costs.regimes[Int(slots[receiver].regime)].latency
    let arrival = bounded(time + latency)
    if let observe {
      observe(
        ObservedFlow(
          sender: Int(slots[sender].actor), receiver: Int(slots[receiver].actor),
          step: Int(slots[sender].index), bytes: slots[receiver].bytes, began: began[receiver], drained: time,
          arrived: arrival, route: route))
    }
    slots[receiver].ready = arrival
    slots[receiver].state.insert(.arrived)
    // A reduction that came before its turn waits without holding the processor.
    if slots[receiver].state.contains(.started) { takeIn(receiver) }
  }

  /// Takes in what has arrived at a step that has started.
  mutating func takeIn(_ receiver: Int) {
    slots[receiver].time = max(slots[receiver].time, slots[receiver].ready)
    if costs.isFree || actors[Int(slots[receiver].actor)].isSwitch {
      completing.append(Int32(truncatingIfNeeded: receiver))
    } else {
      askProcessor(receiver)
    }
  }

  private func rate(on route: Int, to receiver: Int) -> Double {
    min(wiring.routes[route].bound, costs.regimes[Int(slots[receiver].regime)].cap)
  }

  private func line(of route: Int) -> Int { wiring.sharesLines ? route / wiring.turns : route }

  /// The slot that sends to a receive whose message may move.
  private func sender(to receiver: Int) -> Int {
    slot(of: peer(of: receiver), step: slots[receiver].peerStep)
  }
}
