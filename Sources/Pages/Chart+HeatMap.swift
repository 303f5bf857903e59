extension Chart {
  /// A matrix of cells, coloured from the least to the greatest value.
  ///
  /// - Parameters:
  ///   - table: a row a cell, in the order of the matrix: columns from left to right, rows from the top down.
  ///   - column: the key and the title of what is from left to right.
  ///   - row: the key and the title of what is from the top down.
  ///   - value: the key of the cells' values, and the legend's title.
  package static func heatMap(
    _ table: DataTable, alternative: String, column: (key: String, title: String),
    row: (key: String, title: String), value: (key: String, title: String), note: String? = nil
  ) -> Chart {
    let place = table.place(of: value.key)
    precondition(place != nil, "the cells' values are a column of the table")
    let marks = table.rows.count { cells in
      if let place, case .number = cells[place] { true } else { false }
    }
    let rows = table.place(of: row.key).map { place in Set(table.rows.map { "\($0[place])" }).count } ?? 1
    func axis(_ end: (key: String, title: String)) -> JSONTree {
      let isBytes = table.place(of: end.key).map { table.columns[$0].form == .bytes } ?? false
      var axis: [JSONTree.Field] = [
        .init("labelOverlap", true), .init("labelAngle", 0), .init("ticks", false),
      ]
      if isBytes, let labels = ChartAxis(end.key, "", .bytes).labels {
        axis.append(.init("labelExpr", labels))
      }
      return [
        "field": .text(end.key), "type": "ordinal", "sort": nil, "title": .text(end.title),
        "axis": .object(axis),
        "scale": ["padding": 0],
      ]
    }
    return Chart(
      table, alternative: alternative,
      specification: [
        "width": "container", "height": .number(Double(min(420, max(90, 18 * rows)))),
        "transform": [["filter": .text("isValid(datum.\(value.key))")]],
        "layer": [
          [
            "name": "data", "mark": ["type": "rect", "stroke": nil],
            "encoding": [
              "x": axis(column), "y": axis(row),
              "color": [
                "field": .text(value.key), "type": "quantitative", "title": .text(value.title),
                "scale": ["scheme": "viridis", "zero": true],
                "legend": ["orient": "top", "direction": "horizontal", "gradientLength": 180],
              ], "tooltip": tooltip(table),
            ],
          ]
        ],
      ],
      marks: marks, note: note)
  }
}
