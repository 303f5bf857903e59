import BasicContainers
package import Transport

/// Messages over reliable queue pairs, between ranks that find each other over `Channel`.
///
/// What a message needs stands before the channel, whose size only its user knows: so its place is known when this is
/// compiled, and no message asks for the metadata of a generic type (thousands of instructions).
package struct QueuePairTransport<P: Provider & ~Copyable, Channel: OutOfBand & ~Copyable>: ~Copyable {
  private var path: DataPath<P>
  package let rank: Int
  package let ranks: Int
  package var timeLimit: Double { didSet { channel.timeLimit = timeLimit } }
  private var channel: Channel

  /// A transport of `channel`'s ranks over `provider`'s queue pairs; none is connected as yet.
  package init(_ provider: consuming P, over channel: consuming Channel, settings: DataPathSettings = .init())
  {
    path = DataPath(provider, ranks: channel.ranks, settings: settings)
    (rank, ranks, timeLimit) = (channel.rank, channel.ranks, channel.timeLimit)
    self.channel = channel
  }

  /// The ranks that this one is connected with, in the order in which it was.
  package var connectedPeers: [Int] {
    (0..<path.connections.count).map { path.connections[$0].peer }
  }

  /// Waits until every write is complete at its peer, on all ranks, and takes the connections down.
  package consuming func close() throws(TransportError) -> Channel {
    try path.drain(Patience(rank: rank, limit: timeLimit))
    _ = try channel.greatest(0)
    return channel
  }
}

extension QueuePairTransport: Transport where P: ~Copyable, Channel: ~Copyable {
  package mutating func greatest(_ value: Int64) throws(TransportError) -> Int64 {
    try channel.greatest(value)
  }

  package mutating func gather(_ values: [Int64]) throws(TransportError) -> [[Int64]] {
    try channel.gather(values)
  }

  package mutating func prepare(_ traffic: Traffic) throws(TransportError) {
    var refusal: TransportError?
    do throws(TransportError) {
      try path.prepare(slots: traffic.slots, memory: traffic.memory)
    } catch {
      refusal = error
    }
    try channel.agree(refusal)
    try path.connect(traffic.peers, over: &channel)
  }

  package mutating func check() throws(TransportError) { try channel.check() }

  @inline(__always)
  package mutating func send(_ region: Region, to peer: Int, tag: Int32, slot: Int) throws(TransportError) {
    try path.send(region, to: peer, tag: tag, slot: slot)
  }

  @inline(__always)
  package mutating func receive(_ region: Region, from peer: Int, tag: Int32, slot: Int)
    throws(TransportError)
  {
    try path.receive(region, from: peer, tag: tag, slot: slot)
  }

  @inline(__always)
  package mutating func wait(into completed: inout [Int]) throws(TransportError) {
    do throws(TransportError) {
      try path.wait(into: &completed, Patience(rank: rank, limit: min(Self.slice, timeLimit)))
    } catch {
      try goOnWaiting(into: &completed, after: error)
    }
  }

  /// How long messages are waited for before the channel is asked whether all ranks are still there, in seconds.
  private static var slice: Double { 0.2 }

  /// Waits on in slices; what the channel says of a lost rank comes first, since it knows which one went first.
  @inline(never)
  private mutating func goOnWaiting(into completed: inout [Int], after first: TransportError)
    throws(TransportError)
  {
    let clock = ContinuousClock()
    let start = clock.now - .seconds(Self.slice)
    var last = first
    while true {
      do throws(TransportError) {
        try channel.check()
      } catch {
        // The other rank may have ended because of the same link.
        throw path.provider.linkFailure() ?? error
      }
      guard case .timedOut = last else { throw last }
      let waited = (clock.now - start) / .seconds(1)
      guard waited < timeLimit else { throw .timedOut(rank: rank, waited: waited) }
      do throws(TransportError) {
        return try path.wait(
          into: &completed, Patience(rank: rank, limit: min(Self.slice, timeLimit - waited)))
      } catch {
        last = error
      }
    }
  }
}
