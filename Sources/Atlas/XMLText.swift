import Fabric

extension String {
  /// As XML's text and attributes have it, on one line, without what XML has no place for.
  var escaped: String {
    var scalars = UnicodeScalarView()
    for scalar in unicodeScalars {
      switch scalar {
      case "\t", "\n", "\r": scalars.append(" ")
      case "\u{0}"..."\u{1F}", "\u{FFFE}", "\u{FFFF}": scalars.append("\u{FFFD}")
      default: scalars.append(scalar)
      }
    }
    return String(scalars).withXMLEntities
  }
}
