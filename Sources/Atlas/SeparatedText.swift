package import Fabric

/// A table of comma-separated values as RFC 4180 has them, with the line that each row starts on.
///
/// Lines end in LF or CR LF; empty ones, and those that start with `#`, are left out. A semicolon or tab separates
/// instead where the first line has one and no comma.
package struct SeparatedText: Sendable {
  /// One row.
  package struct Row: Sendable, Equatable {
    /// Its first line, from 1.
    package let line: Int
    /// Its cells without the quotes, and without white space around those that have none.
    package let cells: [String]
  }

  /// The rows in the order of the file, the header first.
  package let rows: [Row]

  /// Reads the file at `path`.
  ///
  /// - Parameter sizeLimit: the most bytes that it may have.
  package init(contentsOf path: String, sizeLimit: Int) throws(TopologyFileError) {
    try self.init(parsing: BoundedFile.text(at: path, limit: sizeLimit), path: path)
  }

  /// Reads a table's text.
  package init(parsing text: String, path: String) throws(TopologyFileError) {
    var bytes = Array(text.utf8)
    if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { bytes.removeFirst(3) }
    let separator = Self.separator(bytes)
    let (quote, newline, hash) = (UInt8(ascii: "\""), UInt8(ascii: "\n"), UInt8(ascii: "#"))
    var rows = [Row]()
    var (index, line) = (0, 1)
    while index < bytes.count {
      let start = line
      if bytes[index] == hash {
        index = bytes[index...].firstIndex(of: newline) ?? bytes.count
        (index, line) = (index + 1, line + 1)
        continue
      }
      var cells = [String]()
      var isEnd = false
      while !isEnd {
        var cell = [UInt8]()
        while index < bytes.count, bytes[index] == UInt8(ascii: " ") { index += 1 }
        let isQuoted = index < bytes.count && bytes[index] == quote
        if isQuoted {
          index += 1
          while true {
            guard index < bytes.count else {
              throw TopologyFileError(
                path: path, line: start, "found a quote that is not closed, expected a second one")
            }
            if bytes[index] == quote {
              index += 1
              guard index < bytes.count, bytes[index] == quote else { break }
            }
            if bytes[index] == newline { line += 1 }
            cell.append(bytes[index])
            index += 1
          }
        }
        let rest = bytes[index...].firstIndex { $0 == separator || $0 == newline } ?? bytes.count
        let tail = Self.trimmed(bytes[index..<rest])
        guard !isQuoted || tail.isEmpty else {
          throw TopologyFileError(
            path: path, line: line,
            "found \(String(decoding: tail, as: UTF8.self).quoted) after a quote, expected a comma")
        }
        cells.append(String(decoding: isQuoted ? cell[...] : tail, as: UTF8.self))
        isEnd = rest == bytes.count || bytes[rest] == newline
        index = rest + 1
      }
      line += 1
      if cells != [""] { rows.append(Row(line: start, cells: cells)) }
    }
    guard !rows.isEmpty else {
      throw TopologyFileError(path: path, line: 1, "found no rows, expected a header and rows below it")
    }
    self.rows = rows
  }

  private static func separator(_ bytes: [UInt8]) -> UInt8 {
    let comma = UInt8(ascii: ",")
    var lines = bytes.split(separator: UInt8(ascii: "\n"), maxSplits: 64).lazy
      .filter { $0.first != UInt8(ascii: "#") }.makeIterator()
    guard let first = lines.next(), !first.contains(comma) else { return comma }
    return [UInt8(ascii: ";"), UInt8(ascii: "\t")].first { first.contains($0) } ?? comma
  }

  private static func trimmed(_ bytes: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
    let isSpace = { (byte: UInt8) in byte == 32 || byte == 9 || byte == 13 }
    var bytes = bytes.drop(while: isSpace)
    while let last = bytes.last, isSpace(last) { bytes.removeLast() }
    return bytes
  }
}
