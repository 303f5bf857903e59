import Testing
import Verbs

@Suite("The choice of a GID")
struct GIDChoiceTests {
  static let ipv4 = GID(prefix: 0, interface: 0xFFFF_C000_0201)
  static let global = GID(prefix: 0x2001_0DB8_0000_0000, interface: 1)
  static let uniqueLocal = GID(prefix: 0xFD00_0000_0000_0000, interface: 1)
  static let linkLocal = GID(prefix: 0xFE80_0000_0000_0000, interface: 1)

  private func table(_ entries: [(GIDEntry.Kind, GID)]) -> [GIDEntry] {
    entries.enumerated().map {
      GIDEntry(index: $0, gid: $1.0 == .infiniband ? Self.linkLocal : $1.1, kind: $1.0, interface: nil)
    }
  }

  /// A table, what is asked of it, the index that is right, and the reason given.
  struct Case: Sendable {
    let entries: [(GIDEntry.Kind, GID)]
    var version: GIDChoice.Version?
    var family = GIDChoice.Family.any
    let index: Int
    let why: String
  }

  static let cases = [
    // What a RoCE port looks like: each address twice, link-local first.
    Case(
      entries: [(.roceV1, linkLocal), (.roceV2, linkLocal), (.roceV1, ipv4), (.roceV2, ipv4)], index: 3,
      why: "RoCE v2 with an IPv4 address"),
    Case(
      entries: [(.roceV2, linkLocal), (.roceV2, global), (.roceV1, ipv4)], index: 1,
      why: "RoCE v2 with a routable IPv6 address"),
    Case(
      entries: [(.roceV2, linkLocal), (.roceV2, uniqueLocal)], index: 1,
      why: "RoCE v2 with a routable IPv6 address"),
    Case(
      entries: [(.roceV1, ipv4), (.roceV2, linkLocal)], index: 1,
      why: "RoCE v2 with a link-local IPv6 address"),
    Case(entries: [(.roceV1, linkLocal), (.roceV1, ipv4)], index: 1, why: "RoCE v1 with an IPv4 address"),
    Case(
      entries: [(.roceV2, ipv4), (.roceV2, ipv4)], index: 0,
      why: "RoCE v2 with an IPv4 address, the first of 2"),
    Case(
      entries: [(.roceV2, ipv4), (.roceV1, global), (.roceV1, ipv4)], version: .one, index: 2,
      why: "RoCE v1 with an IPv4 address"),
    Case(
      entries: [(.roceV2, ipv4), (.roceV2, linkLocal)], family: .ipv6, index: 1,
      why: "RoCE v2 with a link-local IPv6 address"),
    Case(
      entries: [(.roceV2, linkLocal), (.roceV1, ipv4)], family: .ipv4, index: 1,
      why: "RoCE v1 with an IPv4 address"),
  ]

  @Test("on Ethernet prefers the version and the address that reach furthest", arguments: cases)
  func ethernet(_ one: Case) throws {
    let choice = try GIDChoice.choose(
      among: table(one.entries), linkLayer: .ethernet,
      asked: .automatic(version: one.version, family: one.family))
    #expect(choice.entry.index == one.index)
    #expect(choice.why == one.why)
  }

  @Test("on InfiniBand is the first")
  func infiniband() throws {
    let choice = try GIDChoice.choose(
      among: table([(.infiniband, Self.linkLocal), (.infiniband, Self.global)]), linkLayer: .infiniband)
    #expect(choice.entry.index == 0)
  }

  @Test("takes the index that is asked for")
  func index() throws {
    let entries = table([(.roceV2, Self.ipv4), (.roceV1, Self.linkLocal)])
    let choice = try GIDChoice.choose(among: entries, linkLayer: .ethernet, asked: .index(1))
    #expect(choice == GIDChoice(entry: entries[1], why: "asked for"))
  }

  @Test("names the entries that there are where there is no such")
  func refusals() {
    let entries = table([(.roceV2, Self.ipv4), (.roceV2, Self.linkLocal)])
    let present = "there are: 0 (RoCE v2, 192.0.2.1), 1 (RoCE v2, fe80:0000:0000:0000:0000:0000:0000:0001)"
    func refusal(_ entries: [GIDEntry], _ asked: GIDChoice.Request) -> String? {
      do {
        _ = try GIDChoice.choose(among: entries, linkLayer: .ethernet, asked: asked)
        return nil
      } catch { return error.description }
    }
    #expect(refusal(entries, .index(7)) == "GID index 7: the table has no such entry: \(present)")
    #expect(
      refusal(entries, .automatic(version: .one, family: .ipv6))
        == "GID of RoCE v1 with an IPv6 address: the table has none: \(present)")
    #expect(refusal([], .automatic()) == "GID of any version: the table has none: there are: none")
  }
}
