/// The forms in which `compare` prints what it found.
package enum CompareFormat: String, CaseIterable, Sendable {
  /// Aligned columns for people.
  case table
  /// One object with everything.
  case json
  /// One line for each figure, RFC 4180.
  case csv
  /// Tables in GitHub's Markdown.
  case markdown
}
