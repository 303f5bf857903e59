internal import Quantities

/// Rank 0 waits until all ranks have come.
///
/// Whoever connects must say who it is within a few seconds. Strangers and ranks of other runs are sent away, one by
/// one, and hold up nobody; a rank that has been admitted and is lost ends the run.
struct RendezvousAssembly: ~Copyable {
  private let place: RendezvousAddress
  private let own: RendezvousHello
  private let timeLimit: Double
  private let deadline: Deadline
  private let listener: Socket
  private var guests: [Guest] = []
  private var members: [Int: RendezvousLink] = [:]
  private var lastRefusal: String?

  /// How long a connection may say nothing, in seconds.
  private static let patience = 10.0
  /// How many connections may say nothing at a time, beside the ranks.
  private static let strangers = 64

  /// Listens at `place`, the first of its addresses that this host has.
  init(at place: RendezvousAddress, as own: RendezvousHello, timeLimit: Double) throws(TransportError) {
    (self.place, self.own, self.timeLimit) = (place, own, timeLimit)
    deadline = Deadline(after: timeLimit)
    listener = try Self.listener(at: place, backlog: own.ranks + Self.strangers)
  }

  private static func listener(at place: RendezvousAddress, backlog: Int) throws(TransportError) -> Socket {
    var reason = "no address"
    for endpoint in try Socket.resolve(place) {
      do throws(Socket.Failure) {
        return try Socket.listening(at: endpoint, backlog: backlog)
      } catch {
        reason = error.reason
      }
    }
    throw .unavailable("rank 0 can't listen at \(place): \(reason)")
  }

  /// Returns the connections to ranks 1 and up, in their order; at an error, tells those who have come.
  mutating func run(refused: (String) -> Void) throws(TransportError) -> [RendezvousLink] {
    do throws(TransportError) {
      while members.count < own.ranks - 1 { try turn(refused) }
      let links = sortedMembers
      for link in links { try Self.send(.start, to: link) }
      return links
    } catch {
      sortedMembers.tell(error)
      throw error
    }
  }

  private var sortedMembers: [RendezvousLink] { members.values.sorted { $0.rank < $1.rank } }

  /// Waits for one thing to happen, and deals with it.
  private mutating func turn(_ refused: (String) -> Void) throws(TransportError) {
    let (waiting, known) = (guests, sortedMembers)
    let descriptors =
      [listener.descriptor] + waiting.map(\.link.descriptor) + known.map(\.descriptor)
    let end = waiting.map(\.deadline).min().map { min($0, deadline) } ?? deadline
    let readable: [Int]
    do throws(Socket.Failure) {
      readable = try Socket.readable(descriptors, until: end)
      if readable.first == 0 { try welcome(refused) }
    } catch {
      throw .library(call: "rendezvous at \(place)", reason: error.reason)
    }
    for index in readable where index > 0 {
      if index <= waiting.count {
        try hear(waiting[index - 1], refused)
      } else {
        try noteLoss(of: known[index - 1 - waiting.count])
      }
    }
    for guest in guests where guest.deadline.milliseconds == 0 {
      dismiss(guest, because: "it said nothing", refused)
    }
    if deadline.milliseconds == 0, members.count < own.ranks - 1 { throw missing }
  }

  /// Lets all in that wait at the door.
  private mutating func welcome(_ refused: (String) -> Void) throws(Socket.Failure) {
    while let socket = try listener.accepted() {
      let link = RendezvousLink(socket, of: own.ranks)
      guests.append(Guest(link, deadline: Deadline(after: Self.patience)))
      if guests.count > Self.strangers + own.ranks {
        dismiss(guests[0], because: "too many connect and say nothing", refused)
      }
    }
  }

  /// Reads what a guest says of itself, as far as it is here, and admits it or sends it away.
  private mutating func hear(_ guest: Guest, _ refused: (String) -> Void) throws(TransportError) {
    do throws(Socket.Failure) {
      guard let more = try guest.link.receiveSome(RendezvousHello.size - guest.heard.count) else { return }
      guest.heard += more
    } catch {
      return dismiss(guest, because: "it left without a word", refused)
    }
    guard RendezvousHello.canBegin(with: guest.heard) else {
      return dismiss(guest, because: "it is no rank of syncline", refused)
    }
    guard guest.heard.count == RendezvousHello.size, let hello = RendezvousHello(guest.heard) else { return }
    if let reason = hello.refusal(by: own) { return dismiss(guest, as: hello.rank, because: reason, refused) }
    if members[hello.rank] != nil {
      return dismiss(
        guest, as: hello.rank, because: "that rank is there already: each is started once", refused)
    }
    guests.removeAll { $0 === guest }
    guest.link.rank = hello.rank
    members[hello.rank] = guest.link
    try Self.send(.admitted, to: guest.link)
  }

  private mutating func dismiss(
    _ guest: Guest, as rank: Int? = nil, because reason: String, _ refused: (String) -> Void
  ) {
    let name = rank.map { "rank \($0) at " } ?? ""
    let line = "refused \(name)\(guest.link.peer): \(reason)"
    // A stranger is told nothing.
    if rank != nil {
      try? guest.link.send(.refused(reason), until: Deadline(after: 1))
    }
    guests.removeAll { $0 === guest }
    lastRefusal = line
    refused(line)
  }

  /// A rank that is admitted waits in silence: what comes from it is its end, or a mistake.
  private func noteLoss(of link: RendezvousLink) throws(TransportError) {
    let message: RendezvousMessage?
    do throws(Socket.Failure) {
      message = try link.receive(until: deadline)
    } catch {
      throw link.lost(error, waited: timeLimit)
    }
    throw link.outOfTurn(in: "rendezvous", message)
  }

  /// Who did not come.
  private var missing: TransportError {
    let ranks = (1..<own.ranks).filter { members[$0] == nil }
    var reason = "it did not come to \(place) in \(timeLimit.fixed(1)) s"
    if ranks.count > 1 {
      let others = ranks.dropFirst().prefix(8).map(String.init).joined(separator: ", ")
      reason += ", nor did \(others)\(ranks.count > 9 ? " and \(ranks.count - 9) more" : "")"
    }
    if let lastRefusal { reason += "; \(lastRefusal)" }
    return .peerLost(rank: ranks[0], reason: reason)
  }

  private static func send(_ message: RendezvousMessage, to link: RendezvousLink) throws(TransportError) {
    do throws(Socket.Failure) {
      try link.send(message, until: Deadline(after: patience))
    } catch {
      throw link.lost(error, waited: patience)
    }
  }

  /// Someone who has connected and has not said yet who it is.
  private final class Guest {
    let link: RendezvousLink
    let deadline: Deadline
    var heard: [UInt8] = []

    init(_ link: RendezvousLink, deadline: Deadline) {
      (self.link, self.deadline) = (link, deadline)
    }
  }
}
