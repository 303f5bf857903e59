extension Chart {
  /// A moment of a history that is marked from top to bottom.
  package struct Moment: Sendable, Equatable {
    let time: String
    let name: String

    /// A moment; `time` as ISO 8601.
    package init(time: String, name: String) { (self.time, self.name) = (time, name) }
  }

  /// Figures over calendar time as points with their intervals, and moments at which something changed.
  ///
  /// - Parameters:
  ///   - table: a row a point, with a column `series`.
  ///   - time: the key of a column of texts, ISO 8601.
  ///   - y: how high points stand.
  ///   - interval: the columns of the interval's ends.
  ///   - series: styles of all names in the column `series`.
  ///   - moments: what is marked; a short name each.
  package static func history(
    _ table: DataTable, alternative: String, time: String, y: ChartAxis,
    interval: (low: String, high: String)? = nil, series: [SeriesStyle], moments: [Moment] = [],
    note: String? = nil
  ) -> Chart {
    let shown = Set(series.filter { series.count == 1 || $0.isShown }.map(\.name))
    let places = (table.place(of: y.key), table.place(of: "series"))
    let isPositive = y.scales.contains(.logarithmic)
    var heights: ClosedRange<Double>?
    var marks = 0
    for row in table.rows {
      guard let place = places.0, case .number(let value) = row[place], value > 0 || !isPositive else {
        continue
      }
      heights = min(heights?.lowerBound ?? value, value)...max(heights?.upperBound ?? value, value)
      if let name = places.1, case .text(let text) = row[name], series.count > 1, !shown.contains(text) {
        continue
      }
      marks += 1
    }
    let left: JSONTree = ["field": .text(time), "type": "temporal", "title": nil, "scale": ["type": "utc"]]
    let up = y.encoding(for: heights)
    var layers: [JSONTree] = []
    if let interval {
      layers.append([
        "transform": [["filter": .text("isValid(datum.\(interval.low))")]],
        "mark": ["type": "rule", "opacity": 0.6],
        "encoding": [
          "x": left, "y": up.replacing("field", with: .text(interval.low)),
          "y2": ["field": .text(interval.high)],
          "color": channel("@colours"),
        ],
      ])
    }
    layers.append([
      "mark": ["type": "line", "strokeWidth": 1, "opacity": 0.5],
      "encoding": ["x": left, "y": up, "color": channel("@colours"), "strokeDash": channel("@dashes")],
    ])
    layers.append(points(x: left, y: up, table))
    if !moments.isEmpty {
      let data: JSONTree = [
        "values": .list(moments.map { ["moment": .text($0.time), "name": .text($0.name.shortened(to: 60))] })
      ]
      let x: JSONTree = ["field": "moment", "type": "temporal", "title": nil, "scale": ["type": "utc"]]
      layers.append([
        "data": data, "mark": ["type": "rule", "strokeDash": [5, 3], "color": "@ink"],
        "encoding": ["x": x, "tooltip": [["field": "name", "type": "nominal"]]],
      ])
      layers.append([
        "data": data, "mark": ["type": "text", "align": "left", "dx": 4, "y": 9, "color": "@ink"],
        "encoding": ["x": x, "text": ["field": "name", "type": "nominal"]],
      ])
    }
    let condition = "isValid(datum.\(y.key))" + (isPositive ? " && datum.\(y.key) > 0" : "")
    let rows: JSONTree = ["filter": .text("!isValid(datum.series) || (\(condition))")]
    return Chart(
      table, alternative: alternative,
      specification: [
        "width": "container", "height": 280, "transform": .list([rows]), "layer": .list(layers),
      ],
      marks: marks, series: series,
      scales: y.scales.count > 1 ? .object([.init("y", y.choices(for: heights))]) : [:], note: note)
  }
}
