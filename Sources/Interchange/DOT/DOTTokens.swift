import Fabric

/// The words and marks of a DOT text, comments left out.
struct DOTTokens {
  enum Token: Equatable {
    /// A name, a number or a quoted text: what DOT calls an ID.
    case word(String)
    /// One of `{ } [ ] ; , = :`.
    case mark(Character)
    /// `--` or `->`.
    case edge
    case end
  }

  private let source: SourceText
  private let bytes: [UInt8]
  private var position = 0
  private(set) var line = 1
  /// The next token, and the line that it is on.
  private(set) var next = Token.end

  init(_ source: SourceText) throws(TopologyFileError) {
    self.source = source
    bytes = Array(source.text.utf8)
    try advance()
  }

  /// Whether the next token is that keyword, which DOT doesn't spell in one case.
  func isAt(keyword: String) -> Bool {
    if case .word(let word) = next { word.lowercased() == keyword } else { false }
  }

  /// Takes the next token where it is that mark.
  mutating func take(_ mark: Character) throws(TopologyFileError) -> Bool {
    guard next == .mark(mark) else { return false }
    try advance()
    return true
  }

  mutating func expect(_ mark: Character, _ what: String) throws(TopologyFileError) {
    guard try take(mark) else { throw error(expected: "'\(mark)' \(what)") }
  }

  mutating func word(_ what: String) throws(TopologyFileError) -> String {
    guard case .word(let word) = next else { throw error(expected: what) }
    try advance()
    return word
  }

  func error(expected: String) -> TopologyFileError {
    let found =
      switch next {
      case .word(let word): word.quoted
      case .mark(let mark): "'\(mark)'"
      case .edge: "an edge"
      case .end: "the end of the text"
      }
    return source.error(line, found: found, expected: expected)
  }

  mutating func advance() throws(TopologyFileError) {
    try skipBlank()
    guard position < bytes.count else {
      next = .end
      return
    }
    let byte = bytes[position]
    switch byte {
    case UInt8(ascii: "\""): next = .word(try quoted())
    case UInt8(ascii: "<"):
      throw source.error(line, found: "'<'", expected: "a label in quotes, as HTML labels are not read")
    case UInt8(ascii: "-") where position + 1 < bytes.count && "->".utf8.contains(bytes[position + 1]):
      position += 2
      next = .edge
    case _ where "{}[];,=:".utf8.contains(byte):
      position += 1
      next = .mark(Character(Unicode.Scalar(byte)))
    default:
      let start = position
      while position < bytes.count, Self.isOfWord(bytes[position], first: position == start) { position += 1 }
      guard position > start else {
        throw source.error(
          line, found: String(decoding: [byte], as: UTF8.self).quoted,
          expected: "a name, in quotes where it has others than letters, digits and _")
      }
      next = .word(String(decoding: bytes[start..<position], as: UTF8.self))
    }
  }

  private static func isOfWord(_ byte: UInt8, first: Bool) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "."), 0x80...:
      true
    case UInt8(ascii: "-"): first
    default: false
    }
  }

  private mutating func quoted() throws(TopologyFileError) -> String {
    let start = line
    position += 1
    var text = [UInt8]()
    while position < bytes.count {
      let byte = bytes[position]
      let follows = position + 1 < bytes.count ? bytes[position + 1] : 0
      position += 1
      switch byte {
      case UInt8(ascii: "\""): return String(decoding: text, as: UTF8.self)
      case UInt8(ascii: "\\") where follows == UInt8(ascii: "\""):
        text.append(follows)
        position += 1
      case UInt8(ascii: "\\") where follows == UInt8(ascii: "\n"):
        position += 1
        line += 1
      case UInt8(ascii: "\n"):
        line += 1
        text.append(byte)
      default: text.append(byte)
      }
    }
    throw source.error(start, found: "a quote that is not closed", expected: "'\"' at its end")
  }

  private mutating func skipBlank() throws(TopologyFileError) {
    while position < bytes.count {
      let byte = bytes[position]
      let follows = position + 1 < bytes.count ? bytes[position + 1] : 0
      let isAtLineStart = position == 0 || bytes[position - 1] == UInt8(ascii: "\n")
      if byte == UInt8(ascii: "\n") {
        line += 1
        position += 1
      } else if byte <= UInt8(ascii: " ") {
        position += 1
      } else if byte == UInt8(ascii: "/"), follows == UInt8(ascii: "*") {
        let start = line
        position += 2
        while position + 1 < bytes.count,
          bytes[position] != UInt8(ascii: "*") || bytes[position + 1] != UInt8(ascii: "/")
        {
          if bytes[position] == UInt8(ascii: "\n") { line += 1 }
          position += 1
        }
        guard position + 1 < bytes.count else {
          throw source.error(start, found: "a comment that is not closed", expected: "'*/' at its end")
        }
        position += 2
      } else if byte == UInt8(ascii: "/") && follows == UInt8(ascii: "/")
        || byte == UInt8(ascii: "#") && isAtLineStart
      {
        while position < bytes.count, bytes[position] != UInt8(ascii: "\n") { position += 1 }
      } else {
        return
      }
    }
  }
}
