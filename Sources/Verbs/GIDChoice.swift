/// Which entry of a port's GID table a connection uses, and why.
package struct GIDChoice: Sendable, Equatable {
  package let entry: GIDEntry
  /// In words, for a person who asks why not another.
  package let why: String

  package init(entry: GIDEntry, why: String) { (self.entry, self.why) = (entry, why) }

  /// What a user asks for.
  package enum Request: Sendable, Equatable {
    /// This entry and no other.
    case index(Int)
    /// The best one; of this version of RoCE and this family only, where they are given.
    case automatic(version: Version? = nil, family: Family = .any)
  }

  /// A version of RoCE.
  package enum Version: Int, Sendable, CaseIterable {
    case one = 1
    case two = 2

    fileprivate var kind: GIDEntry.Kind { self == .one ? .roceV1 : .roceV2 }
  }

  /// Which addresses will do.
  package enum Family: String, Sendable, CaseIterable {
    case ipv4, ipv6, any
  }

  /// Chooses an entry.
  ///
  /// On Ethernet RoCE v2 comes before RoCE v1, which no router passes; of one version an IPv4 address comes before a
  /// global or unique-local IPv6 address, and that before a link-local one. Of equals the lowest index is taken. On
  /// InfiniBand the LID leads to the other end, and the GID is the first.
  ///
  /// - Parameters:
  ///   - entries: the table, without its empty entries.
  ///   - asked: a version and a family hold on Ethernet only.
  /// - Throws: where there is no such entry; the error names those that there are.
  package static func choose(
    among entries: [GIDEntry], linkLayer: PortAttributes.LinkLayer, asked: Request = .automatic()
  ) throws(VerbsError) -> GIDChoice {
    switch asked {
    case .index(let index):
      guard let entry = entries.first(where: { $0.index == index }) else {
        throw refusal("GID index \(index): the table has no such entry", entries)
      }
      return GIDChoice(entry: entry, why: "asked for")
    case .automatic where linkLayer != .ethernet:
      guard let entry = entries.first(where: { $0.index == 0 }) else {
        throw refusal("GID index 0: the table has no such entry", entries)
      }
      return GIDChoice(entry: entry, why: "the LID leads to the other end; the first GID is the port's own")
    case .automatic(let version, let family):
      let fitting = entries.filter { entry in
        (version == nil || entry.kind == version?.kind)
          && (family == .any || entry.gid.isIPv4 == (family == .ipv4))
      }
      guard let best = fitting.min(by: { ($0.rank, $0.index) < ($1.rank, $1.index) }) else {
        let of = version.map { "RoCE v\($0.rawValue)" } ?? "any version"
        let with = family == .any ? "" : family == .ipv4 ? " with an IPv4 address" : " with an IPv6 address"
        throw refusal("GID of \(of)\(with): the table has none", entries)
      }
      let equals = fitting.filter { $0.rank == best.rank }.count
      return GIDChoice(
        entry: best, why: equals > 1 ? "\(best.title), the first of \(equals)" : best.title)
    }
  }

  private static func refusal(_ what: String, _ entries: [GIDEntry]) -> VerbsError {
    let present = entries.map { "\($0.index) (\($0.kind.rawValue), \($0.gid))" }.joined(separator: ", ")
    return VerbsError(what, code: 0, detail: "there are: \(present.isEmpty ? "none" : present)")
  }
}

extension GIDEntry {
  /// Lower is better on Ethernet.
  fileprivate var rank: Int {
    let version = kind == .roceV2 ? 0 : 3
    return version + (gid.isIPv4 ? 0 : gid.isLinkLocal ? 2 : 1)
  }

  fileprivate var title: String {
    let address = gid.isIPv4 ? "an IPv4" : gid.isLinkLocal ? "a link-local IPv6" : "a routable IPv6"
    return "\(kind.rawValue) with \(address) address"
  }
}
