import Collectives
import Testing
import Transport
import VerbsTransport

@Suite("Ranks that can't take part, or are lost while others wait for them")
struct LostRankTests {
  /// A channel that says of rank 1 that it is lost, once it is asked.
  struct Knowing: OutOfBand, ~Copyable {
    var inner: InProcessTransport
    let knows: Bool
    var rank: Int { inner.rank }
    var ranks: Int { inner.ranks }
    var timeLimit: Double {
      get { inner.timeLimit }
      set { inner.timeLimit = newValue }
    }
    mutating func greatest(_ value: Int64) throws(TransportError) -> Int64 { try inner.greatest(value) }
    mutating func gather(_ values: [Int64]) throws(TransportError) -> [[Int64]] { try inner.gather(values) }
    mutating func check() throws(TransportError) {
      if knows { throw .peerLost(rank: 1, reason: "it has gone") }
    }
  }

  /// Rank 0 waits for a message that rank 1 never sends.
  private func wait(limit: Double, knows: Bool) throws -> TransportError? {
    let wire = SoftwareWire(ranks: 2)
    let results = InProcessTransport.run(ranks: 2, timeLimit: limit) { channel -> TransportError? in
      let rank = channel.rank
      let memory = Memory(bytes: 1_024)
      var transport = QueuePairTransport(
        SoftwareProvider(wire, rank: rank), over: Knowing(inner: channel, knows: knows))
      try transport.prepare(Traffic(slots: 1, peers: [1 - rank], memory: [memory.region]))
      guard rank == 0 else {
        // Stays until rank 0 has waited.
        transport.timeLimit = 60
        _ = try transport.greatest(0)
        return nil
      }
      try transport.receive(memory.region, from: 1, tag: 0, slot: 0)
      var completed: [Int] = []
      do throws(TransportError) {
        try transport.wait(into: &completed)
      } catch {
        _ = try transport.greatest(0)
        return error
      }
      return nil
    }
    return try results[0].get()
  }

  @Test("Who waits for messages hears from the channel that a rank is lost, long before the time limit")
  func lost() throws {
    let clock = ContinuousClock()
    let start = clock.now
    #expect(try wait(limit: 30, knows: true) == .peerLost(rank: 1, reason: "it has gone"))
    #expect(clock.now - start < .seconds(10))
  }

  @Test(
    "Where the channel knows nothing, a wait lasts as long as was asked, and says how long",
    arguments: [0.1, 0.7])
  func timeLimit(limit: Double) throws {
    guard case .timedOut(rank: 0, let waited) = try wait(limit: limit, knows: false) else {
      Issue.record("the wait did not time out")
      return
    }
    #expect(waited >= limit && waited < limit + 5)
  }

  /// What each rank throws where some refuse to go on.
  private func agreement(_ refusals: [String?]) -> [String] {
    let results = InProcessTransport.run(ranks: refusals.count, timeLimit: 20) { channel -> String in
      do throws(TransportError) {
        try channel.agree(refusals[channel.rank].map { .unavailable($0) })
      } catch {
        if case .agreed(let words) = error { return words }
        throw error
      }
      return ""
    }
    return results.map { (try? $0.get()) ?? "another error" }
  }

  @Test("All ranks end with the same words where one can't go on, and none where all can")
  func agreed() {
    func all(_ words: String) -> [String] { [words, words, words] }
    #expect(agreement([nil, nil, nil]) == all(""))
    #expect(agreement(["no device", "no device", "no device"]) == all("no device"))
    #expect(agreement([nil, "no device", nil]) == all("rank 1: no device"))
    #expect(agreement([nil, "no device", "no GID"]) == all("rank 1 (and another rank): no device"))
    #expect(agreement(["no port", "no device", "no GID"]) == all("rank 0 (and 2 other ranks): no port"))
  }
}
