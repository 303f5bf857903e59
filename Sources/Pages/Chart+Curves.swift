extension Chart {
  /// The most series that are drawn before a reader asks for more.
  package static let shownSeries = 12

  /// Lines through points, one a series, with their intervals as bands and bars.
  ///
  /// - Parameters:
  ///   - table: the rows, in the order of the lines.
  ///   - x: where points stand from left to right.
  ///   - y: how high.
  ///   - interval: the columns of the interval's ends.
  ///   - series: styles of all names in the column `series`.
  ///   - isJoined: whether lines join the points.
  ///   - above: more layers of Vega-Lite, such as rules.
  package static func curves(
    _ table: DataTable, alternative: String, x: ChartAxis, y: ChartAxis,
    interval: (low: String, high: String)? = nil,
    series: [SeriesStyle], isJoined: Bool = true, above: [JSONTree] = [], note: String? = nil
  ) -> Chart {
    let rows = PlottedRows(table, x: x, y: y, series: series)
    let heights = rows.y(and: interval.map { [$0.low, $0.high] } ?? [])
    let (left, up) = (x.encoding(for: rows.x), y.encoding(for: heights))
    let colour = channel("@colours")
    var layers: [JSONTree] = []
    if let interval {
      let ends: JSONTree = ["filter": .text("isValid(datum.\(interval.low)) && datum.\(interval.low) > 0")]
      let low = up.replacing("field", with: .text(interval.low))
      layers.append([
        "transform": [ends], "mark": ["type": "area", "opacity": 0.16],
        "encoding": ["x": left, "y": low, "y2": ["field": .text(interval.high)], "color": colour],
      ])
      layers.append([
        "transform": [ends], "mark": ["type": "rule", "opacity": 0.6],
        "encoding": ["x": left, "y": low, "y2": ["field": .text(interval.high)], "color": colour],
      ])
    }
    if isJoined {
      layers.append([
        "mark": ["type": "line", "strokeWidth": 1.5],
        "encoding": ["x": left, "y": up, "color": colour, "strokeDash": channel("@dashes")],
      ])
    }
    layers.append(points(x: left, y: up, table))
    layers += above
    return Chart(
      table, alternative: alternative,
      specification: [
        "width": "container", "height": 300, "transform": [["filter": .text(rows.filter)]],
        "layer": .list(layers),
      ],
      marks: rows.count, series: series,
      scales: .object(
        [("x", x, rows.x), ("y", y, heights)].compactMap { name, axis, values in
          axis.scales.count > 1 ? .init(name, axis.choices(for: values)) : nil
        }), note: join(rows.note, note))
  }

  /// A channel by which series are told apart, from the page's list of that kind.
  static func channel(_ range: JSONTree) -> JSONTree {
    [
      "field": "series", "type": "nominal", "legend": nil, "scale": ["domain": "@names", "range": range],
    ]
  }

  /// The layer of points that are counted: shapes by series, outlines for predictions.
  static func points(x: JSONTree, y: JSONTree, _ table: DataTable, filter: String? = nil) -> JSONTree {
    let layer: JSONTree = [
      "name": "data", "mark": ["type": "point", "size": 42, "strokeWidth": 1.4, "opacity": 1],
      "encoding": [
        "x": x, "y": y, "stroke": channel("@colours"), "fill": channel("@fills"), "shape": channel("@shapes"),
        "tooltip": tooltip(table),
      ],
    ]
    guard let filter else { return layer }
    return layer.adding(["transform": [["filter": .text(filter)]]])
  }

  /// Each column with its title, as the reader's pointer rests on a mark.
  static func tooltip(_ table: DataTable) -> JSONTree {
    .list(
      table.columns.map { column in
        var fields: [JSONTree.Field] = [
          .init("field", .text(column.key)), .init("type", column.isNumeric ? "quantitative" : "nominal"),
          .init("title", .text(column.title + (column.unit.map { " (\($0))" } ?? ""))),
        ]
        if column.isNumeric { fields.append(.init("format", ".6~g")) }
        return .object(fields)
      })
  }

  static func join(_ one: String?, _ other: String?) -> String? {
    let notes = [one, other].compactMap { $0 }
    return notes.isEmpty ? nil : notes.joined(separator: " ")
  }
}

extension JSONTree {
  /// An object with another value for a key that it has.
  func replacing(_ key: String, with value: JSONTree) -> JSONTree {
    guard case .object(let fields) = self else { return self }
    return .object(fields.map { $0.key == key ? Field(key, value) : $0 })
  }
}

/// The rows of a table that a chart can draw: those with both values, above zero where a scale is
/// logarithmic.
struct PlottedRows {
  /// How many are drawn with the series that are shown at first.
  let count: Int
  /// Rows that no scale has a place for.
  let leftOut: Int
  /// The condition of Vega that keeps them.
  let filter: String
  /// The least and the greatest value along x; nil without rows.
  let x: ClosedRange<Double>?
  private let table: DataTable
  private let drawn: [[DataTable.Cell]]
  private let yKey: String

  init(_ table: DataTable, x: ChartAxis, y: ChartAxis, series: [SeriesStyle]) {
    precondition(
      [x.key, y.key].allSatisfy { table.place(of: $0) != nil }, "a chart's axes are columns of its table")
    let axes = [x, y].compactMap { axis in
      table.place(of: axis.key).map { (place: $0, isLogarithmic: axis.scales.contains(.logarithmic)) }
    }
    let name = table.place(of: "series")
    let shown = Set(series.lazy.filter(\.isShown).map(\.name))
    var drawn: [[DataTable.Cell]] = []
    var count = 0
    var left = 0
    for row in table.rows {
      let isDrawn = axes.allSatisfy { axis in
        if case .number(let value) = row[axis.place] {
          return value.isFinite && (value > 0 || !axis.isLogarithmic)
        }
        return false
      }
      if !isDrawn {
        left += 1
        continue
      }
      drawn.append(row)
      if let name, series.count > 1, case .text(let text) = row[name], !shown.contains(text) { continue }
      count += 1
    }
    (self.table, self.drawn, self.count, leftOut, yKey) = (table, drawn, count, left, y.key)
    filter = [x, y].map { axis in
      "isValid(datum.\(axis.key))" + (axis.scales.contains(.logarithmic) ? " && datum.\(axis.key) > 0" : "")
    }.joined(separator: " && ")
    self.x = Self.range(drawn, [axes[0].place])
  }

  /// The range of the values along y together with those of other columns.
  func y(and others: [String]) -> ClosedRange<Double>? {
    Self.range(drawn, ([yKey] + others).compactMap { table.place(of: $0) })
  }

  private static func range(_ rows: [[DataTable.Cell]], _ places: [Int]) -> ClosedRange<Double>? {
    var range: ClosedRange<Double>?
    for row in rows {
      for place in places {
        guard case .number(let value) = row[place], value.isFinite else { continue }
        range = min(range?.lowerBound ?? value, value)...max(range?.upperBound ?? value, value)
      }
    }
    return range
  }

  var note: String? {
    leftOut == 0
      ? nil
      : "\(leftOut == 1 ? "1 row is" : "\(leftOut) rows are") in the data only: a value is missing, or zero."
  }
}
