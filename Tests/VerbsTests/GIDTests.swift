import Testing
import Verbs

@Suite("A GID")
struct GIDTests {
  @Test("keeps its bytes, and shows an IPv4 address as one")
  func bytes() {
    let bytes: [UInt8] = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF, 192, 0, 2, 1]
    let gid = GID(bytes: bytes)
    #expect(gid.bytes == bytes)
    #expect(gid.isIPv4 && !gid.isLinkLocal && !gid.isZero)
    #expect(gid.description == "192.0.2.1")
    #expect(gid.grouped == "0000:0000:0000:0000:0000:ffff:c000:0201")
  }

  @Test(
    "is link-local in fe80::/10 only",
    arguments: [(0xFE80, true), (0xFEBF, true), (0xFEC0, false), (0x2001, false)])
  func linkLocal(_ head: Int, _ expected: Bool) {
    #expect(GID(prefix: UInt64(head) << 48, interface: 1).isLinkLocal == expected)
  }
}
