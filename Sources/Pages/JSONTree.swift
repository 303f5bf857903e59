/// JSON that stands in a page: objects keep their order, and the text is safe inside of a `script` element.
///
/// `<`, `>`, `&` and the line separators U+2028 and U+2029 are written as escapes, so that no text in it ends
/// the element or starts a comment, whatever a record holds.
package indirect enum JSONTree: Sendable, Equatable {
  case null
  case bool(Bool)
  case number(Double)
  case text(String)
  case list([JSONTree])
  case object([Field])

  /// A key with its value.
  package struct Field: Sendable, Equatable {
    package let key: String
    package let value: JSONTree

    package init(_ key: String, _ value: JSONTree) { (self.key, self.value) = (key, value) }
  }

  /// The value of a key of an object; nil for what has none.
  package subscript(key: String) -> JSONTree? {
    guard case .object(let fields) = self else { return nil }
    return fields.first { $0.key == key }?.value
  }

  /// An object's fields with those of another behind.
  package func adding(_ other: JSONTree) -> JSONTree {
    guard case .object(let own) = self, case .object(let more) = other else { return self }
    return .object(own + more)
  }
}

extension JSONTree: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByFloatLiteral,
  ExpressibleByBooleanLiteral, ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral,
  ExpressibleByNilLiteral
{
  package init(stringLiteral value: String) { self = .text(value) }
  package init(integerLiteral value: Int) { self = .number(Double(value)) }
  package init(floatLiteral value: Double) { self = .number(value) }
  package init(booleanLiteral value: Bool) { self = .bool(value) }
  package init(arrayLiteral elements: JSONTree...) { self = .list(elements) }
  package init(dictionaryLiteral elements: (String, JSONTree)...) {
    self = .object(elements.map { Field($0.0, $0.1) })
  }
  package init(nilLiteral: ()) { self = .null }
}

extension JSONTree {
  /// The tree as text without spaces.
  package var text: String {
    var text = ""
    write(to: &text)
    return text
  }

  func write(to text: inout String) {
    switch self {
    case .null: text += "null"
    case .bool(let isTrue): text += isTrue ? "true" : "false"
    case .number(let number): Self.write(number, to: &text)
    case .text(let words): Self.write(words, to: &text)
    case .list(let elements):
      text += "["
      for (place, element) in elements.enumerated() {
        if place > 0 { text += "," }
        element.write(to: &text)
      }
      text += "]"
    case .object(let fields):
      text += "{"
      for (place, field) in fields.enumerated() {
        if place > 0 { text += "," }
        Self.write(field.key, to: &text)
        text += ":"
        field.value.write(to: &text)
      }
      text += "}"
    }
  }

  /// A number with all its digits; null for what JSON has no number for.
  static func write(_ number: Double, to text: inout String) {
    if !number.isFinite {
      text += "null"
    } else if number == number.rounded(), abs(number) < 0x1p53 {
      text += "\(Int64(number))"
    } else {
      text += "\(number)"
    }
  }

  static func write(_ words: String, to text: inout String) {
    text += "\""
    for scalar in words.unicodeScalars {
      switch scalar {
      case "\"": text += "\\\""
      case "\\": text += "\\\\"
      case "\n": text += "\\n"
      case "<", ">", "&", "\u{7F}"..."\u{9F}", "\u{2028}", "\u{2029}", "\u{0}"..."\u{1F}":
        let digits = String(scalar.value, radix: 16)
        text += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      default: text.unicodeScalars.append(scalar)
      }
    }
    text += "\""
  }
}
