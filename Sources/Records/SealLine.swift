import Foundation

/// The line of a file that holds its seal, also where that line is damaged.
struct SealLine {
  /// The seal; nil where it isn't as it was written.
  let seal: Seal?
  /// Whether the line is as it was written, to the byte, and stands at the start of a line.
  let isAsWritten: Bool
  /// Counted from 1.
  let number: Int
  /// The bytes that are not sealed.
  private let range: Range<Int>

  private static let schema = Data("\(Seal.schema) ".utf8)
  /// As programs write it that escape slashes.
  private static let escapedSchema = Data("\(Seal.schema) ".replacing("/", with: "\\/").utf8)
  private static let keyInDocument = Data("  \"seal\": \"".utf8)
  private static let keyInPage = Data("<!-- seal: ".utf8)
  private static let newline = UInt8(ascii: "\n")

  /// Finds the seal: in a page the last comment of that kind, in a document the field on a line of its own.
  ///
  /// Both the key and the seal's own first word are looked for, so that it is found while one of them is left. What a
  /// page quotes of a document is not taken for the page's.
  init?(in file: Data) {
    let file = file.startIndex == 0 ? file : Data(file)
    let isPage = file.first == UInt8(ascii: "<") && !file.suffix(2).elementsEqual("}\n".utf8)
    if let start = Self.textInPage(file) {
      self.init(file, textAt: start, key: Self.keyInPage, end: " -->", Seal.line(inPage:))
    } else if !isPage, let start = Self.textInDocument(file) {
      self.init(file, textAt: start, key: Self.keyInDocument, end: "\"", Seal.line(inDocument:))
    } else {
      return nil
    }
  }

  private static func textInPage(_ file: Data) -> Int? {
    let lastLine = file.dropLast().lastIndex(of: newline).map { $0 + 1 } ?? 0
    if let key = file.lastRange(of: [newline] + keyInPage) { return key.upperBound }
    if let key = file[lastLine...].firstRange(of: keyInPage) { return key.upperBound }
    guard file.first != UInt8(ascii: "{") else { return nil }
    return file[lastLine...].firstRange(of: schema)?.lowerBound
  }

  private static func textInDocument(_ file: Data) -> Int? {
    file.firstRange(of: [newline] + keyInDocument)?.upperBound ?? file.firstRange(of: schema)?.lowerBound
      ?? file.firstRange(of: escapedSchema)?.lowerBound
  }

  private init(
    _ file: Data, textAt start: Int, key: Data, end: String, _ written: (Seal) -> Data
  ) {
    number = 1 + file[..<start].count { $0 == Self.newline }
    let line = file[start...].prefix { $0 != Self.newline }
    let text = line.firstRange(of: Data(end.utf8)).map { line[..<$0.lowerBound] }
    seal = text.flatMap { Seal(text: String(decoding: $0, as: UTF8.self).replacing("\\/", with: "/")) }
    guard let seal else {
      (isAsWritten, range) = (false, start..<line.endIndex)
      return
    }
    let expected = written(seal)
    let first = max(0, start - key.count)
    let found = file[first...].prefix(expected.count)
    let differences =
      zip(found, expected).count { $0 != $1 } + expected.count - found.count
    guard differences <= Self.mostDamage else {
      (isAsWritten, range) = (false, start..<start + seal.text.utf8.count)
      return
    }
    range = first..<found.endIndex
    isAsWritten = differences == 0 && (first == 0 || file[first - 1] == Self.newline)
  }

  /// So many bytes may differ in what is still taken for the line: those of its end, where the file is cut off there.
  private static let mostDamage = 5

  /// What is sealed.
  func removed(from file: Data) -> Data {
    let file = file.startIndex == 0 ? file : Data(file)
    return file[..<range.lowerBound] + file[range.upperBound...]
  }

  /// Where a byte of what is sealed stands in the file.
  func offset(inFile offset: Int) -> Int { offset < range.lowerBound ? offset : offset + range.count }
}
