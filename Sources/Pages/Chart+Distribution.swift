import Statistics

extension Chart {
  /// Cumulative distributions as steps, one a series, with points at the quantiles 0.5, 0.9 and 0.99.
  ///
  /// - Parameters:
  ///   - id: of the table and the chart.
  ///   - samples: for each series its style and its numbers; those without numbers are left out.
  ///   - value: the axis of the numbers; its key is the table's column.
  ///   - form: how a number is shown in the table.
  ///   - unit: the numbers' unit.
  ///   - steps: the most steps of a series. Of more samples, those at so many evenly spaced ranks are drawn,
  ///     each at its exact share.
  package static func distributions(
    id: String, title: String, alternative: String, samples: [(style: SeriesStyle, values: [Double])],
    value: ChartAxis, form: DataTable.Form, unit: String?, steps: Int
  ) -> Chart {
    precondition(steps >= 2, "a distribution has two steps or more")
    var table = DataTable(
      id: id, title: title,
      columns: [
        .init("series", "series"), .init(value.key, value.title, unit: unit, form),
        .init("share", "share at or below", .percent(2)), .init("quantile", "quantile"),
      ])
    let samples = samples.filter { !$0.values.isEmpty }
    var isThinned = false
    for (style, values) in samples {
      let sorted = Sample(values).sorted
      if sorted.count > steps { isThinned = true }
      table.addRow([.text(style.name), .number(sorted[0]), .number(0), .none])
      for step in CumulativeSteps(of: sorted, atMost: steps) {
        table.addRow([
          .text(style.name), .number(step.value), .number(step.share), .optional(step.quantile),
        ])
      }
    }
    if isThinned {
      table.note =
        "Of series with more than \(steps) samples, \(steps) steps are kept, each at its exact share; the"
        + " records have"
        + " every sample."
    }
    let styles = samples.map(\.style)
    let share = ChartAxis("share", "share of samples", .share)
    let rows = PlottedRows(table, x: value, y: share, series: styles)
    let (left, up) = (value.encoding(for: rows.x), share.encoding(for: nil))
    let shown = Set(styles.filter { styles.count == 1 || $0.isShown }.map(\.name))
    let positive = value.scales.contains(.logarithmic)
    let marks = table.rows.count { row in
      guard case .text(let name) = row[0], case .number(let number) = row[1], case .text = row[3] else {
        return false
      }
      return shown.contains(name) && (number > 0 || !positive)
    }
    return Chart(
      table, alternative: alternative,
      specification: [
        "width": "container", "height": 280, "transform": [["filter": .text(rows.filter)]],
        "layer": [
          [
            "mark": ["type": "line", "interpolate": "step-after", "strokeWidth": 1.4],
            "encoding": [
              "x": left, "y": up, "color": channel("@colours"), "strokeDash": channel("@dashes"),
              "order": ["field": "share", "type": "quantitative"],
            ],
          ], points(x: left, y: up, table, filter: "isValid(datum.quantile)"),
        ],
      ],
      marks: marks, series: styles,
      scales: value.scales.count > 1 ? .object([.init("x", value.choices(for: rows.x))]) : [:],
      note: join(rows.note, "The points are the quantiles at 0.5, 0.9 and 0.99."))
  }
}

/// The steps of an empirical distribution function, at most so many: each is at its exact place.
struct CumulativeSteps: Sequence, IteratorProtocol {
  struct Step {
    /// A sample.
    let value: Double
    /// The share of all samples that are this one or stand before it in order.
    let share: Double
    /// The quantile that a chart marks here: the first step that reaches it.
    let quantile: String?
  }

  private let sorted: [Double]
  private let count: Int
  private var place = 1
  private static let marked: [(share: Double, name: String)] = [(0.5, "p50"), (0.9, "p90"), (0.99, "p99")]
  /// The share of the step before.
  private var before = 0.0

  /// - Parameter sorted: all samples, ascending.
  init(of sorted: [Double], atMost steps: Int) {
    (self.sorted, count) = (sorted, Swift.min(sorted.count, steps))
  }

  mutating func next() -> Step? {
    guard place <= count else { return nil }
    // The rank, rounded up: the last step is the last sample.
    let rank = (place * sorted.count + count - 1) / count
    place += 1
    let share = Double(rank) / Double(sorted.count)
    let quantile = Self.marked.last { before < $0.share && $0.share <= share }?.name
    before = share
    return Step(value: sorted[rank - 1], share: share, quantile: quantile)
  }
}
