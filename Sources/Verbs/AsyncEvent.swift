/// Something that a device says unasked: a port that went down, a queue pair that died (`ibv_async_event`).
package struct AsyncEvent: Sendable, Equatable, CustomStringConvertible {
  /// `ibv_event_type`; the raw value is its text.
  package enum Kind: String, Sendable, CaseIterable {
    case completionQueueError = "completion queue overrun or protection error"
    case queuePairFatal = "queue pair failed"
    case requestError = "queue pair got a bad request"
    case accessError = "queue pair got a request without access"
    case established = "queue pair got data before it was told to send"
    case sendQueueDrained = "send queue drained"
    case pathMigrated = "path migrated"
    case pathMigrationFailed = "path migration failed"
    case deviceFatal = "device failed"
    case portActive = "port became active"
    case portDown = "port went down"
    case lidChange = "LID changed"
    case pkeyChange = "partition keys changed"
    case subnetManagerChange = "subnet manager changed"
    case sharedReceiveError = "shared receive queue failed"
    case sharedReceiveLimit = "shared receive queue below its limit"
    case lastWorkRequest = "last receive request of a failed queue pair was taken"
    case reregister = "subnet manager asks to register again"
    case gidChange = "GIDs changed"
    case workQueueFatal = "work queue failed"
    case other = "event that this build doesn't know"
  }

  /// What it happened to.
  package enum Subject: Sendable, Equatable {
    case device
    case port(Int)
    case queuePair(UInt32)
    case completionQueue
    case other
  }

  package let kind: Kind
  package let subject: Subject

  package init(_ kind: Kind, of subject: Subject) { (self.kind, self.subject) = (kind, subject) }

  /// Whether what it happened to is of no more use.
  package var isFatal: Bool {
    switch kind {
    case .completionQueueError, .queuePairFatal, .requestError, .accessError, .deviceFatal, .portDown,
      .sharedReceiveError, .workQueueFatal:
      true
    default: false
    }
  }

  /// As `port went down: port 1`.
  package var description: String {
    switch subject {
    case .port(let number): "\(kind.rawValue): port \(number)"
    case .queuePair(let number): "\(kind.rawValue): queue pair \(number)"
    case .device, .completionQueue, .other: kind.rawValue
    }
  }
}

#if RDMA
  internal import CVerbs

  extension Context {
    /// Readable where ``nextEvent()`` has something; for poll(2).
    package var eventDescriptor: Int32 { unsafe node.pointer.pointee.async_fd }

    /// The next event that is there, acknowledged; nil at once where there is none.
    ///
    /// A context that the connection manager lends has one queue of events for all who borrow it.
    package func nextEvent() -> AsyncEvent? {
      var raw = unsafe ibv_async_event()
      guard unsafe ibv_get_async_event(node.pointer, &raw) == 0 else { return nil }
      // What the event points to is there only until it is acknowledged.
      defer { unsafe ibv_ack_async_event(&raw) }
      return unsafe AsyncEvent(raw)
    }
  }

  extension AsyncEvent {
    private static let kinds: [UInt32: Kind] = [
      IBV_EVENT_CQ_ERR.rawValue: .completionQueueError,
      IBV_EVENT_QP_FATAL.rawValue: .queuePairFatal,
      IBV_EVENT_QP_REQ_ERR.rawValue: .requestError,
      IBV_EVENT_QP_ACCESS_ERR.rawValue: .accessError,
      IBV_EVENT_COMM_EST.rawValue: .established,
      IBV_EVENT_SQ_DRAINED.rawValue: .sendQueueDrained,
      IBV_EVENT_PATH_MIG.rawValue: .pathMigrated,
      IBV_EVENT_PATH_MIG_ERR.rawValue: .pathMigrationFailed,
      IBV_EVENT_DEVICE_FATAL.rawValue: .deviceFatal,
      IBV_EVENT_PORT_ACTIVE.rawValue: .portActive,
      IBV_EVENT_PORT_ERR.rawValue: .portDown,
      IBV_EVENT_LID_CHANGE.rawValue: .lidChange,
      IBV_EVENT_PKEY_CHANGE.rawValue: .pkeyChange,
      IBV_EVENT_SM_CHANGE.rawValue: .subnetManagerChange,
      IBV_EVENT_SRQ_ERR.rawValue: .sharedReceiveError,
      IBV_EVENT_SRQ_LIMIT_REACHED.rawValue: .sharedReceiveLimit,
      IBV_EVENT_QP_LAST_WQE_REACHED.rawValue: .lastWorkRequest,
      IBV_EVENT_CLIENT_REREGISTER.rawValue: .reregister,
      IBV_EVENT_GID_CHANGE.rawValue: .gidChange,
      IBV_EVENT_WQ_FATAL.rawValue: .workQueueFatal,
    ]

    @unsafe
    fileprivate init(_ event: ibv_async_event) {
      kind = unsafe Self.kinds[event.event_type.rawValue] ?? .other
      subject =
        switch kind {
        case .completionQueueError: .completionQueue
        case .queuePairFatal, .requestError, .accessError, .established, .sendQueueDrained, .pathMigrated,
          .pathMigrationFailed, .lastWorkRequest:
          .queuePair(unsafe event.element.qp.pointee.qp_num)
        case .portActive, .portDown, .lidChange, .pkeyChange, .subnetManagerChange, .reregister, .gidChange:
          .port(Int(unsafe event.element.port_num))
        case .deviceFatal: .device
        case .sharedReceiveError, .sharedReceiveLimit, .workQueueFatal, .other: .other
        }
    }
  }
#endif
