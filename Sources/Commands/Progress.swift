import Foundation

/// What a long run is doing, on one line that is written over, and only on a terminal.
enum Progress {
  private static let isTerminal = isatty(STDERR_FILENO) == 1

  static func say(_ text: String) {
    guard isTerminal else { return }
    FileHandle.standardError.write(Data("\r\u{1b}[K\(text)".utf8))
  }

  /// Names a file that was written: below a table, and beside what a machine reads.
  static func written(_ what: String, _ path: String, beside isTable: Bool) {
    if isTable {
      print("\n\(what): \(path)")
    } else {
      FileHandle.standardError.write(Data("\(what): \(path)\n".utf8))
    }
  }

  /// Leaves an empty line for what is printed next.
  static func clear() { say("") }
}
