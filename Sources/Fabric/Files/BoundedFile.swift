import Foundation

/// Reads a small text file, and refuses a large one before it is in memory.
package enum BoundedFile {
  /// The text of the file at `path`.
  ///
  /// - Parameter limit: the most bytes that it may have.
  package static func text(at path: String, limit: Int) throws(TopologyFileError) -> String {
    let attributes = try? FileManager.default.attributesOfItem(atPath: path)
    if attributes?[.type] as? FileAttributeType == .typeDirectory {
      throw TopologyFileError(.unreadable, path: path, "found a directory, expected a file")
    }
    guard let handle = FileHandle(forReadingAtPath: path) else {
      throw TopologyFileError(.unreadable, path: path, "can't be read: missing, or not permitted")
    }
    defer { try? handle.close() }
    let data: Data?
    do {
      data = try handle.read(upToCount: limit + 1)
    } catch {
      throw TopologyFileError(.unreadable, path: path, "can't be read: \(error.localizedDescription)")
    }
    guard let data, !data.isEmpty else {
      throw TopologyFileError(path: path, "found an empty file")
    }
    guard data.count <= limit else {
      throw TopologyFileError(path: path, "found more than \(limit) bytes, expected at most that")
    }
    guard let text = String(data: data, encoding: .utf8) else {
      let line = 1 + data.prefix(Self.validPrefix(data)).count { $0 == UInt8(ascii: "\n") }
      throw TopologyFileError(path: path, line: line, "found bytes that are no UTF-8, expected text")
    }
    return text
  }

  /// How many bytes from the start are whole, valid UTF-8.
  private static func validPrefix(_ data: Data) -> Int {
    var (low, high) = (0, data.count)
    while low < high {
      let middle = (low + high + 1) / 2
      // Up to three bytes of a character may be cut off at the end without making the text before it wrong.
      let isValid = (0...min(3, middle)).contains {
        String(data: data.prefix(middle - $0), encoding: .utf8) != nil
      }
      if isValid { low = middle } else { high = middle - 1 }
    }
    return low
  }
}
