package import Records

import Foundation

/// Vega, Vega-Lite and Vega-Embed as one script that sets `window.vegaEmbed`, as `scripts/charts` gets it.
package struct ChartLibrary: Sendable {
  /// The script, which can stand in a page.
  let source: String

  /// Reads the library's file.
  ///
  /// - Throws: ``FileError``, also for a file that is no such library or can't stand in a page.
  package init(contentsOf path: String) throws(FileError) {
    let data = try WholeFile.read(path)
    guard data.range(of: Data("vegaEmbed".utf8)) != nil, let source = String(bytes: data, encoding: .utf8)
    else {
      throw FileError(
        .contents, path: path,
        "this is no chart library: expected a script that sets vegaEmbed, as scripts/charts gets it")
    }
    guard !Self.endsScript(data) else {
      throw FileError(
        .contents, path: path, "this can't stand in a page: expected a script without '</script' and '<!--'")
    }
    // In a function of its own, so that its names are not the page's.
    self.source = "(() => {\(source)\n})();"
  }

  /// Whether the text would end the element that it stands in, or start a comment.
  private static func endsScript(_ data: Data) -> Bool {
    guard data.range(of: Data("<!--".utf8)) == nil else { return true }
    var rest = data.startIndex..<data.endIndex
    while let start = data.range(of: Data("</".utf8), in: rest) {
      let word = data[start.upperBound...].prefix(6)
      if String(bytes: word, encoding: .utf8)?.lowercased() == "script" { return true }
      rest = start.upperBound..<data.endIndex
    }
    return false
  }
}
