import CPlatform
import Transport

/// How a message lies in a ring: 16 bytes that tell what it is, then a payload or a list of grants, and where receivers
/// look for messages in memory its number again.
///
///     | kind, consumed | tag | count | number | payload … | number |
///
/// Messages lie one behind the other, each from a cache line on, so that small ones share their pages. The number is the
/// message's own, counted from 1: the last is written last, where the device writes in order.
struct RingMessage {
  /// Bytes before the payload.
  static let header = 16
  /// Bytes after it.
  static let end = 4

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

  /// Bytes from its place to the next message's.
  var stride: Int { Self.stride(bytes) }

  /// The same, for a payload of `bytes`.
  static func stride(_ bytes: Int) -> Int { (header + bytes + end + 63) & ~63 }

  init(_ kind: Kind, tag: Int32, count: Int, consumed: UInt64) {
    (self.kind, self.tag, self.count) = (kind, tag, count)
    self.consumed = UInt16(truncatingIfNeeded: consumed)
  }

  /// Reads a header; nil for what no rank writes into such a place.
  @inline(__always)
  init?(at place: Region) {
    precondition(place.bytes >= Self.header, "a place holds a header")
    let words = unsafe place.address.loadUnaligned(as: SIMD4<UInt32>.self)
    guard let kind = Kind(rawValue: words[0] & 0xffff) else { return nil }
    (self.kind, tag, count) = (kind, Int32(bitPattern: words[1]), Int(words[2]))
    consumed = UInt16(truncatingIfNeeded: words[0] >> 16)
    guard stride <= place.bytes else { return nil }
  }

  /// Where the payload is.
  @inline(__always)
  func payload(at place: Region) -> Region { place.part(Self.header, bytes) }

  /// Makes it message number `number`, around the payload that is in place; gives what is to be written.
  @inline(__always)
  func finish(at place: Region, number: UInt64, isPolled: Bool) -> Region {
    let image = place.part(0, Self.header + bytes + (isPolled ? Self.end : 0))
    let number = UInt32(truncatingIfNeeded: number)
    let words = SIMD4<UInt32>(
      kind.rawValue | UInt32(consumed) << 16, UInt32(bitPattern: tag), UInt32(count), number)
    unsafe image.address.storeBytes(of: words, as: SIMD4<UInt32>.self)
    if isPolled { unsafe (image.address + Self.header + bytes).storeBytes(of: number, as: UInt32.self) }
    return image
  }

  /// Whether message number `number` is at its place, whole; what was there before is ``wipe(_:)``d.
  @inline(__always)
  static func isHere(_ number: UInt64, at place: Region) -> Bool {
    let number = UInt32(truncatingIfNeeded: number)
    guard unsafe syncline_load_acquire(place.address + 12) == number else { return false }
    // A header that can't be read is found out by whoever takes the message.
    guard let message = RingMessage(at: place) else { return true }
    return unsafe syncline_load_acquire(place.address + (header + message.bytes)) == number
  }

  /// Leaves nothing that could pass for a later message.
  func wipe(_ place: Region) { place.part(0, stride).fill(0) }
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
