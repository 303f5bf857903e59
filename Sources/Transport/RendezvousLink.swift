internal import Quantities

/// A connection between rank 0 and another rank.
final class RendezvousLink {
  /// The rank at the other end; -1 while it is not known.
  var rank: Int
  /// The other end's address.
  let peer: String
  private let socket: Socket
  private let limit: Int

  init(_ socket: consuming Socket, to rank: Int = -1, of ranks: Int) {
    peer = socket.peer
    self.rank = rank
    self.socket = socket
    limit = RendezvousMessage.limit(ranks: ranks)
  }

  var descriptor: Int32 { socket.descriptor }

  /// Whether the other end has closed, and all that it sent has been received.
  var isClosed: Bool { socket.isClosed }

  func send(_ hello: RendezvousHello, until deadline: Deadline) throws(Socket.Failure) {
    try socket.sendAll(hello.bytes, until: deadline)
  }

  func send(_ message: RendezvousMessage, until deadline: Deadline) throws(Socket.Failure) {
    try socket.sendAll(message.bytes, until: deadline)
  }

  /// What has come of a hello, at most `limit` bytes; nil where nothing has.
  func receiveSome(_ limit: Int) throws(Socket.Failure) -> [UInt8]? { try socket.receiveSome(limit) }

  /// Waits for a message; nil where what came is none.
  func receive(until deadline: Deadline) throws(Socket.Failure) -> RendezvousMessage? {
    let bytes = try socket.receiveAll(RendezvousMessage.headerSize, until: deadline)
    guard let (kind, length) = RendezvousMessage.header(bytes, limit: limit) else { return nil }
    return RendezvousMessage(kind: kind, body: try socket.receiveAll(length, until: deadline))
  }

  /// What `failure` means to those who wait for this rank.
  func lost(_ failure: Socket.Failure, waited: Double) -> TransportError {
    let reason =
      switch failure {
      case .closed: "it closed its connection at \(peer): it ended or was killed"
      case .outOfTime:
        "it has not answered at \(peer) for \(waited.fixed(1)) s: it is hung, or its host is gone"
      case .system: "it can't be reached at \(peer) any more: \(failure.reason)"
      }
    return .peerLost(rank: rank, reason: reason)
  }

  /// The error of a rank that says what nobody asked for.
  func outOfTurn(in call: String, _ message: RendezvousMessage?) -> TransportError {
    let what =
      switch message {
      case nil: "what is no message"
      case .values: "values to gather"
      case .greatest: "a value for the greatest"
      default: "what only rank 0 may say, or too early"
      }
    return .library(
      call: call,
      reason: "rank \(rank) at \(peer) sent \(what): all ranks make the same calls, with equally many values")
  }
}
