#if RDMA
  import Transport
  import Verbs

  extension VerbsProvider {
    mutating func connect<Channel: OutOfBand & ~Copyable>(
      with peers: [Int], receiveDepth: Int, over channel: inout Channel
    ) throws(TransportError) {
      switch settings.exchange {
      case .outOfBand: try connectOutOfBand(with: peers, receiveDepth: receiveDepth, over: &channel)
      case .connectionManager:
        try connectByManager(with: peers, receiveDepth: receiveDepth, over: &channel)
      }
    }

    /// Posts a new queue pair's receives, so that its peer finds them from the first write on.
    func postReceives(on queuePair: borrowing QueuePair, _ number: Int, _ count: Int) throws(VerbsError) {
      for _ in 0..<count {
        let code = queuePair.receive(id: id(number, 0))
        guard code == 0 else {
          throw VerbsError("ibv_post_recv", code: code, detail: "queue pair \(queuePair.number)")
        }
      }
    }

    /// Gives every rank all ranks' words, which start with the numbers of rails and of queue pairs a peer.
    func tellAll<Channel: OutOfBand & ~Copyable>(
      _ words: [Int64], over channel: inout Channel
    ) throws(TransportError) -> [[Int64]] {
      let most = Int(try channel.greatest(Int64(words.count)))
      return try channel.gather(words + Array(repeating: -1, count: most - words.count))
    }

    /// Refuses a peer whose rails are not as many.
    func checkRails(of peer: Int, _ theirs: [Int64], rank: Int) throws(TransportError) {
      guard theirs[0] != Int64(rails) || theirs[1] != Int64(queuePairsPerPeer) else { return }
      throw .unavailable(
        "rank \(peer) has \(theirs[0]) rails and \(theirs[1]) queue pairs a connection, rank \(rank) \(rails) and "
          + "\(queuePairsPerPeer): all ranks need equally many of --device and --queue-pairs")
    }
  }
#endif
