import CPlatform
import Transport

/// How a message lies in a slot of a ring: at its end, a payload or a list of grants, and then 16 bytes that tell what it is.
///
///     … payload | kind, consumed | tag | count | number |
///
/// The number is the message's own, counted from 1. It is the last that is written, so it tells a receiver that looks at
/// the memory that all before it is there, where the device writes in order.
struct RingMessage {
  /// Bytes after the payload.
  static let trailer = 16

  /// What the payload is.
  enum Kind: UInt32 {
    /// A small message.
    case data = 1
    /// Places for large messages.
    case grants = 2
  }

  let kind: Kind
  /// Of data, the message's.
  let tag: Int32
  /// Bytes of data, or grants.
  let count: Int
  /// Ring messages that the sender has taken out of its own ring, modulo 65,536.
  let consumed: UInt16

  /// Bytes of the payload.
  var bytes: Int { kind == .data ? count : count * Grant.size }

  init(_ kind: Kind, tag: Int32, count: Int, consumed: UInt64) {
    (self.kind, self.tag, self.count) = (kind, tag, count)
    self.consumed = UInt16(truncatingIfNeeded: consumed)
  }

  /// Nil for what no rank writes into a ring with such slots.
  @inline(__always)
  init?(in slot: Region) {
    precondition(slot.bytes >= Self.trailer, "a slot holds a trailer")
    let end = unsafe slot.address + (slot.bytes - Self.trailer)
    let words = unsafe end.loadUnaligned(as: SIMD4<UInt32>.self)
    guard let kind = Kind(rawValue: words[0] & 0xffff) else { return nil }
    (self.kind, tag, count) = (kind, Int32(bitPattern: words[1]), Int(words[2]))
    consumed = UInt16(truncatingIfNeeded: words[0] >> 16)
    guard bytes <= slot.bytes - Self.trailer else { return nil }
  }

  /// Where the payload is.
  @inline(__always)
  func payload(in slot: Region) -> Region { slot.part(slot.bytes - Self.trailer - bytes, bytes) }

  /// Ends the slot as message number `number`, and gives what is to be written of it.
  @inline(__always)
  func finish(_ slot: Region, number: UInt64) -> Region {
    let image = slot.part(slot.bytes - Self.trailer - bytes, bytes + Self.trailer)
    let words = SIMD4<UInt32>(
      kind.rawValue | UInt32(consumed) << 16, UInt32(bitPattern: tag), UInt32(count),
      UInt32(truncatingIfNeeded: number))
    unsafe (image.address + bytes).storeBytes(of: words, as: SIMD4<UInt32>.self)
    return image
  }

  /// Whether message number `number` is in its slot.
  @inline(__always)
  static func isHere(_ number: UInt64, in slot: Region) -> Bool {
    unsafe syncline_load_acquire(slot.address + (slot.bytes - 4)) == UInt32(truncatingIfNeeded: number)
  }
}

/// A receiver's word that a large message may be written straight into its memory.
struct Grant: Equatable {
  /// Tells the receiver's messages from this sender apart.
  let tag: Int32
  /// The receive's slot, which comes back with the last write.
  let slot: Int
  /// Where the message goes.
  let address: UInt64
  /// How long the receive is.
  let bytes: Int
  /// The receiver's keys, by rail.
  let keys: SIMD8<UInt32>

  /// What a slot has that sends nothing.
  static let none = Grant(tag: 0, slot: 0, address: 0, bytes: 0, keys: SIMD8(repeating: 0))

  /// Bytes that a grant takes in a ring message.
  static let size = 56

  /// Writes it into a message's payload, as the `index`th.
  func write(_ index: Int, to payload: Region) {
    let place = payload.part(index * Self.size, Self.size)
    place.store(tag, at: 0)
    place.store(Int32(self.slot), at: 1)
    place.store(address, at: 1)
    place.store(Int64(bytes), at: 2)
    place.part(24, 32).store(keys, at: 0)
  }

  /// Reads the `index`th grant of a payload.
  init(_ index: Int, of payload: Region) {
    let place = payload.part(index * Self.size, Self.size)
    tag = place.load(0, as: Int32.self)
    self.slot = Int(place.load(1, as: Int32.self))
    address = place.load(1, as: UInt64.self)
    bytes = Int(place.load(2, as: Int64.self))
    keys = place.part(24, 32).load(0, as: SIMD8<UInt32>.self)
  }

  init(tag: Int32, slot: Int, address: UInt64, bytes: Int, keys: SIMD8<UInt32>) {
    (self.tag, self.slot, self.address, self.bytes, self.keys) = (tag, slot, address, bytes, keys)
  }
}
