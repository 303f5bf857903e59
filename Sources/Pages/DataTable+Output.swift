import Reports

extension DataTable {
  /// The most rows that a page shows of one table; the rest is in the data.
  package static let shownRows = 200

  /// The table with its buttons in a box of its own, and its data.
  package var html: Markup {
    var markup = Markup.element(.div, [.classes("data"), .id("table-\(id)")], holding: figures)
    markup += dataElement
    return markup
  }

  /// The table as a page shows it: first rows, a line about those that are left out, buttons.
  var figures: Markup {
    let shown = rows.prefix(Self.shownRows)
    let filled = Array(columns.indices)
    var markup = Markup.element(
      .div, .classes("scroll"), .attribute("tabindex", "0"), .attribute("role", "region"),
      .attribute("aria-label", title.shortened())
    ) {
      Markup.element(.table) {
        Markup.element(.caption, text: title.shortened())
        Markup.element(.thead) {
          Markup.element(.tr) { for place in filled { Self.head(columns[place]) } }
        }
        Markup.element(.tbody, [], holding: body(shown, columns: filled))
      }
    }
    var words: [String] = []
    if rows.count > shown.count {
      let all = Form.count.shown(Double(rows.count))
      words.append("The first \(shown.count) of \(all) rows are shown; the CSV has all of them.")
    }
    if let note { words.append(note) }
    markup += .element(.div, .classes("below")) {
      if !words.isEmpty { Markup.element(.p, .classes("note"), text: words.joined(separator: " ")) }
      Markup.element(.span, .classes("tools")) {
        Markup.element(.button, .attribute("type", "button"), .attribute("data-copy", id), text: "Copy")
        Markup.element(
          .button, .attribute("type", "button"), .attribute("data-csv", id), text: "Download CSV")
      }
    }
    return markup
  }

  private static func head(_ column: Column) -> Markup {
    .element(
      .th, [.attribute("scope", "col")] + (column.isNumeric ? [.classes("number")] : []),
      holding: .element(.span, text: column.title)
        .followed(by: column.unit.map { .element(.span, .classes("unit"), text: " \($0)") } ?? ""))
  }

  /// Written straight, since there may be many cells.
  private func body(_ rows: ArraySlice<[Cell]>, columns places: [Int]) -> Markup {
    var markup: Markup = ""
    for row in rows {
      markup += "<tr>"
      for place in places {
        markup += columns[place].isNumeric ? "<td class=\"number\">" : "<td>"
        markup += Markup(text: Self.shown(row[place], in: columns[place]))
        markup += "</td>"
      }
      markup += "</tr>\n"
    }
    return markup
  }

  /// The rows as data of the page, read by its script and by anybody who wants the figures.
  var dataElement: Markup {
    Markup(trusted: "<script type=\"application/json\" id=\"data-\(id)\">\(json.text)</script>\n")
  }

  /// All rows: `columns` with their keys, titles and units, and `rows`, in which a text that comes again and
  /// again stands as its place in `texts`.
  package var json: JSONTree {
    var texts: [String] = []
    var places: [String: Int] = [:]
    let isText = columns.map { $0.form == .text }
    let rows = rows.map { row in
      JSONTree.list(
        zip(row, isText).map { cell, isText in
          switch cell {
          case .none: return .null
          case .number(let number): return isText ? .list([.number(number)]) : .number(number)
          case .text(let text):
            let text = text.shortened(to: 1_000)
            let place = places[text] ?? texts.count
            if place == texts.count {
              places[text] = place
              texts.append(text)
            }
            return isText ? .number(Double(place)) : .list([.number(Double(place))])
          }
        })
    }
    return [
      "title": .text(title.shortened()),
      "columns": .list(
        columns.map { column in
          [
            "key": .text(column.key), "title": .text(column.title),
            "unit": column.unit.map { .text($0) } ?? .null,
            "text": .bool(column.form == .text),
          ]
        }), "texts": .list(texts.map { .text($0) }), "rows": .list(rows),
    ]
  }

  /// All rows, RFC 4180; numbers have all their digits, what does not apply is empty.
  package var csv: String {
    var table = CommaSeparated(columns.map(\.key))
    for row in rows {
      table.addRow(
        row.map { cell in
          switch cell {
          case .none: ""
          case .text(let text): text
          case .number(let number): Form.text.shown(number)
          }
        })
    }
    return table.description
  }
}

extension Markup {
  /// This and more behind it.
  package func followed(by more: Markup) -> Markup {
    var whole = self
    whole += more
    return whole
  }
}
