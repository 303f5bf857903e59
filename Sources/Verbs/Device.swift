/// An RDMA device as libibverbs shows it.
public struct Device: Sendable, Equatable {
  /// One of the device's ports.
  public struct Port: Sendable, Equatable {
    /// From 1 on.
    public let number: Int
    /// `active`, `down` and so on.
    public let state: String
    /// `InfiniBand` or `Ethernet`.
    public let linkLayer: String
  }

  /// The kernel's name for it.
  public let name: String
  /// The firmware's version.
  public let firmware: String
  /// Its ports.
  public let ports: [Port]

  /// One line for a record.
  public var description: String {
    let ports = ports.map { "port \($0.number) \($0.state) \($0.linkLayer)" }.joined(separator: ", ")
    return "\(name), firmware \(firmware), \(ports)"
  }
}

#if RDMA
  private import CVerbs

  extension Device {
    /// All devices; empty where there is none, or no RDMA in the kernel.
    public static func all() -> [Device] {
      var count: Int32 = 0
      guard let list = unsafe ibv_get_device_list(&count) else { return [] }
      defer { unsafe ibv_free_device_list(list) }
      return (0..<Int(count)).compactMap { index in
        guard let context = unsafe ibv_open_device(list[index]) else { return nil }
        defer { _ = unsafe ibv_close_device(context) }
        var attributes = ibv_device_attr()
        guard unsafe ibv_query_device(context, &attributes) == 0 else { return nil }
        let firmware = unsafe withUnsafeBytes(of: &attributes.fw_ver) { bytes in
          unsafe String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
        }
        let name = unsafe ibv_get_device_name(list[index]).map { unsafe String(cString: $0) } ?? "unknown"
        let ports = (1...max(1, attributes.phys_port_cnt)).compactMap { number in
          unsafe Port(context: context, number: number)
        }
        return Device(name: name, firmware: firmware, ports: ports)
      }
    }
  }

  extension Device.Port {
    fileprivate init?(context: UnsafeMutablePointer<ibv_context>, number: UInt8) {
      var attributes = ibv_port_attr()
      guard unsafe syncline_query_port(context, number, &attributes) == 0 else { return nil }
      self.number = Int(number)
      let states = ["unknown", "down", "initializing", "armed", "active", "active (deferred)"]
      let state = Int(attributes.state.rawValue)
      self.state = states.indices.contains(state) ? states[state] : "unknown"
      linkLayer = Int32(attributes.link_layer) == IBV_LINK_LAYER_ETHERNET ? "Ethernet" : "InfiniBand"
    }
  }
#else
  extension Device {
    /// No devices: this build knows no RDMA.
    public static func all() -> [Device] { [] }
  }
#endif
