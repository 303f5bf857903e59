/// The 32 bits that come with a write: what has arrived, for which receive, and how many ring messages the sender has
/// taken out of its own ring by then, so that most credits travel for nothing.
///
///     31 30 | 29 … 16          | 15 … 0
///     kind  | receive's slot   | ring messages consumed, modulo 65,536
struct Immediate: Equatable {
  /// What a write with immediate announces.
  enum Kind: UInt32 {
    /// The next message of the ring.
    case ring = 0
    /// A piece of a large message, written where its receive is.
    case piece = 1
    /// Nothing but credits.
    case credits = 2
  }

  /// Slots that an immediate can name.
  static let slotLimit = 1 << 14

  let kind: Kind
  /// The slot of the receive that a piece belongs to.
  let slot: Int
  /// Consumed ring messages, modulo 65,536.
  let consumed: UInt16

  init(_ kind: Kind, slot: Int = 0, consumed: UInt64) {
    (self.kind, self.slot, self.consumed) = (kind, slot, UInt16(truncatingIfNeeded: consumed))
  }

  /// Nil for bits that no rank writes.
  init?(bits: UInt32) {
    guard let kind = Kind(rawValue: bits >> 30) else { return nil }
    (self.kind, slot) = (kind, Int(bits >> 16 & 0x3fff))
    consumed = UInt16(truncatingIfNeeded: bits)
  }

  var bits: UInt32 { kind.rawValue << 30 | UInt32(slot) << 16 | UInt32(consumed) }
}
