import Fabric
import Foundation

/// Any JSON, for documents whose shape depends on how many things are in them.
enum JSONValue: Decodable {
  case object([String: JSONValue])
  case array([JSONValue])
  case text(String)
  case flag(Bool)
  /// Numbers and null, which nobody here asks for.
  case other

  /// How deep containers may be nested.
  private static let depthLimit = 32

  /// Reads `source` whole.
  init(_ source: SourceText) throws(TopologyFileError) {
    var (depth, line) = (0, 1)
    var (isInText, isEscaped) = (false, false)
    for byte in source.text.utf8 {
      if byte == UInt8(ascii: "\n") { line += 1 }
      if isInText {
        if isEscaped {
          isEscaped = false
        } else if byte == UInt8(ascii: "\\") {
          isEscaped = true
        } else if byte == UInt8(ascii: "\"") {
          isInText = false
        }
        continue
      }
      switch byte {
      case UInt8(ascii: "\""): isInText = true
      case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
      case UInt8(ascii: "}"), UInt8(ascii: "]"): depth -= 1
      default: break
      }
      guard depth <= Self.depthLimit else {
        throw source.error(
          line, found: "a value inside of \(Self.depthLimit) others", expected: "at most that many")
      }
    }
    do {
      self = try JSONDecoder().decode(JSONValue.self, from: Data(source.text.utf8))
    } catch {
      let reason = (error as? DecodingError)?.detail ?? "\(error)"
      throw TopologyFileError(path: source.path, "is no JSON: \(reason)".oneLine)
    }
  }

  init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    if let object = try? container.decode([String: JSONValue].self) {
      self = .object(object)
    } else if let array = try? container.decode([JSONValue].self) {
      self = .array(array)
    } else if let text = try? container.decode(String.self) {
      self = .text(text)
    } else if let flag = try? container.decode(Bool.self) {
      self = .flag(flag)
    } else {
      self = .other
    }
  }

  /// The value of a key, in this object or in the first one of this array.
  subscript(key: String) -> JSONValue? {
    switch self {
    case .object(let fields): fields[key]
    case .array(let values): values.first?[key]
    default: nil
    }
  }

  /// The text itself, or the `value` of an object around it.
  var string: String? {
    switch self {
    case .text(let text): text
    case .object(let fields): fields["value"]?.string
    case .array(let values): values.first?.string
    default: nil
    }
  }

  /// The elements of an array, or this one value.
  var elements: [JSONValue] {
    if case .array(let values) = self { values } else { [self] }
  }
}

extension DecodingError {
  /// What the parser itself says, with the place in the text.
  fileprivate var detail: String? {
    guard case .dataCorrupted(let context) = self else { return nil }
    let inner = (context.underlyingError as NSError?)?.userInfo[NSDebugDescriptionErrorKey] as? String
    return inner ?? context.debugDescription
  }
}
