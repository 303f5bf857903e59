package import Foundation

/// What a JSON document says it is, in its field `schema`.
package enum DocumentKind {
  /// The schema of a document, whatever else it holds.
  ///
  /// - Throws: ``FileError`` of kind `contents` for what is no JSON object, is cut short, or has no such
  ///   field.
  package static func schema(of data: Data, path: String) throws(FileError) -> String {
    do {
      if let schema = try header(of: data) { return schema }
    } catch {
      throw cutShort(data, path: path)
        ?? FileError(
          .contents, path: path,
          "this is no document of Syncline: it is not a JSON object with a field 'schema'")
    }
    throw cutShort(data, path: path)
      ?? FileError(.contents, path: path, "this is no document of Syncline: it has no field 'schema'")
  }

  /// That a file was cut short and where, if it was.
  static func cutShort(_ data: Data, path: String) -> FileError? {
    JSONLayout.openEnd(data).map {
      FileError(.contents, path: path, "the file is cut short: it ends after \(data.count) bytes \($0)")
    }
  }

  /// The field `schema`; nil where there is none.
  ///
  /// A file of samples is large, so the field is looked for before anything is parsed: these bytes can be
  /// nothing but a key, and with one such key in all nothing else can be meant. Whoever reads the document
  /// finds out whether it is sound.
  static func header(of data: Data) throws -> String? {
    var keys: [Range<Data.Index>] = []
    var rest = data.startIndex..<data.endIndex
    while keys.count < 2, let key = data.range(of: name, in: rest) {
      keys.append(key)
      rest = key.upperBound..<data.endIndex
    }
    if keys.count == 1, let value = text(in: data[keys[0].upperBound...]) { return value }
    return try JSONDecoder().decode(Header.self, from: data).schema
  }

  private static let name = Data("\"schema\"".utf8)

  /// The short text after a key's colon; nil for anything else, and for one with an escape.
  private static func text(in data: Data) -> String? {
    var bytes = data.prefix(200).drop(while: isSpace)
    guard bytes.popFirst() == UInt8(ascii: ":") else { return nil }
    bytes = bytes.drop(while: isSpace)
    guard bytes.popFirst() == UInt8(ascii: "\""), let end = bytes.firstIndex(of: UInt8(ascii: "\"")) else {
      return nil
    }
    let text = bytes[..<end]
    return text.contains(UInt8(ascii: "\\")) ? nil : String(bytes: text, encoding: .utf8)
  }

  private static func isSpace(_ byte: UInt8) -> Bool { [0x20, 0x09, 0x0A, 0x0D].contains(byte) }

  /// What every document has.
  private struct Header: Decodable {
    var schema: String?
  }
}
