internal import Quantities

/// Moves messages between ranks.
///
/// It knows no collective: the ``Executor`` gives it one step's message at a time.
///
/// A message is posted under a *slot*, a small number that the caller chooses and that comes back when the message
/// is complete. All calls are made from one thread.
public protocol Transport: OutOfBand, ~Copyable {
  /// Gets ready for a run; every rank calls it, while nothing is in flight.
  mutating func prepare(_ traffic: Traffic) throws(TransportError)

  /// Starts to send `region` to rank `peer`; it must not change until `slot` has come back.
  mutating func send(_ region: Region, to peer: Int, tag: Int32, slot: Int) throws(TransportError)

  /// Starts to receive into `region` from rank `peer`; its contents count once `slot` has come back.
  mutating func receive(_ region: Region, from peer: Int, tag: Int32, slot: Int) throws(TransportError)

  /// Waits until at least one message in flight is complete, and appends the slots of all that are.
  ///
  /// - Throws: ``TransportError/timedOut(rank:waited:)`` where nothing completes in `timeLimit`.
  mutating func wait(into completed: inout [Int]) throws(TransportError)
}

/// What one rank's part of a run asks of a transport: with whom it exchanges messages, from and into what memory.
public struct Traffic: Sendable {
  /// Slots 0 up to this number are used.
  public var slots: Int
  /// The ranks that messages go to or come from, ascending; a peer names this rank too.
  public var peers: [Int]
  /// All of the memory that messages lie in; it outlives the run.
  public var memory: [Region]

  /// Messages with `peers` from and into `memory`, at most `slots` in flight.
  public init(slots: Int, peers: [Int], memory: [Region]) {
    (self.slots, self.peers, self.memory) = (slots, peers, memory)
  }
}

/// A transport whose library has collectives of its own.
public protocol NativeCollectives: Transport, ~Copyable {
  /// Runs the library's own collective on the executor's buffers.
  ///
  /// - Parameters:
  ///   - input: the rank's contribution; nil where the result replaces it in `output`.
  ///   - output: the whole vector.
  /// - Returns: the first byte of `output` where the rank's result is.
  mutating func runNative(_ task: NativeTask, input: Region?, output: Region) throws(TransportError) -> Int
}

/// What a transport could not do.
public enum TransportError: Error, Equatable, CustomStringConvertible {
  /// Nothing was complete within the time limit.
  case timedOut(rank: Int, waited: Double)
  /// The library refused a call.
  case library(call: String, reason: String)
  /// The library is not there, or does not run.
  case unavailable(String)
  /// The connection to a rank is broken, or the rank is gone.
  case peerLost(rank: Int, reason: String)
  /// What this rank sends through is down.
  case linkLost(String)
  /// A rank can't take part; every rank has been told and throws this, so that one may speak for all.
  case agreed(String)
  /// More than the library can take in one call.
  case tooLarge(String)

  /// One line: what happened, where.
  public var description: String {
    switch self {
    case .timedOut(let rank, let waited):
      "rank \(rank) waited \(waited.fixed(1)) s and no message completed: another rank is hung or gone"
    case .library(let call, let reason): "\(call): \(reason)"
    case .peerLost(let rank, let reason): "rank \(rank) is lost: \(reason)"
    case .linkLost(let reason): reason
    case .unavailable(let reason): reason
    case .agreed(let reason): reason
    case .tooLarge(let reason): reason
    }
  }
}
