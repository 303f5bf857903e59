import Foundation
import Synchronization

/// Ranks as threads of one process: the transport that needs nothing, for tests and for machines without MPI.
///
/// A message is copied once, by whichever side comes second, while it holds the receiver's mailbox.
public struct InProcessTransport: Transport, Sendable {
  /// This rank.
  public let rank: Int
  /// How many ranks there are.
  public var ranks: Int { exchange.ranks }
  /// How long a wait may last, in seconds.
  public var timeLimit: Double

  private let exchange: Exchange

  /// One transport a rank, all joined.
  ///
  /// - Parameters:
  ///   - ranks: one or more.
  ///   - timeLimit: how long a wait may last, in seconds.
  public static func joined(ranks: Int, timeLimit: Double = 60) -> [InProcessTransport] {
    let exchange = Exchange(ranks: ranks)
    return (0..<ranks).map { InProcessTransport(rank: $0, timeLimit: timeLimit, exchange: exchange) }
  }

  /// Runs `body` for every rank, each on a thread of its own, and returns when all have ended.
  ///
  /// - Returns: what each rank's `body` returned or threw, in the order of ranks.
  public static func run<Result: Sendable>(
    ranks: Int, timeLimit: Double = 60,
    _ body: @escaping @Sendable (inout InProcessTransport) throws -> Result
  ) -> [Swift.Result<Result, any Error>] {
    let results = Mutex<[Int: Swift.Result<Result, any Error>]>([:])
    let threads = joined(ranks: ranks, timeLimit: timeLimit).map { transport in
      let done = DispatchSemaphore(value: 0)
      let thread = Thread {
        var transport = transport
        let result = Swift.Result { try body(&transport) }
        results.withLock { $0[transport.rank] = result }
        done.signal()
      }
      thread.stackSize = 8 << 20
      thread.start()
      return done
    }
    for done in threads { done.wait() }
    return results.withLock { results in
      results.sorted { $0.key < $1.key }.map(\.value)
    }
  }

  /// Room for any slot is there already.
  public mutating func prepare(_ traffic: Traffic) throws(TransportError) {}

  /// Copies at once where the receive is posted, else leaves the message in the receiver's mailbox.
  public mutating func send(_ region: Region, to peer: Int, tag: Int32, slot: Int) throws(TransportError) {
    let message = Exchange.Message(peer: rank, tag: tag, region: region, slot: slot)
    exchange.mailboxes[peer].withLock { mailbox in
      guard let index = mailbox.receives.firstIndex(where: { $0.peer == rank && $0.tag == tag }) else {
        mailbox.sends.append(message)
        return
      }
      let receive = mailbox.receives.remove(at: index)
      receive.region.copy(from: region)
      mailbox.complete.append(receive.slot)
      exchange.sent[rank].withLock { $0.append(slot) }
    }
  }

  /// Copies at once where the message is waiting, else leaves word.
  public mutating func receive(_ region: Region, from peer: Int, tag: Int32, slot: Int) throws(TransportError)
  {
    exchange.mailboxes[rank].withLock { mailbox in
      guard let index = mailbox.sends.firstIndex(where: { $0.peer == peer && $0.tag == tag }) else {
        mailbox.receives.append(Exchange.Message(peer: peer, tag: tag, region: region, slot: slot))
        return
      }
      let message = mailbox.sends.remove(at: index)
      region.copy(from: message.region)
      mailbox.complete.append(slot)
      exchange.sent[peer].withLock { $0.append(message.slot) }
    }
  }

  /// Looks again and again, giving the processor away in between: there may be more ranks than processors.
  public mutating func wait(into completed: inout [Int]) throws(TransportError) {
    try poll {
      exchange.mailboxes[rank].withLock { mailbox in
        completed += mailbox.complete
        mailbox.complete.removeAll(keepingCapacity: true)
      }
      exchange.sent[rank].withLock { slots in
        completed += slots
        slots.removeAll(keepingCapacity: true)
      }
      return !completed.isEmpty
    }
  }

  /// The greatest of all ranks' values.
  public mutating func greatest(_ value: Int64) throws(TransportError) -> Int64 {
    try gather([value]).lazy.map { $0[0] }.max() ?? value
  }

  /// All ranks' values.
  public mutating func gather(_ values: [Int64]) throws(TransportError) -> [[Int64]] {
    let round = exchange.board.withLock { board in
      board.values[rank].append(values)
      board.posted[rank] += 1
      return board.posted[rank]
    }
    try poll { exchange.board.withLock { board in board.posted.allSatisfy { $0 >= round } } }
    return exchange.board.withLock { board in
      let result = board.values.map { $0[round - 1 - board.dropped] }
      board.read += 1
      // Every rank reads each round once; when all have, its values are dropped.
      if board.read == ranks {
        board.read = 0
        board.dropped += 1
        for rank in 0..<ranks { board.values[rank].removeFirst() }
      }
      return result
    }
  }

  private func poll(_ isDone: () -> Bool) throws(TransportError) {
    var patience = Patience(rank: rank, limit: timeLimit)
    while !isDone() {
      sched_yield()
      try patience.goOn()
    }
  }

  /// What the ranks of one process share.
  private final class Exchange: Sendable {
    struct Message: Sendable {
      let peer: Int
      let tag: Int32
      let region: Region
      let slot: Int
    }

    struct Mailbox: Sendable {
      var sends: [Message] = []
      var receives: [Message] = []
      var complete: [Int] = []
    }

    struct Board: Sendable {
      var values: [[[Int64]]]
      var posted: [Int]
      var read = 0
      var dropped = 0
    }

    /// A lock in a place of its own, so that there can be an array of them.
    final class Locked<Value: Sendable>: Sendable {
      private let mutex: Mutex<Value>

      init(_ value: Value) { mutex = Mutex(value) }

      func withLock<Result: Sendable>(_ body: (inout Value) -> Result) -> Result {
        mutex.withLock { body(&$0) }
      }
    }

    let ranks: Int
    let mailboxes: [Locked<Mailbox>]
    let sent: [Locked<[Int]>]
    let board: Mutex<Board>

    init(ranks: Int) {
      precondition(ranks >= 1, "there is at least one rank")
      self.ranks = ranks
      mailboxes = (0..<ranks).map { _ in Locked(Mailbox()) }
      sent = (0..<ranks).map { _ in Locked([]) }
      board = Mutex(
        Board(values: Array(repeating: [], count: ranks), posted: Array(repeating: 0, count: ranks)))
    }
  }
}
