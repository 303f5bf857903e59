package import Transport

/// What the data path asks of whatever moves bytes between ranks.
///
/// That is reliable, ordered queue pairs with RDMA write, write with immediate and completions. Verbs devices have them;
/// tests have others, of software.
///
/// Queue pairs are numbered from 0 on in the order in which they are connected, ``queuePairsPerPeer`` for each peer;
/// queue pair `k` of a peer is on rail `k % rails`.
package protocol Provider: ~Copyable {
  /// How many device ports are used side by side, 1 to 8.
  var rails: Int { get }
  /// Queue pairs that a pair of ranks shares; a multiple of ``rails``.
  var queuePairsPerPeer: Int { get }
  /// The most writes that a queue pair takes before one completes.
  var sendDepth: Int { get }
  /// The most bytes of one write.
  var largestMessage: Int { get }

  /// Lets the devices read and write `region`, until ``unregister(_:)``.
  ///
  /// - Parameter inOrder: whether bytes must become visible in the order in which they are written.
  mutating func register(_ region: Region, inOrder: Bool) throws(TransportError) -> Registration
  /// Takes back what ``register(_:)`` gave; no write that names it is in flight.
  mutating func unregister(_ registration: Registration)

  /// Connects this rank with `peers`, none of which it is connected with yet; all ranks call it, each with its own
  /// peers. When it returns, both ends can receive, and `receiveDepth` receives are posted on each queue pair.
  mutating func connect<Channel: OutOfBand & ~Copyable>(
    with peers: [Int], receiveDepth: Int, over channel: inout Channel
  ) throws(TransportError)

  /// Posts a write; a small one is copied at once, else `source` must not change until it is complete.
  mutating func post(_ write: Write, on queuePair: Int) throws(TransportError)
  /// Posts a receive, for one write with immediate.
  mutating func postReceive(on queuePair: Int) throws(TransportError)

  /// Looks for completions.
  ///
  /// - Returns: how many there are; ``completion(_:)`` gives them until the next call.
  mutating func poll() throws(TransportError) -> Int
  /// One of the completions that the last ``poll()`` found.
  func completion(_ index: Int) -> WorkCompletion

  /// Called after a fruitless ``poll()``: gives way, or sleeps until there is something.
  ///
  /// - Returns: whether it slept.
  mutating func idle(fruitless polls: Int) throws(TransportError) -> Bool
  /// Why this rank's own devices can't go on; nil where they can. Called when something has failed, and may take a moment.
  mutating func linkFailure() -> TransportError?
  /// What to say of a failed completion on a queue pair that leads to `peer`.
  mutating func explain(_ failure: WorkFailure, queuePair: Int, peer: Int) -> TransportError
}

/// Memory that devices may read and write: keys by rail.
package struct Registration: Equatable, Sendable {
  /// The provider's number for it.
  package let number: Int
  /// The first byte.
  package let address: UInt64
  /// How long it is.
  package let bytes: Int
  /// What this rank's own writes name, by rail.
  package let localKeys: SIMD8<UInt32>
  /// What other ranks' writes name, by rail.
  package let remoteKeys: SIMD8<UInt32>

  package init(
    number: Int, address: UInt64, bytes: Int, localKeys: SIMD8<UInt32>, remoteKeys: SIMD8<UInt32>
  ) {
    (self.number, self.address, self.bytes) = (number, address, bytes)
    (self.localKeys, self.remoteKeys) = (localKeys, remoteKeys)
  }
}

/// One RDMA write.
package struct Write {
  /// What is written.
  package var source: Region
  /// The key that `source` was registered under, for the queue pair's rail.
  package var localKey: UInt32
  /// Where it goes in the peer's memory.
  package var target: UInt64
  /// The peer's key for it.
  package var remoteKey: UInt32
  /// Comes out of one of the peer's receives; nil where the peer learns nothing.
  package var immediate: UInt32?
  /// Comes back with the completion.
  package var sequence: UInt32
  /// Whether there is a completion when it succeeds.
  package var isSignalled: Bool

  init(
    source: Region, localKey: UInt32, target: UInt64, remoteKey: UInt32, immediate: UInt32?, sequence: UInt32,
    isSignalled: Bool
  ) {
    (self.source, self.localKey, self.target, self.remoteKey) = (source, localKey, target, remoteKey)
    (self.immediate, self.sequence, self.isSignalled) = (immediate, sequence, isSignalled)
  }
}

/// What became of a write or a receive.
package enum WorkCompletion {
  /// The write with this sequence number is complete, and all before it on its queue pair.
  case written(queuePair: Int, sequence: UInt32)
  /// A peer's write with immediate is in memory, and all of its earlier writes on that queue pair.
  case arrived(queuePair: Int, immediate: UInt32)
  /// It failed, and its queue pair with it.
  case failed(queuePair: Int, WorkFailure)
}

/// A failed completion, in the provider's terms.
package struct WorkFailure: Equatable, Sendable {
  /// The status's number.
  package var status: UInt32
  /// Whether it only says that another completion failed before.
  package var isFlushed: Bool
  /// The vendor's own code.
  package var vendorError: UInt32

  package init(status: UInt32, isFlushed: Bool, vendorError: UInt32) {
    (self.status, self.isFlushed, self.vendorError) = (status, isFlushed, vendorError)
  }
}
