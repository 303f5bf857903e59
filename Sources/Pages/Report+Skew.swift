import Quantities
package import Records
import Reports
import Statistics

extension Report {
  /// The most rows of a chart of skew over ranks.
  private static let rowBudget = 12_000
  /// The most rows and columns of a heat map.
  private static let mostRanks = 64
  private static let mostIterations = 100

  /// How long after the first rank the others end.
  var skew: Page.Section {
    Page.Section(
      id: "skew", title: "Rank skew",
      groups.enumerated().flatMap { place, group -> [Page.Block] in
        let measured = group.series.filter { one in one.series.points.contains { !$0.rankTimes.isEmpty } }
        guard !measured.isEmpty else { return [] }
        var blocks = [Page.Block.chart(Self.skewByRank(group.collective, measured, place))]
        if let (worst, point) = Self.mostSkewed(measured) {
          if worst.series.points.count(where: { !$0.rankTimes.isEmpty }) > 1 {
            blocks.append(.chart(Self.skewBySize(group.collective, worst, place)))
          }
          blocks.append(.chart(Self.skewByIteration(group.collective, worst, point, place)))
        }
        return blocks
      })
  }

  private static func skewByRank(_ collective: String, _ measured: [ReportSeries], _ place: Int) -> Chart {
    var table = DataTable(
      id: "skew-\(place)", title: "\(collective): skew by rank",
      columns: [
        .init("series", "series"), .init("size_bytes", "size", .bytes), .init("rank", "rank", .count),
        .init("skew_us", "skew", unit: "us", .microseconds),
      ])
    let most = max(16, rowBudget / measured.count)
    var isThinned = false
    for one in measured {
      guard let point = one.series.points.last(where: { !$0.rankTimes.isEmpty }) else { continue }
      let skews = RankSkew(point).medians
      let step = (skews.count + most - 1) / most
      if step > 1 { isThinned = true }
      for rank in stride(from: 0, to: skews.count, by: step) {
        table.addRow([
          .text(one.label), .number(Double(point.size.bytes)), .number(Double(rank)), .number(skews[rank]),
        ])
      }
    }
    if isThinned { table.note = "Of series with more than \(most) ranks, every so many-th rank is shown." }
    return .curves(
      table,
      alternative:
        "How long after the first rank each rank of \(collective) ended, the median over the iterations at"
        + " the"
        + " largest size.",
      x: ChartAxis("rank", "rank", .whole),
      y: ChartAxis("skew_us", "end after the first rank's", .microseconds, startsAtZero: true),
      series: measured.enumerated().map { $1.style($0) })
  }

  /// The series and size whose skew is the largest share of its time; the earlier of two alike.
  private static func mostSkewed(_ measured: [ReportSeries]) -> (ReportSeries, Record.Point)? {
    var worst: (share: Double, series: ReportSeries, point: Record.Point)?
    for one in measured where one.series.ranks > 1 {
      for summary in one.summaries {
        guard let skew = summary.rankSkew, summary.median > 0, skew / summary.median > worst?.share ?? -1,
          let point = one.series.points.first(where: { $0.size.bytes == summary.size })
        else { continue }
        worst = (skew / summary.median, one, point)
      }
    }
    return worst.map { ($0.series, $0.point) }
  }

  private static func skewBySize(_ collective: String, _ one: ReportSeries, _ place: Int) -> Chart {
    var table = DataTable(
      id: "skew-size-\(place)", title: "\(collective): skew by rank and size, \(one.label)",
      columns: [
        .init("size_bytes", "size", .bytes), .init("rank", "rank"),
        .init("skew_us", "skew", unit: "us", .microseconds),
      ])
    let rows = RankRows(one.series.ranks, most: mostRanks)
    for point in one.series.points where !point.rankTimes.isEmpty {
      for (name, skew) in rows.latest(RankSkew(point).medians) {
        table.addRow([.number(Double(point.size.bytes)), .text(name), .number(skew)])
      }
    }
    return .heatMap(
      table,
      alternative:
        "How long after the first rank each rank ended, over the size: the median over the iterations of"
        + " the series whose skew is the largest share of its time.",
      column: ("size_bytes", "size"), row: ("rank", "rank"), value: ("skew_us", "skew, us"), note: rows.note)
  }

  private static func skewByIteration(
    _ collective: String, _ one: ReportSeries, _ point: Record.Point, _ place: Int
  ) -> Chart {
    var table = DataTable(
      id: "skew-iteration-\(place)",
      title: "\(collective): skew by rank and iteration at \(point.size), \(one.label)",
      columns: [
        .init("iteration", "iteration", .count), .init("rank", "rank"),
        .init("skew_us", "skew", unit: "us", .microseconds),
      ])
    let rows = RankRows(one.series.ranks, most: mostRanks)
    let skews = RankSkew(point).iterations
    for (iteration, ends) in skews.prefix(mostIterations).enumerated() {
      for (name, skew) in rows.latest(ends) {
        table.addRow([.number(Double(iteration)), .text(name), .number(skew)])
      }
    }
    let cut =
      skews.count > mostIterations
      ? "The first \(mostIterations) of \(skews.count) iterations are shown." : nil
    return .heatMap(
      table,
      alternative:
        "How long after the first rank each rank ended, iteration by iteration, at the size at which skew is"
        + " the largest share of the time.",
      column: ("iteration", "iteration"), row: ("rank", "rank"), value: ("skew_us", "skew, us"),
      note: Chart.join(cut, rows.note))
  }
}

/// How long after the first rank's end each rank ended, in microseconds.
package struct RankSkew {
  /// For each iteration, for each rank.
  package let iterations: [[Double]]

  package init(_ point: Record.Point) {
    iterations = point.rankTimes.map { ends in
      let first = ends.min() ?? .zero
      return ends.map { ($0 - first).microseconds }
    }
  }

  /// For each rank, over the iterations.
  package var medians: [Double] {
    guard let first = iterations.first else { return [] }
    return first.indices.map { rank in Sample(iterations.lazy.map { $0[rank] }).median }
  }
}

/// Ranks as the rows of a heat map: one a row, or runs of neighbours where there are many.
struct RankRows {
  private let ranks: Int
  /// How many ranks a row stands for.
  private let each: Int

  init(_ ranks: Int, most: Int) { (self.ranks, each) = (ranks, max(1, (ranks + most - 1) / most)) }

  /// Each row's name with the latest of its ranks.
  func latest(_ values: [Double]) -> [(name: String, value: Double)] {
    stride(from: 0, to: values.count, by: each).map { first in
      let last = min(first + each, values.count) - 1
      return (first == last ? "\(first)" : "\(first)-\(last)", values[first...last].max() ?? 0)
    }
  }

  var note: String? {
    each > 1 ? "A row stands for \(each) neighbouring ranks, and shows the latest of them." : nil
  }
}
