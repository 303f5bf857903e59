#if RDMA
  internal import CRDMACM
  internal import CVerbs
  internal import Glibc

  /// Where the connection manager says what happened to identifiers (`rdma_event_channel`).
  @safe
  final class EventChannelNode {
    let pointer: UnsafeMutablePointer<rdma_event_channel>

    init() throws(VerbsError) {
      guard let pointer = unsafe rdma_create_event_channel() else {
        let code = errno
        throw VerbsError(
          "rdma_create_event_channel", code: code,
          detail: "the connection manager needs an RDMA device and the kernel's module rdma_ucm")
      }
      unsafe self.pointer = pointer
      try ContextNode.makeNonBlocking(unsafe pointer.pointee.fd, on: nil)
    }

    deinit { unsafe rdma_destroy_event_channel(pointer) }

    /// Readable where an event is there.
    var descriptor: Int32 { unsafe pointer.pointee.fd }

    /// The next event, acknowledged, and of a request the new identifier; nil where none comes within `seconds`.
    func next(
      within seconds: Double
    ) throws(VerbsError) -> (event: ConnectionEvent, newcomer: UnsafeMutablePointer<rdma_cm_id>?)? {
      let clock = ContinuousClock()
      let end = clock.now + .seconds(seconds)
      while true {
        var raw: UnsafeMutablePointer<rdma_cm_event>?
        if unsafe rdma_get_cm_event(pointer, &raw) == 0, let raw = unsafe raw {
          let event = unsafe ConnectionEvent(raw)
          let newcomer = unsafe event.kind == .connectRequest ? raw.pointee.id : nil
          // What is told of is destroyed only when nothing of it is unacknowledged, so that is done at once.
          try VerbsError.check("rdma_ack_cm_event", on: nil, unsafe rdma_ack_cm_event(raw))
          return unsafe (event, newcomer)
        }
        let code = errno
        guard code == EAGAIN || code == EINTR else { throw VerbsError("rdma_get_cm_event", code: code) }
        let rest = clock.now.duration(to: end)
        guard rest > .zero else { return nil }
        // Rounded up, so that the last millisecond is slept and not spun.
        let milliseconds =
          min(rest.components.seconds, 1_000_000) * 1_000
          + rest.components.attoseconds / 1_000_000_000_000_000 + 1
        var waited = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        if unsafe poll(&waited, 1, Int32(milliseconds)) < 0, errno != EINTR {
          throw VerbsError("poll", code: errno, detail: "the connection manager's events")
        }
      }
    }
  }

  extension ConnectionEvent {
    /// From C; it stays valid after the event is acknowledged.
    @unsafe
    fileprivate init(_ raw: UnsafeMutablePointer<rdma_cm_event>) {
      let kind = unsafe Kind(rawValue: raw.pointee.event.rawValue)
      var data: [UInt8] = []
      // Only these have the parameters of a connection.
      if kind == .connectRequest || kind == .established || kind == .rejected,
        let connection = unsafe syncline_connection(raw), let start = unsafe connection.pointee.private_data
      {
        data = unsafe [UInt8](
          UnsafeRawBufferPointer(start: start, count: Int(connection.pointee.private_data_len)))
      }
      self.init(kind: kind, status: unsafe raw.pointee.status, privateData: data)
    }
  }
#endif
