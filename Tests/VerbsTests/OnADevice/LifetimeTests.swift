#if RDMA
  import Testing
  import Verbs

  extension OnADevice {
    @Suite("What is made is given back")
    struct LifetimeTests {
      @Test("after 1,000 connections by hand")
      func byHand() throws {
        let device = try device()
        try expectNoLeak(rounds: 1_000) { try Pair(byHandOn: device) }
      }

      @Test("after 1,000 connections by the connection manager")
      func byConnectionManager() throws {
        let listener = try listener()
        try expectNoLeak(rounds: 1_000) { try Pair(to: listener) }
      }

      /// Connects, writes and disconnects many times, and compares what is held after a few rounds and after all.
      private func expectNoLeak(rounds: Int, _ connect: () throws -> Pair) throws {
        func round(_ number: Int) throws {
          var pair = try connect()
          #expect(pair.far.receive(id: 1) == 0)
          #expect(pair.write(bytes: 128, immediate: UInt32(number), id: 2) == 0)
          let found = try pair.completions(2)
          #expect(
            found[1]
              == .success(
                id: 1, queuePair: pair.far.number,
                work: .receiveWithImmediate(bytes: 128, immediate: UInt32(number))))
          try pair.disconnect()
        }
        // The libraries' own caches fill first.
        for number in 0..<20 { try round(number) }
        let before = try Holdings()
        var resident = [try residentKibibytes()]
        for number in 0..<rounds {
          try round(number)
          if (number + 1).isMultiple(of: rounds / 4) { resident.append(try residentKibibytes()) }
        }
        let after = try Holdings()
        #expect(after == before)
        // A leak grows in every quarter, by 1,000 KiB for a page a round; an allocator's arena in one of them.
        let growth = zip(resident.dropFirst(), resident).map { $0 - $1 }
        #expect(try #require(growth.min()) < rounds / 4, "KiB: \(growth)")
      }

      /// Five handles that can be dropped one by one.
      struct Handles: ~Copyable {
        var context: Context?
        var domain: ProtectionDomain?
        var queue: CompletionQueue?
        var pair: QueuePair?
        var region: MemoryRegion?

        init(on device: String, _ buffer: borrowing Buffer) throws {
          let context = try Context(device: device)
          let domain = try ProtectionDomain(context)
          let queue = try CompletionQueue(context, capacity: 8)
          pair = try QueuePair(in: domain, sending: queue, receiving: queue, sendDepth: 4, receiveDepth: 4)
          region = try unsafe MemoryRegion(
            address: buffer.start, bytes: 4_096, access: .localWrite, in: domain)
          self.context = consume context
          self.domain = consume domain
          self.queue = consume queue
        }

        mutating func drop(_ index: Int) {
          switch index {
          case 0: context = nil
          case 1: domain = nil
          case 2: queue = nil
          case 3: pair = nil
          default: region = nil
          }
        }

        /// The state of the queue pair, as long as it is there.
        func state() throws -> String? {
          switch pair {
          case .some(let pair): try pair.state()
          case .none: nil
          }
        }
      }

      @Test("in whatever order the handles go, and not before the last that needs it")
      func orders() throws {
        let buffer = Buffer(bytes: 4_096) { _ in 0 }
        let device = try device()
        let before = try Holdings()
        for order in permutations(of: [0, 1, 2, 3, 4]) {
          var handles = try Handles(on: device, buffer)
          for (place, index) in order.enumerated() {
            handles.drop(index)
            #expect(try handles.state() == (order[...place].contains(3) ? nil : "RESET"))
          }
        }
        let after = try Holdings()
        #expect(after == before)
      }

      @Test("of a connection only when its queue pairs are gone, not with its identifiers")
      func identifiers() throws {
        let listener = try listener()
        let before = try Holdings()
        do {
          var pair = try Pair(to: listener)
          pair.dropIdentifiers()
          // What this suite compares does see each kind: two ends, one domain, queue and context more.
          let during = try Holdings()
          for (kind, count) in ["pd": 1, "cq": 1, "qp": 2, "mr": 2, "cm_id": 2] {
            #expect(during.resources[kind] == (before.resources[kind] ?? 0) + count, "\(kind)")
          }
          #expect(during.descriptors > before.descriptors)
          #expect(pair.write(bytes: 8, id: 1) == 0)
          #expect(try pair.completions(1)[1] == .success(id: 1, queuePair: pair.near.number, work: .write))
        }
        let after = try Holdings()
        #expect(after == before)
      }

      private func permutations(of items: [Int]) -> [[Int]] {
        guard items.count > 1 else { return [items] }
        return items.flatMap { first in permutations(of: items.filter { $0 != first }).map { [first] + $0 } }
      }
    }
  }
#endif
