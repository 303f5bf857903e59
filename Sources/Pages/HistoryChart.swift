import Quantities
import Statistics

/// A benchmark's medians over its runs as a picture, each with its interval, and a dashed line where the level changed.
///
/// Runs stand side by side in the order of time, whatever time passed between them. The scale starts at zero: a change looks
/// as large as it is.
struct HistoryChart {
  private let history: History

  private static let (width, height) = (900.0, 300.0)
  private static let (left, right, top, bottom) = (80.0, 16.0, 16.0, 40.0)

  init(_ history: History) { self.history = history }

  private var greatest: Double {
    let ends = history.runs.map { max($0.median, $0.interval?.high ?? 0) }
    // One slow sample would press all others to the ground: what is above is cut off.
    let limit = (Sample(history.runs.map(\.median)).maximum) * 1.5
    return min(max(ends.max() ?? 0, 1e-6), max(limit, 1e-6))
  }

  private func x(_ place: Double) -> Double {
    let span = Self.width - Self.left - Self.right
    return Self.left + span * (place + 0.5) / Double(max(1, history.runs.count))
  }

  private func y(_ microseconds: Double) -> Double {
    let span = Self.height - Self.top - Self.bottom
    return Self.top + span * (1 - min(microseconds, greatest) / greatest)
  }

  var markup: Markup {
    guard let first = history.runs.first, let last = history.runs.last else { return "" }
    var svg: Markup = "<svg viewBox=\"0 0 900 300\" width=\"900\" height=\"300\" role=\"img\">\n<title>"
    svg += Markup(text: "Median time of \(history.runs.count) runs, \(first.started) to \(last.started)")
    svg += "</title>\n"
    for share in [0.0, 0.5, 1] {
      let value = greatest * share
      svg += line("axis", from: (Self.left, y(value)), to: (Self.width - Self.right, y(value)))
      svg += text(SitePage.words(value), at: (Self.left - 8, y(value) + 4), anchor: "end")
    }
    svg += text(first.started, at: (Self.left, Self.height - 12), anchor: "start")
    if history.runs.count > 1 {
      svg += text(last.started, at: (Self.width - Self.right, Self.height - 12), anchor: "end")
    }
    for change in history.changes {
      let place = x(Double(change.index) - 0.5)
      svg += line("change", from: (place, Self.top), to: (place, Self.height - Self.bottom))
    }
    svg += "<polyline class=\"line\" points=\""
    for (place, run) in history.runs.enumerated() {
      if place > 0 { svg += " " }
      svg += Markup(text: "\(digits(x(Double(place)))),\(digits(y(run.median)))")
    }
    svg += "\"/>\n"
    for (place, run) in history.runs.enumerated() {
      let x = x(Double(place))
      if let interval = run.interval {
        svg += line("interval", from: (x, y(interval.low)), to: (x, y(interval.high)))
      }
      svg += "<circle class=\"run\" r=\"3\" cx=\""
      svg += Markup(text: digits(x))
      svg += "\" cy=\""
      svg += Markup(text: digits(y(run.median)))
      svg += "\"><title>"
      svg += Markup(text: "\(run.started): \(SitePage.words(run.median))")
      svg += "</title></circle>\n"
    }
    svg += "</svg>\n"
    return svg
  }

  private func digits(_ value: Double) -> String { value.fixed(1) }

  private func line(_ style: StaticString, from: (Double, Double), to: (Double, Double)) -> Markup {
    var line: Markup = "<line class=\""
    line += Markup(stringLiteral: style)
    line += "\" x1=\""
    line += Markup(text: digits(from.0))
    line += "\" y1=\""
    line += Markup(text: digits(from.1))
    line += "\" x2=\""
    line += Markup(text: digits(to.0))
    line += "\" y2=\""
    line += Markup(text: digits(to.1))
    line += "\"/>\n"
    return line
  }

  private func text(_ words: String, at place: (Double, Double), anchor: StaticString) -> Markup {
    var text: Markup = "<text x=\""
    text += Markup(text: digits(place.0))
    text += "\" y=\""
    text += Markup(text: digits(place.1))
    text += "\" text-anchor=\""
    text += Markup(stringLiteral: anchor)
    text += "\">"
    text += Markup(text: words)
    text += "</text>\n"
    return text
  }
}
