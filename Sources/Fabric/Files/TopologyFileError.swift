/// A file of a fabric that can't be used: which one, where in it, what was found, what would be right.
public struct TopologyFileError: Error, Equatable, CustomStringConvertible {
  /// What went wrong, for those who choose an exit code.
  public enum Cause: Sendable, Equatable {
    /// The file is missing, or its owner won't let it be read.
    case unreadable
    /// Its contents are wrong.
    case contents
  }

  /// Missing, or wrong.
  public let cause: Cause
  /// The file as the user named it.
  public let path: String
  /// The line, from 1; nil where the fault is the file's as a whole.
  public let line: Int?
  /// What was found and what was expected, with the field where there is one.
  public let message: String

  package init(_ cause: Cause = .contents, path: String, line: Int? = nil, _ message: String) {
    (self.cause, self.path, self.line, self.message) = (cause, path, line, message)
  }

  /// `FILE:LINE: field 'x': found …, expected …`, one line.
  public var description: String {
    let place = line.map { "\(path):\($0)" } ?? path
    return "\(place): \(message)"
  }
}
