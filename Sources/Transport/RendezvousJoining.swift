internal import Quantities

/// A rank other than 0 finds rank 0, who may start later, and waits until all ranks have come.
struct RendezvousJoining {
  private let place: RendezvousAddress
  private let own: RendezvousHello
  private let timeLimit: Double
  private let deadline: Deadline

  /// How much longer than rank 0 a rank waits, to hear from it who is missing, in seconds.
  private static let grace = 2.0
  /// Between two attempts to connect, in seconds.
  private static let pause = 0.05

  init(at place: RendezvousAddress, as own: RendezvousHello, timeLimit: Double) {
    (self.place, self.own, self.timeLimit) = (place, own, timeLimit)
    deadline = Deadline(after: timeLimit)
  }

  /// Returns the connection to rank 0.
  func run() throws(TransportError) -> RendezvousLink {
    let endpoints = try Socket.resolve(place)
    var reason = "no address"
    while true {
      for endpoint in endpoints {
        switch greet(endpoint) {
        case .success((let link, let answer)):
          try waitForStart(link, first: answer)
          return link
        case .failure(let failure):
          // Nobody there yet; or whoever listened closes its door just now.
          reason = failure.reason
        }
      }
      guard deadline.milliseconds > 0 else { break }
      Socket.pause(until: min(deadline, Deadline(after: Self.pause)))
    }
    throw .peerLost(rank: 0, reason: "it was not found at \(place) in \(timeLimit.fixed(1)) s: \(reason)")
  }

  /// Connects, says who this rank is, and waits for the first answer.
  private func greet(
    _ endpoint: Socket.Endpoint
  ) -> Result<(RendezvousLink, RendezvousMessage?), Socket.Failure> {
    Result { () throws(Socket.Failure) in
      let socket = try Socket.connected(to: endpoint, until: min(deadline, Deadline(after: 5)))
      let link = RendezvousLink(socket, to: 0, of: own.ranks)
      try link.send(own, until: deadline)
      return (link, try link.receive(until: deadline))
    }
  }

  private func waitForStart(_ link: RendezvousLink, first: RendezvousMessage?) throws(TransportError) {
    var heard = first
    while true {
      switch heard {
      case .admitted: break
      case .start: return
      case .refused(let reason):
        throw .unavailable("rank 0 at \(place) refused rank \(own.rank): \(reason)")
      case .failed(let error): throw error
      default:
        throw .unavailable(
          "what answers at \(place) is not rank 0 of syncline: another program has that port")
      }
      do throws(Socket.Failure) {
        heard = try link.receive(until: deadline.later(by: Self.grace))
      } catch .outOfTime {
        throw .timedOut(rank: own.rank, waited: timeLimit + Self.grace)
      } catch {
        throw link.lost(error, waited: timeLimit)
      }
    }
  }
}
