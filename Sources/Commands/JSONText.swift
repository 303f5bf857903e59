/// JSON written straight into text, keys in the order of the calls: for documents with very many small objects.
///
/// An object or array in an array stands on its own line, so that such a document can be read and compared by lines.
struct JSONText {
  /// The document so far.
  private(set) var text = ""
  /// For each container that is open: whether it has an entry.
  private var hasEntry = [Bool]()
  private var isAfterKey = false
  /// Whether the innermost container is an array.
  private var isAtArray = false

  private mutating func separate() {
    if isAfterKey {
      isAfterKey = false
    } else if let last = hasEntry.indices.last {
      if hasEntry[last] { text += "," }
      if hasEntry.count == 1 || isAtArray { text += "\n" } else if hasEntry[last] { text += " " }
      hasEntry[last] = true
    }
  }

  mutating func object(_ body: (inout JSONText) -> Void) {
    separate()
    let wasAtArray = isAtArray
    isAtArray = false
    text += "{"
    hasEntry.append(false)
    body(&self)
    hasEntry.removeLast()
    isAtArray = wasAtArray
    text += hasEntry.isEmpty ? "\n}" : "}"
  }

  mutating func array<Element>(
    _ elements: some Sequence<Element>, _ body: (inout JSONText, Element) -> Void
  ) {
    separate()
    let wasAtArray = isAtArray
    isAtArray = true
    text += "["
    hasEntry.append(false)
    for element in elements { body(&self, element) }
    let isEmpty = !hasEntry.removeLast()
    isAtArray = wasAtArray
    text += isEmpty ? "]" : "\n]"
  }

  mutating func key(_ name: String) {
    separate()
    quote(name)
    text += ": "
    isAfterKey = true
  }

  mutating func value(_ string: String) {
    separate()
    quote(string)
  }

  mutating func value(_ isTrue: Bool) {
    separate()
    text += isTrue ? "true" : "false"
  }

  mutating func value(_ integer: some BinaryInteger) {
    separate()
    text += "\(integer)"
  }

  /// A number; whole ones without a fraction, and null for what JSON has no number for.
  mutating func value(_ number: Double?) {
    separate()
    guard let number, number.isFinite else {
      text += "null"
      return
    }
    text += number == number.rounded() && abs(number) < 0x1p53 ? "\(Int64(number))" : "\(number)"
  }

  mutating func field(_ name: String, _ string: String) {
    key(name)
    value(string)
  }

  mutating func field(_ name: String, _ integer: some BinaryInteger) {
    key(name)
    value(integer)
  }

  mutating func field(_ name: String, _ number: Double?) {
    key(name)
    value(number)
  }

  private mutating func quote(_ string: String) {
    text += "\""
    if string.utf8.allSatisfy({ $0 >= 0x20 && $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: "\\") }) {
      text += string
    } else {
      for scalar in string.unicodeScalars {
        switch scalar {
        case "\"": text += "\\\""
        case "\\": text += "\\\\"
        case "\n": text += "\\n"
        case _ where scalar.value < 0x20:
          let digits = String(scalar.value, radix: 16)
          text += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
        default: text.unicodeScalars.append(scalar)
        }
      }
    }
    text += "\""
  }
}
