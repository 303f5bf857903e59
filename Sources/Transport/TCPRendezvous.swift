/// Ranks that no launcher started find each other at one address, and agree over it.
///
/// Rank 0 listens there, on that address only, until all ranks have come; the others connect, and may start first.
/// All that is agreed on goes over rank 0 (a star): for control, not for data. A rank that ends, or is killed, is an
/// error at all others as soon as they next call, which names it; after an error every further call throws it again.
///
/// Nothing is encrypted, and whoever knows the address and the session can take a rank's place.
public struct TCPRendezvous: ~Copyable, OutOfBand {
  /// This rank.
  public let rank: Int
  /// How many ranks there are.
  public let ranks: Int
  /// How long a call waits for other ranks, in seconds.
  ///
  /// Ranks other than 0 wait a little longer, so that they hear from rank 0 which rank it was that did not answer.
  public var timeLimit: Double

  /// At rank 0, to ranks 1 and up in their order; at another, to rank 0.
  private let links: [RendezvousLink]
  private var failure: TransportError?

  /// Returns when all ranks have come.
  ///
  /// A stranger's connection, or a rank of another run, is refused and disturbs nobody. So is a second process that
  /// says it is a rank which is there already: the first one keeps its place.
  ///
  /// - Parameters:
  ///   - address: `HOST:PORT`, an IPv6 address in brackets; the same at all ranks.
  ///   - rank: from 0 to `ranks - 1`; each is started once.
  ///   - ranks: one or more.
  ///   - session: tells runs at one address from each other; the same at all ranks.
  ///   - timeLimit: how long to wait for the others, here and in every later call, in seconds.
  ///   - refused: at rank 0, is told in one line of every connection that was refused.
  public init(
    address: String, rank: Int, ranks: Int, session: String = "", timeLimit: Double,
    refused: (String) -> Void = { _ in }
  ) throws(TransportError) {
    guard (1...1 << 20).contains(ranks), (0..<ranks).contains(rank) else {
      throw .unavailable("there is no rank \(rank) of \(ranks): ranks count from 0")
    }
    let place = try RendezvousAddress(address)
    let hello = RendezvousHello(
      rank: rank, ranks: ranks, session: RendezvousHello.session(address, "\(ranks)", session))
    links = try Self.meet(at: place, as: hello, timeLimit: timeLimit, refused)
    (self.rank, self.ranks, self.timeLimit) = (rank, ranks, timeLimit)
  }

  private static func meet(
    at place: RendezvousAddress, as own: RendezvousHello, timeLimit: Double, _ refused: (String) -> Void
  ) throws(TransportError) -> [RendezvousLink] {
    if own.ranks == 1 { return [] }
    if own.rank > 0 { return [try RendezvousJoining(at: place, as: own, timeLimit: timeLimit).run()] }
    var assembly = try RendezvousAssembly(at: place, as: own, timeLimit: timeLimit)
    return try assembly.run(refused: refused)
  }

  /// The greatest of all ranks' values.
  public mutating func greatest(_ value: Int64) throws(TransportError) -> Int64 {
    let call = "greatest"
    if rank != 0 {
      let heard = try ask(.greatest(value), in: call)
      guard case .greatest(let all) = heard else { throw fail(links[0].outOfTurn(in: call, heard)) }
      return all
    }
    var all = value
    try collect(in: call) { _, message in
      guard case .greatest(let value) = message else { return false }
      all = max(all, value)
      return true
    }
    try answer(.greatest(all))
    return all
  }

  /// All ranks' values; at most 131,072 of each.
  public mutating func gather(_ values: [Int64]) throws(TransportError) -> [[Int64]] {
    let (call, count, limit) = ("gather", values.count, RendezvousMessage.greatestCount)
    guard count <= limit else {
      throw .tooLarge("\(count) values of a rank; a rendezvous gathers at most \(limit)")
    }
    if rank != 0 {
      let heard = try ask(.values(values), in: call)
      guard case .values(let all) = heard, all.count == ranks * count else {
        throw fail(links[0].outOfTurn(in: call, heard))
      }
      return (0..<ranks).map { Array(all[$0 * count..<($0 + 1) * count]) }
    }
    var all = [[Int64]](repeating: values, count: ranks)
    try collect(in: call) { rank, message in
      guard case .values(let others) = message, others.count == count else { return false }
      all[rank] = others
      return true
    }
    try answer(.values(Array(all.joined())))
    return all
  }

  /// Throws where a rank has been lost since the last call; waits for nothing.
  ///
  /// For those who wait for a rank by other means. Rank 0 sees every rank; the others see rank 0, and what it has seen.
  /// After the last call that all ranks make, a rank that has ended is no loss: don't ask then.
  public mutating func check() throws(TransportError) {
    if let failure { throw failure }
    for place in try waitForAny(until: Deadline(after: 0), in: "check") {
      // What can be read at rank 0 may be the next call of a rank that is ahead: it stays.
      if rank == 0, !links[place].isClosed { continue }
      let heard = try receive(from: place, until: Deadline(after: timeLimit))
      throw fail(links[place].outOfTurn(in: "check", heard))
    }
  }

  // MARK: - Ranks other than 0

  /// Tells rank 0 this rank's part, and waits for its answer.
  private mutating func ask(
    _ message: RendezvousMessage, in call: String
  ) throws(TransportError) -> RendezvousMessage? {
    if let failure { throw failure }
    let patience = timeLimit + min(timeLimit, 2)
    let deadline = Deadline(after: patience)
    // Where rank 0 has gone, it may have said why before.
    try? links[0].send(message, until: deadline)
    do throws(Socket.Failure) {
      guard try !Socket.readable([links[0].descriptor], until: deadline).isEmpty else { throw .outOfTime }
    } catch .outOfTime {
      throw fail(.timedOut(rank: rank, waited: patience))
    } catch {
      throw fail(links[0].lost(error, waited: patience))
    }
    return try receive(from: 0, until: deadline)
  }

  // MARK: - Rank 0

  /// Waits until every rank's part has come and `take` has taken it, in whatever order.
  private mutating func collect(
    in call: String, _ take: (Int, RendezvousMessage) -> Bool
  ) throws(TransportError) {
    if let failure { throw failure }
    let deadline = Deadline(after: timeLimit)
    var waiting = Set(links.indices)
    while let first = waiting.min() {
      // Those whose part is here are watched too: they say nothing more, unless they are lost.
      let readable = try waitForAny(until: deadline, in: call)
      guard !readable.isEmpty else { throw fail(links[first].lost(.outOfTime, waited: timeLimit)) }
      for place in readable {
        let message = try receive(from: place, until: deadline)
        guard waiting.remove(place) != nil, let message, take(links[place].rank, message) else {
          throw fail(links[place].outOfTurn(in: call, message))
        }
      }
    }
  }

  private mutating func answer(_ message: RendezvousMessage) throws(TransportError) {
    let deadline = Deadline(after: timeLimit)
    for link in links {
      do throws(Socket.Failure) {
        try link.send(message, until: deadline)
      } catch {
        throw fail(link.lost(error, waited: timeLimit))
      }
    }
  }

  // MARK: - All

  private mutating func waitForAny(until deadline: Deadline, in call: String) throws(TransportError) -> [Int]
  {
    do throws(Socket.Failure) {
      return try Socket.readable(links.map(\.descriptor), until: deadline)
    } catch {
      throw fail(.library(call: call, reason: error.reason))
    }
  }

  private mutating func receive(
    from place: Int, until deadline: Deadline
  ) throws(TransportError) -> RendezvousMessage? {
    let message: RendezvousMessage?
    do throws(Socket.Failure) {
      message = try links[place].receive(until: deadline)
    } catch {
      throw fail(links[place].lost(error, waited: timeLimit))
    }
    if rank != 0, case .failed(let error) = message { throw fail(error) }
    return message
  }

  /// Keeps what ended the run, and at rank 0 tells all others.
  private mutating func fail(_ error: TransportError) -> TransportError {
    failure = error
    if rank == 0 { links.tell(error) }
    return error
  }
}

extension [RendezvousLink] {
  /// Tells whoever still listens why the run has ended.
  func tell(_ error: TransportError) {
    for link in self { try? link.send(.failed(error), until: Deadline(after: 1)) }
  }
}
