import Foundation

/// What a long run is doing, on one line that is written over, and only on a terminal.
enum Progress {
  private static let isTerminal = isatty(STDERR_FILENO) == 1

  static func say(_ text: String) {
    guard isTerminal else { return }
    FileHandle.standardError.write(Data("\r\u{1b}[K\(text)".utf8))
  }

  /// Leaves an empty line for what is printed next.
  static func clear() { say("") }
}
