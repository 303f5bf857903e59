#if RDMA
  import Foundation
  import Testing
  import Verbs

  /// Two ends on one device, with memory, domain and completion queue in common: `near` writes to `far`.
  struct Pair: ~Copyable {
    static let bytes = 4_096

    // Before the memory, since fields go in this order.
    let sourceRegion: MemoryRegion
    let targetRegion: MemoryRegion
    let source: Buffer
    let target: Buffer
    var queue: CompletionQueue
    let near: QueuePair
    let far: QueuePair
    /// The connection manager's two ends, where it connected them.
    private let identifiers: Identifiers?

    private struct Identifiers: ~Copyable { let near, far: Identifier }

    private init(
      in domain: borrowing ProtectionDomain, queue: consuming CompletionQueue, near: consuming QueuePair,
      far: consuming QueuePair, identifiers: consuming Identifiers?
    ) throws {
      let source = Buffer(bytes: Self.bytes) { UInt8(truncatingIfNeeded: $0 * 7) }
      let target = Buffer(bytes: Self.bytes) { _ in 0 }
      let sourceRegion = try Self.register(source, [], in: domain)
      let targetRegion = try Self.register(
        target, [.localWrite, .remoteWrite, .relaxedOrdering], in: domain)
      self.sourceRegion = sourceRegion
      self.targetRegion = targetRegion
      self.source = source
      self.target = target
      self.queue = queue
      self.near = near
      self.far = far
      self.identifiers = identifiers
    }

    /// Connected by hand, through the best GID.
    init(byHandOn device: String) throws {
      let context = try Context(device: device)
      let domain = try ProtectionDomain(context)
      let queue = try CompletionQueue(context, capacity: 64)
      let near = try QueuePair(
        in: domain, sending: queue, receiving: queue, sendDepth: 16, receiveDepth: 16, inline: 64)
      let far = try QueuePair(in: domain, sending: queue, receiving: queue, sendDepth: 16, receiveDepth: 16)
      let port = try context.port(1)
      let choice = try GIDChoice.choose(among: context.gids(port: 1), linkLayer: port.linkLayer)
      let path = PathSettings(port: 1, gidIndex: choice.entry.index)
      func end(_ number: UInt32, psn: UInt32) -> RemoteEnd {
        RemoteEnd(queuePair: number, psn: psn, lid: port.lid, gid: choice.entry.gid, mtu: port.activeMTU)
      }
      try near.initialize(port: 1)
      try far.initialize(port: 1)
      try near.makeReady(to: end(far.number, psn: 0xFF_FFFF), own: path)
      try far.makeReady(to: end(near.number, psn: 7), own: path)
      try near.startSending(psn: 7, timeout: 14, retryCount: 7, rnrRetry: 7)
      try far.startSending(psn: 0xFF_FFFF, timeout: 14, retryCount: 7, rnrRetry: 7)
      try self.init(in: domain, queue: queue, near: near, far: far, identifiers: nil)
    }

    /// Connected by the connection manager, to `listener`; each end sends its name.
    init(to listener: borrowing Identifier) throws {
      let active = try Identifier()
      try active.resolve(OnADevice.address(of: listener), within: 5)
      let context = try active.context()
      let domain = try ProtectionDomain(context)
      let queue = try CompletionQueue(context, capacity: 64)
      let near = try active.createQueuePair(
        in: domain, sending: queue, receiving: queue, sendDepth: 16, receiveDepth: 16, inline: 64)
      try active.connect(privateData: Array("near".utf8))
      guard let request = try listener.nextRequest(within: 5) else { throw Missing(what: "request") }
      let hello = request.privateData.prefix(4)
      let passive = request.takeIdentifier()
      let far = try passive.createQueuePair(
        in: domain, sending: queue, receiving: queue, sendDepth: 16, receiveDepth: 16)
      try passive.accept(privateData: Array("far".utf8))
      let answer = try active.waitUntilConnected(within: 5).prefix(3)
      try passive.waitUntilConnected(within: 5)
      #expect(hello.elementsEqual("near".utf8) && answer.elementsEqual("far".utf8))
      try far.setMinRNRTimer(1)
      try self.init(
        in: domain, queue: queue, near: near, far: far,
        identifiers: Identifiers(near: active, far: passive))
    }

    private static func register(
      _ buffer: borrowing Buffer, _ access: Access, in domain: borrowing ProtectionDomain
    ) throws -> MemoryRegion {
      try unsafe MemoryRegion(address: buffer.start, bytes: Self.bytes, access: access, in: domain)
    }

    /// Posts a write of the first `bytes` and says whether it was taken.
    func write(
      bytes: Int, remoteKey: UInt32? = nil, immediate: UInt32? = nil, id: UInt64, inline: Bool = false
    ) -> Int32 {
      unsafe near.write(
        from: UInt64(UInt(bitPattern: source.start)), bytes: bytes, localKey: sourceRegion.localKey,
        to: UInt64(UInt(bitPattern: target.start)), remoteKey: remoteKey ?? targetRegion.remoteKey,
        immediate: immediate, id: id, signalled: true, inline: inline)
    }

    /// The next `count` completions, by their ids.
    mutating func completions(_ count: Int) throws -> [UInt64: Completion] {
      var found: [UInt64: Completion] = [:]
      let end = ContinuousClock.now + .seconds(10)
      while found.count < count {
        for index in 0..<(try queue.poll()) { found[queue[index].id] = queue[index] }
        guard ContinuousClock.now < end else { throw Missing(what: "completion, of \(count) only \(found)") }
      }
      return found
    }

    /// Ends what the connection manager began, and sees both ends hear of it.
    func disconnect() throws {
      switch identifiers {
      case .some(let identifiers):
        try identifiers.near.disconnect()
        #expect(try identifiers.far.nextEvent(within: 5)?.kind == .disconnected)
        try identifiers.far.disconnect()
        #expect(try identifiers.near.nextEvent(within: 5)?.kind == .disconnected)
      case .none: try near.fail()
      }
    }
  }

  /// Memory at a fixed address.
  @safe
  struct Buffer: ~Copyable {
    let start: UnsafeMutableRawPointer
    private let count: Int

    init(bytes count: Int, _ byte: (Int) -> UInt8) {
      unsafe start = .allocate(byteCount: count, alignment: 4_096)
      self.count = count
      for index in 0..<count { self[index] = byte(index) }
    }

    subscript(_ index: Int) -> UInt8 {
      get { unsafe start.load(fromByteOffset: index, as: UInt8.self) }
      nonmutating set { unsafe start.storeBytes(of: newValue, toByteOffset: index, as: UInt8.self) }
    }

    /// Whether the first `bytes` are those of `other`.
    func starts(with bytes: Int, of other: borrowing Buffer) -> Bool {
      unsafe memcmp(start, other.start, bytes) == 0
    }

    deinit { unsafe start.deallocate() }
  }

  /// What did not come in time.
  struct Missing: Error { let what: String }
#endif
