public import Quantities

/// An RDMA device as libibverbs and the kernel show it.
public struct Device: Sendable, Equatable {
  /// The kernel's name for it.
  public let name: String
  /// The firmware's version; empty where there is none.
  public let firmware: String
  /// The maker's number.
  public let vendor: UInt32
  /// The maker's number for the model.
  public let vendorPart: UInt32
  /// The part of the host's memory that it is next to; nil for a device of software, or where the host has one part.
  public let numaNode: Int?
  /// Its ports.
  public let ports: [Port]

  package init(
    name: String, firmware: String, vendor: UInt32, vendorPart: UInt32, numaNode: Int?, ports: [Port]
  ) {
    self.name = name
    self.firmware = firmware
    self.vendor = vendor
    self.vendorPart = vendorPart
    self.numaNode = numaNode
    self.ports = ports
  }

  /// All devices that can be opened; empty where there is none, or no RDMA in the kernel or in this build.
  public static func all() -> [Device] { DeviceSurvey.now().devices }

  /// One line for a record.
  public var description: String {
    let firmware = firmware.isEmpty ? nil : "firmware \(firmware)"
    let ports = ports.map { "port \($0.number) \($0.state) \($0.linkLayer)" }
    return ([name] + [firmware].compactMap(\.self) + ports).joined(separator: ", ")
  }
}

extension Device {
  /// One of the device's ports.
  public struct Port: Sendable, Equatable {
    /// From 1 on.
    public let number: Int
    /// What it is and does.
    package let attributes: PortAttributes
    /// Its GID table, without empty entries.
    package let gids: [GIDEntry]
    /// Width times speed; nil where neither libibverbs nor the kernel says.
    public let rate: Bandwidth?

    package init(number: Int, attributes: PortAttributes, gids: [GIDEntry], rate: Bandwidth?) {
      self.number = number
      self.attributes = attributes
      self.gids = gids
      self.rate = rate
    }

    /// `active`, `down` and so on.
    public var state: String { attributes.state.rawValue }
    /// `InfiniBand` or `Ethernet`.
    public var linkLayer: String { attributes.linkLayer.rawValue }
    /// The most bytes in a packet at this moment.
    public var activeMTU: ByteCount { ByteCount(attributes.activeMTU) }
    /// The most bytes in a packet that it can do.
    public var maxMTU: ByteCount { ByteCount(attributes.maxMTU) }
    /// The local identifier on an InfiniBand subnet; nil on Ethernet, and where none is given yet.
    public var lid: UInt16? { attributes.lid == 0 ? nil : attributes.lid }
    /// The network interface that it belongs to, as its GIDs say.
    public var interface: String? { gids.lazy.compactMap(\.interface).first }
  }
}
