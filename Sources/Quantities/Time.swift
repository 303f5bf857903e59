/// An instant or a span of time as a whole number of picoseconds: 106 days fit, the same on every machine.
public struct Time: Hashable, Comparable, Sendable, Codable {
  /// The number of picoseconds.
  public let picoseconds: Int64

  /// A time of `picoseconds`.
  public init(picoseconds: Int64) { self.picoseconds = picoseconds }

  /// The start of everything, or no time at all.
  public static let zero = Time(picoseconds: 0)

  /// Later than anything that happens.
  public static let never = Time(picoseconds: .max)

  /// `count` times 10^-9 seconds.
  public static func nanoseconds(_ count: Int64) -> Time { Time(picoseconds: count * 1_000) }

  /// `count` times 10^-6 seconds.
  public static func microseconds(_ count: Int64) -> Time { Time(picoseconds: count * 1_000_000) }

  /// The whole number of picoseconds nearest to `seconds`; past the range, the range's end.
  public static func seconds(_ seconds: Double) -> Time {
    let scaled = (seconds * 1e12).rounded()
    guard scaled < 9.2e18 else { return .never }
    guard scaled > -9.2e18 else { return Time(picoseconds: .min) }
    return Time(picoseconds: Int64(scaled))
  }

  /// How long `size` takes at `rate`, rounded up, so that no prediction beats the link.
  public static func transfer(_ size: ByteCount, at rate: Bandwidth) -> Time {
    let scaled = (Double(size.bytes) / rate.bytesPerSecond * 1e12).rounded(.up)
    return scaled < 9.2e18 ? Time(picoseconds: Int64(scaled)) : .never
  }

  /// The time in seconds.
  public var seconds: Double { Double(picoseconds) / 1e12 }

  /// The time in 10^-9 seconds.
  public var nanoseconds: Double { Double(picoseconds) / 1e3 }

  /// The time in 10^-6 seconds, the unit of nccl-tests.
  public var microseconds: Double { Double(picoseconds) / 1e6 }

  /// Orders from early to late, or from short to long.
  public static func < (left: Time, right: Time) -> Bool { left.picoseconds < right.picoseconds }

  /// The sum of two times.
  public static func + (left: Time, right: Time) -> Time {
    Time(picoseconds: left.picoseconds + right.picoseconds)
  }

  /// The time from `right` to `left`.
  public static func - (left: Time, right: Time) -> Time {
    Time(picoseconds: left.picoseconds - right.picoseconds)
  }

  /// `left` taken `right` times.
  public static func * (left: Time, right: Int) -> Time {
    Time(picoseconds: left.picoseconds * Int64(right))
  }

  /// Adds `right` to `left`.
  public static func += (left: inout Time, right: Time) { left = left + right }

  /// Reads bare picoseconds from a file.
  public init(from decoder: any Decoder) throws {
    picoseconds = try decoder.singleValueContainer().decode(Int64.self)
  }

  /// Writes bare picoseconds.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(picoseconds)
  }
}

extension Time {
  private static let units: [String: Double] = [
    "ps": 1, "ns": 1e3, "us": 1e6, "µs": 1e6, "ms": 1e9, "s": 1e12,
  ]

  /// Reads `500 ns`, `1.5us`, `2 ms` or `10s`.
  ///
  /// - Throws: ``QuantityError`` for text without a unit, or that is no time, negative, or past 100 days.
  public init(parsing text: String) throws(QuantityError) {
    guard let parts = NumberWithUnit(text), let unit = Self.units[String(parts.unit)],
      parts.number >= 0, parts.number * unit < 8.64e18
    else {
      throw QuantityError(found: text, expected: "a time such as 500 ns, 1.5us, 2 ms or 10s")
    }
    self.init(picoseconds: Int64((parts.number * unit).rounded()))
  }
}

extension Time: CustomStringConvertible {
  /// The time in the unit that keeps it short: `500 ns`, `1.5 us`, `2.25 ms`.
  public var description: String {
    for (unit, scale) in [("s", 1e12), ("ms", 1e9), ("us", 1e6), ("ns", 1e3)]
    where Double(picoseconds.magnitude) >= scale {
      return "\((Double(picoseconds) / scale).significant()) \(unit)"
    }
    return "\(picoseconds) ps"
  }
}
