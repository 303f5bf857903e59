/// A table as GitHub's Markdown has it, for a pull request or an issue.
///
/// What stands in a cell is text: nothing in it is taken for markup, for an element of HTML, or for the
/// cell's end.
package struct MarkdownTable: CustomStringConvertible {
  private let columns: [(title: String, alignment: TextTable.Alignment)]
  private var rows: [[String]] = []

  /// A table without rows.
  package init(_ columns: [(title: String, alignment: TextTable.Alignment)]) { self.columns = columns }

  /// Adds a row; cells that are missing stay empty, more than there are columns is the caller's bug.
  package mutating func addRow(_ cells: [String]) {
    precondition(cells.count <= columns.count, "a row has \(columns.count) cells at the most")
    rows.append(cells + Array(repeating: "", count: columns.count - cells.count))
  }

  /// The titles, a line with the columns' alignment, and the rows, one a line, without a newline at the end.
  package var description: String {
    let marks = columns.map { $0.alignment == .left ? "---" : "---:" }
    let titles = columns.map { Self.escaped($0.title) }
    let body = rows.map { $0.map(Self.escaped) }
    return ([titles, marks] + body).map { "| \($0.joined(separator: " | ")) |" }.joined(separator: "\n")
  }

  /// Words in which nothing is markup, in one line.
  package static func escaped(_ text: String) -> String {
    var escaped = ""
    for scalar in text.shownLine.unicodeScalars {
      switch scalar {
      case "<": escaped += "&lt;"
      case "&": escaped += "&amp;"
      case "\\", "`", "*", "_", "[", "]", "#", "|", "~", "@", "$":
        escaped += "\\"
        escaped.unicodeScalars.append(scalar)
      default: escaped.unicodeScalars.append(scalar)
      }
    }
    return escaped
  }
}

extension String {
  /// The text without anything that would move a terminal's cursor, colour it or turn its direction, in one
  /// line of at most 80 characters.
  package var shownLine: String {
    let longest = 80
    let harmless = unicodeScalars.prefix(longest + 1).map { scalar -> Character in
      switch scalar.properties.generalCategory {
      case .control, .format, .lineSeparator, .paragraphSeparator: " "
      default: Character(scalar)
      }
    }
    return harmless.count > longest ? String(harmless.prefix(longest - 1)) + "…" : String(harmless)
  }
}
