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
    slot.store(kind.rawValue, at: 0)
    slot.store(tag, at: 1)
    slot.store(UInt32(count), at: 2)
  }

  /// Reads the header; nil where there is none.
  static func read(_ slot: Region) -> (kind: Kind, tag: Int32, count: Int)? {
    guard let kind = Kind(rawValue: slot.load(0, as: UInt32.self)) else { return nil }
    return (kind, slot.load(1, as: Int32.self), Int(slot.load(2, as: UInt32.self)))
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
