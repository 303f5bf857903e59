public import Fabric

/// A file to import from: its text, and what errors call it.
public struct SourceText: Sendable {
  /// The most bytes that a file may have.
  public static let sizeLimit = 64 << 20

  /// The file as the user named it.
  public let path: String
  /// All of it.
  public let text: String

  /// Reads the file at `path`.
  ///
  /// - Throws: ``TopologyFileError`` for a file that is missing, empty, past ``sizeLimit``, or no UTF-8 text.
  public init(contentsOf path: String) throws(TopologyFileError) {
    try self.init(path: path, text: BoundedFile.text(at: path, limit: Self.sizeLimit))
  }

  /// A text that is there already.
  ///
  /// - Throws: ``TopologyFileError`` for one that is past ``sizeLimit`` or holds control characters that no text has.
  public init(path: String, text: String) throws(TopologyFileError) {
    guard text.utf8.count <= Self.sizeLimit else {
      throw TopologyFileError(
        path: path, "found \(text.utf8.count) bytes, expected at most \(Self.sizeLimit)")
    }
    var line = 1
    for byte in text.utf8 {
      if byte == UInt8(ascii: "\n") { line += 1 }
      guard byte >= UInt8(ascii: "\t") else {
        throw TopologyFileError(path: path, line: line, "found a byte of value \(byte), expected text")
      }
    }
    (self.path, self.text) = (path, text)
  }

  /// The file's name without folders and extension, for what has no other name.
  var stem: String {
    let file = path.split(separator: "/").last ?? "fabric"
    let stem = file.prefix { $0 != "." }
    return stem.isEmpty ? "fabric" : String(stem)
  }

  /// The lines, numbered from 1, without their ends.
  var lines: some Sequence<(number: Int, text: Substring)> {
    text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).enumerated().lazy
      .map { (number: $0.offset + 1, text: $0.element) }
  }

  /// An error about a line.
  func error(_ line: Int?, found: String, expected: String) -> TopologyFileError {
    TopologyFileError(path: path, line: line, "found \(found), expected \(expected)".oneLine)
  }
}
