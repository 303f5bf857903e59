import Foundation

/// JSON as bytes: laid out for people, or looked at where it was cut off.
enum JSONLayout {
  /// Compact JSON with one entry a line, but lists of bare numbers and strings on one line, and a newline at the end.
  static func indented(_ compact: Data) -> Data {
    let bytes = [UInt8](compact)
    var text: [UInt8] = []
    text.reserveCapacity(bytes.count + bytes.count / 4)
    var isBroken: [Bool] = []
    var isInString = false
    var isEscaped = false
    func isFlat(from start: Int) -> Bool {
      var isInString = false
      var index = start + 1
      while index < bytes.count {
        switch bytes[index] {
        case UInt8(ascii: "\\") where isInString: index += 1
        case UInt8(ascii: "\""): isInString.toggle()
        case UInt8(ascii: "{"), UInt8(ascii: "["): if !isInString { return false }
        case UInt8(ascii: "]"), UInt8(ascii: "}"): if !isInString { return true }
        default: break
        }
        index += 1
      }
      return true
    }
    func breakLine() {
      text.append(UInt8(ascii: "\n"))
      for broken in isBroken where broken { text += [UInt8(ascii: " "), UInt8(ascii: " ")] }
    }
    for (index, byte) in bytes.enumerated() {
      if isInString {
        text.append(byte)
        if isEscaped {
          isEscaped = false
        } else if byte == UInt8(ascii: "\\") {
          isEscaped = true
        } else if byte == UInt8(ascii: "\"") {
          isInString = false
        }
        continue
      }
      switch byte {
      case UInt8(ascii: "{"), UInt8(ascii: "["):
        text.append(byte)
        let isEmpty =
          index + 1 < bytes.count
          && (bytes[index + 1] == UInt8(ascii: "}") || bytes[index + 1] == UInt8(ascii: "]"))
        isBroken.append(!isEmpty && (byte == UInt8(ascii: "{") || !isFlat(from: index)))
        if isBroken.last == true { breakLine() }
      case UInt8(ascii: "}"), UInt8(ascii: "]"):
        if isBroken.popLast() == true { breakLine() }
        text.append(byte)
      case UInt8(ascii: ","):
        text.append(byte)
        if isBroken.last == true { breakLine() }
      case UInt8(ascii: ":"): text += [byte, UInt8(ascii: " ")]
      case UInt8(ascii: "\""):
        text.append(byte)
        isInString = true
      default: text.append(byte)
      }
    }
    text.append(UInt8(ascii: "\n"))
    return Data(text)
  }

  /// Where JSON that ends too early ends, in words: `inside series[0].points[3].samples_ps, before ']'`; nil for text
  /// whose brackets are all closed.
  static func openEnd(_ data: Data) -> String? {
    var cursor = JSONCursor()
    for byte in data {
      cursor.advance(over: byte)
      if cursor.isOverclosed { return nil }
    }
    guard cursor.hasValue || cursor.isInString else { return "and holds no JSON at all" }
    guard let closer = cursor.closer else { return nil }
    let place = JSONCursor.words(cursor.path)
    return (place.isEmpty ? "" : "inside \(place), ")
      + "with '\(closer)' and \(cursor.depth - 1) more brackets to come"
  }
}
