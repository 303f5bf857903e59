import Collectives
import Foundation
import Synchronization
import Transport

import VerbsTransport

/// What joins the software queue pairs of one test: it does what a device does, and refuses what a device would break on.
///
/// Writes lie in their queue until some rank's poll carries out a random number of them, in the order of their queue pair
/// and of no other: only then is the source read. Every breach of the rules is noted and fails its queue pair.
final class SoftwareWire: Sendable {
  struct Limits: Sendable {
    var rails = 1
    var queuePairsPerPeer = 1
    var sendDepth = 16
    var largestMessage = 1 << 30
  }

  /// One end of a connection.
  struct End {
    let rank: Int
    let queuePair: Int
  }

  struct QueuePair {
    var other: End?
    var rail = 0
    var receives = 0
    var writes: [Write] = []
    /// Posted and, as far as this rank has seen, not complete: what a send queue has room for.
    var occupied: [UInt32] = []
    var isBroken = false
  }

  struct Seat {
    var queuePairs: [QueuePair] = []
    var registrations: [Int: (Registration, Region)] = [:]
    var nextRegistration = 1
    var completions: [WorkCompletion] = []
  }

  struct State {
    var seats: [Seat]
    var breaches: [String] = []
    var random: UInt64
    /// Ranks that have ended.
    var gone: Set<Int> = []
    /// Ranks whose connections fail at the next write.
    var cut: Set<Int> = []
    var most = (inFlight: 0, receives: 0)
  }

  let limits: Limits
  let state: Mutex<State>

  init(ranks: Int, limits: Limits = Limits(), seed: UInt64 = 1) {
    self.limits = limits
    state = Mutex(State(seats: Array(repeating: Seat(), count: ranks), random: seed))
  }

  var breaches: [String] { state.withLock { $0.breaches } }
}

extension SoftwareWire.State {
  mutating func next(_ bound: Int) -> Int {
    random = random &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return Int(random >> 33) % bound
  }

  mutating func breach(_ text: String, _ rank: Int, _ queuePair: Int) {
    breaches.append(text)
    fail(rank, queuePair)
  }

  mutating func fail(_ rank: Int, _ queuePair: Int) {
    seats[rank].queuePairs[queuePair].isBroken = true
    seats[rank].completions.append(
      .failed(queuePair: queuePair, WorkFailure(status: 12, isFlushed: false, vendorError: 0)))
  }

  /// Carries out some of the writes of all ranks.
  mutating func carryOut() {
    for rank in seats.indices {
      for queuePair in seats[rank].queuePairs.indices {
        var budget = next(4)
        while budget > 0, !seats[rank].queuePairs[queuePair].writes.isEmpty {
          budget -= 1
          carry(seats[rank].queuePairs[queuePair].writes.removeFirst(), rank, queuePair)
        }
      }
    }
  }

  /// Carries out what is left of a rank's writes, and then no more from or to it.
  mutating func leave(_ rank: Int) {
    for queuePair in seats[rank].queuePairs.indices {
      while !seats[rank].queuePairs[queuePair].writes.isEmpty {
        carry(seats[rank].queuePairs[queuePair].writes.removeFirst(), rank, queuePair)
      }
    }
    gone.insert(rank)
  }

  private mutating func carry(_ write: Write, _ rank: Int, _ queuePair: Int) {
    let own = seats[rank].queuePairs[queuePair]
    guard !own.isBroken, let other = own.other else { return }
    guard !gone.contains(rank) else { return }
    guard !gone.contains(other.rank) else { return fail(rank, queuePair) }
    guard !cut.contains(other.rank), !cut.contains(rank) else { return fail(rank, queuePair) }
    if write.source.bytes > 0 {
      let target = seats[other.rank].registrations.values.first { registration, region in
        registration.remoteKeys[own.rail] == write.remoteKey && write.target >= registration.address
          && write.target + UInt64(write.source.bytes) <= registration.address + UInt64(region.bytes)
      }
      guard let (registration, region) = target else {
        return breach("a write outside of the peer's registered memory", rank, queuePair)
      }
      let place = region.part(Int(write.target - registration.address), write.source.bytes)
      // In order, for those who look at the memory: the last bytes last.
      let last = min(16, place.bytes)
      let rest = place.bytes - last
      place.part(0, rest).copy(from: write.source.part(0, rest))
      atomicMemoryFence(ordering: .releasing)
      place.part(rest, last).copy(from: write.source.part(rest, last))
    }
    if let immediate = write.immediate {
      guard seats[other.rank].queuePairs[other.queuePair].receives > 0 else {
        return breach("the receiver is not ready", rank, queuePair)
      }
      seats[other.rank].queuePairs[other.queuePair].receives -= 1
      seats[other.rank].completions.append(.arrived(queuePair: other.queuePair, immediate: immediate))
    }
    if write.isSignalled {
      seats[rank].completions.append(.written(queuePair: queuePair, sequence: write.sequence))
    }
  }
}

/// One rank's queue pairs on a ``SoftwareWire``.
struct SoftwareProvider: Provider, ~Copyable {
  let wire: SoftwareWire
  let rank: Int
  private var found: [WorkCompletion] = []

  init(_ wire: SoftwareWire, rank: Int) { (self.wire, self.rank) = (wire, rank) }

  // The rank's memory goes next, so nothing may be carried from or to it any more.
  deinit { wire.state.withLock { $0.leave(rank) } }

  var rails: Int { wire.limits.rails }
  var queuePairsPerPeer: Int { wire.limits.queuePairsPerPeer }
  var sendDepth: Int { wire.limits.sendDepth }
  var largestMessage: Int { wire.limits.largestMessage }

  mutating func register(_ region: Region, inOrder: Bool) throws(TransportError) -> Registration {
    wire.state.withLock { state in
      let number = state.seats[rank].nextRegistration
      state.seats[rank].nextRegistration += 1
      var (local, remote) = (SIMD8<UInt32>(repeating: 0), SIMD8<UInt32>(repeating: 0))
      for rail in 0..<wire.limits.rails {
        local[rail] = UInt32(number * 8 + rail)
        remote[rail] = UInt32(1 << 20 | number * 8 + rail)
      }
      let registration = Registration(
        number: number, address: region.address64, bytes: region.bytes, localKeys: local, remoteKeys: remote)
      state.seats[rank].registrations[number] = (registration, region)
      return registration
    }
  }

  mutating func unregister(_ registration: Registration) {
    wire.state.withLock { _ = $0.seats[rank].registrations.removeValue(forKey: registration.number) }
  }

  mutating func connect<Channel: OutOfBand & ~Copyable>(
    with peers: [Int], receiveDepth: Int, over channel: inout Channel
  ) throws(TransportError) {
    let first = wire.state.withLock { $0.seats[rank].queuePairs.count }
    let per = queuePairsPerPeer
    var words: [Int64] = Array(repeating: -1, count: channel.ranks)
    for (index, peer) in peers.enumerated() { words[peer] = Int64(first + index * per) }
    let told = try channel.gather(words)
    wire.state.withLock { state in
      for peer in peers {
        for index in 0..<per {
          var queuePair = SoftwareWire.QueuePair()
          queuePair.other = SoftwareWire.End(rank: peer, queuePair: Int(told[peer][rank]) + index)
          queuePair.rail = index % wire.limits.rails
          queuePair.receives = receiveDepth
          state.seats[rank].queuePairs.append(queuePair)
        }
      }
    }
    _ = try channel.greatest(0)
  }

  mutating func post(_ write: Write, on queuePair: Int) throws(TransportError) {
    wire.state.withLock { state in
      let known = state.seats[rank].registrations.values.contains { registration, region in
        registration.localKeys[state.seats[rank].queuePairs[queuePair].rail] == write.localKey
          && write.source.address64 >= registration.address
          && write.source.address64 + UInt64(write.source.bytes) <= registration.address
            + UInt64(region.bytes)
      }
      if !known, write.source.bytes > 0 { state.breach("a write from unregistered memory", rank, queuePair) }
      if write.source.bytes > wire.limits.largestMessage {
        state.breach("a write of \(write.source.bytes) B", rank, queuePair)
      }
      state.seats[rank].queuePairs[queuePair].occupied.append(write.sequence)
      let inFlight = state.seats[rank].queuePairs[queuePair].occupied.count
      state.most.inFlight = max(state.most.inFlight, inFlight)
      if inFlight > wire.limits.sendDepth {
        state.breach("\(inFlight) writes in a send queue", rank, queuePair)
      }
      state.seats[rank].queuePairs[queuePair].writes.append(write)
    }
  }

  mutating func postReceive(on queuePair: Int) throws(TransportError) {
    wire.state.withLock { $0.seats[rank].queuePairs[queuePair].receives += 1 }
  }

  mutating func poll() throws(TransportError) -> Int {
    found = wire.state.withLock { state in
      state.carryOut()
      let taken = Array(state.seats[rank].completions.prefix(5))
      state.seats[rank].completions.removeFirst(taken.count)
      for case .written(let queuePair, let sequence) in taken {
        // A completion makes room for its write and for all before it.
        let queue = state.seats[rank].queuePairs[queuePair].occupied
        let place = queue.firstIndex(of: sequence) ?? -1
        state.seats[rank].queuePairs[queuePair].occupied.removeFirst(place + 1)
      }
      return taken
    }
    return found.count
  }

  func completion(_ index: Int) -> WorkCompletion { found[index] }

  mutating func idle(fruitless polls: Int) throws(TransportError) -> Bool {
    sched_yield()
    return false
  }

  func linkFailure() -> TransportError? { nil }

  mutating func explain(_ failure: WorkFailure, queuePair: Int, peer: Int) -> TransportError {
    .peerLost(rank: peer, reason: "status \(failure.status)")
  }
}
