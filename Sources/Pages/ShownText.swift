import Atlas

extension String {
  /// The text as a table or a label shows it: past `limit` scalars its beginning, with the full length said.
  ///
  /// Counted by scalars, since one character can have any number of combining marks.
  package func shortened(to limit: Int = 160) -> String {
    guard utf8.count > limit else { return self }
    let count = unicodeScalars.count
    guard count > limit else { return self }
    return String(String.UnicodeScalarView(unicodeScalars.prefix(limit))) + "… (\(count.grouped) characters)"
  }
}
