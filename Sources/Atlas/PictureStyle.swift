import Quantities

/// The colours of a picture, for light and dark pages.
enum PictureStyle {
  /// The upper ends of the steps that utilisation is shown in; the first is for links that carried nothing.
  static let steps = [0, 0.25, 0.5, 0.75, 0.95, Double.infinity]

  /// The step that a utilisation is in.
  static func step(_ utilisation: Double) -> Int {
    steps.firstIndex { utilisation <= $0 } ?? steps.count - 1
  }

  /// What a step stands for.
  static func label(_ step: Int) -> String {
    let ends = steps.map { ($0 * 100).significant() }
    return switch step {
    case 0: "unused"
    case steps.count - 1: "over \(ends[step - 1]) % used"
    default: "to \(ends[step]) %"
    }
  }

  /// Okabe and Ito, "Color universal design", 2008; black and yellow so far changed that they show on their page.
  private static let rails = [
    (light: "#0072b2", dark: "#4aa8dd"), ("#d98e00", "#e69f00"), ("#009e73", "#1fc598"),
    ("#d55e00", "#ff7f2a"),
    ("#56b4e9", "#8fd3ff"), ("#b5508c", "#e58fbf"), ("#b3a400", "#f0e442"), ("#555555", "#bbbbbb"),
  ]
  /// ColorBrewer's YlOrBr, the other way around on a dark page, and a grey before it.
  private static let used = [
    (light: "#c8c8c8", dark: "#4a4a4a"), ("#fec44f", "#7a4a14"), ("#fe9929", "#b3661a"),
    ("#ec7014", "#e68a2e"),
    ("#b84503", "#ffc266"), ("#662506", "#fff3c4"),
  ]

  static var css: String {
    let light = page("#ffffff", ink: "#1a1a1a", quiet: "#595959", line: "#8a8a8a") + colours { $0.light }
    let dark = page("#14171a", ink: "#f0f0f0", quiet: "#b0b0b0", line: "#7d868f") + colours { $0.dark }
    return """
      text{font:12px system-ui,"Segoe UI","Helvetica Neue",Arial,sans-serif}
      .name{font-size:20px;font-weight:600}
      .row{font-size:15px;font-weight:600}
      .node text{text-anchor:middle}
      .node rect{stroke-width:1.5}
      .link{fill:none;stroke-opacity:.8}
      .link:hover{stroke-opacity:1}
      \(light.joined(separator: "\n"))
      @media (prefers-color-scheme:dark){
      \(dark.joined(separator: "\n"))
      }
      """
  }

  private static func page(_ paper: String, ink: String, quiet: String, line: String) -> [String] {
    [
      ".page{fill:\(paper)}", "text{fill:\(ink)}", ".note{fill:\(quiet)}", ".link{stroke:\(line)}",
      ".frame{fill:none;stroke:\(line);stroke-dasharray:4 4;stroke-opacity:.6}",
      ".node rect{stroke:\(quiet);fill:\(paper)}",
    ]
  }

  private static func colours(_ choose: ((light: String, dark: String)) -> String) -> [String] {
    let rails = rails.enumerated().flatMap { place, colour in
      [".link.rail\(place),.rail\(place) rect{stroke:\(choose(colour))}"]
    }
    let used = used.enumerated().map { ".link.used\($0){stroke:\(choose($1))}" }
    return rails + used
  }
}
