/// A rate of data: bytes per second inside, Gbit/s for links and GB/s for collectives in print.
public struct Bandwidth: Hashable, Comparable, Sendable, Codable {
  /// Bytes per second, one direction.
  public let bytesPerSecond: Double

  /// A rate of `bytesPerSecond`.
  public init(bytesPerSecond: Double) { self.bytesPerSecond = bytesPerSecond }

  /// A link's rate as vendors give it, in 10^9 bits per second.
  public static func gigabits(_ gigabits: Double) -> Bandwidth {
    Bandwidth(bytesPerSecond: gigabits * 1e9 / 8)
  }

  /// A collective's rate as nccl-tests prints it, in 10^9 bytes per second.
  public static func gigabytes(_ gigabytes: Double) -> Bandwidth {
    Bandwidth(bytesPerSecond: gigabytes * 1e9)
  }

  /// The rate in 10^9 bits per second.
  public var gigabitsPerSecond: Double { bytesPerSecond * 8 / 1e9 }

  /// The rate in 10^9 bytes per second.
  public var gigabytesPerSecond: Double { bytesPerSecond / 1e9 }

  /// Orders by the rate.
  public static func < (left: Bandwidth, right: Bandwidth) -> Bool {
    left.bytesPerSecond < right.bytesPerSecond
  }

  /// Reads bare bytes per second from a file.
  public init(from decoder: any Decoder) throws {
    bytesPerSecond = try decoder.singleValueContainer().decode(Double.self)
  }

  /// Writes bare bytes per second.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(bytesPerSecond)
  }
}

extension Bandwidth {
  /// Reads `400 Gbit/s`, `100Mbps`, `400G` (bits, as links are named) or `50 GB/s`.
  ///
  /// - Throws: ``QuantityError`` for text that is no rate, and for one that is negative or zero.
  public init(parsing text: String) throws(QuantityError) {
    let error = QuantityError(
      found: text, expected: "a rate above zero such as 400 Gbit/s, 100 Mbit/s or 50 GB/s")
    guard let parts = NumberWithUnit(text), parts.number > 0 else { throw error }
    let prefixes: [Character: Double] = [
      "k": 1e3, "K": 1e3, "M": 1e6, "m": 1e6, "G": 1e9, "g": 1e9, "T": 1e12, "t": 1e12,
    ]
    var unit = parts.unit
    let prefix = unit.first.flatMap { prefixes[$0] }
    if prefix != nil { unit.removeFirst() }
    let scale: Double
    switch unit {
    case "B/s", "Bps": scale = prefix ?? 1
    case "bit/s", "bits/s", "b/s", "bps": scale = (prefix ?? 1) / 8
    case "" where prefix != nil: scale = (prefix ?? 1) / 8
    default: throw error
    }
    guard (parts.number * scale).isFinite else { throw error }
    self.init(bytesPerSecond: parts.number * scale)
  }
}

extension Bandwidth: CustomStringConvertible {
  /// The rate as links are named: `400 Gbit/s`, `50 Mbit/s`.
  public var description: String {
    let bits = bytesPerSecond * 8
    for (unit, scale) in [("Tbit/s", 1e12), ("Gbit/s", 1e9), ("Mbit/s", 1e6), ("kbit/s", 1e3)]
    where bits >= scale * (unit == "Tbit/s" ? 10 : 1) {
      return "\((bits / scale).significant()) \(unit)"
    }
    return "\(bits.significant()) bit/s"
  }
}
