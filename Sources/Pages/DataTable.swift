import Atlas
import Quantities
import Reports

/// Figures as rows and columns: one source for the table that is shown, for the chart, and for what is
/// downloaded.
///
///     var table = DataTable(id: "medians", title: "Medians", columns: [
///       .init("series", "series"), .init("median_us", "median", unit: "us", .microseconds),
///     ])
///     table.addRow([.text("ring"), .number(12.5)])
///
/// A number is kept once, with all its digits; what is shown is that number in its column's form.
package struct DataTable: Sendable, Equatable {
  /// How a column's numbers are shown.
  package enum Form: Sendable, Equatable {
    /// Words; a number in it is shown with all its digits.
    case text
    /// Whole numbers, with commas.
    case count
    /// Bytes, as 64 KiB.
    case bytes
    /// A time in microseconds, as nccl-tests gives it.
    case microseconds
    /// A rate in GB/s.
    case bandwidth
    /// A time in seconds, shown with its unit: 1.5 ms, 2.25 s, 41.5 d.
    case seconds
    /// So many significant digits.
    case significant(Int)
    /// So many digits after the point.
    case fixed(Int)
    /// A share of one as percent with so many digits after the point; its sign stands before it where asked
    /// for.
    case percent(Int, isSigned: Bool = false)
  }

  /// A column.
  package struct Column: Sendable, Equatable {
    /// Its name in CSV and JSON, with the unit as in all of Syncline's files: `median_us`.
    package let key: String
    /// Its name for people.
    package let title: String
    /// The unit of its numbers; nil for words and plain numbers.
    package let unit: String?
    /// How its numbers are shown.
    package let form: Form

    package init(_ key: String, _ title: String, unit: String? = nil, _ form: Form = .text) {
      (self.key, self.title, self.unit, self.form) = (key, title, unit, form)
    }

    /// Whether it leans on the right edge, as numbers do.
    package var isNumeric: Bool { form != .text }
  }

  /// What stands in one place.
  package enum Cell: Sendable, Equatable {
    case number(Double)
    case text(String)
    /// Nothing that applies.
    case none

    /// A number where there is one.
    package static func optional(_ number: Double?) -> Cell { number.map { .number($0) } ?? .none }
    /// Words where there are some.
    package static func optional(_ text: String?) -> Cell { text.map { .text($0) } ?? .none }
  }

  /// The table's name in the page: letters, digits and hyphens.
  package let id: String
  /// What it shows, for people.
  package let title: String
  package let columns: [Column]
  package private(set) var rows: [[Cell]] = []
  /// What to know of all of it, below it.
  package var note: String?

  /// A table without rows.
  package init(id: String, title: String, columns: [Column], note: String? = nil) {
    precondition(id.utf8.allSatisfy { Self.isPlain($0) }, "an id has letters, digits and hyphens")
    (self.id, self.title, self.columns, self.note) = (id, title, columns, note)
  }

  private static func isPlain(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"):
      true
    default: false
    }
  }

  /// Adds a row; one cell for each column, else it is the caller's bug.
  package mutating func addRow(_ cells: [Cell]) {
    precondition(cells.count == columns.count, "a row has \(columns.count) cells")
    rows.append(cells)
  }

  /// Leaves out the rows whose place is not wanted.
  package mutating func keep(_ isWanted: (Int) -> Bool) {
    rows = rows.indices.lazy.filter(isWanted).map { rows[$0] }
  }

  /// The place of the column with a key.
  package func place(of key: String) -> Int? { columns.firstIndex { $0.key == key } }

  /// What a cell of a column shows.
  package static func shown(_ cell: Cell, in column: Column) -> String {
    switch cell {
    case .none: "–"
    case .text(let text): text.shortened()
    case .number(let number): column.form.shown(number)
    }
  }
}

extension DataTable.Form {
  /// A number in this form.
  package func shown(_ number: Double) -> String {
    guard number.isFinite else { return "\(number)" }
    switch self {
    case .text: return number == number.rounded() && abs(number) < 0x1p53 ? "\(Int64(number))" : "\(number)"
    case .count: return abs(number) < 0x1p53 ? Int(number.rounded()).grouped : number.significant()
    case .bytes:
      return number >= 0 && number < 0x1p62
        ? ByteCount(Int(number.rounded())).description : number.significant()
    case .microseconds: return number >= 10_000 ? Self.count.shown(number) : number.microsecondsText
    case .bandwidth: return number.bandwidthText
    case .seconds:
      return abs(number) < 86_400 ? Time.seconds(number).description : (number / 86_400).significant() + " d"
    case .significant(let digits): return number.significant(digits)
    case .fixed(let places): return number.fixed(places)
    case .percent(let places, let isSigned):
      return (isSigned && number > 0 ? "+" : "") + (number * 100).fixed(places) + " %"
    }
  }
}
