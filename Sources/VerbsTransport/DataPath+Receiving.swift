import BasicContainers
import Transport

extension DataPath where P: ~Copyable {
  mutating func receive(_ region: Region, from peer: Int, tag: Int32, slot: Int)
    throws(TransportError)
  {
    let connection = connectionOf[peer]
    precondition(connection >= 0, "the transport was prepared for this peer")
    messages[slot] = Message(region, tag: tag)
    guard region.bytes <= settings.eagerLimit else {
      messages[slot].remaining = Int32(Stripes(region.bytes, over: queuePairsPerPeer, settings).count)
      connections[connection].ungranted.append(slot, in: &messages)
      holdsBack = true
      return try serve(connection)
    }
    guard let place = connections[connection].unexpected.firstIndex(where: { $0.tag == tag }) else {
      connections[connection].receives.append(slot, in: &messages)
      return
    }
    let message = connections[connection].unexpected.remove(at: place)
    guard message.bytes == region.bytes else {
      throw mismatch(peer, sent: message.bytes, expected: region.bytes)
    }
    unexpected.take(message.cell, into: region)
    finished.append(slot)
  }

  /// Takes note of everything that has completed, and goes on with what it makes possible.
  mutating func progress() throws(TransportError) {
    if settings.polledRing, try takeFromRings() { return }
    for index in 0..<(try provider.poll()) {
      switch provider.completion(index) {
      case .written(let queuePair, let sequence):
        complete(queuePair, upTo: sequence)
        try serve(queues[queuePair].connection)
      case .arrived(let queuePair, let bits):
        queues[queuePair].owed += 1
        if queues[queuePair].owed == WorkQueues.mostOwed { try postOwed(queuePair) }
        let connection = queues[queuePair].connection
        guard let immediate = Immediate(bits: bits) else { throw unreadable(connection) }
        switch immediate.kind {
        case .ring: try takeFromRing(connection)
        case .piece:
          connections[connection].credit(immediate.consumed)
          try takePiece(immediate.slot, connection)
        case .credits: connections[connection].credit(immediate.consumed)
        }
        try serve(connection)
      case .failed(let queuePair, let failure):
        let peer = connections[queues[queuePair].connection].peer
        throw provider.explain(failure, queuePair: queuePair, peer: peer)
      }
    }
  }

  /// Posts the receives that were taken, in one go.
  private mutating func postOwed(_ queuePair: Int) throws(TransportError) {
    for _ in 0..<queues[queuePair].owed { try provider.postReceive(on: queuePair) }
    queues[queuePair].owed = 0
  }

  /// Counts the writes of a queue pair up to `sequence` as complete.
  private mutating func complete(_ queuePair: Int, upTo sequence: UInt32) {
    while let place = queues[queuePair].nextCompleted(upTo: sequence, depth: sendDepth) {
      let slot = Int(owners[queuePair * sendDepth + place])
      guard slot >= 0 else { continue }
      messages[slot].remaining -= 1
      if messages[slot].remaining == 0 { finished.append(slot) }
    }
  }

  /// Looks into the rings, some times where there is nothing, since that costs less than to ask the device; takes the
  /// messages that are there.
  ///
  /// - Returns: whether the device can wait, since messages that the caller waits for have come.
  private mutating func takeFromRings() throws(TransportError) -> Bool {
    for _ in 0..<Self.looks {
      for connection in 0..<connections.count {
        while RingMessage.isHere(connections[connection].consumed + 1, at: nextPlace(connection)) {
          try takeFromRing(connection)
          try serve(connection)
        }
      }
      guard finished.isEmpty else {
        // Not for ever: completions make room in the send queues.
        unasked += 1
        guard unasked < Self.looks else { break }
        return true
      }
    }
    unasked = 0
    return false
  }

  private static var looks: Int { 16 }

  @inline(__always)
  private func nextPlace(_ connection: Int) -> Region {
    connections[connection].inbox.part(connections[connection].nextPlace, largestEntry)
  }

  @inline(__always)
  private mutating func takeFromRing(_ connection: Int) throws(TransportError) {
    let place = nextPlace(connection)
    guard let message = RingMessage(at: place) else { throw unreadable(connection) }
    let payload = message.payload(at: place)
    connections[connection].credit(message.consumed)
    switch message.kind {
    case .data: try takeSmall(payload, tag: message.tag, connection)
    case .grants:
      for index in 0..<message.count {
        let grant = Grant(index, of: payload)
        if let send = connections[connection].waiting.remove(tag: grant.tag, in: &messages) {
          try start(send, by: grant, connection)
        } else {
          connections[connection].offers.append(grant)
        }
      }
    }
    if settings.polledRing { message.wipe(place) }
    connections[connection].countConsumed(stride: message.stride, largest: largestEntry)
  }

  @inline(__always)
  private mutating func takeSmall(
    _ payload: Region, tag: Int32, _ connection: Int
  ) throws(TransportError) {
    guard let receive = connections[connection].receives.remove(tag: tag, in: &messages) else {
      connections[connection].unexpected.append(
        Connection.Unexpected(tag: tag, cell: unexpected.keep(payload), bytes: payload.bytes))
      return
    }
    let region = messages[receive].region
    guard region.bytes == payload.bytes else {
      throw mismatch(connections[connection].peer, sent: payload.bytes, expected: region.bytes)
    }
    region.copy(from: payload)
    finished.append(receive)
  }

  private mutating func takePiece(_ slot: Int, _ connection: Int) throws(TransportError) {
    guard slot < messages.count, messages[slot].remaining > 0 else { throw unreadable(connection) }
    messages[slot].remaining -= 1
    guard messages[slot].remaining == 0 else { return }
    connections[connection].granted -= 1
    finished.append(slot)
  }

  private func unreadable(_ connection: Int) -> TransportError {
    .library(
      call: "RDMA write with immediate",
      reason: "rank \(connections[connection].peer) wrote what is no message of this version of syncline")
  }
}
