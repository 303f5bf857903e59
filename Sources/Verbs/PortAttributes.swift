package import Quantities

/// What a port is and does at this moment (`ibv_port_attr`).
package struct PortAttributes: Sendable, Equatable {
  /// `ibv_port_state`; the raw value is its word.
  package enum State: String, Sendable {
    case unknown, down, initializing, armed, active
    case activeDeferred = "active (deferred)"
  }

  /// What carries the packets; the raw value is its word.
  package enum LinkLayer: String, Sendable {
    case infiniband = "InfiniBand"
    case ethernet = "Ethernet"
    case unspecified
  }

  package let state: State
  package let linkLayer: LinkLayer
  /// The most bytes in a packet at this moment.
  package let activeMTU: Int
  /// The most bytes in a packet that the port can do.
  package let maxMTU: Int
  /// Width times speed; nil where the device names a speed that this library doesn't know.
  package let rate: Bandwidth?
  /// The local identifier on an InfiniBand subnet; 0 on Ethernet.
  package let lid: UInt16
  /// The most bytes in one message.
  package let maxMessage: Int
  package let gidTableLength: Int
  package let pkeyTableLength: Int

  /// Lanes times the rate of one, as the kernel counts them for sysfs.
  ///
  /// - Parameters:
  ///   - width: 1, 2, 4, 8, 16 for 1, 4, 8, 12 and 2 lanes.
  ///   - speed: one bit, SDR to XDR.
  package static func rate(width: UInt8, speed: Int) -> Bandwidth? {
    let lanes: [UInt8: Double] = [1: 1, 2: 4, 4: 8, 8: 12, 16: 2]
    let gigabits: [Int: Double] = [
      1: 2.5, 2: 5, 4: 10, 8: 10, 16: 14, 32: 25, 64: 50, 128: 100, 256: 200,
    ]
    guard let lanes = lanes[width], let gigabits = gigabits[speed] else { return nil }
    return .gigabits(lanes * gigabits)
  }
}

#if RDMA
  internal import CVerbs

  extension Context {
    /// What a port is and does at this moment.
    ///
    /// - Parameter number: from 1 on.
    package func port(_ number: Int) throws(VerbsError) -> PortAttributes {
      PortAttributes(try portAttributes(number))
    }

    func portAttributes(_ number: Int) throws(VerbsError) -> ibv_port_attr {
      guard (1...max(1, portCount)).contains(number) else {
        throw VerbsError(
          "ibv_query_port", code: EINVAL, device: name,
          detail: "there is no port \(number); ports are 1 to \(portCount)")
      }
      var attributes = ibv_port_attr()
      try VerbsError.check(
        "ibv_query_port", on: name, unsafe syncline_query_port(node.pointer, UInt8(number), &attributes),
        detail: "port \(number)")
      return attributes
    }
  }

  extension PortAttributes {
    init(_ attributes: ibv_port_attr) {
      let states: [State] = [.unknown, .down, .initializing, .armed, .active, .activeDeferred]
      let state = Int(attributes.state.rawValue)
      self.state = states.indices.contains(state) ? states[state] : .unknown
      linkLayer =
        switch Int(attributes.link_layer) {
        case Int(IBV_LINK_LAYER_ETHERNET): .ethernet
        case Int(IBV_LINK_LAYER_INFINIBAND): .infiniband
        default: .unspecified
        }
      activeMTU = 128 << Int(attributes.active_mtu.rawValue)
      maxMTU = 128 << Int(attributes.max_mtu.rawValue)
      rate = Self.rate(width: attributes.active_width, speed: Int(attributes.active_speed))
      lid = attributes.lid
      maxMessage = Int(attributes.max_msg_sz)
      gidTableLength = Int(attributes.gid_tbl_len)
      pkeyTableLength = Int(attributes.pkey_tbl_len)
    }
  }
#endif
