import Foundation
import Synchronization
import Testing
import Transport

@Suite("Ranks that no launcher started meet over TCP", .timeLimit(.minutes(1)))
struct TCPRendezvousTests {
  @Test("They agree on the greatest value and on all values, many times", arguments: [1, 2, 5])
  func agree(ranks: Int) throws {
    let address = freeAddress()
    let results = inThreads(ranks) { rank in
      // Rank 0 comes last: the others try until it is there.
      if rank == 0 { Thread.sleep(forTimeInterval: 0.2) }
      var meeting = try TCPRendezvous(address: address, rank: rank, ranks: ranks, timeLimit: 20)
      for round in 0..<50 {
        let mine = Int64(rank * 100 + round)
        let all = (0..<ranks).map { Int64($0 * 100 + round) }
        guard try meeting.gather([mine, -mine]) == all.map({ [$0, -$0] }) else { return false }
        guard try meeting.greatest(-mine) == Int64(-round) else { return false }
      }
      try meeting.check()
      // Nobody ends, and is missed, while others still check.
      return try meeting.gather(bytes: Array("rank \(rank)".utf8.prefix(4 + 2 * rank))).count == ranks
    }
    for result in results { #expect(try result.get()) }
  }

  @Test("A gather carries a MiB of each rank, bytes of any length, and nothing at all")
  func sizes() throws {
    let address = freeAddress()
    let results = inThreads(3) { rank in
      var meeting = try TCPRendezvous(address: address, rank: rank, ranks: 3, timeLimit: 20)
      let words = try meeting.gather([Int64](repeating: Int64(rank), count: 1 << 17))
      let bytes = try meeting.gather(bytes: [UInt8](repeating: UInt8(rank), count: rank * 9))
      #expect(throws: TransportError.self) { try meeting.gather([Int64](repeating: 0, count: 1 << 17 + 1)) }
      return try words.map { Set($0) } == [[0], [1], [2]] && bytes.map(\.count) == [0, 9, 18]
        && meeting.gather([]) == [[], [], []]
    }
    for result in results { #expect(try result.get()) }
  }

  @Test("A rank that ends is named at once, by all others alike, and for ever after")
  func lostRank() throws {
    let address = freeAddress()
    let results = inThreads(4) { rank -> [TransportError] in
      var meeting = try TCPRendezvous(address: address, rank: rank, ranks: 4, timeLimit: 20)
      _ = try meeting.greatest(0)
      if rank == 2 { return [] }
      let start = Date()
      let errors = [failure { try meeting.gather([1]) }, failure { try meeting.greatest(1) }]
      #expect(Date().timeIntervalSince(start) < 10)
      return errors.compactMap { $0 }
    }
    let lost = TransportError.peerLost(
      rank: 2, reason: "it closed its connection at 127.0.0.1: it ended or was killed")
    #expect(try results.map { try $0.get() } == [[lost, lost], [lost, lost], [], [lost, lost]])
    #expect(
      lost.description == "rank 2 is lost: it closed its connection at 127.0.0.1: it ended or was killed")
  }

  @Test("So is rank 0; and who waits by other means sees a loss without a call of the lost rank")
  func lostRankZero() throws {
    let address = freeAddress()
    let results = inThreads(3) { rank -> TransportError? in
      var meeting = try TCPRendezvous(address: address, rank: rank, ranks: 3, timeLimit: 20)
      _ = try meeting.greatest(0)
      if rank == 0 { return nil }
      return failure {
        for _ in 0..<1000 {
          try meeting.check()
          Thread.sleep(forTimeInterval: 0.01)
        }
      }
    }
    let reason = "it closed its connection at 127.0.0.1: it ended or was killed"
    let lost = TransportError.peerLost(rank: 0, reason: reason)
    #expect(try results.map { try $0.get() } == [nil, lost, lost])
  }

  @Test("A hung rank is named when the time is over, by all others alike")
  func hungRank() throws {
    let address = freeAddress()
    let said = DispatchSemaphore(value: 0)
    let results = inThreads(3) { rank -> TransportError? in
      var meeting = try TCPRendezvous(address: address, rank: rank, ranks: 3, timeLimit: 20)
      _ = try meeting.greatest(0)
      if rank == 1 {
        for _ in 0..<2 { said.wait() }
        return nil
      }
      if rank == 0 { meeting.timeLimit = 0.5 }
      defer { said.signal() }
      return failure { try meeting.greatest(1) }
    }
    let lost = TransportError.peerLost(
      rank: 1, reason: "it has not answered at 127.0.0.1 for 0.5 s: it is hung, or its host is gone")
    #expect(try results.map { try $0.get() } == [lost, nil, lost])
  }

  @Test("Ranks that make different calls are told so")
  func differentCalls() throws {
    let address = freeAddress()
    let results = inThreads(2) { rank -> TransportError? in
      var meeting = try TCPRendezvous(address: address, rank: rank, ranks: 2, timeLimit: 20)
      return rank == 0 ? failure { try meeting.gather([1]) } : failure { try meeting.greatest(1) }
    }
    for result in results {
      let error = try #require(try result.get())
      #expect(
        error.description.contains("rank 1 at 127.0.0.1 sent a value for the greatest: all ranks make"))
    }
  }

  @Test("Strangers, silent ones and ranks of other runs are refused, and disturb nobody")
  func strangers() throws {
    let address = freeAddress()
    let endpoint = try #require(try Socket.resolve(RendezvousAddress(address)).first)
    let refusals = Mutex<[String]>([])
    let session = RendezvousHello.session(address, "2", "")
    let results = inThreads(3) { place -> Bool in
      if place < 2 {
        // Rank 1 comes when all the strangers have been there.
        if place == 1 {
          while refusals.withLock({ $0.count < 8 }) { Thread.sleep(forTimeInterval: 0.01) }
        }
        var meeting = try TCPRendezvous(address: address, rank: place, ranks: 2, timeLimit: 20) { line in
          refusals.withLock { $0.append(line) }
        }
        return try meeting.greatest(Int64(place)) == 1
      }
      var newer = RendezvousHello(rank: 1, ranks: 2, session: session)
      newer.version += 1
      let hellos: [[UInt8]] = [
        Array("GET / HTTP/1.1\r\n\r\n".utf8), [0], [UInt8](repeating: 0xff, count: 100_000), newer.bytes,
        RendezvousHello(rank: 1, ranks: 4, session: session).bytes,
        RendezvousHello(rank: 1, ranks: 2, session: session ^ 1).bytes,
        RendezvousHello(rank: 0, ranks: 2, session: session).bytes,
        RendezvousHello(rank: 2, ranks: 2, session: session).bytes,
      ]
      let silent = try connect(to: endpoint)
      let slow = try connect(to: endpoint)
      try slow.sendAll(Array(hellos[4].prefix(9)), until: Deadline(after: 5))
      for hello in hellos {
        let stranger = try connect(to: endpoint)
        // Rank 0 may have closed before all of it was sent.
        try? stranger.sendAll(hello, until: Deadline(after: 5))
        // Until rank 0 closes, or says why not.
        _ = try? stranger.receiveAll(1, until: Deadline(after: 5))
      }
      // They stay until rank 0 has no time for guests any more.
      _ = try? silent.receiveAll(1, until: Deadline(after: 5))
      _ = try? slow.receiveAll(1, until: Deadline(after: 5))
      return true
    }
    for result in results { #expect(try result.get()) }
    #expect(
      refusals.withLock { $0 } == [
        "refused 127.0.0.1: it is no rank of syncline", "refused 127.0.0.1: it is no rank of syncline",
        "refused 127.0.0.1: it is no rank of syncline",
        "refused rank 1 at 127.0.0.1: it speaks version 2, rank 0 speaks 1: start the same build everywhere",
        "refused rank 1 at 127.0.0.1: it was told that there are 4 ranks, rank 0 was told 2",
        "refused rank 1 at 127.0.0.1: it was told another address or session than rank 0",
        "refused rank 0 at 127.0.0.1: there is a rank 0 already",
        "refused rank 2 at 127.0.0.1: ranks are 0 to 1",
      ])
  }

  @Test("A rank that was told a wrong number is refused; rank 0 says whom it missed and whom it refused")
  func wrongRanks() throws {
    let address = freeAddress()
    let tries = DispatchSemaphore(value: 0)
    let results = inThreads(2) { rank in
      if rank == 0 { tries.wait() } else { tries.signal() }
      return failure {
        _ = try TCPRendezvous(
          address: address, rank: rank, ranks: rank == 0 ? 3 : 4, timeLimit: rank == 0 ? 2 : 20)
      }
    }
    let why = "it was told that there are 4 ranks, rank 0 was told 3"
    let missing = "it did not come to \(address) in 2.0 s, nor did 2; refused rank 1 at 127.0.0.1: \(why)"
    #expect(
      try results.map { try $0.get() } == [
        .peerLost(rank: 1, reason: missing),
        .unavailable("rank 0 at \(address) refused rank 1: \(why)"),
      ])
  }

  @Test("Of two that say they are the same rank, the first keeps its place")
  func sameRank() throws {
    let address = freeAddress()
    let refused = DispatchSemaphore(value: 0)
    let results = inThreads(4) { place -> TransportError? in
      // Places 1 and 2 both say that they are rank 1. Rank 2 comes when one of them has been refused.
      if place == 3 { refused.wait() }
      return failure {
        var meeting = try TCPRendezvous(
          address: address, rank: [0, 1, 1, 2][place], ranks: 3, timeLimit: 20
        ) { _ in refused.signal() }
        return try meeting.greatest(0)
      }
    }
    let errors = try results.map { try $0.get() }
    #expect(errors[0] == nil && errors[3] == nil)
    #expect(
      errors[1...2].compactMap { $0 } == [
        .unavailable(
          "rank 0 at \(address) refused rank 1: that rank is there already: each is started once")
      ])
  }

  @Test("Without rank 0, and with another program in its place, the time limit holds")
  func nobodyThere() throws {
    let address = freeAddress()
    let alone = failure { _ = try TCPRendezvous(address: address, rank: 1, ranks: 2, timeLimit: 0.3) }
    #expect(
      alone
        == .peerLost(
          rank: 0, reason: "it was not found at \(address) in 0.3 s: Connection refused (connect)"))

    let endpoint = try #require(try Socket.resolve(RendezvousAddress(address)).first)
    let program = try Socket.listening(at: endpoint, backlog: 5)
    let silent = failure { _ = try TCPRendezvous(address: address, rank: 1, ranks: 2, timeLimit: 0.3) }
    #expect(
      silent == .peerLost(rank: 0, reason: "it was not found at \(address) in 0.3 s: out of time"))
    let taken = failure { _ = try TCPRendezvous(address: address, rank: 0, ranks: 2, timeLimit: 0.3) }
    #expect(
      taken
        == .unavailable(
          "rank 0 can't listen at \(address): Address already in use, by an earlier run or another program"))
    #expect(program.port > 0)
  }

  @Test("Addresses are read as people write them")
  func addresses() throws {
    for text in ["192.0.2.1:7471", "node-1.example:1", "[2001:db8::1]:65535", "[::1]:80"] {
      #expect(try RendezvousAddress(text).description == text)
    }
    for text in [
      "", "host", "host:", ":1", "host:0", "host:65536", "host:x", "::1:80", "[::1]", "[host]:1", "a b:1",
    ] {
      let error = failure { try RendezvousAddress(text) }
      #expect(error?.description.hasPrefix("'\(text)' is no address: it is HOST:PORT") == true)
    }
  }
}

/// Where nobody listens, below the ports that the system gives to clients.
private func freeAddress() -> String {
  while true {
    let address = "127.0.0.1:\(Int.random(in: 20_000..<30_000))"
    guard let endpoint = try? Socket.resolve(RendezvousAddress(address)).first else { continue }
    if (try? Socket.listening(at: endpoint, backlog: 1)) != nil { return address }
  }
}

/// Connects as soon as somebody listens.
private func connect(to endpoint: Socket.Endpoint) throws -> Socket {
  for _ in 0..<500 {
    if let socket = try? Socket.connected(to: endpoint, until: Deadline(after: 5)) { return socket }
    Thread.sleep(forTimeInterval: 0.01)
  }
  return try Socket.connected(to: endpoint, until: Deadline(after: 5))
}

/// What `body` throws; nil where it does not.
private func failure<Result>(_ body: () throws -> Result) -> TransportError? {
  do {
    _ = try body()
    return nil
  } catch {
    return error as? TransportError
  }
}

/// Runs `body` for each place on a thread of its own, and returns when all have ended.
private func inThreads<Result: Sendable>(
  _ count: Int, _ body: @escaping @Sendable (Int) throws -> Result
) -> [Swift.Result<Result, any Error>] {
  let results = Mutex<[Int: Swift.Result<Result, any Error>]>([:])
  let done = DispatchSemaphore(value: 0)
  for place in 0..<count {
    let thread = Thread {
      let result = Swift.Result { try body(place) }
      results.withLock { $0[place] = result }
      done.signal()
    }
    thread.start()
  }
  for _ in 0..<count { done.wait() }
  return results.withLock { results in results.sorted { $0.key < $1.key }.map(\.value) }
}
