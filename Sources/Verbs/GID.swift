/// A global identifier: 16 bytes that name a port on its fabric, as an IPv6 address does.
package struct GID: Hashable, Sendable, CustomStringConvertible {
  /// The first eight bytes, the most significant first.
  package let prefix: UInt64
  /// The other eight.
  package let interface: UInt64

  package init(prefix: UInt64, interface: UInt64) { (self.prefix, self.interface) = (prefix, interface) }

  /// From 16 bytes in the order of the wire.
  package init(bytes: some Collection<UInt8>) {
    precondition(bytes.count == 16, "a GID has 16 bytes")
    prefix = bytes.prefix(8).reduce(0) { $0 << 8 | UInt64($1) }
    interface = bytes.suffix(8).reduce(0) { $0 << 8 | UInt64($1) }
  }

  /// 16 bytes in the order of the wire.
  package var bytes: [UInt8] {
    [prefix, interface].flatMap { half in (0..<8).map { UInt8(truncatingIfNeeded: half >> (56 - 8 * $0)) } }
  }

  /// Whether no entry of a table has it.
  package var isZero: Bool { prefix == 0 && interface == 0 }
  /// Whether it stands for an IPv4 address, as `::ffff:192.0.2.1` does.
  package var isIPv4: Bool { prefix == 0 && interface >> 32 == 0xFFFF }
  /// Whether it is of one link only, `fe80::/10`.
  package var isLinkLocal: Bool { prefix >> 54 == 0xFE80 >> 6 }

  /// The IPv4 address, or eight groups of four digits as ibv_devinfo and sysfs show them.
  package var description: String {
    if isIPv4 {
      return (0..<4).map { "\(UInt8(truncatingIfNeeded: interface >> (24 - 8 * $0)))" }.joined(separator: ".")
    }
    return grouped
  }

  /// Eight groups of four hexadecimal digits.
  package var grouped: String {
    [prefix, interface].flatMap { half in
      (0..<4).map { group in
        let digits = String(UInt16(truncatingIfNeeded: half >> (48 - 16 * group)), radix: 16)
        return String(repeating: "0", count: 4 - digits.count) + digits
      }
    }.joined(separator: ":")
  }
}

/// One entry of a port's GID table.
package struct GIDEntry: Hashable, Sendable {
  /// Which header a packet from this GID has (`ibv_gid_type`).
  package enum Kind: String, Sendable {
    /// InfiniBand's own.
    case infiniband = "InfiniBand"
    /// RoCE in Ethernet frames, which no router passes.
    case roceV1 = "RoCE v1"
    /// RoCE in UDP, which routers pass.
    case roceV2 = "RoCE v2"
  }

  /// Its place in the table.
  package let index: Int
  package let gid: GID
  package let kind: Kind
  /// The network interface that it belongs to, where there is one.
  package let interface: String?

  package init(index: Int, gid: GID, kind: Kind, interface: String?) {
    self.index = index
    self.gid = gid
    self.kind = kind
    self.interface = interface
  }
}
