import BasicContainers
import Transport

extension DataPath where P: ~Copyable {
  mutating func send(_ region: Region, to peer: Int, tag: Int32, slot: Int) throws(TransportError) {
    let connection = connectionOf[peer]
    precondition(connection >= 0, "the transport was prepared for this peer")
    messages[slot] = Message(region, tag: tag)
    guard region.bytes <= settings.eagerLimit else {
      guard let place = connections[connection].offers.firstIndex(where: { $0.tag == tag }) else {
        connections[connection].waiting.append(slot, in: &messages)
        return
      }
      let grant = connections[connection].offers.remove(at: place)
      return try start(slot, by: grant, connection)
    }
    try sendInTurn(slot, connection)
  }

  /// Begins a large message that has a place to go to.
  mutating func start(_ slot: Int, by grant: Grant, _ connection: Int) throws(TransportError) {
    guard grant.bytes == messages[slot].region.bytes else {
      throw mismatch(connections[connection].peer, sent: messages[slot].region.bytes, expected: grant.bytes)
    }
    targets[slot] = grant
    messages[slot].remaining = Int32(Stripes(grant.bytes, over: queuePairsPerPeer, settings).count)
    try sendInTurn(slot, connection)
  }

  /// Sends now where nothing waits and there is room, else puts the message behind those that wait.
  @inline(__always)
  private mutating func sendInTurn(_ slot: Int, _ connection: Int) throws(TransportError) {
    if connections[connection].blocked.isEmpty, try isSent(slot, connection) { return }
    connections[connection].blocked.append(slot, in: &messages)
  }

  /// Goes on with a message; true where all of it is posted.
  @inline(__always)
  private mutating func isSent(_ slot: Int, _ connection: Int) throws(TransportError) -> Bool {
    if messages[slot].region.bytes <= settings.eagerLimit { return try sendSmall(slot, connection) }
    return try sendPieces(slot, connection)
  }

  func mismatch(_ peer: Int, sent: Int, expected: Int) -> TransportError {
    .library(
      call: "receive",
      reason: "a message of \(sent) B from or to rank \(peer) where \(expected) B are expected")
  }

  /// Goes on with what a connection has held back: sends, grants, news of credits.
  @inline(__always)
  mutating func serve(_ connection: Int) throws(TransportError) {
    // Mostly there is nothing.
    let unreported = connections[connection].consumed - connections[connection].reported
    guard
      unreported >= creditStep || !connections[connection].blocked.isEmpty
        || !connections[connection].ungranted.isEmpty
    else { return }
    try goOn(connection)
  }

  /// Ring messages that are consumed before the peer is told of nothing else.
  private var creditStep: Int { max(1, settings.ringSlots / 2) }

  @inline(never)
  private mutating func goOn(_ connection: Int) throws(TransportError) {
    while let slot = connections[connection].blocked.peek {
      guard try isSent(slot, connection) else { break }
      _ = connections[connection].blocked.removeFirst(in: messages)
    }
    // Grants go in groups, as long as the sender has as many in hand.
    let waiting = connections[connection].ungranted.count
    if waiting > 0, connections[connection].granted <= waiting { try sendGrants(connection) }
    let unreported = connections[connection].consumed - connections[connection].reported
    if unreported >= creditStep { try sendCredits(connection) }
  }

  /// Sends what was held back for company; with `all`, asks for the completion of every write.
  mutating func flush(all: Bool) throws(TransportError) {
    holdsBack = false
    for connection in 0..<connections.count {
      if !connections[connection].ungranted.isEmpty { try sendGrants(connection) }
      if !connections[connection].ungranted.isEmpty { holdsBack = true }
      let first = connections[connection].firstQueuePair
      for queuePair in first..<first + queuePairsPerPeer {
        let pending =
          all ? queues[queuePair].unsignalled : queues[queuePair].unsignalledMessages
        guard pending > 0 else { continue }
        guard hasRoom(queuePair, reserve: 0) else {
          holdsBack = true
          continue
        }
        // A write of nothing: its completion is that of all before it.
        try post(
          nothing.region, key: 0, to: connections[connection].remoteInbox,
          connections[connection].remoteInboxKey, nil, owner: nil, on: queuePair, isSignalled: true)
      }
    }
  }

  /// Puts a small message into the peer's ring; false where there is no credit or no room.
  @inline(__always)
  private mutating func sendSmall(_ slot: Int, _ connection: Int) throws(TransportError) -> Bool {
    guard let place = ringPlace(connection) else { return false }
    let region = messages[slot].region
    let message = RingMessage(
      .data, tag: messages[slot].tag, count: region.bytes, consumed: connections[connection].report())
    message.payload(at: place).copy(from: region)
    try sendRing(message, at: place, connection)
    finished.append(slot)
    return true
  }

  /// Tells the peer where its large messages go, as far as it may know of them.
  private mutating func sendGrants(_ connection: Int) throws(TransportError) {
    while !connections[connection].ungranted.isEmpty, connections[connection].granted < settings.grants {
      guard let place = ringPlace(connection) else { return }
      let count = min(
        connections[connection].ungranted.count, settings.grants - connections[connection].granted,
        grantsPerMessage)
      let message = RingMessage(
        .grants, tag: 0, count: count, consumed: connections[connection].report())
      let payload = message.payload(at: place)
      for index in 0..<count {
        guard let slot = connections[connection].ungranted.removeFirst(in: messages) else { break }
        let region = messages[slot].region
        Grant(
          tag: messages[slot].tag, slot: slot, address: region.address64, bytes: region.bytes,
          keys: registration(of: region).remoteKeys
        ).write(index, to: payload)
      }
      connections[connection].granted += count
      try sendRing(message, at: place, connection)
    }
  }

  /// Where the next ring message is made up; nil where the peer has no room for it, or the send queue.
  @inline(__always)
  private func ringPlace(_ connection: Int) -> Region? {
    guard connections[connection].sent - connections[connection].credited < settings.ringSlots,
      hasRoom(connections[connection].firstQueuePair, reserve: 2)
    else { return nil }
    return connections[connection].outbox.part(connections[connection].sentPlace, largestEntry)
  }

  @inline(__always)
  private mutating func sendRing(
    _ message: RingMessage, at place: Region, _ connection: Int
  ) throws(TransportError) {
    let target = connections[connection].remoteInbox + UInt64(connections[connection].sentPlace)
    connections[connection].countSent(stride: message.stride, largest: largestEntry)
    let image = message.finish(
      at: place, number: connections[connection].sent, isPolled: settings.polledRing)
    let immediate =
      settings.polledRing ? nil : Immediate(.ring, consumed: connections[connection].reported)
    try post(
      image, key: connections[connection].outboxKey, to: target, connections[connection].remoteInboxKey,
      immediate, owner: nil, on: connections[connection].firstQueuePair, isSignalled: false)
  }

  /// Tells the peer that its ring has room, where no other message has.
  private mutating func sendCredits(_ connection: Int) throws(TransportError) {
    let queuePair = connections[connection].firstQueuePair
    guard hasRoom(queuePair, reserve: 0) else { return }
    let immediate = Immediate(.credits, consumed: connections[connection].report())
    try post(
      nothing.region, key: 0, to: connections[connection].remoteInbox, connections[connection].remoteInboxKey,
      immediate, owner: nil, on: queuePair, isSignalled: false)
  }

  /// Posts the writes of a large message, the stripes by turns; false where a send queue is full before the end.
  private mutating func sendPieces(_ slot: Int, _ connection: Int) throws(TransportError) -> Bool {
    let grant = targets[slot]
    let region = messages[slot].region
    let registration = registration(of: region)
    let stripes = Stripes(region.bytes, over: queuePairsPerPeer, settings)
    let parts = stripes.parts(largest: provider.largestMessage)
    while Int(messages[slot].posted) < stripes.count * parts {
      let (part, stripe) = Int(messages[slot].posted).quotientAndRemainder(dividingBy: stripes.count)
      let (offset, bytes) = stripes.range(stripe)
      let start = part * provider.largestMessage
      if start < bytes {
        let queuePair = connections[connection].firstQueuePair + stripe
        guard hasRoom(queuePair, reserve: 2) else { return false }
        let rail = stripe % provider.rails
        let length = min(provider.largestMessage, bytes - start)
        let isLast = start + length == bytes
        let immediate =
          isLast ? Immediate(.piece, slot: grant.slot, consumed: connections[connection].report()) : nil
        try post(
          region.part(offset + start, length), key: registration.localKeys[rail],
          to: grant.address + UInt64(offset + start), grant.keys[rail], immediate,
          owner: isLast ? slot : nil, on: queuePair,
          isSignalled: isLast && queues[queuePair].unsignalledMessages + 1 >= settings.moderation)
      }
      messages[slot].posted += 1
    }
    return true
  }

  @inline(__always)
  private func hasRoom(_ queuePair: Int, reserve: Int) -> Bool {
    queues[queuePair].inFlight < sendDepth - reserve
  }

  @inline(__always)
  private mutating func post(
    _ source: Region, key: UInt32, to target: UInt64, _ remoteKey: UInt32, _ immediate: Immediate?,
    owner: Int?,
    on queuePair: Int, isSignalled: Bool
  ) throws(TransportError) {
    // Without a completion now and then a send queue would never be known to be empty.
    let isSignalled = isSignalled || queues[queuePair].unsignalled + 1 >= max(1, sendDepth / 4)
    let (sequence, place) = queues[queuePair].post(
      isMessage: owner != nil, isSignalled: isSignalled, depth: sendDepth)
    owners[queuePair * sendDepth + place] = Int32(owner ?? -1)
    if owner != nil, !isSignalled { holdsBack = true }
    try provider.post(
      Write(
        source: source, localKey: key, target: target, remoteKey: remoteKey, immediate: immediate?.bits,
        sequence: sequence, isSignalled: isSignalled), on: queuePair)
  }
}

/// How a large message is spread over queue pairs: equal runs, whose bounds both ends work out for themselves.
struct Stripes {
  private let bytes: Int
  private let each: Int
  let count: Int

  init(_ bytes: Int, over queuePairs: Int, _ settings: DataPathSettings) {
    self.bytes = bytes
    let most = max(1, min(queuePairs, bytes / max(1, settings.leastStripe)))
    // Whole cache lines, so that no line is written by two queue pairs.
    each = ((bytes + most - 1) / most + 63) / 64 * 64
    count = (bytes + each - 1) / each
  }

  /// Writes of the longest stripe.
  func parts(largest: Int) -> Int { (min(each, bytes) + largest - 1) / largest }

  /// Offset and length of a stripe.
  func range(_ stripe: Int) -> (offset: Int, bytes: Int) {
    let offset = stripe * each
    return (offset, min(each, bytes - offset))
  }
}
