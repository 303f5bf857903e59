/// A quantity's text that can't be read: what was found, and what would be right.
public struct QuantityError: Error, Equatable, CustomStringConvertible {
  /// The text as it was given.
  public let found: String

  /// What would have been right, with an example.
  public let expected: String

  /// An error that names the text found and a form that would have been read.
  public init(found: String, expected: String) {
    self.found = found
    self.expected = expected
  }

  /// One line: what was found and what was expected.
  public var description: String { "'\(found)' is not \(expected)" }
}

/// A decimal number followed by a unit, as people write quantities: `1.5us`, `400 Gbit/s`, `64K`.
package struct NumberWithUnit {
  package let number: Double
  package let unit: Substring

  /// Splits `text` after its longest leading number, or returns nil where there is no finite number.
  package init?(_ text: String) {
    let trimmed = text.drop(while: \.isWhitespace)
    var end = trimmed.startIndex
    while end < trimmed.endIndex {
      let character = trimmed[end]
      let isExponent =
        (character == "e" || character == "E") && end > trimmed.startIndex
        && trimmed[trimmed.index(after: end)...].first.map { $0.isNumber || $0 == "-" || $0 == "+" } == true
      let isSign = character == "-" || character == "+"
      guard character.isASCII, character.isNumber || character == "." || isSign || isExponent else { break }
      end = trimmed.index(after: end)
    }
    guard let number = Double(trimmed[..<end]), number.isFinite else { return nil }
    self.number = number
    var unit = trimmed[end...].drop(while: \.isWhitespace)
    while unit.last?.isWhitespace == true { unit.removeLast() }
    self.unit = unit
  }
}

extension Double {
  /// The number with `digits` significant digits and without a needless fraction: `2.5`, `40`, `0.125`.
  package func significant(_ digits: Int = 4) -> String {
    guard isFinite, self != 0 else { return self == 0 ? "0" : "\(self)" }
    var magnitude = 0
    var scaled = abs(self)
    while scaled >= 10 { (scaled, magnitude) = (scaled / 10, magnitude + 1) }
    while scaled < 1 { (scaled, magnitude) = (scaled * 10, magnitude - 1) }
    let text = fixed(max(0, digits - 1 - magnitude))
    guard text.contains(".") else { return text }
    let trimmed = text.reversed().drop { $0 == "0" }.drop { $0 == "." }
    return String(trimmed.reversed())
  }

  /// The number with exactly `places` digits after the point, rounded half away from zero; as Swift prints it where
  /// that takes more digits than 64 bits have.
  package func fixed(_ places: Int) -> String {
    precondition(places >= 0)
    var power = 1.0
    for _ in 0..<places { power *= 10 }
    let scaled = (abs(self) * power).rounded()
    guard places <= 18, scaled < 9e18 else { return "\(self)" }
    let units = Int64(scaled)
    let divisor = Int64(power)
    let sign = self < 0 && units != 0 ? "-" : ""
    guard places > 0 else { return "\(sign)\(units)" }
    let fraction = String(units % divisor)
    return "\(sign)\(units / divisor)." + String(repeating: "0", count: places - fraction.count) + fraction
  }
}
