/// How one series of a chart is told from the others: by colour, by the shape of its points and by the dashes
/// of its line, so that it also is in grey.
package struct SeriesStyle: Sendable, Equatable {
  /// Its name, as it stands in the chart's rows.
  package let name: String
  /// Its place among the page's colours.
  let colour: Int
  let shape: Shape
  /// Lengths of dashes and gaps, in pixels.
  let dash: [Int]
  /// Whether its points are outlines: predictions.
  let isHollow: Bool
  /// Whether it is drawn before anybody asks for it.
  package var isShown: Bool

  /// Shapes of points, by the names that Vega has for them.
  enum Shape: String, CaseIterable, Sendable {
    case circle, square, diamond, cross
    case triangleUp = "triangle-up"
    case triangleDown = "triangle-down"
    case triangleRight = "triangle-right"

    /// The same shape around 0, as a path of SVG.
    var path: StaticString {
      switch self {
      case .circle: "M-4 0a4 4 0 1 0 8 0a4 4 0 1 0-8 0Z"
      case .square: "M-3.5-3.5h7v7h-7Z"
      case .diamond: "M0-5 3.6 0 0 5-3.6 0Z"
      case .cross: "M-4.5-1.5h3v-3h3v3h3v3h-3v3h-3v-3h-3Z"
      case .triangleUp: "M0-4.5 4.5 3.5h-9Z"
      case .triangleDown: "M0 4.5 4.5-3.5h-9Z"
      case .triangleRight: "M4.5 0-3.5 4.5v-9Z"
      }
    }
  }

  /// How many colours a page has.
  static let colours = 8
  private static let solid: [[Int]] = [[1, 0], [12, 3], [9, 3, 2, 3]]
  private static let dashed: [[Int]] = [[4, 3], [2, 2], [4, 2, 1, 2]]

  /// The style of the series at `place`, which is the same on every machine.
  ///
  /// A measurement and its prediction are given the same place: then they share colour and shape, and the
  /// prediction has short dashes and hollow points. All three come again together after 168 places: 8
  /// colours, 7 shapes, 3 dashes.
  package init(_ name: String, place: Int, isPrediction: Bool = false, isShown: Bool = true) {
    let shapes = Shape.allCases
    (self.name, self.isShown) = (name, isShown)
    colour = place % Self.colours
    shape = shapes[place % shapes.count]
    let dashes = isPrediction ? Self.dashed : Self.solid
    dash = dashes[place % dashes.count]
    isHollow = isPrediction
  }

  /// For the page's script.
  var json: JSONTree {
    [
      "name": .text(name), "colour": .number(Double(colour)), "shape": .text(shape.rawValue),
      "dash": .list(dash.map { .number(Double($0)) }), "hollow": .bool(isHollow),
    ]
  }

  /// A piece of the series' line with a point, as a drawing of 34 by 12 pixels.
  package var swatch: Markup {
    let dashes = dash.map(String.init).joined(separator: " ")
    return Markup(
      trusted: """
        <svg class="swatch c\(colour)\(isHollow ? " hollow" : "")" viewBox="0 0 34 12" aria-hidden="true">\
        <path class="line" stroke-dasharray="\(dashes)" d="M0 6h34"/>\
        <path class="point" transform="translate(17 6)" d="\(shape.path)"/></svg>
        """)
  }
}
