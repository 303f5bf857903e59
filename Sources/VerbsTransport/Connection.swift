import Transport

/// What one rank knows of its connection with one other: both rings, their credits, and messages that wait.
struct Connection {
  /// The other rank.
  let peer: Int
  /// Its queue pairs are numbered from here; ring messages go over this one.
  let firstQueuePair: Int

  /// Where the peer's ring messages arrive.
  let inbox: Region
  /// Where ring messages are made up: the image of the peer's inbox.
  let outbox: Region
  /// The key of `outbox` on rail 0.
  let outboxKey: UInt32
  /// The peer's inbox, as its exchange told.
  var remoteInbox: UInt64 = 0
  /// The peer's key for it on rail 0.
  var remoteInboxKey: UInt32 = 0

  /// Ring messages sent.
  private(set) var sent: UInt64 = 0
  /// Where in the ring the next one goes, in bytes: kept, since to divide takes as long as all else.
  private(set) var sentPlace = 0
  /// Ring messages that the peer is known to have consumed.
  var credited: UInt64 = 0
  /// Ring messages received; each is consumed at once.
  private(set) var consumed: UInt64 = 0
  /// Where the next one comes, in bytes.
  private(set) var nextPlace = 0
  /// How many of those the peer has been told of.
  var reported: UInt64 = 0

  /// Small receives without a message.
  var receives = MessageQueue()
  /// Small messages without a receive.
  var unexpected: [Unexpected] = []
  /// Large receives that the peer has not been told of.
  var ungranted = MessageQueue()
  /// Large receives that the peer may write into.
  var granted = 0
  /// Large sends without a grant.
  var waiting = MessageQueue()
  /// Grants without a send.
  var offers: [Grant] = []
  /// Sends that wait for a credit or for room in a send queue.
  var blocked = MessageQueue()

  /// A small message that came before its receive.
  struct Unexpected {
    let tag: Int32
    /// Its place in the transport's store.
    let cell: Int
    let bytes: Int
  }

  init(peer: Int, firstQueuePair: Int, inbox: Region, outbox: Region, outboxKey: UInt32) {
    (self.peer, self.firstQueuePair) = (peer, firstQueuePair)
    (self.inbox, self.outbox, self.outboxKey) = (inbox, outbox, outboxKey)
  }

  /// Counts a ring message that is sent, and finds the place for the next.
  @inline(__always)
  mutating func countSent(stride: Int, largest: Int) {
    sent += 1
    sentPlace = Self.next(sentPlace + stride, largest, outbox)
  }

  /// Counts a ring message that is consumed, and finds the place of the next.
  @inline(__always)
  mutating func countConsumed(stride: Int, largest: Int) {
    consumed += 1
    nextPlace = Self.next(nextPlace + stride, largest, inbox)
  }

  /// Both ends begin anew where the largest message would not fit.
  ///
  /// What is given up at the end is less than that, so a ring with room for one more than there are credits never writes
  /// over what is not consumed.
  @inline(__always)
  private static func next(_ place: Int, _ largest: Int, _ ring: Region) -> Int {
    place + largest > ring.bytes ? 0 : place
  }

  /// Takes note of the peer's count of consumed messages; an older count may come later, over another queue pair.
  mutating func credit(_ consumed: UInt16) {
    let news = Int16(bitPattern: consumed &- UInt16(truncatingIfNeeded: credited))
    if news > 0 { credited += UInt64(news) }
  }

  /// The count to tell the peer next.
  mutating func report() -> UInt64 {
    reported = consumed
    return consumed
  }
}

/// What is under way on one queue pair.
struct WorkQueues {
  /// Receives that may be owed at a time: they are posted in groups, when there is time.
  static let mostOwed = 16

  /// Whose queue pair it is.
  let connection: Int
  /// Writes posted; their owners are remembered one after the other, round and round.
  private(set) var posted: UInt32 = 0
  /// Where the next one's owner is remembered.
  private var postedPlace = 0
  /// Where that of the oldest in flight is.
  private var completedPlace = 0
  /// Writes known to be complete.
  private(set) var completed: UInt32 = 0
  /// Writes posted since the last that was signalled.
  private(set) var unsignalled = 0
  /// Of those, how many the caller waits for.
  private(set) var unsignalledMessages = 0
  /// Receives that were taken and not posted again.
  var owed = 0

  var inFlight: Int { Int(posted &- completed) }

  init(of connection: Int) { self.connection = connection }

  /// Counts a write; returns its number and where its owner is remembered.
  @inline(__always)
  mutating func post(isMessage: Bool, isSignalled: Bool, depth: Int) -> (sequence: UInt32, place: Int) {
    posted &+= 1
    unsignalled = isSignalled ? 0 : unsignalled + 1
    unsignalledMessages = isSignalled ? 0 : unsignalledMessages + (isMessage ? 1 : 0)
    let place = postedPlace
    postedPlace = place + 1 == depth ? 0 : place + 1
    return (posted, place)
  }

  /// Where the owner of the next write up to `sequence` is that has not been counted as complete; nil at the end.
  @inline(__always)
  mutating func nextCompleted(upTo sequence: UInt32, depth: Int) -> Int? {
    guard Int32(bitPattern: sequence &- completed) > 0 else { return nil }
    completed &+= 1
    let place = completedPlace
    completedPlace = place + 1 == depth ? 0 : place + 1
    return place
  }
}
