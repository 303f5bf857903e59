#if RDMA
  internal import CRDMACM
  internal import CVerbs
  internal import Glibc

  /// One end of a connection that the connection manager makes, or a place where others are waited for (`rdma_cm_id`).
  ///
  /// The end that calls:
  ///
  ///     let active = try Identifier()
  ///     try active.resolve(peer, within: 5)
  ///     let context = try active.context()      // domains and completion queues come from here
  ///     let pair = try active.createQueuePair(…)
  ///     try active.connect(privateData: hello)
  ///     let answer = try active.waitUntilConnected(within: 5)
  ///
  /// The end that is called:
  ///
  ///     let listener = try Identifier()
  ///     try listener.bind(to: own)
  ///     try listener.listen(backlog: 128)
  ///     guard let request = try listener.nextRequest(within: 5) else { … }
  ///     let passive = request.takeIdentifier()
  ///     let pair = try passive.createQueuePair(…)
  ///     try passive.accept(privateData: hello)
  ///     _ = try passive.waitUntilConnected(within: 5)
  ///
  /// Connecting and accepting only begin; so one thread can begin all of its connections and then wait for each. Each
  /// identifier has its own channel of events.
  @safe
  package struct Identifier: ~Copyable {
    let node: IdentifierNode

    init(_ node: IdentifierNode) { self.node = node }

    /// An identifier for a reliable connection, bound to nothing.
    package init() throws(VerbsError) { node = try IdentifierNode() }

    /// Readable where an event is there; for poll(2).
    package var eventDescriptor: Int32 { node.channel.descriptor }

    /// The device that the bound or resolved address belongs to; nil before, and for an address of all devices.
    package var deviceName: String? { node.deviceName }

    /// The device's port, where there is a device.
    package var portNumber: Int? { node.deviceName == nil ? nil : Int(unsafe node.pointer.pointee.port_num) }

    /// This end's address, once bound or resolved.
    package var localAddress: SocketAddress? { unsafe SocketAddress(rdma_get_local_addr(node.pointer)) }

    /// The other end's address, once resolved or connected.
    package var peerAddress: SocketAddress? { unsafe SocketAddress(rdma_get_peer_addr(node.pointer)) }

    /// The type of service of all packets; before ``resolve(_:from:within:)`` or ``accept(privateData:parameters:)``.
    package func setTypeOfService(_ value: UInt8) throws(VerbsError) {
      try set(Int32(RDMA_OPTION_ID_TOS), value, "RDMA_OPTION_ID_TOS")
    }

    /// How long an answer may take, 4.096 us times 2 to this power, 31 at the most; before the connection is made.
    package func setACKTimeout(exponent: UInt8) throws(VerbsError) {
      try set(Int32(RDMA_OPTION_ID_ACK_TIMEOUT), exponent, "RDMA_OPTION_ID_ACK_TIMEOUT")
    }

    private func set(_ option: Int32, _ value: UInt8, _ name: String) throws(VerbsError) {
      var value = value
      let result = unsafe rdma_set_option(node.pointer, Int32(RDMA_OPTION_ID), option, &value, 1)
      try VerbsError.check("rdma_set_option", on: deviceName, result, detail: "\(name) \(value)")
    }

    /// The device's context that queue pairs of this identifier belong to; it has an address before.
    ///
    /// The connection manager opens each device once for all identifiers and lends it.
    package func context() throws(VerbsError) -> Context {
      guard let name = node.deviceName else {
        throw VerbsError(
          "rdma_get_devices", code: ENODEV, detail: "the identifier has no device's address yet")
      }
      return try Context(ofConnectionManager: name)
    }

    /// A queue pair of this identifier, in INIT: receive requests may be posted, writes once it is connected.
    ///
    /// - Parameter domain: on ``context()``, as the queues.
    package func createQueuePair(
      in domain: borrowing ProtectionDomain, sending: borrowing CompletionQueue,
      receiving: borrowing CompletionQueue, sendDepth: Int, receiveDepth: Int, inline: Int = 0
    ) throws(VerbsError) -> QueuePair {
      let demand = QueuePairDemand(
        sending: sending.node, receiving: receiving.node, sendDepth: sendDepth, receiveDepth: receiveDepth,
        inline: inline)
      var attributes = unsafe demand.attributes
      guard unsafe rdma_create_qp(node.pointer, domain.node.pointer, &attributes) == 0,
        let pointer = unsafe node.pointer.pointee.qp
      else { throw demand.refusal("rdma_create_qp", code: errno, by: domain.node.context) }
      let pair = unsafe QueuePairNode(
        pointer, domain: domain.node, sending: sending.node, receiving: receiving.node, owner: node)
      return unsafe QueuePair(pair, granted: attributes.cap)
    }
  }

  /// Owns one `rdma_cm_id` and its channel.
  @safe
  final class IdentifierNode: QueuePairOwner {
    let pointer: UnsafeMutablePointer<rdma_cm_id>
    let channel: EventChannelNode

    init() throws(VerbsError) {
      let channel = try EventChannelNode()
      var pointer: UnsafeMutablePointer<rdma_cm_id>?
      let result = unsafe rdma_create_id(channel.pointer, &pointer, nil, RDMA_PS_TCP)
      guard result == 0, let pointer = unsafe pointer else {
        throw VerbsError("rdma_create_id", code: errno)
      }
      unsafe self.pointer = pointer
      self.channel = channel
    }

    /// Takes over the identifier that a request brought, and gives it a channel of its own.
    @unsafe
    init(_ newcomer: UnsafeMutablePointer<rdma_cm_id>) throws(VerbsError) {
      let channel: EventChannelNode
      do {
        channel = try EventChannelNode()
        try VerbsError.check(
          "rdma_migrate_id", on: nil, unsafe rdma_migrate_id(newcomer, channel.pointer))
      } catch {
        _ = unsafe rdma_destroy_id(newcomer)
        throw error
      }
      unsafe pointer = newcomer
      self.channel = channel
    }

    var deviceName: String? {
      guard let context = unsafe pointer.pointee.verbs else { return nil }
      return unsafe String(cString: ibv_get_device_name(context.pointee.device))
    }

    func destroyQueuePair() { unsafe rdma_destroy_qp(pointer) }

    deinit { VerbsError.checkRelease("rdma_destroy_id", on: deviceName, unsafe rdma_destroy_id(pointer)) }
  }

  extension Context {
    /// The context that the connection manager has of a device: queue pairs of identifiers must belong to it.
    package init(ofConnectionManager name: String) throws(VerbsError) {
      let devices = try DeviceLoan()
      let node = try devices.node(of: name)
      self.init(node)
    }
  }

  /// The connection manager's open devices, on loan.
  @safe
  private final class DeviceLoan {
    private let list: UnsafeMutablePointer<UnsafeMutablePointer<ibv_context>?>
    private let count: Int

    init() throws(VerbsError) {
      var count: Int32 = 0
      guard let list = unsafe rdma_get_devices(&count) else {
        throw VerbsError("rdma_get_devices", code: errno)
      }
      unsafe self.list = list
      self.count = Int(count)
    }

    func node(of name: String) throws(VerbsError) -> ContextNode {
      var names: [String] = []
      for index in 0..<count {
        guard let context = unsafe list[index] else { continue }
        let found = unsafe String(cString: ibv_get_device_name(context.pointee.device))
        if found == name { return try unsafe ContextNode(context, name: name, lender: self) }
        names.append(found)
      }
      throw VerbsError(
        "rdma_get_devices", code: ENODEV,
        detail: "there is no device \"\(name)\"; there are: \(names.joined(separator: ", "))")
    }

    deinit { unsafe rdma_free_devices(list) }
  }
#endif
