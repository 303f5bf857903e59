/// What a rank says first, so that rank 0 can tell its own run's ranks from whoever else connects.
///
/// It has a fixed size, and its first bytes a stranger would not send.
package struct RendezvousHello: Equatable {
  /// The rank that speaks.
  package var rank: Int
  /// How many ranks it was told that there are.
  package var ranks: Int
  /// The same number for all ranks of a run.
  package var session: UInt64
  /// Raised whenever the messages change: ranks of two builds must not misread each other.
  package var version = Self.version

  package static let version: UInt32 = 1
  static let magic = Array("SYNCLINE".utf8)
  static let size = 28

  package var bytes: [UInt8] {
    Self.magic + BigEndian.bytes(version) + BigEndian.bytes(UInt32(rank)) + BigEndian.bytes(UInt32(ranks))
      + BigEndian.bytes(session)
  }

  /// What rank 0 expects of `rank`.
  package init(rank: Int, ranks: Int, session: UInt64) {
    (self.rank, self.ranks, self.session) = (rank, ranks, session)
  }

  /// Reads what came; nil where it is no hello.
  init?(_ bytes: [UInt8]) {
    guard bytes.count == Self.size, bytes.starts(with: Self.magic) else { return nil }
    version = BigEndian.read(bytes[8..<12])
    rank = Int(BigEndian.read(bytes[12..<16]) as UInt32)
    ranks = Int(BigEndian.read(bytes[16..<20]) as UInt32)
    session = BigEndian.read(bytes[20..<28])
  }

  /// Whether these first bytes may become a hello.
  static func canBegin(with bytes: [UInt8]) -> Bool {
    zip(bytes, magic).allSatisfy { $0 == $1 }
  }

  /// Why rank 0, whose hello would be `own`, can't take this rank; nil where it can, unless that rank is there already.
  func refusal(by own: RendezvousHello) -> String? {
    if version != own.version {
      return "it speaks version \(version), rank 0 speaks \(own.version): start the same build everywhere"
    }
    if ranks != own.ranks {
      return "it was told that there are \(ranks) ranks, rank 0 was told \(own.ranks)"
    }
    if session != own.session {
      return "it was told another address or session than rank 0"
    }
    if !(1..<own.ranks).contains(rank) {
      return rank == 0 ? "there is a rank 0 already" : "ranks are 0 to \(own.ranks - 1)"
    }
    return nil
  }

  /// One number for an address, a count of ranks and a run's name: FNV-1a, 64 bits.
  package static func session(_ parts: String...) -> UInt64 {
    parts.joined(separator: "\n").utf8.reduce(0xcbf2_9ce4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
  }
}

/// Numbers as they cross the network.
enum BigEndian {
  static func bytes<T: FixedWidthInteger>(_ value: T) -> [UInt8] {
    (0..<T.bitWidth / 8).reversed().map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
  }

  static func read<T: FixedWidthInteger>(_ bytes: some Collection<UInt8>) -> T {
    bytes.reduce(0) { $0 << 8 | T(truncatingIfNeeded: $1) }
  }
}
