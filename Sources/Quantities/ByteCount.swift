/// A size of data in bytes, never negative.
///
/// Sizes count in powers of two in print and in bare suffixes, as nccl-tests reads them: `64K` and
/// `64 KiB` are 65,536 bytes. A suffix that names decimal bytes outright (`kB`, `MB`, `GB`, `TB`) is decimal.
public struct ByteCount: Hashable, Comparable, Sendable, Codable {
  /// The number of bytes.
  public let bytes: Int

  /// A size of `bytes` bytes; a negative one is the caller's bug.
  public init(_ bytes: Int) {
    precondition(bytes >= 0, "a size is never negative")
    self.bytes = bytes
  }

  /// No data at all.
  public static let zero = ByteCount(0)

  /// `count` times 1,024 bytes.
  public static func kibibytes(_ count: Int) -> ByteCount { ByteCount(count << 10) }

  /// `count` times 1,048,576 bytes.
  public static func mebibytes(_ count: Int) -> ByteCount { ByteCount(count << 20) }

  /// `count` times 1,073,741,824 bytes.
  public static func gibibytes(_ count: Int) -> ByteCount { ByteCount(count << 30) }

  /// Orders by the number of bytes.
  public static func < (left: ByteCount, right: ByteCount) -> Bool { left.bytes < right.bytes }

  /// Reads a bare number of bytes from a file.
  public init(from decoder: any Decoder) throws {
    let bytes = try decoder.singleValueContainer().decode(Int.self)
    guard bytes >= 0 else {
      throw QuantityError(found: "\(bytes)", expected: "a size in bytes, zero or more")
    }
    self.init(bytes)
  }

  /// Writes the bare number of bytes.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(bytes)
  }
}

extension ByteCount {
  private static let units: [String: Double] = [
    "": 1, "b": 1,
    "k": 0x1p10, "m": 0x1p20, "g": 0x1p30, "t": 0x1p40,
    "kib": 0x1p10, "mib": 0x1p20, "gib": 0x1p30, "tib": 0x1p40,
    "kb": 1e3, "mb": 1e6, "gb": 1e9, "tb": 1e12,
  ]

  /// Reads `8`, `64K`, `1.5 MiB` or `2GB`.
  ///
  /// - Throws: ``QuantityError`` for text that is no size, a negative one, a fraction of a byte, or one
  ///   past 2^62 bytes.
  public init(parsing text: String) throws(QuantityError) {
    let error = QuantityError(found: text, expected: "a size such as 8, 64K, 1.5MiB or 2GB, below 4 EiB")
    guard let parts = NumberWithUnit(text), let unit = Self.units[parts.unit.lowercased()] else {
      throw error
    }
    let bytes = parts.number * unit
    guard bytes >= 0, bytes < 0x1p62, bytes.rounded() == bytes else { throw error }
    self.init(Int(bytes))
  }
}

extension ByteCount: CustomStringConvertible {
  /// The size in the largest binary unit that keeps it short: `8 B`, `64 KiB`, `1.5 MiB`.
  public var description: String {
    for (unit, scale) in [("TiB", 40), ("GiB", 30), ("MiB", 20), ("KiB", 10)] where bytes >= 1 << scale {
      return "\((Double(bytes) / Double(1 << scale)).significant(5)) \(unit)"
    }
    return "\(bytes) B"
  }
}
