import Quantities
import Records
import Reports

extension Report {
  /// The most steps of all distributions of a page together, so that many records don't make it slow.
  private static let stepBudget = 40_000
  /// The most steps of one distribution.
  private static let mostSteps = 200

  /// One distribution of a chart: a series at one size.
  private struct Distribution {
    let series: ReportSeries
    let point: Record.Point
  }

  /// How the samples of each size are distributed.
  var distributions: Page.Section {
    let charts = groups.map { group in (group.collective, Self.chosen(group.series)) }.filter {
      !$0.1.isEmpty
    }
    let count = charts.reduce(0) { $0 + $1.1.count }
    let steps = max(20, min(Self.mostSteps, Self.stepBudget / max(1, count)))
    return Page.Section(
      id: "distributions", title: "Distribution of samples",
      charts.enumerated().map { place, chart in
        .chart(Self.distributions(chart.0, chart.1, place, steps: steps))
      })
  }

  /// The smallest, the middle and the largest size that were measured more than once; the largest alone of
  /// many series.
  private static func chosen(_ all: [ReportSeries]) -> [Distribution] {
    all.flatMap { one -> [Distribution] in
      let points = one.series.points.filter { $0.samples.count > 1 }
      guard let first = points.first, let last = points.last else { return [] }
      let middle = points[points.count / 2]
      var chosen = all.count > Chart.shownSeries ? [last] : [first, middle, last]
      chosen = chosen.enumerated().filter { place, point in
        !chosen[..<place].contains { $0.size == point.size }
      }.map(\.element)
      return chosen.map { Distribution(series: one, point: $0) }
    }
  }

  private static func distributions(
    _ collective: String, _ chosen: [Distribution], _ place: Int, steps: Int
  ) -> Chart {
    let samples = chosen.enumerated().map { rank, one in
      (
        style: SeriesStyle(
          "\(one.series.label), \(one.point.size)", place: rank, isPrediction: one.series.isPrediction,
          isShown: rank < Chart.shownSeries),
        values: one.point.samples.map(\.microseconds)
      )
    }
    return .distributions(
      id: "distribution-\(place)", title: "\(collective): distribution of times",
      alternative:
        "The share of \(collective) iterations that took at most so long, \(samples.count) series and sizes.",
      samples: samples, value: ChartAxis("time_us", "time", .microseconds, scales: [.logarithmic, .linear]),
      form: .microseconds, unit: "us", steps: steps)
  }
}
