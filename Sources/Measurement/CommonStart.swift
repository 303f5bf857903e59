import CPlatform
import Foundation
public import Transport

/// Lets all ranks start at one instant of one clock, so that who leaves a barrier late doesn't count.
///
/// Every rank proposes an instant a little ahead; the latest proposal holds, and each rank waits for it on its own clock.
/// Ranks of one host share the monotonic clock; across hosts each rank's offset to rank 0 is estimated beforehand from the
/// shortest of many round trips (Cristian 1989).
public struct CommonStart: Sendable {
  /// What to add to this rank's clock to get rank 0's, in nanoseconds.
  public let offset: Int64
  /// How far ahead a start is proposed, in nanoseconds.
  private var lead: Int64 = 20_000
  /// Whether ranks share processors: then a waiting one must give way.
  private let givesWay: Bool

  /// Finds out, with all other ranks, what clocks and processors they share.
  public init<T: Transport & ~Copyable>(_ transport: inout T) throws(TransportError) {
    let hosts = try transport.gather([HostIdentity.ownHost])
    let mine = hosts[transport.rank]
    let neighbours = hosts.count { $0 == mine }
    givesWay = neighbours > ProcessInfo.processInfo.activeProcessorCount
    offset = hosts.allSatisfy { $0 == hosts[0] } ? 0 : try Self.estimateOffset(&transport)
  }

  /// This rank's time on the common clock, in nanoseconds.
  package var now: Int64 { Self.localNow + offset }

  /// This rank's own clock.
  static var localNow: Int64 { syncline_monotonic_ns() }

  /// Waits with all others for a common instant.
  package func await<T: Transport & ~Copyable>(_ transport: inout T) throws(TransportError) {
    let start = try transport.greatest(now + lead)
    while now < start {
      if givesWay { sched_yield() } else { syncline_pause() }
    }
  }

  /// Proposes farther ahead where ranks came late, up to a millisecond; `skews` are in nanoseconds.
  package mutating func adapt(to skews: [Int64]) {
    let late = skews.count { $0 > lead / 4 }
    if late * 4 > skews.count { lead = min(lead * 2, 1_000_000) }
  }

  /// Rank 0 asks each other rank for its time, again and again, and keeps the answer that came back soonest.
  package static func estimateOffset<T: Transport & ~Copyable>(_ transport: inout T) throws(TransportError)
    -> Int64
  {
    let memory = Memory(bytes: 16)
    let question = memory.region.part(0, 8)
    let answer = memory.region.part(8, 8)
    let peers = transport.rank == 0 ? Array(1..<max(transport.ranks, 1)) : [0]
    try transport.prepare(Traffic(slots: 1, peers: peers, memory: [memory.region]))
    var offset: Int64 = 0
    for other in 1..<max(transport.ranks, 1) {
      var (best, found) = (Int64.max, Int64(0))
      for _ in 0..<64 {
        if transport.rank == 0 {
          let asked = localNow
          try move(&transport) { transport throws(TransportError) in
            try transport.send(question, to: other, tag: 0, slot: 0)
          }
          try move(&transport) { transport throws(TransportError) in
            try transport.receive(answer, from: other, tag: 0, slot: 0)
          }
          let answered = localNow
          guard answered - asked < best else { continue }
          best = answered - asked
          found = asked + best / 2 - answer.load(0, as: Int64.self)
        } else if transport.rank == other {
          try move(&transport) { transport throws(TransportError) in
            try transport.receive(question, from: 0, tag: 0, slot: 0)
          }
          answer.store(localNow, at: 0)
          try move(&transport) { transport throws(TransportError) in
            try transport.send(answer, to: 0, tag: 0, slot: 0)
          }
        }
      }
      let all = try transport.gather([found])
      if transport.rank == other { offset = all[0][0] }
    }
    return offset
  }

  /// Posts one message and waits for it.
  private static func move<T: Transport & ~Copyable>(
    _ transport: inout T, _ post: (inout T) throws(TransportError) -> Void
  ) throws(TransportError) {
    try post(&transport)
    var completed: [Int] = []
    try transport.wait(into: &completed)
  }
}
