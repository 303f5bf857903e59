extension Chart {
  /// Horizontal bars from zero, one a row, from the top down in the table's order, with their intervals.
  ///
  /// - Parameters:
  ///   - table: a row a bar.
  ///   - category: the key of the bars' names, each once.
  ///   - value: the axis along the bars.
  ///   - interval: the columns of the interval's ends.
  package static func bars(
    _ table: DataTable, alternative: String, category: String, value: ChartAxis,
    interval: (low: String, high: String)? = nil, note: String? = nil
  ) -> Chart {
    let marks = table.rows.count { cells in
      if let place = table.place(of: value.key), case .number = cells[place] { true } else { false }
    }
    let names: JSONTree = [
      "field": .text(category), "type": "nominal", "sort": nil, "title": nil,
      "axis": ["labelLimit": 200, "ticks": false],
    ]
    let along = value.encoding(for: nil)
    var layers: [JSONTree] = [
      [
        "name": "data", "mark": ["type": "bar", "height": ["band": 0.62], "color": "@c0"],
        "encoding": ["x": along, "y": names, "tooltip": tooltip(table)],
      ]
    ]
    if let interval {
      layers.append([
        "transform": [["filter": .text("isValid(datum.\(interval.low))")]],
        "mark": ["type": "rule", "strokeWidth": 2, "color": "@ink"],
        "encoding": [
          "x": along.replacing("field", with: .text(interval.low)), "x2": ["field": .text(interval.high)],
          "y": names,
        ],
      ])
    }
    return Chart(
      table, alternative: alternative,
      specification: [
        "width": "container", "autosize": ["type": "fit-x", "contains": "padding"], "height": ["step": 24],
        "transform": [["filter": .text("isValid(datum.\(value.key))")]], "layer": .list(layers),
      ],
      marks: marks, note: note)
  }

  /// Bars from one time to another, one a row, with what led up to them as a thin line: who waits for whom,
  /// and for how long.
  ///
  /// - Parameters:
  ///   - table: a row a bar.
  ///   - category: the key of the bars' names, each once.
  ///   - waiting: the key of when the thin line begins.
  ///   - start: the axis of when the bar begins.
  ///   - end: the key of when it ends.
  ///   - rule: a moment that is marked from top to bottom, with its name.
  package static func spans(
    _ table: DataTable, alternative: String, category: String, waiting: String, start: ChartAxis, end: String,
    rule: (value: Double, name: String)? = nil, note: String? = nil
  ) -> Chart {
    let names: JSONTree = [
      "field": .text(category), "type": "nominal", "sort": nil, "title": nil,
      "axis": ["labelLimit": 200, "ticks": false, "labelOverlap": true],
    ]
    let along = start.encoding(for: nil)
    var layers: [JSONTree] = [
      [
        "mark": ["type": "rule", "color": "@quiet"],
        "encoding": [
          "x": along.replacing("field", with: .text(waiting)), "x2": ["field": .text(start.key)], "y": names,
        ],
      ],
      [
        "name": "data", "mark": ["type": "bar", "height": ["band": 0.7], "color": "@c0"],
        "encoding": ["x": along, "x2": ["field": .text(end)], "y": names, "tooltip": tooltip(table)],
      ],
    ]
    if let rule {
      // Rows of its own: with the table's it would be drawn once for each of them.
      let one: JSONTree = ["values": [[:]]]
      let moment: JSONTree = ["datum": .number(rule.value), "type": "quantitative"]
      layers.append([
        "data": one, "mark": ["type": "rule", "strokeDash": [5, 3], "strokeWidth": 1.5, "color": "@c1"],
        "encoding": ["x": moment],
      ])
      layers.append([
        "data": one,
        "mark": [
          "type": "text", "align": "right", "dx": -5, "y": 9, "color": "@c1", "text": .text(rule.name),
        ],
        "encoding": ["x": moment],
      ])
    }
    return Chart(
      table, alternative: alternative,
      specification: [
        "width": "container", "autosize": ["type": "fit-x", "contains": "padding"],
        "height": ["step": .number(table.rows.count > 24 ? 12 : 20)],
        "layer": .list(layers),
      ],
      marks: table.rows.count, note: note)
  }
}
