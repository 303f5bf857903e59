/// Where ranks find each other, as a person writes it: `HOST:PORT`, an IPv6 address in brackets.
package struct RendezvousAddress: Equatable, CustomStringConvertible {
  /// A name or an address, without brackets.
  package let host: String
  /// From 1 to 65535.
  package let port: UInt16

  /// As it was written.
  package var description: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }

  package init(_ text: String) throws(TransportError) {
    let wrong = TransportError.unavailable(
      "'\(text)' is no address: it is HOST:PORT such as 192.0.2.1:7471 or [2001:db8::1]:7471, the port from 1 to 65535"
    )
    guard let colon = text.lastIndex(of: ":"), let port = UInt16(text[text.index(after: colon)...]), port > 0
    else { throw wrong }
    var host = text[..<colon]
    if host.first == "[", host.last == "]" {
      host = host.dropFirst().dropLast()
      guard host.contains(":") else { throw wrong }
    } else if host.contains(where: { ":[]".contains($0) }) {
      throw wrong
    }
    guard !host.isEmpty, !host.contains(where: \.isWhitespace) else { throw wrong }
    (self.host, self.port) = (String(host), port)
  }
}
