package import Transport

/// How messages are cut and how much of them is in flight.
package struct DataPathSettings: Sendable, Equatable {
  /// The most bytes of a message that goes through the ring; larger ones are written straight to where they belong.
  package var eagerLimit = 8_192
  /// Ring messages that a sender may be ahead of its receiver.
  package var ringSlots = 32
  /// Large receives that a sender knows of at a time.
  package var grants = 64
  /// A completion is asked for at every so many large messages.
  package var moderation = 1
  /// The least bytes that are worth a queue pair of their own.
  package var leastStripe = 16_384

  package init() {}
}

/// Messages over reliable queue pairs.
///
/// Small messages are written into a ring of slots at the receiver, which holds a credit for each slot, and are copied out
/// as soon as they are seen; so the ring never holds up what comes behind. For a large message the receiver grants the place
/// where it belongs, and the sender writes it there: no copy, in stripes over all queue pairs. The receiver learns of
/// either by the immediate that comes with the last write; no memory is polled. A receive is posted for every write with
/// immediate that a peer can have under way (its ring credits, its grants, its news of credits), so no receiver is ever
/// not ready; and no write is posted that the send queue has no room for.
package struct QueuePairTransport<P: Provider & ~Copyable, Channel: OutOfBand & ~Copyable>: ~Copyable {
  package var provider: P
  var channel: Channel
  let settings: DataPathSettings

  var connections: [Connection] = []
  /// For each rank, its connection's place; -1 for none.
  var connectionOf: [Int]
  var sendQueues: [SendQueue] = []
  /// For each write in flight, the slot that waits for it, or -1: `sendDepth` entries a queue pair.
  var owners: [Int32] = []
  var messages: [Message] = []
  /// Slots that are complete and not yet reported.
  var finished: [Int] = []
  var unexpected: UnexpectedStore
  /// Whether a grant may be held back, or the completion of a write that the caller waits for not be asked for.
  var holdsBack = false
  /// A region without bytes.
  let nothing = Memory(bytes: 0)

  private var rings: [Rings] = []
  private var registered: [(memory: UInt64, registration: Registration)] = []

  /// The memory of some connections' rings, in a place that an array can hold.
  private final class Rings {
    let memory: Memory
    let registration: Registration
    init(_ memory: consuming Memory, _ registration: Registration) {
      self.memory = memory
      self.registration = registration
    }
  }

  /// A transport of `channel`'s ranks over `provider`'s queue pairs; none is connected as yet.
  package init(_ provider: consuming P, over channel: consuming Channel, settings: DataPathSettings = .init())
  {
    connectionOf = Array(repeating: -1, count: channel.ranks)
    unexpected = UnexpectedStore(cellBytes: settings.eagerLimit)
    self.settings = settings
    self.provider = provider
    self.channel = channel
  }

  /// The ranks that this one is connected with, in the order in which it was.
  package var connectedPeers: [Int] { connections.map(\.peer) }

  /// Bytes of a ring's slot.
  var slotBytes: Int { (RingMessage.header + max(settings.eagerLimit, Grant.size) + 63) / 64 * 64 }

  /// Grants that fit into one ring message.
  var grantsPerMessage: Int { (slotBytes - RingMessage.header) / Grant.size }

  /// Waits until every write is complete at its peer, on all ranks, and takes the connections down.
  package consuming func close() throws(TransportError) -> Channel {
    var patience = Patience(rank: channel.rank, limit: channel.timeLimit)
    try flush(all: true)
    while sendQueues.contains(where: { $0.inFlight > 0 }) {
      try progress()
      try patience.goOn()
    }
    _ = try channel.greatest(0)
    return channel
  }
}

extension QueuePairTransport: Transport where P: ~Copyable, Channel: ~Copyable {
  package var rank: Int { channel.rank }
  package var ranks: Int { channel.ranks }
  package var timeLimit: Double {
    get { channel.timeLimit }
    set { channel.timeLimit = newValue }
  }

  package mutating func greatest(_ value: Int64) throws(TransportError) -> Int64 {
    try channel.greatest(value)
  }

  package mutating func gather(_ values: [Int64]) throws(TransportError) -> [[Int64]] {
    try channel.gather(values)
  }

  /// Registers memory that isn't, lets go of what is no longer used, and connects peers that aren't.
  package mutating func prepare(_ traffic: Traffic) throws(TransportError) {
    guard traffic.slots <= Immediate.slotLimit else {
      throw .tooLarge(
        "\(traffic.slots) messages in flight: over verbs at most \(Immediate.slotLimit), use fewer channels or less depth"
      )
    }
    try register(traffic.memory)
    messages = Array(repeating: Message(nothing.region, tag: 0), count: traffic.slots)
    finished.removeAll(keepingCapacity: true)
    finished.reserveCapacity(traffic.slots)
    try connect(traffic.peers.filter { connectionOf[$0] < 0 })
  }

  private mutating func register(_ memory: [Region]) throws(TransportError) {
    var kept: [(memory: UInt64, registration: Registration)] = []
    for known in registered {
      // Without a number of its own, memory can't be told from what lay at its address before.
      if known.memory != 0, memory.contains(where: { $0.memory == known.memory }) {
        kept.append(known)
      } else {
        provider.unregister(known.registration)
      }
    }
    registered = kept
    for region in memory where region.bytes > 0 {
      if registered.contains(where: { $0.memory == region.memory && $0.memory != 0 }) { continue }
      registered.append((region.memory, try provider.register(region)))
    }
  }

  /// Connects with `peers` and tells each where its ring is; all ranks call it.
  private mutating func connect(_ peers: [Int]) throws(TransportError) {
    let most = Int(try channel.greatest(Int64(peers.count)))
    guard most > 0 else { return }
    // Ring messages, a word of credits for each half ring, and one write a queue pair for each grant.
    let receives = settings.ringSlots + 3 + settings.grants
    try provider.connect(with: peers, receiveDepth: receives, over: &channel)

    let ringBytes = settings.ringSlots * slotBytes
    let memory = Memory(bytes: 2 * ringBytes * peers.count)
    let region = memory.region
    let registration = try provider.register(region)
    rings.append(Rings(memory, registration))
    var words: [Int64] = []
    let first = connections.count
    for (index, peer) in peers.enumerated() {
      let inbox = region.part(2 * index * ringBytes, ringBytes)
      connectionOf[peer] = connections.count
      connections.append(
        Connection(
          peer: peer, firstQueuePair: connections.count * provider.queuePairsPerPeer, inbox: inbox,
          outbox: region.part((2 * index + 1) * ringBytes, ringBytes), outboxKey: registration.localKeys[0]))
      words += [
        Int64(peer), Int64(bitPattern: registration.address + UInt64(2 * index * ringBytes)),
        Int64(registration.remoteKeys[0]),
      ]
    }
    words += Array(repeating: -1, count: 3 * most - words.count)
    let told = try channel.gather(words)
    for connection in first..<connections.count {
      let theirs = told[connections[connection].peer]
      guard let place = stride(from: 0, to: theirs.count, by: 3).first(where: { theirs[$0] == Int64(rank) })
      else {
        throw .library(
          call: "connect", reason: "rank \(connections[connection].peer) does not expect rank \(rank)")
      }
      connections[connection].remoteInbox = UInt64(bitPattern: theirs[place + 1])
      connections[connection].remoteInboxKey = UInt32(truncatingIfNeeded: theirs[place + 2])
    }
    let queuePairs = connections.count * provider.queuePairsPerPeer
    sendQueues += Array(repeating: SendQueue(), count: queuePairs - sendQueues.count)
    owners += Array(repeating: -1, count: queuePairs * provider.sendDepth - owners.count)
  }

  /// What `region` is registered as.
  func registration(of region: Region) -> Registration {
    let address = region.address64
    for known in registered where known.memory == region.memory {
      let offset = address &- known.registration.address
      if offset <= UInt64(known.registration.bytes - region.bytes) { return known.registration }
    }
    preconditionFailure("a message lies in memory that the transport was prepared for")
  }

  package mutating func wait(into completed: inout [Int]) throws(TransportError) {
    var patience = Patience(rank: rank, limit: timeLimit)
    var fruitless = 0
    while true {
      try progress()
      guard finished.isEmpty else {
        completed += finished
        finished.removeAll(keepingCapacity: true)
        return
      }
      // What was held back, to travel with more of its kind, goes now: whoever waits for it may be waited for.
      if holdsBack { try flush(all: false) }
      fruitless += 1
      let slept = try provider.idle(fruitless: fruitless)
      try patience.goOn(wasLong: slept)
    }
  }
}

extension Region {
  /// The address, as other ranks are told it.
  package var address64: UInt64 { unsafe UInt64(UInt(bitPattern: address)) }
}
