package import Foundation

/// How all of the project's JSON files are laid out: keys in order, one entry a line, lists of bare numbers on one line.
package enum DocumentCoding {
  /// `value` as JSON that people can read and diff, with a newline at its end.
  ///
  /// - Throws: `EncodingError`, for a number that JSON does not have (NaN, infinity).
  package static func encode(_ value: some Encodable) throws -> Data {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return JSONLayout.indented(try encoder.encode(value))
  }

  /// The bytes of a document's file, sealed.
  ///
  /// - Parameter noun: what the file is, for messages: `record`.
  package static func sealed(
    _ document: some Encodable, noun: String, path: String
  ) throws(FileError) -> Data {
    do {
      return Seal.sealed(try encode(document))
    } catch {
      throw FileError(.unwritable, path: path, "the \(noun) can't be written as JSON: \(error)")
    }
  }

  /// Reads a document whose `schema` field must be `schema`.
  ///
  /// - Parameter noun: what the file should be, for messages: `record`.
  package static func decode<Document: Decodable>(
    _ type: Document.Type, from data: Data, path: String, schema: String, noun: String
  ) throws(FileError) -> Document {
    func refuse(_ reason: String) -> FileError { FileError(.contents, path: path, reason) }
    let refusal: FileError
    do {
      guard let found = try DocumentKind.header(of: data) else {
        throw refuse("this is no \(noun): it has no field 'schema'; '\(schema)' is expected")
      }
      guard found == schema else {
        throw refuse("its schema is '\(found)'; this version of Syncline reads '\(schema)'")
      }
      return try JSONDecoder().decode(type, from: data)
    } catch let error as FileError {
      refusal = error
    } catch let error as DecodingError {
      refusal = refuse("this is no \(noun): \(describe(error))")
    } catch {
      refusal = refuse("this is no \(noun): \(error)")
    }
    // What is wrong with a file that was cut short follows from that.
    throw DocumentKind.cutShort(data, path: path) ?? refusal
  }

  private static func describe(_ error: DecodingError) -> String {
    switch error {
    case .keyNotFound(let key, let context):
      return "\(name(context.codingPath)) lacks '\(key.stringValue)'"
    case .valueNotFound(let type, let context):
      return "\(name(context.codingPath)) is null; \(word(type)) is expected"
    case .typeMismatch(let type, let context):
      return "\(name(context.codingPath)) is not \(word(type))"
    case .dataCorrupted(let context) where context.codingPath.isEmpty:
      // Foundation doesn't tell broken syntax from a number that doesn't fit.
      return
        "it is not valid JSON, or a number in it is out of range (times and sizes are whole and below 2^63)"
    case .dataCorrupted(let context): return "\(name(context.codingPath)): \(context.debugDescription)"
    @unknown default: return "\(error)"
    }
  }

  private static func name(_ path: [any CodingKey]) -> String {
    guard !path.isEmpty else { return "the file" }
    return path.reduce(into: "") { name, key in
      if let index = key.intValue {
        name += "[\(index)]"
      } else {
        name += (name.isEmpty ? "" : ".") + key.stringValue
      }
    }
  }

  private static func word(_ type: any Any.Type) -> String {
    switch type {
    case is String.Type: "a string"
    case is Bool.Type: "true or false"
    case is Int.Type, is Int64.Type: "a whole number"
    case is Double.Type: "a number"
    default:
      "\(type)".hasPrefix("Array") ? "a list" : "\(type)".hasPrefix("Dictionary") ? "an object" : "a \(type)"
    }
  }
}
