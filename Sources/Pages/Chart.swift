import Reports

/// A drawing of a table's rows: a Vega-Lite specification, written as data, with the rows that it refers to.
///
/// The page has the rows once, as the table's data; its script puts them into the specification, draws what
/// comes into view, and draws anew when series or scales are chosen, or the reader's colours change. In the
/// specification stand, for what the script knows, `@names`, `@colours`, `@shapes`, `@dashes` and `@fills`,
/// lists of the series' styles in their order; `@ink`, `@quiet` and `@paper`, the page's colours; and `@c0`
/// to `@c7`. The layer called `data` has the marks that are counted.
package struct Chart: Sendable {
  /// The rows; the chart has its id and its title.
  package let table: DataTable
  /// What it shows, in one sentence, for those who can't see it.
  package let alternative: String
  /// Vega-Lite, without its data.
  package let specification: JSONTree
  /// How many points, cells or bars are drawn with the series that are shown at first.
  package let marks: Int
  /// The series that can be shown or not; empty where there is one, or none.
  package let series: [SeriesStyle]
  /// The column of the rows that names the series.
  package let seriesKey: String
  /// For each axis with more than one scale: its name, and the scales.
  let scales: JSONTree
  /// What to know of the drawing, below it.
  package let note: String?

  package var id: String { table.id }

  package init(
    _ table: DataTable, alternative: String, specification: JSONTree, marks: Int, series: [SeriesStyle] = [],
    seriesKey: String = "series", scales: JSONTree = [:], note: String? = nil
  ) {
    (self.table, self.alternative, self.specification, self.marks) = (
      table, alternative, specification, marks
    )
    (self.series, self.seriesKey, self.scales, self.note) = (series, seriesKey, scales, note)
  }

  /// The figure with its legend, its controls and its table.
  package var html: Markup {
    var markup = Markup.element(
      .figure, .classes("chart"), .id(id), .attribute("data-marks", "\(marks)")
    ) {
      Markup.element(.figcaption) {
        Markup.element(.h3, text: table.title.shortened())
        Markup.element(.p, .classes("alternative"), text: alternative.shortened(to: 400))
      }
      controls
      Markup.element(
        .div, .classes("plot"), .attribute("style", "min-height:\(reservedHeight)px"),
        .attribute("role", "img"),
        .attribute("aria-label", alternative.shortened(to: 400)))
      legend
      if let note { Markup.element(.p, .classes("note"), text: note) }
      Markup.element(.details) {
        Markup.element(.summary, text: "Data: \(DataTable.Form.count.shown(Double(table.rows.count))) rows")
        table.figures
      }
    }
    markup += table.dataElement
    markup += Markup(trusted: "<script type=\"application/json\" id=\"spec-\(id)\">\(json.text)</script>\n")
    return markup
  }

  /// What is kept free until the chart is drawn, so that the page doesn't jump.
  private var reservedHeight: Int {
    if case .number(let height)? = specification["height"] { return Int(height) + 45 }
    guard case .number(let step)? = specification["height"]?["step"] else { return 0 }
    return Int(step) * table.rows.count + 45
  }

  private var controls: Markup {
    guard case .object(let axes) = scales else { return "" }
    let markup = axes.reduce(into: "" as Markup) { markup, axis in
      guard case .list(let choices) = axis.value, choices.count > 1 else { return }
      markup += .element(
        .span, .classes("scale"), .attribute("role", "group"), .attribute("aria-label", "\(axis.key) scale")
      ) {
        Markup.element(.span, .classes("axis"), text: axis.key)
        for (place, choice) in choices.enumerated() {
          if case .text(let name)? = choice["name"] {
            Markup.element(
              .button, .attribute("type", "button"), .attribute("data-axis", axis.key),
              .attribute("data-choice", "\(place)"),
              .attribute("aria-pressed", place == 0 ? "true" : "false"), text: name)
          }
        }
      }
    }
    return markup.isEmpty ? markup : .element(.div, [.classes("controls")], holding: markup)
  }

  private var legend: Markup {
    // One series is all there is to see, and takes its style from the list all the same.
    guard series.count > 1 else { return "" }
    let shown = series.count(where: \.isShown)
    return .element(.fieldset, .classes("legend")) {
      Markup.element(
        .legend,
        text: shown < series.count ? "Series: \(shown) of \(series.count) are shown at first" : "Series")
      for (place, style) in series.enumerated() {
        Markup.element(.label) {
          Markup.element(
            .input,
            [.attribute("type", "checkbox"), .attribute("value", "\(place)")]
              + (style.isShown ? [.flag("checked")] : []),
            holding: "")
          style.swatch
          Markup.element(.span, text: style.name)
        }
      }
      if series.count > 3 {
        Markup.element(.span, .classes("tools")) {
          Markup.element(.button, .attribute("type", "button"), .attribute("data-all", "true"), text: "All")
          Markup.element(.button, .attribute("type", "button"), .attribute("data-all", "false"), text: "None")
        }
      }
    }
  }

  /// For the page's script.
  private var json: JSONTree {
    [
      "spec": specification, "key": .text(seriesKey), "series": .list(series.map(\.json)), "scales": scales,
    ]
  }
}

extension Markup {
  /// Whether there is nothing in it.
  package var isEmpty: Bool { description.isEmpty }
}
