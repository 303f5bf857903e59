/// A table in plain text, its columns as wide as what they show.
///
///     var table = TextTable([("size", .right), ("algorithm", .left)])
///     table.addRow(["1 MiB", "ring"])
///     print(table.description)
///
/// Widths are those that a terminal shows, so that `µs` or a name in Chinese keeps its column. No line ends in a space.
package struct TextTable: CustomStringConvertible {
  /// Which edge of its column a cell leans on.
  package enum Alignment: Sendable {
    /// Words.
    case left
    /// Numbers.
    case right
  }

  private let columns: [(title: String, alignment: Alignment)]
  private var rows: [[String]] = []

  /// A table without rows.
  package init(_ columns: [(title: String, alignment: Alignment)]) { self.columns = columns }

  /// Whether no row was added.
  package var isEmpty: Bool { rows.isEmpty }

  /// Adds a row; cells that are missing stay empty, more than there are columns is the caller's bug.
  package mutating func addRow(_ cells: [String]) {
    precondition(cells.count <= columns.count, "a row has \(columns.count) cells at the most")
    rows.append(cells + Array(repeating: "", count: columns.count - cells.count))
  }

  /// The titles and the rows, one a line, without a newline at the end.
  package var description: String {
    let lines = [columns.map(\.title)] + rows
    let widths = columns.indices.map { column in lines.map { $0[column].displayedWidth }.max() ?? 0 }
    return lines.map { line(of: $0, widths: widths) }.joined(separator: "\n")
  }

  private func line(of cells: [String], widths: [Int]) -> String {
    var line = ""
    for (column, cell) in cells.enumerated() {
      let padding = String(repeating: " ", count: widths[column] - cell.displayedWidth)
      if column > 0 { line += "  " }
      line += columns[column].alignment == .left ? cell + padding : padding + cell
    }
    while line.last == " " { line.removeLast() }
    return line
  }
}

extension String {
  /// How many columns of a terminal the text takes.
  package var displayedWidth: Int { reduce(0) { $0 + $1.displayedWidth } }
}

extension Character {
  /// 2 for a wide character (East Asian Width W and F of Unicode's annex 11, by block, and pictures), 0 for one that
  /// is not shown, else 1.
  fileprivate var displayedWidth: Int {
    guard let first = unicodeScalars.first else { return 0 }
    switch first.value {
    case 0..<0x20, 0x7F..<0xA0, 0x200B...0x200F, 0xFE00...0xFE0F, 0xFEFF: return 0
    case ..<0x300: return 1
    case 0x1100...0x115F, 0x2E80...0x303E, 0x3041...0xA4CF, 0xA960...0xA97F, 0xAC00...0xD7A3, 0xF900...0xFAFF,
      0xFE30...0xFE6F, 0xFF01...0xFF60, 0xFFE0...0xFFE6, 0x1F300...0x1F64F, 0x1F680...0x1F6FF,
      0x1F900...0x1F9FF,
      0x20000...0x3FFFD:
      return 2
    default:
      return first.properties.generalCategory == .nonspacingMark ? 0 : 1
    }
  }
}
