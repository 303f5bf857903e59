import Fabric
import Quantities

/// Rates and times as SimGrid's files have them: a number and a unit, or a bare number of bytes per second or seconds.
enum SimGridQuantity {
  /// SimGrid's units: bits and bytes, by powers of 1000 and of 1024.
  private static let rates: [String: Double] = {
    var units = ["": 1.0]
    for (prefix, scale) in [
      ("", 1), ("k", 1e3), ("K", 1e3), ("M", 1e6), ("G", 1e9), ("T", 1e12), ("Ki", 0x1p10), ("Mi", 0x1p20),
      ("Gi", 0x1p30), ("Ti", 0x1p40),
    ] {
      units["\(prefix)Bps"] = scale
      units["\(prefix)bps"] = scale / 8
    }
    return units
  }()

  private static let times: [String: Double] = [
    "": 1e12, "ps": 1, "ns": 1e3, "us": 1e6, "ms": 1e9, "s": 1e12, "m": 60e12, "h": 3600e12,
  ]

  static func rate(
    _ text: String, _ element: XMLElement, _ source: SourceText
  ) throws(TopologyFileError) -> Bandwidth {
    guard let (number, unit) = split(text), let scale = rates[unit], number > 0, number * scale <= 1e15 else {
      throw source.error(element.line, found: text.quoted, expected: "a bandwidth such as 125MBps or 10Gbps")
    }
    return Bandwidth(bytesPerSecond: number * scale)
  }

  static func time(
    _ text: String, _ element: XMLElement, _ source: SourceText
  ) throws(TopologyFileError) -> Time {
    guard let (number, unit) = split(text), let scale = times[unit], number >= 0, number * scale <= 1e12
    else {
      throw source.error(element.line, found: text.quoted, expected: "a latency of 0 to 1 s such as 50us")
    }
    return Time(picoseconds: Int64((number * scale).rounded()))
  }

  private static func split(_ text: String) -> (number: Double, unit: String)? {
    let text = text.trimmed
    let digits = text.prefix { $0.isNumber || ".+-eE".contains($0) }
    guard let number = Double(digits), number.isFinite else { return nil }
    return (number, text.dropFirst(digits.count).trimmed)
  }
}

extension StringProtocol {
  /// Without white space at either end.
  var trimmed: String {
    var text = drop(while: \.isWhitespace)
    while text.last?.isWhitespace == true { text.removeLast() }
    return String(text)
  }
}
