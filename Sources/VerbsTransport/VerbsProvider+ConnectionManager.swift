#if RDMA
  import BasicContainers
  import Foundation
  import Transport
  import Verbs

  extension VerbsProvider {
    /// What the end that calls says of itself: eight bytes of private data.
    private struct Hello {
      var rank: Int
      /// Which of the pair's queue pairs.
      var index: Int

      private static let magic: UInt16 = 0x5c1e

      var bytes: [UInt8] {
        let word = UInt64(Self.magic) << 48 | UInt64(index) << 32 | UInt64(rank)
        return (0..<8).map { UInt8(truncatingIfNeeded: word >> (56 - 8 * $0)) }
      }

      init(rank: Int, index: Int) { (self.rank, self.index) = (rank, index) }

      /// Nil for what no rank of this program sends.
      init?(_ bytes: [UInt8]) {
        guard bytes.count >= 8 else { return nil }
        let word = bytes.prefix(8).reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        guard word >> 48 == UInt64(Self.magic) else { return nil }
        (index, rank) = (Int(word >> 32 & 0xffff), Int(word & 0xffff_ffff))
      }
    }

    /// Connects by rdma_cm: of each pair the lower rank calls the higher one at the address of the same rail.
    mutating func connectByManager<Channel: OutOfBand & ~Copyable>(
      with peers: [Int], receiveDepth: Int, over channel: inout Channel
    ) throws(TransportError) {
      let (rank, seconds) = (channel.rank, channel.timeLimit)
      var refusal: TransportError?
      if listeners.isEmpty {
        do throws(VerbsError) {
          for rail in 0..<rails { listeners.append(try listen(on: rail)) }
        } catch {
          refusal = .device(error)
        }
      }
      try channel.agree(refusal)
      var words = [Int64(rails), Int64(queuePairsPerPeer)]
      for rail in 0..<rails { words += try ownAddress(rail).words }
      let told = try tellAll(words, over: &channel)
      // In the order of peers, though they come as they come.
      var made = UniqueArray<QueuePair?>(minimumCapacity: peers.count * queuePairsPerPeer)
      var identifiers = UniqueArray<Identifier?>(minimumCapacity: peers.count * queuePairsPerPeer)
      for _ in 0..<peers.count * queuePairsPerPeer {
        made.append(nil)
        identifiers.append(nil)
      }
      for (place, peer) in peers.enumerated() {
        try checkRails(of: peer, told[peer], rank: rank)
        guard rank < peer else { continue }
        for index in 0..<queuePairsPerPeer {
          let address = SocketAddress(told[peer][(2 + index % rails * SocketAddress.wordCount)...])
          let slot = place * queuePairsPerPeer + index
          do throws(VerbsError) {
            identifiers[slot] = try call(
              address, Hello(rank: rank, index: index), queuePairs.count + slot, receiveDepth,
              within: seconds, &made[slot])
          } catch {
            throw noConnection(peer, address, error)
          }
        }
      }
      try answer(
        peers.filter { $0 < rank }, all: peers, receiveDepth, within: seconds, &made, &identifiers)
      for (place, peer) in peers.enumerated() {
        for index in 0..<queuePairsPerPeer {
          let slot = place * queuePairsPerPeer + index
          guard let identifier = identifiers[slot].take(), let queuePair = made[slot].take() else {
            throw .library(call: "rdma_cm", reason: "no connection with rank \(peer)")
          }
          do throws(VerbsError) {
            try identifier.waitUntilConnected(within: seconds)
            try queuePair.setMinRNRTimer(UInt8(settings.minRNRTimer))
          } catch {
            throw noConnection(peer, identifier.peerAddress, error)
          }
          queuePairs.append(queuePair)
        }
      }
      _ = try channel.greatest(0)
    }

    private func noConnection(_ peer: Int, _ address: SocketAddress?, _ error: VerbsError) -> TransportError {
      .unavailable("no connection with rank \(peer)\(address.map { " at \($0)" } ?? ""): \(error)")
    }

    /// The address of a rail's GID, at the port where it is listened.
    private func ownAddress(_ rail: Int) throws(TransportError) -> SocketAddress {
      guard let address = listeners[rail].localAddress else {
        throw .library(call: "rdma_bind_addr", reason: "\(open[rail].name) has no address")
      }
      return address
    }

    private func listen(on rail: Int) throws(VerbsError) -> Identifier {
      guard let entry = open[rail].gid else {
        throw VerbsError(
          "rdma_bind_addr", code: 0, device: open[rail].context.name,
          detail: "rdma_cm is used on Ethernet only here, where GIDs are IP addresses: leave out --rdma-cm")
      }
      let identifier = try Identifier()
      try identifier.bind(to: SocketAddress(entry, port: 0))
      try identifier.listen(backlog: 1_024)
      return identifier
    }

    /// Begins to connect with the end at `address`.
    private mutating func call(
      _ address: SocketAddress, _ hello: Hello, _ number: Int, _ receiveDepth: Int, within seconds: Double,
      _ queuePair: inout QueuePair?
    ) throws(VerbsError) -> Identifier {
      let rail = hello.index % rails
      let identifier = try Identifier()
      try prepare(identifier)
      try identifier.resolve(
        address, from: open[rail].gid.map { SocketAddress($0, port: 0) }, within: seconds)
      queuePair = try makeQueuePair(of: identifier, on: rail, number, receiveDepth)
      try identifier.connect(privateData: hello.bytes, parameters: parameters)
      return identifier
    }

    /// Accepts the connections of `callers`, each with all of its queue pairs.
    private mutating func answer(
      _ callers: [Int], all peers: [Int], _ receiveDepth: Int, within seconds: Double,
      _ made: inout UniqueArray<QueuePair?>, _ identifiers: inout UniqueArray<Identifier?>
    ) throws(TransportError) {
      var missing = callers.count * queuePairsPerPeer
      let clock = ContinuousClock()
      let end = clock.now + .seconds(seconds)
      while missing > 0 {
        guard clock.now < end else {
          throw .unavailable("\(missing) connections of lower ranks did not come within \(seconds) s")
        }
        for rail in 0..<rails {
          let found = try TransportError.verbs { () throws(VerbsError) -> ConnectionRequest? in
            try listeners[rail].nextRequest(within: 0.01)
          }
          guard let request = found else { continue }
          // Whoever says something else is no rank of this run; a request that is dropped is rejected.
          guard let hello = Hello(request.privateData), let place = peers.firstIndex(of: hello.rank),
            callers.contains(hello.rank), hello.index < queuePairsPerPeer, hello.index % rails == rail,
            made[place * queuePairsPerPeer + hello.index] == nil
          else { continue }
          let slot = place * queuePairsPerPeer + hello.index
          let caller = request.peer
          do throws(VerbsError) {
            identifiers[slot] = try accept(
              request.takeIdentifier(), hello, queuePairs.count + slot, receiveDepth, &made[slot])
          } catch {
            throw noConnection(hello.rank, caller, error)
          }
          missing -= 1
        }
      }
    }

    /// Begins to accept a connection.
    private mutating func accept(
      _ identifier: consuming Identifier, _ hello: Hello, _ number: Int, _ receiveDepth: Int,
      _ queuePair: inout QueuePair?
    ) throws(VerbsError) -> Identifier {
      try prepare(identifier)
      queuePair = try makeQueuePair(of: identifier, on: hello.index % rails, number, receiveDepth)
      try identifier.accept(privateData: hello.bytes, parameters: parameters)
      return identifier
    }

    private func prepare(_ identifier: borrowing Identifier) throws(VerbsError) {
      try identifier.setTypeOfService(UInt8(settings.trafficClass))
      try identifier.setACKTimeout(exponent: UInt8(settings.timeout))
    }

    private var parameters: ConnectionParameters {
      ConnectionParameters(
        retryCount: UInt8(settings.retryCount), rnrRetryCount: UInt8(settings.rnrRetry))
    }

    private mutating func makeQueuePair(
      of identifier: borrowing Identifier, on rail: Int, _ number: Int, _ receiveDepth: Int
    ) throws(VerbsError) -> QueuePair {
      try open[rail].reserve(sendDepth + receiveDepth)
      let made = try identifier.createQueuePair(
        in: open[rail].domain, sending: open[rail].completions, receiving: open[rail].completions,
        sendDepth: sendDepth, receiveDepth: receiveDepth, inline: settings.inline)
      try postReceives(on: made, number, receiveDepth)
      return made
    }
  }

  extension SocketAddress {
    /// Words that carry an address over the out-of-band channel.
    static let wordCount = 4

    var words: [Int64] {
      let padded = bytes + Array(repeating: 0, count: 16 - bytes.count)
      func word(_ part: ArraySlice<UInt8>) -> Int64 {
        Int64(bitPattern: part.reduce(UInt64(0)) { $0 << 8 | UInt64($1) })
      }
      return [Int64(bytes.count), word(padded[..<8]), word(padded[8...]), Int64(port)]
    }

    init(_ words: ArraySlice<Int64>) {
      let words = Array(words.prefix(Self.wordCount))
      let bytes = words[1...2].flatMap { word in
        (0..<8).map { UInt8(truncatingIfNeeded: UInt64(bitPattern: word) >> (56 - 8 * $0)) }
      }
      self.init(
        bytes: Array(bytes.prefix(words[0] == 4 ? 4 : 16)), port: UInt16(truncatingIfNeeded: words[3]))
    }

    /// The IP address that a RoCE GID is.
    init(_ entry: GIDEntry, port: UInt16) {
      let scope = entry.gid.isLinkLocal ? entry.interface.map { unsafe if_nametoindex($0) } ?? 0 : 0
      self.init(
        bytes: entry.gid.isIPv4 ? Array(entry.gid.bytes.suffix(4)) : entry.gid.bytes, port: port, scope: scope
      )
    }
  }
#endif
