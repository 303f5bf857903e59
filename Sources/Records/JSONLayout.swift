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
    enum Level {
      case object(key: String?)
      case list(index: Int)
    }
    var levels: [Level] = []
    var string: [UInt8]?
    var isEscaped = false
    var hasValue = false
    for byte in data {
      if string != nil {
        if isEscaped {
          isEscaped = false
        } else if byte == UInt8(ascii: "\\") {
          isEscaped = true
        } else if byte == UInt8(ascii: "\"") {
          if case .object(key: nil)? = levels.last {
            levels[levels.count - 1] = .object(key: String(decoding: string ?? [], as: UTF8.self))
          }
          string = nil
          continue
        }
        string?.append(byte)
        continue
      }
      switch byte {
      case UInt8(ascii: "\""): string = []
      case UInt8(ascii: "{"): levels.append(.object(key: nil))
      case UInt8(ascii: "["): levels.append(.list(index: 0))
      case UInt8(ascii: "}"), UInt8(ascii: "]"): if levels.popLast() == nil { return nil }
      case UInt8(ascii: ","):
        switch levels.last {
        case .object?: levels[levels.count - 1] = .object(key: nil)
        case .list(let index)?: levels[levels.count - 1] = .list(index: index + 1)
        case nil: break
        }
      case UInt8(ascii: " "), UInt8(ascii: "\n"), UInt8(ascii: "\t"), UInt8(ascii: "\r"): continue
      default: break
      }
      hasValue = true
    }
    guard hasValue || string != nil else { return "and holds no JSON at all" }
    guard let last = levels.last else { return nil }
    var place = ""
    for level in levels {
      switch level {
      case .object(let key): if let key { place += (place.isEmpty ? "" : ".") + key }
      case .list(let index): place += "[\(index)]"
      }
    }
    let closer = if case .object = last { "}" } else { "]" }
    return (place.isEmpty ? "" : "inside \(place), ")
      + "with '\(closer)' and \(levels.count - 1) more brackets to come"
  }
}
