import Foundation
import Quantities

/// Names the parts of a file for people: lines, and in a document what they hold.
struct SealedParts {
  private let file: Data
  /// What the series of a document are; empty where it can't be read.
  private let outline: Outline?

  init(of file: Data) {
    self.file = file.startIndex == 0 ? file : Data(file)
    outline = try? JSONDecoder().decode(Outline.self, from: file)
  }

  /// Whether the file is JSON, as far as its first byte tells.
  var isDocument: Bool { file.first == UInt8(ascii: "{") }

  /// A change of the bytes at `offsets`, which are whole lines of what is sealed.
  func change(at offsets: Range<Int>, surplus: Int) -> Seal.Change {
    let newline = UInt8(ascii: "\n")
    let start = min(offsets.lowerBound, max(0, file.count - 1))
    let last = max(start, min(offsets.upperBound, file.count) - 1)
    let first = 1 + file[..<start].count { $0 == newline }
    let lines = first...first + file[start..<max(start, last)].count { $0 == newline }
    guard isDocument else { return .lines(lines, part: nil, surplus: surplus) }
    let from = path(ofLineAt: start)
    let to = path(ofLineAt: file[..<last].lastIndex(of: newline).map { max(start, $0 + 1) } ?? start)
    let names = [from, to].map(name).filter { !$0.isEmpty }
    let part = names.count == 2 && names[0] != names[1] ? names.joined(separator: " to ") : names.first
    return .lines(lines, part: part, surplus: surplus)
  }

  /// The path of what a line sets: of its key, or where it has none, of where it starts.
  private func path(ofLineAt offset: Int) -> [JSONCursor.Step] {
    var cursor = JSONCursor()
    for byte in file[..<offset] { cursor.advance(over: byte) }
    let start = cursor.path
    for byte in file[offset...].prefix(while: { $0 != UInt8(ascii: "\n") }) {
      if byte == UInt8(ascii: ":"), !cursor.isInString { return cursor.path }
      cursor.advance(over: byte)
    }
    return start
  }

  /// `series[2] (all-reduce, ring, 4 ranks), point 1 MiB, samples_ps`, or the path where it is of nothing like that.
  private func name(_ path: [JSONCursor.Step]) -> String {
    guard path.count >= 2, case .key(let list) = path[0], case .index(let place) = path[1],
      let series = outline?.series(in: list, at: place)
    else { return JSONCursor.words(path) }
    var names = ["\(list)[\(place)] (\(series.collective), \(series.algorithm), \(series.ranks) ranks)"]
    var rest = path[2...]
    if path.count >= 4, path[2] == .key("points"), case .index(let point) = path[3],
      series.points.indices.contains(point), series.points[point].size >= 0
    {
      names.append("point \(ByteCount(series.points[point].size))")
      rest = path[4...]
    }
    if !rest.isEmpty { names.append(JSONCursor.words(rest)) }
    return names.joined(separator: ", ")
  }

  /// As little of a document as names its series.
  private struct Outline: Decodable {
    struct Series: Decodable {
      var collective: String
      var algorithm: String
      var ranks: Int
      var points: [Point]
    }

    struct Point: Decodable {
      var size: Int

      enum CodingKeys: String, CodingKey {
        case size = "size_bytes"
      }
    }

    var series: [Series]?
    var curves: [Series]?

    func series(in list: String, at place: Int) -> Series? {
      guard let all = list == "series" ? series : list == "curves" ? curves : nil else { return nil }
      return all.indices.contains(place) ? all[place] : nil
    }
  }
}

/// A document whose values another program may have written anew: the digest that it has in Syncline's own layout.
struct RewrittenDocument {
  let digest: String

  /// - Returns: nil for what is no JSON object.
  init?(_ file: Data) {
    guard case .object(var members)? = try? JSONDecoder().decode(JSONValue.self, from: file) else {
      return nil
    }
    members["seal"] = nil
    guard let data = try? DocumentCoding.encode(JSONValue.object(members)) else { return nil }
    digest = Digest.sha256(data)
  }
}

/// Any JSON, whole numbers with all of their digits.
private enum JSONValue: Codable {
  case null
  case bool(Bool)
  case whole(Int64)
  case number(Double)
  case string(String)
  case list([JSONValue])
  case object([String: JSONValue])

  init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    if container.decodeNil() {
      self = .null
    } else if let value = try? container.decode(Bool.self) {
      self = .bool(value)
    } else if let value = try? container.decode(Int64.self) {
      self = .whole(value)
    } else if let value = try? container.decode(Double.self) {
      self = .number(value)
    } else if let value = try? container.decode(String.self) {
      self = .string(value)
    } else if let value = try? container.decode([JSONValue].self) {
      self = .list(value)
    } else {
      self = .object(try container.decode([String: JSONValue].self))
    }
  }

  func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    switch self {
    case .null: try container.encodeNil()
    case .bool(let value): try container.encode(value)
    case .whole(let value): try container.encode(value)
    case .number(let value): try container.encode(value)
    case .string(let value): try container.encode(value)
    case .list(let value): try container.encode(value)
    case .object(let value): try container.encode(value)
    }
  }
}
