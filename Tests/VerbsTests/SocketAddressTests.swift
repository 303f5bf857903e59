import Testing
import Verbs

@Suite("An address for the connection manager")
struct SocketAddressTests {
  @Test("reads what it prints", arguments: ["192.0.2.1:7000", "[2001:db8::1]:65535", "[::1]:0"])
  func reads(_ text: String) throws {
    #expect(try SocketAddress(parsing: text).description == text)
  }

  @Test(
    "refuses what has no address or no port",
    arguments: ["", "192.0.2.1", "host:7000", "192.0.2.1:70000", "[::1]", "[::1%none0]:1", "::1:7000"])
  func refuses(_ text: String) {
    #expect(throws: VerbsError.self) { try SocketAddress(parsing: text) }
  }
}
