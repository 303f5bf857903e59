import BasicContainers
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
  /// Whether a receiver looks for small messages in its memory, instead of at the device's completions.
  package var polledRing = false
  /// The least bytes that are worth a queue pair of their own.
  package var leastStripe = 16_384

  package init() {}
}

/// One rank's messages over reliable queue pairs.
///
/// Small messages are written into a ring at the receiver, by a sender that holds as many credits, and are copied out
/// as soon as they are seen; so the ring never holds up what comes behind. For a large message the receiver grants the place
/// where it belongs, and the sender writes it there: no copy, in stripes over all queue pairs. The receiver learns of
/// either by the immediate that comes with the last write (of small messages also, where that is asked for, by looking at
/// the ring's memory, which a device must then write in order). A receive is posted for every write with
/// immediate that a peer can have under way (its ring credits, its grants, its news of credits), so no receiver is ever
/// not ready; and no write is posted that the send queue has no room for.
///
/// It knows nothing of how ranks find each other beyond ``connect(_:over:)``, so that its code is the provider's alone. In
/// the steady state it allocates nothing and counts no references.
struct DataPath<P: Provider & ~Copyable>: ~Copyable {
  var provider: P
  let settings: DataPathSettings
  /// Queue pairs of one connection, and the most writes that each may have under way: the provider's, close at hand.
  let queuePairsPerPeer: Int
  let sendDepth: Int
  /// The most bytes that a ring message takes.
  let largestEntry: Int

  var connections = UniqueArray<Connection>()
  /// For each rank, its connection's place; -1 for none.
  var connectionOf: [Int]
  var queues = UniqueArray<WorkQueues>()
  /// For each write in flight, the slot that waits for it, or -1: `sendDepth` entries a queue pair.
  var owners = UniqueArray<Int32>()
  var messages = UniqueArray<Message>()
  /// Where the peer wants a large message that is being sent, by slot.
  var targets = UniqueArray<Grant>()
  /// Slots that are complete and not yet reported.
  var finished = UniqueArray<Int>()
  var unexpected: UnexpectedStore
  /// Whether a grant may be held back, or the completion of a write that the caller waits for not be asked for.
  var holdsBack = false
  /// How often in a row messages were found in memory and the device was not asked.
  var unasked = 0
  /// A region without bytes.
  let nothing = Memory(bytes: 0)

  private var rings: [Rings] = []
  private var registered: [(memory: UInt64, registration: Registration)] = []

  /// The memory of some connections' rings, in a place that an array can hold.
  private final class Rings {
    let memory: Memory
    init(bytes: Int) { memory = Memory(bytes: bytes) }
  }

  /// A path to `ranks` ranks; none is connected as yet.
  init(_ provider: consuming P, ranks: Int, settings: DataPathSettings) {
    connectionOf = Array(repeating: -1, count: ranks)
    unexpected = UnexpectedStore(cellBytes: settings.eagerLimit)
    largestEntry = RingMessage.stride(max(settings.eagerLimit, Grant.size))
    queuePairsPerPeer = provider.queuePairsPerPeer
    sendDepth = provider.sendDepth
    self.settings = settings
    self.provider = provider
  }

  /// Grants that fit into one ring message.
  var grantsPerMessage: Int { (largestEntry - RingMessage.header - RingMessage.end) / Grant.size }

  /// Makes room for the slots of a run, and registers its memory as far as it isn't; what is no longer used is let go.
  mutating func prepare(slots: Int, memory: [Region]) throws(TransportError) {
    guard slots <= Immediate.slotLimit else {
      throw .tooLarge(
        "\(slots) messages in flight: over verbs at most \(Immediate.slotLimit), use fewer channels or less depth"
      )
    }
    messages = UniqueArray(repeating: Message(nothing.region, tag: 0), count: slots)
    targets = UniqueArray(repeating: Grant.none, count: slots)
    finished = UniqueArray(minimumCapacity: slots)
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
      registered.append((region.memory, try provider.register(region, inOrder: false)))
    }
  }

  /// Connects those of `peers` that aren't, and tells each where its ring is; all ranks call it.
  mutating func connect<Channel: OutOfBand & ~Copyable>(
    _ peers: [Int], over channel: inout Channel
  ) throws(TransportError) {
    let peers = peers.filter { connectionOf[$0] < 0 }
    let most = Int(try channel.greatest(Int64(peers.count)))
    guard most > 0 else { return }
    // Ring messages, a word of credits for each half ring, one write a queue pair for each grant, and what is owed.
    let receives = settings.ringSlots + 3 + settings.grants + WorkQueues.mostOwed
    try provider.connect(with: peers, receiveDepth: receives, over: &channel)

    let first = connections.count
    // A rank without a new peer has nothing to register, and takes part all the same.
    var words = peers.isEmpty ? [] : try makeRings(for: peers)
    words += Array(repeating: -1, count: 3 * most - words.count)
    let told = try channel.gather(words)
    for connection in first..<connections.count {
      let (peer, rank) = (connections[connection].peer, channel.rank)
      let theirs = told[peer]
      guard let place = stride(from: 0, to: theirs.count, by: 3).first(where: { theirs[$0] == Int64(rank) })
      else { throw .library(call: "connect", reason: "rank \(peer) does not expect rank \(rank)") }
      connections[connection].remoteInbox = UInt64(bitPattern: theirs[place + 1])
      connections[connection].remoteInboxKey = UInt32(truncatingIfNeeded: theirs[place + 2])
    }
    for queuePair in queues.count..<connections.count * queuePairsPerPeer {
      queues.append(WorkQueues(of: queuePair / queuePairsPerPeer))
      for _ in 0..<sendDepth { owners.append(-1) }
    }
  }

  /// Makes the connections of `peers`, and gives what each is told: whose ring it is, where, and its key on rail 0.
  private mutating func makeRings(for peers: [Int]) throws(TransportError) -> [Int64] {
    let ringBytes = (settings.ringSlots + 1) * largestEntry
    let made = Rings(bytes: 2 * ringBytes * peers.count)
    let region = made.memory.region
    let registration = try provider.register(region, inOrder: true)
    rings.append(made)
    return peers.enumerated().flatMap { index, peer in
      connectionOf[peer] = connections.count
      connections.append(
        Connection(
          peer: peer, firstQueuePair: connections.count * queuePairsPerPeer,
          inbox: region.part(2 * index * ringBytes, ringBytes),
          outbox: region.part((2 * index + 1) * ringBytes, ringBytes), outboxKey: registration.localKeys[0]))
      return [
        Int64(peer), Int64(bitPattern: registration.address + UInt64(2 * index * ringBytes)),
        Int64(registration.remoteKeys[0]),
      ]
    }
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

  /// Waits until at least one message is complete, and appends the slots of all that are.
  mutating func wait(into completed: inout [Int], _ patience: Patience) throws(TransportError) {
    var patience = patience
    var fruitless = 0
    while true {
      try progress()
      guard finished.isEmpty else {
        for index in 0..<finished.count { completed.append(finished[index]) }
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

  /// Waits until every write is complete at its peer.
  mutating func drain(_ patience: Patience) throws(TransportError) {
    var patience = patience
    func isBusy(_ queues: borrowing UniqueArray<WorkQueues>) -> Bool {
      for queuePair in 0..<queues.count where queues[queuePair].inFlight > 0 { return true }
      return false
    }
    try flush(all: true)
    while isBusy(queues) {
      try progress()
      try patience.goOn()
    }
  }
}

extension Region {
  /// The address, as other ranks are told it.
  package var address64: UInt64 { unsafe UInt64(UInt(bitPattern: address)) }
}
