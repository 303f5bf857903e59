/// One kind of thing that a format couldn't say, or a file didn't: how often, and what was done.
public struct InterchangeNote: Sendable, Equatable, CustomStringConvertible {
  /// What was done.
  public enum Kind: String, Sendable, CaseIterable {
    /// The fabric has it and the format can't hold it.
    case lost
    /// The fabric needs it, the file doesn't tell, and it was filled in.
    case assumed
    /// The file has it and a fabric doesn't: it was left out.
    case leftOut = "left out"
  }

  /// What was done.
  public let kind: Kind
  /// What it is about, and how it was decided.
  public let what: String
  /// How many things it is about.
  public let count: Int
  /// What is counted: `node`, `cable`.
  public let unit: String

  init(_ kind: Kind, _ what: String, count: Int, of unit: String) {
    (self.kind, self.what, self.count, self.unit) = (kind, what, count, unit)
  }

  /// `lost: rails (16 nodes)`, one line.
  public var description: String {
    let plural = unit.hasSuffix("s") || unit.hasSuffix("ch") ? unit + "es" : unit + "s"
    return "\(kind.rawValue): \(what) (\(count) \(count == 1 ? unit : plural))"
  }
}
