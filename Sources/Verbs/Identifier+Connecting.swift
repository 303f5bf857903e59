#if RDMA
  internal import CRDMACM
  internal import Glibc

  /// A connection that another end asks for: accept or reject its identifier.
  package struct ConnectionRequest: ~Copyable {
    private let identifier: Identifier
    /// What the other end sent with it; the connection manager fills it up with zeroes.
    package let privateData: [UInt8]
    /// Who asks.
    package let peer: SocketAddress?

    init(_ identifier: consuming Identifier, privateData: [UInt8]) {
      peer = identifier.peerAddress
      self.identifier = identifier
      self.privateData = privateData
    }

    /// This end of the connection; a request that is dropped is rejected.
    package consuming func takeIdentifier() -> Identifier { identifier }
  }

  extension Identifier {
    /// The most bytes of private data that the end that calls may send.
    package static let mostPrivateData = 56

    /// Binds to an own address; port 0 lets the system choose one, see ``localAddress``.
    package func bind(to address: SocketAddress) throws(VerbsError) {
      let result = unsafe address.withPointer { unsafe rdma_bind_addr(node.pointer, $0) }
      try VerbsError.check("rdma_bind_addr", on: nil, result, detail: "\(address)")
    }

    /// Lets others call; `backlog` requests may wait.
    package func listen(backlog: Int) throws(VerbsError) {
      try VerbsError.check(
        "rdma_listen", on: deviceName, unsafe rdma_listen(node.pointer, Int32(clamping: backlog)),
        detail: localAddress?.description ?? "")
    }

    /// Finds the device and the route to another end: ARP or its like, and the subnet's manager on InfiniBand.
    ///
    /// - Parameters:
    ///   - source: the own address to call from; nil lets the routing table choose.
    ///   - seconds: how long each of the two steps may take.
    package func resolve(
      _ destination: SocketAddress, from source: SocketAddress? = nil, within seconds: Double
    ) throws(VerbsError) {
      let milliseconds = Int32(clamping: Int((seconds * 1_000).rounded(.up)))
      let result = unsafe destination.withPointer { destination in
        if let source {
          unsafe source.withPointer { unsafe rdma_resolve_addr(node.pointer, $0, destination, milliseconds) }
        } else {
          unsafe rdma_resolve_addr(node.pointer, nil, destination, milliseconds)
        }
      }
      try VerbsError.check("rdma_resolve_addr", on: nil, result, detail: "\(destination)")
      // The kernel's own limit comes first.
      _ = try expect(.addressResolved, "rdma_resolve_addr", "to \(destination)", within: seconds + 1)
      try VerbsError.check(
        "rdma_resolve_route", on: deviceName, unsafe rdma_resolve_route(node.pointer, milliseconds),
        detail: "\(destination)")
      _ = try expect(.routeResolved, "rdma_resolve_route", "to \(destination)", within: seconds + 1)
    }

    /// Begins to connect; there is a queue pair.
    ///
    /// - Parameter privateData: ``mostPrivateData`` bytes at the most.
    package func connect(
      privateData: [UInt8], parameters: ConnectionParameters = .init()
    ) throws(VerbsError) {
      try check(privateData, "rdma_connect")
      let result = unsafe withParameters(privateData, parameters) { unsafe rdma_connect(node.pointer, $0) }
      try VerbsError.check("rdma_connect", on: deviceName, result, detail: peerText)
    }

    /// Begins to accept; there is a queue pair, and receive requests are posted for what the other end may send at once.
    ///
    /// - Parameter privateData: ``mostPrivateData`` bytes at the most.
    package func accept(
      privateData: [UInt8], parameters: ConnectionParameters = .init()
    ) throws(VerbsError) {
      try check(privateData, "rdma_accept")
      let result = unsafe withParameters(privateData, parameters) { unsafe rdma_accept(node.pointer, $0) }
      try VerbsError.check("rdma_accept", on: deviceName, result, detail: peerText)
    }

    /// Refuses who asked.
    package func reject(privateData: [UInt8] = []) throws(VerbsError) {
      try check(privateData, "rdma_reject")
      let result = unsafe privateData.withUnsafeBytes {
        unsafe rdma_reject(node.pointer, $0.baseAddress, UInt8($0.count))
      }
      try VerbsError.check("rdma_reject", on: deviceName, result, detail: peerText)
    }

    /// Waits until both ends have agreed.
    ///
    /// - Returns: what the other end sent with its acceptance, filled up with zeroes; nothing at the end that accepted.
    /// - Throws: where the other end refused, can't be reached or is not done in time.
    @discardableResult
    package func waitUntilConnected(within seconds: Double) throws(VerbsError) -> [UInt8] {
      try expect(.established, "rdma_connect", peerText, within: seconds).privateData
    }

    /// The next request of another end; nil where none comes in time.
    ///
    /// - Parameter seconds: 0 looks and does not wait.
    package func nextRequest(within seconds: Double) throws(VerbsError) -> ConnectionRequest? {
      let clock = ContinuousClock()
      let end = clock.now + .seconds(seconds)
      repeat {
        let rest = clock.now.duration(to: end) / .seconds(1)
        guard let (event, newcomer) = try unsafe node.channel.next(within: max(rest, 0)) else { return nil }
        if let newcomer = unsafe newcomer {
          return ConnectionRequest(
            Identifier(try unsafe IdentifierNode(newcomer)), privateData: event.privateData)
        }
        guard event.kind != .deviceRemoval, event.status == 0 else {
          throw VerbsError("rdma_listen", code: max(0, -event.status), device: deviceName, detail: "\(event)")
        }
      } while true
    }

    /// What happened to this connection; nil where nothing does in time.
    ///
    /// After ``waitUntilConnected(within:)``: that it ended, and why.
    /// Not for an identifier that listens: see ``nextRequest(within:)``.
    package func nextEvent(within seconds: Double) throws(VerbsError) -> ConnectionEvent? {
      guard let (event, newcomer) = try unsafe node.channel.next(within: seconds) else { return nil }
      precondition(unsafe newcomer == nil, "requests are taken by nextRequest")
      return event
    }

    /// Ends the connection: this end's queue pair goes to ERR.
    ///
    /// The other end hears of it by ``ConnectionEvent/Kind/disconnected``. It answers by disconnecting too, and only then
    /// does this end hear the same.
    package func disconnect() throws(VerbsError) {
      try VerbsError.check(
        "rdma_disconnect", on: deviceName, unsafe rdma_disconnect(node.pointer), detail: peerText)
    }

    private var peerText: String { peerAddress.map { "with \($0)" } ?? "" }

    private func check(_ privateData: [UInt8], _ call: String) throws(VerbsError) {
      guard privateData.count > Self.mostPrivateData else { return }
      throw VerbsError(
        call, code: EINVAL, device: deviceName,
        detail: "\(privateData.count) bytes of private data, of \(Self.mostPrivateData) at the most")
    }

    /// The event that must come next.
    private func expect(
      _ kind: ConnectionEvent.Kind, _ call: String, _ detail: String, within seconds: Double
    ) throws(VerbsError) -> ConnectionEvent {
      guard let event = try unsafe node.channel.next(within: seconds)?.event else {
        throw VerbsError(
          call, code: ETIMEDOUT, device: deviceName, detail: "\(detail): no \(kind.name) within \(seconds) s")
      }
      guard event.kind == kind, event.status == 0 else {
        throw VerbsError(
          call, code: max(0, -event.status), device: deviceName, detail: "\(detail): \(event)")
      }
      return event
    }

    @unsafe
    private func withParameters(
      _ privateData: [UInt8], _ parameters: ConnectionParameters,
      _ body: (UnsafeMutablePointer<rdma_conn_param>) -> Int32
    ) -> Int32 {
      unsafe privateData.withUnsafeBytes { data in
        var raw = unsafe rdma_conn_param()
        unsafe raw.private_data = data.baseAddress
        unsafe raw.private_data_len = UInt8(data.count)
        unsafe raw.responder_resources = parameters.responderResources
        unsafe raw.initiator_depth = parameters.initiatorDepth
        unsafe raw.retry_count = parameters.retryCount
        unsafe raw.rnr_retry_count = parameters.rnrRetryCount
        return unsafe body(&raw)
      }
    }
  }
#endif
