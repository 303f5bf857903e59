/// What the connection manager says of a connection (`rdma_cm_event`).
package struct ConnectionEvent: Sendable, Equatable, CustomStringConvertible {
  /// `rdma_cm_event_type`; the raw value is the number.
  package struct Kind: RawRepresentable, Hashable, Sendable {
    package let rawValue: UInt32

    package init(rawValue: UInt32) { self.rawValue = rawValue }

    package static let addressResolved = Kind(rawValue: 0)
    package static let routeResolved = Kind(rawValue: 2)
    package static let connectRequest = Kind(rawValue: 4)
    package static let unreachable = Kind(rawValue: 7)
    package static let rejected = Kind(rawValue: 8)
    package static let established = Kind(rawValue: 9)
    package static let disconnected = Kind(rawValue: 10)
    package static let deviceRemoval = Kind(rawValue: 11)
    package static let addressChange = Kind(rawValue: 14)
    package static let timewaitExit = Kind(rawValue: 15)

    /// The constant's name in rdma_cma.h.
    package var name: String {
      let names = [
        "ADDR_RESOLVED", "ADDR_ERROR", "ROUTE_RESOLVED", "ROUTE_ERROR", "CONNECT_REQUEST", "CONNECT_RESPONSE",
        "CONNECT_ERROR", "UNREACHABLE", "REJECTED", "ESTABLISHED", "DISCONNECTED", "DEVICE_REMOVAL",
        "MULTICAST_JOIN", "MULTICAST_ERROR", "ADDR_CHANGE", "TIMEWAIT_EXIT",
      ]
      let index = Int(rawValue)
      return "RDMA_CM_EVENT_" + (names.indices.contains(index) ? names[index] : "\(rawValue)")
    }
  }

  package let kind: Kind
  /// 0, a negative errno, or of a rejection the reason (28: the other end refused; 8: nobody listens).
  package let status: Int32
  /// What the other end sent with it; the connection manager fills it up with zeroes.
  package let privateData: [UInt8]

  package init(kind: Kind, status: Int32, privateData: [UInt8]) {
    self.kind = kind
    self.status = status
    self.privateData = privateData
  }

  /// The event's name and what its status means.
  package var description: String {
    switch (kind, status) {
    case (_, 0): kind.name
    case (.rejected, 8): "\(kind.name), status 8: nobody listens there"
    case (.rejected, 28): "\(kind.name), status 28: the other end refused"
    case (_, ..<0): "\(kind.name), status \(status): \(VerbsError.text(of: -status))"
    default: "\(kind.name), status \(status)"
    }
  }
}

/// How hard a connection tries.
package struct ConnectionParameters: Sendable, Equatable {
  /// How often a packet without an answer is sent again, 7 at the most; the active end's holds.
  package var retryCount: UInt8
  /// The same for one that found no receive request; 7 is for ever.
  package var rnrRetryCount: UInt8
  /// How many reads of the other end are answered at a time.
  package var responderResources: UInt8
  /// How many reads this end has under way at a time.
  package var initiatorDepth: UInt8

  package init(
    retryCount: UInt8 = 7, rnrRetryCount: UInt8 = 7, responderResources: UInt8 = 1, initiatorDepth: UInt8 = 1
  ) {
    self.retryCount = retryCount
    self.rnrRetryCount = rnrRetryCount
    self.responderResources = responderResources
    self.initiatorDepth = initiatorDepth
  }
}
