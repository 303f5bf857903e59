#if RDMA
  import BasicContainers
  import Foundation
  import Transport
  import Verbs

  extension VerbsProvider {
    /// What one end says of a queue pair: seven words.
    private struct End {
      static let words = 7
      var number: UInt32
      var psn: UInt32
      var lid: UInt16
      var gid: GID?
      var mtu: Int

      var words: [Int64] {
        [
          Int64(number), Int64(psn), Int64(lid), gid == nil ? 0 : 1, Int64(bitPattern: gid?.prefix ?? 0),
          Int64(bitPattern: gid?.interface ?? 0), Int64(mtu),
        ]
      }

      init(number: UInt32, psn: UInt32, lid: UInt16, gid: GID?, mtu: Int) {
        (self.number, self.psn, self.lid, self.gid, self.mtu) = (number, psn, lid, gid, mtu)
      }

      init(_ words: ArraySlice<Int64>) {
        let words = Array(words)
        number = UInt32(truncatingIfNeeded: words[0])
        psn = UInt32(truncatingIfNeeded: words[1])
        lid = UInt16(truncatingIfNeeded: words[2])
        gid =
          words[3] == 0
          ? nil : GID(prefix: UInt64(bitPattern: words[4]), interface: UInt64(bitPattern: words[5]))
        mtu = Int(words[6])
      }
    }

    /// Makes the next queue pair, with its receives.
    private mutating func makeQueuePair(on rail: Int, receiveDepth: Int) throws(VerbsError) -> QueuePair {
      try open[rail].reserve(sendDepth + receiveDepth)
      let made = try QueuePair(
        in: open[rail].domain, sending: open[rail].completions, receiving: open[rail].completions,
        sendDepth: sendDepth, receiveDepth: receiveDepth, inline: settings.inline)
      try made.initialize(port: open[rail].port, pkeyIndex: open[rail].pkeyIndex)
      try postReceives(on: made, queuePairs.count, receiveDepth)
      return made
    }

    /// Connects by telling each other over `channel` what the connection manager would find out.
    mutating func connectOutOfBand<Channel: OutOfBand & ~Copyable>(
      with peers: [Int], receiveDepth: Int, over channel: inout Channel
    ) throws(TransportError) {
      let first = queuePairs.count
      var own: [Int64] = []
      var refusal: TransportError?
      do throws(TransportError) {
        own = try makeQueuePairs(for: peers, receiveDepth: receiveDepth)
      } catch {
        refusal = error
      }
      try channel.agree(refusal)
      let told = try tellAll(own, over: &channel)
      do throws(TransportError) {
        try makeReady(peers, first: first, own, told, rank: channel.rank)
      } catch {
        refusal = error
      }
      // Nobody writes before the last rank can receive.
      try channel.agree(refusal)
    }

    /// Makes the queue pairs of `peers`, and gives what is told of them.
    private mutating func makeQueuePairs(
      for peers: [Int], receiveDepth: Int
    ) throws(TransportError) -> [Int64] {
      var words = [Int64(rails), Int64(queuePairsPerPeer)]
      for peer in peers {
        words.append(Int64(peer))
        for index in 0..<queuePairsPerPeer {
          let rail = index % rails
          let made = try TransportError.verbs { () throws(VerbsError) in
            try makeQueuePair(on: rail, receiveDepth: receiveDepth)
          }
          let end = End(
            number: made.number, psn: .random(in: 0..<1 << 24), lid: open[rail].attributes.lid,
            gid: open[rail].gid?.gid, mtu: open[rail].mtu)
          words += end.words
          queuePairs.append(made)
        }
      }
      return words
    }

    /// Joins the queue pairs from `first` on with those of `peers`, by what all ranks have told.
    private mutating func makeReady(
      _ peers: [Int], first: Int, _ own: [Int64], _ told: [[Int64]], rank: Int
    ) throws(TransportError) {
      let stride = 1 + queuePairsPerPeer * End.words
      for (place, peer) in peers.enumerated() {
        let theirs = told[peer]
        try checkRails(of: peer, theirs, rank: rank)
        guard
          let start = Swift.stride(from: 2, to: theirs.count, by: stride).first(where: {
            theirs[$0] == Int64(rank)
          })
        else {
          throw .library(call: "connect", reason: "rank \(peer) does not expect rank \(rank)")
        }
        for index in 0..<queuePairsPerPeer {
          let mine = End(own[(2 + place * stride + 1 + index * End.words)...].prefix(End.words))
          let other = End(theirs[(start + 1 + index * End.words)...].prefix(End.words))
          try connect(first + place * queuePairsPerPeer + index, mine, other, peer)
        }
      }
    }

    private mutating func connect(
      _ queuePair: Int, _ mine: End, _ other: End, _ peer: Int
    ) throws(TransportError) {
      let rail = queuePair % rails
      guard (mine.gid == nil) == (other.gid == nil) else {
        throw .unavailable(
          "rank \(peer) has a GID and this rank none, or the other way round: give both --gid-index")
      }
      let remote = RemoteEnd(
        queuePair: other.number, psn: other.psn, lid: other.lid, gid: other.gid, mtu: min(mine.mtu, other.mtu)
      )
      let path = PathSettings(
        port: open[rail].port, gidIndex: open[rail].gid?.index ?? 0,
        serviceLevel: UInt8(settings.serviceLevel),
        trafficClass: UInt8(settings.trafficClass), hopLimit: UInt8(settings.hopLimit))
      do throws(VerbsError) {
        try queuePairs[queuePair].makeReady(to: remote, own: path, minRNRTimer: UInt8(settings.minRNRTimer))
        try queuePairs[queuePair].startSending(
          psn: mine.psn, timeout: UInt8(settings.timeout), retryCount: UInt8(settings.retryCount),
          rnrRetry: UInt8(settings.rnrRetry))
      } catch {
        throw .unavailable(
          "no connection with rank \(peer): \(error); `syncline devices` on both hosts shows whether their GIDs are of one network"
        )
      }
    }
  }
#endif
