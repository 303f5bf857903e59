#if RDMA
  import Foundation
  import Testing
  import Verbs

  extension OnADevice {
    @Suite("Opening and connecting")
    struct ConnectingTests {
      private func refusal(_ body: () throws -> Void) -> String {
        do {
          try body()
          return "nothing was refused"
        } catch { return "\(error)" }
      }

      @Test("An unknown device is refused with the names of those that there are")
      func unknownDevice() throws {
        let device = try device()
        for text in [
          refusal { _ = try Context(device: "none0") },
          refusal { _ = try Context(ofConnectionManager: "none0") },
        ] {
          #expect(text.contains("there is no device \"none0\"; there are: "))
          #expect(text.contains(device))
        }
      }

      @Test("An unknown port is refused with the numbers that there are")
      func unknownPort() throws {
        let context = try Context(device: device())
        #expect(
          refusal { _ = try context.port(9) }.hasSuffix(
            "there is no port 9; ports are 1 to \(context.portCount)"))
      }

      @Test("Too deep a queue pair is refused with the most that there is")
      func tooDeep() throws {
        let context = try Context(device: device())
        let domain = try ProtectionDomain(context)
        let queue = try CompletionQueue(context, capacity: 8)
        let text = refusal {
          _ = try QueuePair(
            in: domain, sending: queue, receiving: queue, sendDepth: 1 << 30, receiveDepth: 1)
        }
        #expect(text.hasPrefix("ibv_create_qp on \(context.name): "))
        #expect(text.contains("of \(context.limits.maxWorkRequests) at the most"))
      }

      @Test("Where nobody listens, the one who calls is told so")
      func nobodyListens() throws {
        let listener = try listener()
        let active = try Identifier()
        try active.resolve(try address(of: listener).with(port: 1), within: 5)
        let pair = try queuePair(of: active)
        try active.connect(privateData: [])
        let text = refusal { try active.waitUntilConnected(within: 5) }
        #expect(text.hasPrefix("rdma_connect on \(try device()): with "))
        #expect(text.hasSuffix(":1: RDMA_CM_EVENT_REJECTED, status 8: nobody listens there"))
        #expect(try pair.state() != "RTS")
      }

      @Test("Where the other end refuses, the one who calls is told so, and why")
      func refused() throws {
        let listener = try listener()
        let active = try Identifier()
        try active.resolve(try address(of: listener), within: 5)
        let pair = try queuePair(of: active)
        try active.connect(privateData: [])
        guard let request = try listener.nextRequest(within: 5) else { throw Missing(what: "request") }
        #expect(request.peer?.bytes == active.localAddress?.bytes)
        let passive = request.takeIdentifier()
        try passive.reject(privateData: Array("full".utf8))
        let first = try active.nextEvent(within: 5)
        let event = try #require(first)
        #expect(event.kind == .rejected && event.privateData.starts(with: "full".utf8))
        #expect(event.description == "RDMA_CM_EVENT_REJECTED, status 28: the other end refused")
        #expect(try pair.state() != "RTS")
      }

      @Test("Where the other end does nothing, the wait ends in time")
      func silence() throws {
        let listener = try listener()
        if let request = try listener.nextRequest(within: 0) {
          Issue.record("a request of \(String(describing: request.peer))")
        }
        let active = try Identifier()
        try active.resolve(try address(of: listener), within: 5)
        let pair = try queuePair(of: active)
        try active.connect(privateData: [])
        let text = refusal { try active.waitUntilConnected(within: 0.2) }
        #expect(text.contains("Connection timed out (errno 110): with "))
        #expect(text.hasSuffix("no RDMA_CM_EVENT_ESTABLISHED within 0.2 s"))
        #expect(try pair.state() != "RTS")
      }

      @Test("Too much private data is refused with the most that there may be")
      func privateData() throws {
        let listener = try listener()
        let active = try Identifier()
        try active.resolve(try address(of: listener), within: 5)
        let text = refusal { try active.connect(privateData: Array(repeating: 0, count: 57)) }
        #expect(text.hasSuffix("57 bytes of private data, of 56 at the most"))
      }

      @Test("An address of no device is refused with the address")
      func noDevice() throws {
        let text = refusal {
          try Identifier().resolve(SocketAddress(parsing: "203.0.113.9:7000"), within: 1)
        }
        #expect(text.hasPrefix("rdma_resolve_addr"))
        #expect(text.contains("203.0.113.9:7000"))
      }

      @Test("Type of service and the time for an answer can be set")
      func options() throws {
        let active = try Identifier()
        try active.setTypeOfService(104)
        try active.setACKTimeout(exponent: 14)
      }

      /// A queue pair of an identifier, which is connected to nothing.
      private func queuePair(of active: borrowing Identifier) throws -> QueuePair {
        let context = try active.context()
        let domain = try ProtectionDomain(context)
        let queue = try CompletionQueue(context, capacity: 8)
        return try active.createQueuePair(
          in: domain, sending: queue, receiving: queue, sendDepth: 4, receiveDepth: 4)
      }
    }
  }
#endif
