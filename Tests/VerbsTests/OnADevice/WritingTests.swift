#if RDMA
  import Foundation
  import Testing
  import Verbs

  extension OnADevice {
    @Suite("Writes between two queue pairs")
    struct WritingTests {
      enum Way: CaseIterable, Sendable { case byHand, byConnectionManager }

      private func pair(_ way: Way) throws -> Pair {
        switch way {
        case .byHand: try Pair(byHandOn: device())
        case .byConnectionManager: try Pair(to: listener())
        }
      }

      @Test("bring the bytes, and then the number", arguments: Way.allCases)
      func immediate(_ way: Way) throws {
        var pair = try pair(way)
        #expect(try pair.near.state() == "RTS")
        #expect(pair.far.receive(id: 1) == 0)
        #expect(pair.write(bytes: Pair.bytes, immediate: 0x8000_0001, id: 2) == 0)
        let found = try pair.completions(2)
        #expect(
          found[1]
            == .success(
              id: 1, queuePair: pair.far.number,
              work: .receiveWithImmediate(bytes: Pair.bytes, immediate: 0x8000_0001)))
        #expect(found[2] == .success(id: 2, queuePair: pair.near.number, work: .write))
        let isSame = pair.target.starts(with: Pair.bytes, of: pair.source)
        #expect(isSame)
        try pair.disconnect()
      }

      @Test("may be empty, and still bring a number", arguments: Way.allCases)
      func empty(_ way: Way) throws {
        var pair = try pair(way)
        #expect(pair.far.receive(id: 1) == 0)
        #expect(pair.write(bytes: 0, immediate: 5, id: 2) == 0)
        let found = try pair.completions(2)
        #expect(
          found[1]
            == .success(
              id: 1, queuePair: pair.far.number, work: .receiveWithImmediate(bytes: 0, immediate: 5)))
        try pair.disconnect()
      }

      @Test("carry their bytes inline, so that the memory is free at once")
      func inline() throws {
        var pair = try pair(.byHand)
        let bytes = 64
        #expect(pair.near.inlineLimit >= bytes)
        #expect(pair.write(bytes: bytes, id: 1, inline: true) == 0)
        for index in 0..<bytes { pair.source[index] = 0xEE }
        #expect(try pair.completions(1)[1] == .success(id: 1, queuePair: pair.near.number, work: .write))
        for index in 0..<bytes { #expect(pair.target[index] == UInt8(truncatingIfNeeded: index * 7)) }
        #expect(pair.target[bytes] == 0)
      }

      @Test("fail with a wrong key, and all after them are flushed", arguments: Way.allCases)
      func wrongKey(_ way: Way) throws {
        var pair = try pair(way)
        #expect(pair.write(bytes: 8, remoteKey: pair.targetRegion.remoteKey ^ 0xFFFF, id: 1) == 0)
        #expect(pair.write(bytes: 8, id: 2) == 0)
        let found = try pair.completions(2)
        guard case .failure(1, pair.near.number, let status, _)? = found[1] else {
          Issue.record("\(String(describing: found[1]))")
          return
        }
        #expect(status == .remoteAccess && !status.isFlush && !status.isSuccess)
        #expect(status.description == "remote access error")
        guard case .failure(2, _, let second, _)? = found[2] else {
          Issue.record("\(String(describing: found[2]))")
          return
        }
        #expect(second.isFlush)
        #expect(try pair.near.state() == "ERR")
        #expect(pair.target[0] == 0)
      }

      @Test("are refused by a full queue")
      func full() throws {
        let pair = try pair(.byHand)
        var posted = 0
        while pair.far.receive(id: 1) == 0, posted < 100_000 { posted += 1 }
        #expect(posted >= max(16, pair.far.receiveDepth))
        #expect(pair.far.receive(id: 1) == ENOMEM)
      }
    }

    @Suite("Completion queues")
    struct CompletionTests {
      @Test("notify once for each time that it is asked for")
      func notification() throws {
        let context = try Context(device: device())
        let channel = try CompletionChannel(context)
        let domain = try ProtectionDomain(context)
        let queue = try CompletionQueue(context, capacity: 8, channel: channel)
        let pair = try QueuePair(in: domain, sending: queue, receiving: queue, sendDepth: 4, receiveDepth: 4)
        #expect(try channel.takeEvents() == 0)
        try queue.requestNotification()
        try pair.initialize(port: 1)
        #expect(pair.receive(id: 9) == 0)
        #expect(try channel.takeEvents() == 0)
        // A queue pair that fails flushes its requests.
        try pair.fail()
        var waited = pollfd(fd: channel.descriptor, events: Int16(POLLIN), revents: 0)
        #expect(unsafe poll(&waited, 1, 5_000) == 1)
        #expect(try channel.takeEvents() == 1)
        #expect(try channel.takeEvents() == 0)
      }

      @Test("grow, and say what is too much")
      func resize() throws {
        let context = try Context(device: device())
        var queue = try CompletionQueue(context, capacity: 8)
        try queue.resize(to: 1_000)
        #expect(queue.capacity >= 1_000)
        let most = context.limits.maxCompletions
        do {
          try queue.resize(to: most + 1)
          Issue.record("\(most + 1) completions were granted")
        } catch {
          #expect(
            error.description.hasPrefix("ibv_resize_cq on \(context.name): Invalid argument (errno 22): "))
          #expect(error.description.hasSuffix("of \(most) at the most"))
        }
      }
    }
  }
#endif
