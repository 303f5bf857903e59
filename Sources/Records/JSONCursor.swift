/// A place in JSON that is read byte by byte: which brackets are open there, and under which keys and numbers.
///
/// It judges no syntax, so that it can go through text that is damaged or cut off.
struct JSONCursor {
  /// One step from a container into what it holds.
  enum Step: Equatable {
    /// The entry of an object.
    case key(String)
    /// The entry of a list, counted from 0.
    case index(Int)
  }

  private enum Level {
    case object(key: String?)
    case list(index: Int)
  }

  private var levels: [Level] = []
  /// The bytes of the string that is being read; nil between strings.
  private var string: [UInt8]?
  private var isEscaped = false
  /// Whether anything but white space and strings has been read.
  private(set) var hasValue = false
  /// Whether more brackets were closed than opened.
  private(set) var isOverclosed = false

  /// Whether a string is open.
  var isInString: Bool { string != nil }

  /// How many brackets are open.
  var depth: Int { levels.count }

  /// What closes the innermost bracket; nil where all are closed.
  var closer: Character? {
    switch levels.last {
    case .object?: "}"
    case .list?: "]"
    case nil: nil
    }
  }

  /// The way from the outermost container to this place, without a key that is not read yet.
  var path: [Step] {
    levels.compactMap { level in
      switch level {
      case .object(let key): key.map(Step.key)
      case .list(let index): .index(index)
      }
    }
  }

  /// A path as people write it: `series[0].points[3]`.
  static func words(_ path: some Sequence<Step>) -> String {
    path.reduce(into: "") { words, step in
      switch step {
      case .key(let key): words += (words.isEmpty ? "" : ".") + key
      case .index(let index): words += "[\(index)]"
      }
    }
  }

  mutating func advance(over byte: UInt8) {
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
        return
      }
      string?.append(byte)
      return
    }
    switch byte {
    case UInt8(ascii: "\""): string = []
    case UInt8(ascii: "{"): levels.append(.object(key: nil))
    case UInt8(ascii: "["): levels.append(.list(index: 0))
    case UInt8(ascii: "}"), UInt8(ascii: "]"): if levels.popLast() == nil { isOverclosed = true }
    case UInt8(ascii: ","):
      switch levels.last {
      case .object?: levels[levels.count - 1] = .object(key: nil)
      case .list(let index)?: levels[levels.count - 1] = .list(index: index + 1)
      case nil: break
      }
    case UInt8(ascii: " "), UInt8(ascii: "\n"), UInt8(ascii: "\t"), UInt8(ascii: "\r"): return
    default: break
    }
    hasValue = true
  }
}
