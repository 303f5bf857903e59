import Transport

/// How a message lies in a slot of a ring: a header of 16 bytes, then a payload or a list of grants.
enum RingMessage {
  /// Bytes before the payload.
  static let header = 16

  /// What the payload is.
  enum Kind: UInt32 {
    /// A small message.
    case data = 1
    /// Places for large messages.
    case grants = 2
  }

  /// Writes the header; `count` is bytes of data, or grants.
  static func write(_ kind: Kind, tag: Int32, count: Int, to slot: Region) {
    let words = SIMD4<UInt32>(kind.rawValue, UInt32(bitPattern: tag), UInt32(count), 0)
    precondition(slot.bytes >= header, "a slot holds a header")
    unsafe slot.address.storeBytes(of: words, as: SIMD4<UInt32>.self)
  }

  /// Reads the header; nil where there is none.
  static func read(_ slot: Region) -> (kind: Kind, tag: Int32, count: Int)? {
    precondition(slot.bytes >= header, "a slot holds a header")
    let words = unsafe slot.address.loadUnaligned(as: SIMD4<UInt32>.self)
    guard let kind = Kind(rawValue: words[0]) else { return nil }
    return (kind, Int32(bitPattern: words[1]), Int(words[2]))
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

  /// Writes it into a slot's payload, as the `index`th.
  func write(_ index: Int, to slot: Region) {
    let place = slot.part(RingMessage.header + index * Self.size, Self.size)
    place.store(tag, at: 0)
    place.store(Int32(self.slot), at: 1)
    place.store(address, at: 1)
    place.store(Int64(bytes), at: 2)
    place.part(24, 32).store(keys, at: 0)
  }

  /// Reads the `index`th grant of a slot.
  init(_ index: Int, of slot: Region) {
    let place = slot.part(RingMessage.header + index * Self.size, Self.size)
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
