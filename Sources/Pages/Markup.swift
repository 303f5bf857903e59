/// HTML that may stand in a page as it is.
///
/// A `String` becomes markup in two ways only: as text, which is escaped scalar by scalar, or as a literal of
/// this source. So no name, label or path of a record can end up as an element or an attribute.
package struct Markup: Sendable, Equatable, ExpressibleByStringLiteral, CustomStringConvertible {
  /// The markup's characters.
  package private(set) var description: String

  /// Markup of this source.
  package init(stringLiteral value: StaticString) { description = value.description }

  /// Words, of which nothing is taken for markup.
  ///
  /// By scalars: a quote with a combining mark is one character, and ends an attribute all the same. Control
  /// characters, which HTML doesn't allow, are shown by their pictures (U+2400 and on).
  package init(text: String) {
    guard text.utf8.contains(where: Self.mayNeedEscape) else {
      description = text
      return
    }
    description = ""
    description.unicodeScalars.reserveCapacity(text.unicodeScalars.count)
    for scalar in text.unicodeScalars {
      switch scalar {
      case "&": description += "&amp;"
      case "<": description += "&lt;"
      case ">": description += "&gt;"
      case "\"": description += "&quot;"
      case "'": description += "&#39;"
      case "\n", "\t": description.unicodeScalars.append(scalar)
      case _ where scalar.value < 0x20:
        if let picture = Unicode.Scalar(0x2400 + scalar.value) { description.unicodeScalars.append(picture) }
      case "\u{7F}": description += "\u{2421}"
      case _ where (0x80..<0xA0).contains(scalar.value): description += "\u{FFFD}"
      default: description.unicodeScalars.append(scalar)
      }
    }
  }

  /// Whether a byte of UTF-8 may belong to what can't stand as it is; 0xC2 leads the control characters past
  /// 0x7F.
  private static func mayNeedEscape(_ byte: UInt8) -> Bool {
    switch byte {
    case 0..<0x20, 0x7F, 0xC2: true
    case UInt8(ascii: "&"), UInt8(ascii: "<"), UInt8(ascii: ">"), UInt8(ascii: "\""), UInt8(ascii: "'"): true
    default: false
    }
  }

  /// Markup that this room has put together from escaped parts.
  init(trusted description: String) { self.description = description }

  /// Adds markup at the end.
  package static func += (left: inout Markup, right: Markup) { left.description += right.description }
}
