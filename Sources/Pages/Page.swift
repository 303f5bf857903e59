package import Foundation
package import Records

/// A whole document of HTML that needs nothing else: no network, no other file.
///
/// Its style, its script and the chart library stand in it. A policy in its head lets the browser run these
/// two scripts, by their digests, and nothing else: a text that became markup in spite of all could run
/// nothing, and load nothing.
package struct Page: Sendable {
  /// What stands in a section, one below the other.
  package enum Block: Sendable {
    case markup(Markup)
    case table(DataTable)
    case chart(Chart)
  }

  /// A part of the page with a title, to which the page's contents lead.
  package struct Section: Sendable {
    let id: String
    let title: String
    let blocks: [Block]

    /// A section; `id` has letters, digits and hyphens.
    package init(id: String, title: String, _ blocks: [Block]) {
      (self.id, self.title, self.blocks) = (id, title, blocks)
    }
  }

  private let title: String
  private let lead: Markup
  private let sections: [Section]
  /// The files that the page was made of, with their digests.
  private let inputs: [Record.Input]

  /// A page.
  ///
  /// - Parameters:
  ///   - title: of the document, and its first heading.
  ///   - lead: what stands below the heading.
  ///   - sections: in their order; those without blocks are left out.
  ///   - inputs: the files that the page was made of.
  package init(title: String, lead: Markup = "", sections: [Section], inputs: [Record.Input] = []) {
    (self.title, self.lead, self.inputs) = (title, lead, inputs)
    self.sections = sections.filter { !$0.blocks.isEmpty }
  }

  private var chartCount: Int {
    sections.reduce(0) { count, section in
      count
        + section.blocks.count { block in
          if case .chart = block { true } else { false }
        }
    }
  }

  /// The document.
  ///
  /// - Parameter charts: the library; without it, or where there is no chart, all tables are there, and a
  ///   line that says how to get the charts.
  package func html(charts: ChartLibrary?) -> String {
    let chartCount = chartCount
    let library = chartCount > 0 ? charts : nil
    let scripts = [library?.source, PageScript.source].compactMap { $0 }
    let policy = Self.policy(scripts)
    var text = """
      <!DOCTYPE html>
      <html lang="en"\(chartCount > 0 && library == nil ? " class=\"without-charts\"" : "")>
      <head>
      <meta charset="utf-8">
      <meta http-equiv="Content-Security-Policy" content="\(policy)">
      <meta name="viewport" content="width=device-width, initial-scale=1">
      <meta name="color-scheme" content="light dark">
      <meta name="generator" content="Syncline">
      <title>\(Markup(text: title.shortened()).description)</title>
      <style>
      \(PageStyle.css)
      </style>
      </head>
      <body>

      """
    text += body(chartCount, hasLibrary: library != nil).description
    text += Self.element(of: inputs)
    for script in scripts { text += "\n<script>\(script)</script>" }
    return text + "\n</body>\n</html>\n"
  }

  /// The document as the bytes of a file, sealed.
  package func file(charts: ChartLibrary?) -> Data { Seal.appended(to: Data(html(charts: charts).utf8)) }

  /// The id of the element that names the files which a page was made of.
  package static let inputsID = "input-files"

  /// The files as data, one a line, for whoever holds the page against them.
  private static func element(of inputs: [Record.Input]) -> String {
    let list = JSONTree.list(
      inputs.map { ["role": .text($0.role), "path": .text($0.path), "sha256": .text($0.digest)] })
    return "\n<script type=\"application/json\" id=\"\(inputsID)\">\(list.text)</script>"
  }

  /// What a browser may do with a page of these scripts, for its head or for a server's header.
  package static func policy(_ scripts: [String]) -> String {
    let digests = scripts.map { " 'sha256-\(Digest.sha256Base64(Data($0.utf8)))'" }.joined()
    return "default-src 'none'; script-src\(digests); style-src 'unsafe-inline'; img-src data: blob:;"
      + " base-uri 'none'; form-action 'none'"
  }

  private func body(_ chartCount: Int, hasLibrary: Bool) -> Markup {
    var markup = Markup.element(.header) {
      Markup.element(.h1, text: title.shortened())
      lead
      if chartCount > 0, !hasLibrary {
        Markup.element(
          .p, .classes("notice"),
          text:
            "The charts are not drawn, since the chart library was not there when this page was made: run "
            + "scripts/charts, which gets it, and make the page again. Every figure is in the tables.")
      }
      if hasLibrary {
        Markup(
          trusted:
            "<noscript><p class=\"notice\">Charts need JavaScript. Every figure is in the"
            + " tables.</p></noscript>"
        )
      }
      if sections.count > 1 {
        Markup.element(.nav, .attribute("aria-label", "Contents")) {
          for section in sections {
            Markup.element(.a, .href("#\(section.id)"), text: section.title)
          }
          if hasLibrary {
            Markup.element(
              .button, .attribute("type", "button"), .id("draw-all"), text: "Draw all \(chartCount) charts")
          }
        }
      }
    }
    markup += .element(.main) {
      for section in sections {
        Markup.element(.section, .id(section.id)) {
          Markup.element(.h2, text: section.title)
          for block in section.blocks { Self.html(block) }
        }
      }
    }
    return markup
  }

  private static func html(_ block: Block) -> Markup {
    switch block {
    case .markup(let markup): markup
    case .table(let table): table.html
    case .chart(let chart): chart.html
    }
  }
}
