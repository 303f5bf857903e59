package import Yams

/// A YAML document of bounded size and depth, without anchors, so that reading takes time in proportion to its text.
package struct Document {
  let path: String
  package let root: Node

  /// The most bytes that a topology file may have.
  package static let sizeLimit = 8 << 20

  /// - Parameter content: what the file should hold, for the message where it holds nothing.
  package init(
    _ text: String, path: String, holding content: String = "'name', 'builder' and its parameters"
  ) throws(TopologyFileError) {
    guard text.utf8.count <= Self.sizeLimit else {
      throw TopologyFileError(
        path: path, line: 1, "found \(text.utf8.count) bytes, expected at most \(Self.sizeLimit)")
    }
    try Self.refuseBombs(text, path: path)
    do {
      guard let root = try Parser(yaml: text, resolver: .basic, encoding: .utf8).singleRoot() else {
        throw TopologyFileError(
          path: path, line: 1, "found no fields, expected \(content)")
      }
      (self.path, self.root) = (path, root)
    } catch let error as TopologyFileError {
      throw error
    } catch let error as YamlError {
      throw Self.syntax(error, text: text, path: path)
    } catch {
      throw TopologyFileError(path: path, line: 1, "can't be read as YAML: \(error)".oneLine)
    }
  }

  /// The most commas, colons and line ends, of which each value has one at the least.
  package static let markLimit = 1 << 20
  /// The most brackets that are open at one place.
  static let depthLimit = 64

  /// Refuses, before anything is parsed, what would take long to parse: anchors, too many values, too deep nesting.
  ///
  /// A few aliases of aliases can stand for any amount of data; and each value costs many times its text. An anchor is
  /// an `&` at the start of a word. Comments and quotes are looked at like everything else, which keeps this check
  /// simple and sure.
  private static func refuseBombs(_ text: String, path: String) throws(TopologyFileError) {
    let (newline, space) = (UInt8(ascii: "\n"), UInt8(ascii: " "))
    var line = 1
    var previous = newline
    var isAnchor = false
    var (marks, depth) = (0, 0)
    for byte in text.utf8 {
      if isAnchor, byte > space {
        throw TopologyFileError(
          path: path, line: line, "found an anchor (a word that starts with '&'), expected each value in full"
        )
      }
      isAnchor = byte == UInt8(ascii: "&") && (previous <= space || #","[]{}:?-!"#.utf8.contains(previous))
      switch byte {
      case UInt8(ascii: "["), UInt8(ascii: "{"): depth += 1
      case UInt8(ascii: "]"), UInt8(ascii: "}"): depth = max(0, depth - 1)
      case UInt8(ascii: ","), UInt8(ascii: ":"), newline: marks += 1
      default: break
      }
      guard depth <= depthLimit else {
        throw TopologyFileError(
          path: path, line: line, "found more than \(depthLimit) open brackets, expected at most that")
      }
      guard marks <= markLimit else {
        throw TopologyFileError(
          path: path, line: line,
          "found more than \(markLimit) commas, colons and line ends, expected at most that")
      }
      if byte == newline { line += 1 }
      previous = byte
    }
  }

  private static func syntax(_ error: YamlError, text: String, path: String) -> TopologyFileError {
    switch error {
    case .scanner(let context, let problem, let mark, _), .parser(let context, let problem, let mark, _),
      .composer(let context, let problem, let mark, _):
      let detail = context.map { "\(problem) \($0.text)" } ?? problem
      // At the text's end the parser stands on a line that is not there.
      let lines =
        text.utf8.count { $0 == UInt8(ascii: "\n") } + (text.utf8.last == UInt8(ascii: "\n") ? 0 : 1)
      return TopologyFileError(
        path: path, line: max(1, min(mark.line, lines)), "is no YAML: \(detail)".oneLine)
    case .duplicatedKeysInMapping(let duplicates, let context):
      return TopologyFileError(
        path: path, line: max(1, context.mark.line),
        "field '\(duplicates.first ?? "")': found twice, expected once".oneLine)
    case .reader(let problem, let offset, _, _):
      let before = text.utf8.prefix(offset ?? 0)
      return TopologyFileError(
        path: path, line: 1 + before.count { $0 == UInt8(ascii: "\n") }, "is no YAML: \(problem)".oneLine)
    default:
      return TopologyFileError(path: path, line: 1, "can't be read as YAML: \(error)".oneLine)
    }
  }
}

extension String {
  /// The text on one line of bearable length, whatever a file had in it.
  package var oneLine: String {
    var result = ""
    for character in self {
      if result.count >= 300 { return result + "…" }
      let isControl = character.unicodeScalars.contains { $0.properties.generalCategory == .control }
      result.append(character.isNewline || isControl ? " " : character)
    }
    return result
  }

  /// A value in quotes, cut where it is long.
  package var quoted: String { "'\(count > 60 ? String(prefix(60)) + "…" : self)'".oneLine }
}
