internal import Quantities

/// Moves messages between ranks.
///
/// It knows no collective: the ``Executor`` gives it one step's message at a time.
///
/// A message is posted under a *slot*, a small number that the caller chooses and that comes back when the message
/// is complete. All calls are made from one thread.
public protocol Transport: ~Copyable {
  /// This rank.
  var rank: Int { get }
  /// How many ranks there are.
  var ranks: Int { get }

  /// Makes room for slots 0 up to `slots`; called while nothing is in flight.
  mutating func prepare(slots: Int)

  /// Starts to send `region` to rank `peer`; it must not change until `slot` has come back.
  mutating func send(_ region: Region, to peer: Int, tag: Int32, slot: Int) throws(TransportError)

  /// Starts to receive into `region` from rank `peer`; its contents count once `slot` has come back.
  mutating func receive(_ region: Region, from peer: Int, tag: Int32, slot: Int) throws(TransportError)

  /// Waits until at least one message in flight is complete, and appends the slots of all that are.
  ///
  /// - Throws: ``TransportError/timedOut(rank:waited:)`` where nothing completes in `timeLimit`.
  mutating func wait(into completed: inout [Int]) throws(TransportError)

  /// How long ``wait(into:)`` and the calls below wait for other ranks, in seconds.
  var timeLimit: Double { get set }

  /// Gives every rank the greatest of all ranks' values; none returns before all have called.
  mutating func greatest(_ value: Int64) throws(TransportError) -> Int64

  /// Gives every rank all ranks' values, in the order of ranks; all have equally many.
  mutating func gather(_ values: [Int64]) throws(TransportError) -> [[Int64]]
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
  /// More than the library can take in one call.
  case tooLarge(String)

  /// One line: what happened, where.
  public var description: String {
    switch self {
    case .timedOut(let rank, let waited):
      "rank \(rank) waited \(waited.fixed(1)) s and no message completed: another rank is hung or gone"
    case .library(let call, let reason): "\(call): \(reason)"
    case .unavailable(let reason): reason
    case .tooLarge(let reason): reason
    }
  }
}
