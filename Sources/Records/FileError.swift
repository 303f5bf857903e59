/// A file that can't be read, understood or written: one line for a person, a kind for whoever branches on it.
public struct FileError: Error, Equatable, CustomStringConvertible {
  /// What is wrong.
  public enum Kind: Sendable {
    /// The file can't be read: it is not there, is a folder, or may not be opened.
    case unreadable
    /// The file is there and holds something else than it should.
    case contents
    /// The file can't be written.
    case unwritable
  }

  /// What is wrong.
  public let kind: Kind
  /// The file's path as it was given.
  public let path: String
  /// What was found, and what would be right.
  public let reason: String

  /// An error about the file at `path`.
  public init(_ kind: Kind, path: String, _ reason: String) {
    (self.kind, self.path, self.reason) = (kind, path, reason)
  }

  /// One line: the path and the reason.
  public var description: String { "\(path): \(reason)" }
}
