private import Foundation

#if RDMA
  internal import CRDMACM
#endif

/// An IP address and a port, as the connection manager takes them: `192.0.2.1:7000` or `[2001:db8::1]:7000`.
package struct SocketAddress: Hashable, Sendable, CustomStringConvertible {
  /// 4 or 16 bytes in the order of the wire.
  package let bytes: [UInt8]
  /// 0 lets the system choose where it is listened on.
  package let port: UInt16
  /// The network interface of a link-local address, by its number; else 0.
  package let scope: UInt32

  package init(bytes: [UInt8], port: UInt16, scope: UInt32 = 0) {
    precondition(bytes.count == 4 || bytes.count == 16, "an IP address has 4 or 16 bytes")
    self.bytes = bytes
    self.port = port
    self.scope = scope
  }

  /// From text; a name is not looked up.
  ///
  /// - Throws: where it is not an address and a port, and then says what one looks like.
  package init(parsing text: String) throws(VerbsError) {
    let wrong = VerbsError(
      "address", code: 0,
      detail: "\"\(text)\" is not an address with a port, such as 192.0.2.1:7000 or [2001:db8::1]:7000")
    guard let colon = text.lastIndex(of: ":"), let port = UInt16(text[text.index(after: colon)...]) else {
      throw wrong
    }
    let host = text[..<colon]
    if host.hasPrefix("[") && host.hasSuffix("]") {
      let parts = host.dropFirst().dropLast().split(
        separator: "%", maxSplits: 1, omittingEmptySubsequences: false)
      var address = in6_addr()
      guard let first = parts.first, unsafe inet_pton(AF_INET6, String(first), &address) == 1 else {
        throw wrong
      }
      let scope = parts.count == 2 ? unsafe if_nametoindex(String(parts[1])) : 0
      guard parts.count == 1 || scope != 0 else { throw wrong }
      self.init(bytes: unsafe withUnsafeBytes(of: address) { unsafe [UInt8]($0) }, port: port, scope: scope)
    } else {
      var address = in_addr()
      guard unsafe inet_pton(AF_INET, String(host), &address) == 1 else { throw wrong }
      self.init(bytes: unsafe withUnsafeBytes(of: address) { unsafe [UInt8]($0) }, port: port)
    }
  }

  /// The same address with another port.
  package func with(port: UInt16) -> SocketAddress { SocketAddress(bytes: bytes, port: port, scope: scope) }

  /// As it is parsed; the interface of a link-local address by its number.
  package var description: String {
    guard bytes.count == 16 else { return bytes.map { "\($0)" }.joined(separator: ".") + ":\(port)" }
    var text = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
    unsafe bytes.withUnsafeBytes {
      _ = unsafe inet_ntop(AF_INET6, $0.baseAddress, &text, socklen_t(INET6_ADDRSTRLEN))
    }
    let address = String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    return "[\(address)\(scope == 0 ? "" : "%\(scope)")]:\(port)"
  }
}

#if RDMA
  internal import Glibc

  extension SocketAddress {
    /// From what C has; nil where it is of another family.
    @unsafe
    init?(_ pointer: UnsafePointer<sockaddr>?) {
      guard let pointer = unsafe pointer else { return nil }
      switch Int32(unsafe pointer.pointee.sa_family) {
      case AF_INET:
        let address = unsafe UnsafeRawPointer(pointer).loadUnaligned(as: sockaddr_in.self)
        self.init(
          bytes: unsafe withUnsafeBytes(of: address.sin_addr) { unsafe [UInt8]($0) },
          port: UInt16(bigEndian: address.sin_port))
      case AF_INET6:
        let address = unsafe UnsafeRawPointer(pointer).loadUnaligned(as: sockaddr_in6.self)
        self.init(
          bytes: unsafe withUnsafeBytes(of: address.sin6_addr) { unsafe [UInt8]($0) },
          port: UInt16(bigEndian: address.sin6_port), scope: address.sin6_scope_id)
      default: return nil
      }
    }

    /// Calls `body` with the address as C has it.
    @unsafe
    func withPointer<Result>(_ body: (UnsafeMutablePointer<sockaddr>) -> Result) -> Result {
      if bytes.count == 4 {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        unsafe withUnsafeMutableBytes(of: &address.sin_addr) { unsafe $0.copyBytes(from: bytes) }
        return unsafe withUnsafeMutablePointer(to: &address) {
          unsafe $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { unsafe body($0) }
        }
      }
      var address = sockaddr_in6()
      address.sin6_family = sa_family_t(AF_INET6)
      address.sin6_port = port.bigEndian
      address.sin6_scope_id = scope
      unsafe withUnsafeMutableBytes(of: &address.sin6_addr) { unsafe $0.copyBytes(from: bytes) }
      return unsafe withUnsafeMutablePointer(to: &address) {
        unsafe $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { unsafe body($0) }
      }
    }
  }
#endif
