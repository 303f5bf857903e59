internal import Crypto
package import Foundation

/// What a file's bytes were when it was written, kept in the file itself, so that a changed byte is found and its place
/// named.
///
/// A seal covers every byte of the file but its own line: a SHA-256 of them all, which finds a change, and for each block of
/// lines 24 bits of the block's SHA-256, which say where. It guards against accidents, such as an edit that was forgotten, a
/// transfer that broke off, an editor that converts line ends. It is no signature: whoever means to deceive can seal anew.
///
///     let page = Seal.appended(to: Data(html.utf8))
///     Seal.verify(page)  // .intact
package struct Seal: Sendable, Equatable {
  /// The name and version of the format, with which a seal's text starts.
  static let schema = "syncline.seal/1"
  /// So many blocks, or just above, have a file's lines at the most.
  private static let mostBlocks = 256
  /// More lines than any file has.
  private static let mostLines = 1 << 48
  /// The characters of a block's digest: 24 bits in base 64.
  static let blockDigits = 4

  /// The SHA-256 of what is sealed, in hexadecimal.
  package let digest: String
  /// How many lines are sealed.
  let lines: Int
  /// How many lines a block has; the last one may have fewer.
  let blockLines: Int
  /// ``blockDigits`` characters for each block.
  let blocks: String

  /// Seals `content`, in time linear in its length.
  package init(of content: Data) {
    let text = SealedText(content)
    lines = text.count
    blockLines = max(1, (text.count + Self.mostBlocks - 1) / Self.mostBlocks)
    digest = Digest.sha256(content)
    blocks = stride(from: 0, to: text.count, by: blockLines).map { [blockLines] first in
      Self.blockDigest(text.bytes(of: first..<min(first + blockLines, text.count)))
    }.joined()
  }

  /// Reads ``text``.
  ///
  /// - Returns: nil for a text of another version, or one that isn't as it was written.
  init?(text: some StringProtocol) {
    let words = text.split(separator: " ", omittingEmptySubsequences: false)
    guard words.count == 6, words[0] == Self.schema, let lines = Int(words[2]),
      let blockLines = Int(words[3]),
      (0..<Self.mostLines).contains(lines),
      (1..<Self.mostLines).contains(blockLines)
    else { return nil }
    (digest, self.lines, self.blockLines) = (String(words[1]), lines, blockLines)
    blocks = String(words[4])
    guard blocks.utf8.count == (lines + blockLines - 1) / blockLines * Self.blockDigits,
      self.text == String(text)
    else { return nil }
  }

  /// The seal in one line of letters, digits and ` ./:+`, with a digest of its own at the end.
  package var text: String {
    let words = "\(Self.schema) \(digest) \(lines) \(blockLines) \(blocks)"
    return "\(words) \(Digest.sha256(Data(words.utf8)).prefix(8))"
  }

  /// 24 bits of the SHA-256 of a block.
  static func blockDigest(_ bytes: ArraySlice<UInt8>) -> String {
    Data(SHA256.hash(data: bytes).prefix(3)).base64EncodedString()
  }
}

extension Seal {
  /// A JSON document with its seal, as the field `seal` after `schema`.
  ///
  /// - Parameter document: as ``DocumentCoding/encode(_:)`` lays it out, with `schema` and a field that sorts behind it.
  package static func sealed(_ document: Data) -> Data {
    var sealed = document
    guard let start = document.firstRange(of: Data("\n  \"schema\": ".utf8))?.upperBound,
      let end = document[start...].firstIndex(of: UInt8(ascii: "\n"))
    else { preconditionFailure("what is sealed is a document with a field 'schema' on a line of its own") }
    sealed.insert(contentsOf: line(inDocument: Seal(of: document)), at: end + 1)
    return sealed
  }

  /// A text, such as a page of HTML, with its seal as a comment of HTML in a line at its end.
  ///
  /// - Parameter text: gets a newline at its end where it has none, which is sealed too.
  package static func appended(to text: Data) -> Data {
    var sealed = text
    if let last = text.last, last != UInt8(ascii: "\n") { sealed.append(UInt8(ascii: "\n")) }
    return sealed + line(inPage: Seal(of: sealed))
  }

  static func line(inDocument seal: Seal) -> Data { Data("  \"seal\": \"\(seal.text)\",\n".utf8) }

  static func line(inPage seal: Seal) -> Data { Data("<!-- seal: \(seal.text) -->\n".utf8) }
}

/// Bytes as lines, each with the newline at its end; the last one may have none.
struct SealedText {
  let bytes: [UInt8]
  /// Where each line starts, and where the last one ends.
  private let starts: [Int]

  init(_ data: Data) {
    bytes = [UInt8](data)
    var starts = [0]
    for (index, byte) in bytes.enumerated() where byte == UInt8(ascii: "\n") { starts.append(index + 1) }
    if starts.last != bytes.count { starts.append(bytes.count) }
    self.starts = starts
  }

  /// How many lines there are.
  var count: Int { starts.count - 1 }

  /// Where lines start and end, in bytes.
  func offsets(of lines: Range<Int>) -> Range<Int> { starts[lines.lowerBound]..<starts[lines.upperBound] }

  func bytes(of lines: Range<Int>) -> ArraySlice<UInt8> { bytes[offsets(of: lines)] }
}
