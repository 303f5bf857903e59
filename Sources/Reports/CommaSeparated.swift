/// Lines of fields as RFC 4180 has them: quoted where needed, ended by CR and LF.
package struct CommaSeparated: CustomStringConvertible {
  private var text = ""

  /// A table that starts with its fields' names.
  package init(_ names: [String]) { addRow(names) }

  /// Adds one line.
  package mutating func addRow(_ fields: [String]) {
    text += fields.map(Self.quoted).joined(separator: ",") + "\r\n"
  }

  /// All lines.
  package var description: String { text }

  private static func quoted(_ field: String) -> String {
    // By scalars: CR followed by LF is one character.
    guard field.unicodeScalars.contains(where: { $0 == "," || $0 == "\"" || $0 == "\n" || $0 == "\r" }) else {
      return field
    }
    let doubled = field.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"")
    return "\"\(doubled)\""
  }
}
