import Fabric
import Reports
import Simulation

/// How much the busiest links carried over time, a line for each link and span:
/// `link,time_us_from,time_us_to,utilisation`.
struct UtilisationTable: CustomStringConvertible {
  private var table = CommaSeparated(["link", "time_us_from", "time_us_to", "utilisation"])

  /// - Parameter timeline: nil where the run took no time, so that there is no line.
  init(_ timeline: LinkTimeline?, on fabric: Fabric) {
    guard let timeline else { return }
    for (place, link) in timeline.links.enumerated() {
      let name = fabric.name(ofLink: link)
      for span in 0..<timeline.spans {
        table.addRow([
          name, "\(timeline.start(of: span) / 1e6)", "\(timeline.start(of: span + 1) / 1e6)",
          "\(timeline.utilisation(ofLinkAt: place, in: span))",
        ])
      }
    }
  }

  var description: String { table.description }
}
