/// Why nodes and links make no fabric, or why a fabric can't serve a purpose: one line for a person.
public struct FabricError: Error, Equatable, CustomStringConvertible {
  /// What the error is about, so that a file's reader can name the line.
  public enum Subject: Sendable, Equatable {
    /// The fabric as a whole.
    case fabric
    /// The node of that index.
    case node(Int)
    /// The link of that index.
    case link(Int)
    /// The builder's parameter of that name, as topology files spell it.
    case parameter(String)
  }

  /// Where to look.
  public let subject: Subject
  /// What was found and what was expected.
  public let description: String

  /// An error about `subject`.
  public init(_ subject: Subject, _ description: String) {
    (self.subject, self.description) = (subject, description)
  }
}
