import Quantities
import Records
import Reports

extension ProposalPage {
  /// The collectives' curves, sync exposure, and sync exposure over scale, as far as the records have them.
  var charts: [Chart] { curves + [exposure] + (scale.map { [$0] } ?? []) }

  /// A series for each proposal, in the order of the page.
  private var styles: [SeriesStyle] {
    names.enumerated().map { place, name in
      SeriesStyle(name, place: place, isShown: place < Chart.shownSeries)
    }
  }

  /// Bus bandwidth over size, a chart a collective.
  private var curves: [Chart] {
    var collectives: [String] = []
    for series in comparison.records.flatMap(\.curves) where !collectives.contains(series.collective) {
      collectives.append(series.collective)
    }
    return collectives.enumerated().map { place, collective in
      var table = DataTable(
        id: "curves-\(place)", title: "\(collective.shortened(to: 40)): bus bandwidth",
        columns: [
          .init("series", "proposal"), .init("algorithm", "algorithm"), .init("size_bytes", "size", .bytes),
          .init("busbw_gb_per_s", "busbw", unit: "GB/s", .bandwidth),
          .init("busbw_low_gb_per_s", "95 % from", unit: "GB/s", .bandwidth),
          .init("busbw_high_gb_per_s", "to", unit: "GB/s", .bandwidth),
        ], note: "busbw is what a link carried, as nccl-tests defines it.")
      var drawn: Set<String> = []
      for (name, record) in zip(names, comparison.records) {
        // One line a proposal: the first of its algorithms.
        guard let series = record.curves.first(where: { $0.collective == collective }) else { continue }
        for point in series.points {
          guard let figure = PointSummary(point, of: series)?.busBandwidthFigure else { continue }
          drawn.insert(name)
          table.addRow([
            .text(name), .text(series.algorithm), .number(Double(point.size.bytes)),
            .number(figure.value / 1e9), .optional(figure.low.map { $0 / 1e9 }),
            .optional(figure.high.map { $0 / 1e9 }),
          ])
        }
      }
      return .curves(
        table,
        alternative:
          "The bus bandwidth of \(collective) over the size of the vector, a line a proposal, with 95 % "
          + "intervals.",
        x: ChartAxis("size_bytes", "size", .bytes, scales: [.logarithmic, .linear]),
        y: ChartAxis(
          "busbw_gb_per_s", "bus bandwidth, GB/s", scales: [.logarithmic, .linear], startsAtZero: true),
        interval: ("busbw_low_gb_per_s", "busbw_high_gb_per_s"),
        series: styles.filter { drawn.contains($0.name) })
    }
  }

  private static let exposureColumns: [DataTable.Column] = [
    .init("sync_exposure", "sync exposure", .percent(2)), .init("low", "95 % from", .percent(2)),
    .init("high", "to", .percent(2)),
  ]

  /// Sync exposure of the step as asked for, a bar a proposal, with its interval.
  private var exposure: Chart {
    var table = DataTable(
      id: "sync-exposure", title: "Sync exposure",
      columns: [.init("proposal", "proposal")] + Self.exposureColumns,
      note: "(step time - step time with an infinitely fast network) / step time.")
    for (name, record) in zip(names, comparison.records) {
      let share = record.step.syncExposure
      table.addRow([.text(name), .number(share.value), .optional(share.low), .optional(share.high)])
    }
    return .bars(
      table,
      alternative:
        "The share of the step time that is waited for the network, a bar a proposal, with 95 % intervals.",
      category: "proposal", value: ChartAxis("sync_exposure", "sync exposure", .share, startsAtZero: true),
      interval: ("low", "high"))
  }

  /// Sync exposure over the number of GPUs; nil where no record was varied so.
  private var scale: Chart? {
    var table = DataTable(
      id: "exposure-over-scale", title: "Sync exposure over scale",
      columns: [.init("series", "proposal"), .init("gpus", "GPUs", .count)] + Self.exposureColumns)
    var drawn: Set<String> = []
    for (name, record) in zip(names, comparison.records) {
      let varied = record.variations.filter { $0.axis == "gpus" }
        .compactMap { one in one.number.flatMap { number in one.syncExposure.map { (number, $0) } } }
        .sorted { $0.0 < $1.0 }
      for (gpus, share) in varied {
        drawn.insert(name)
        table.addRow([
          .text(name), .number(gpus), .number(share.value), .optional(share.low), .optional(share.high),
        ])
      }
    }
    guard !drawn.isEmpty else { return nil }
    return .curves(
      table,
      alternative:
        "The share of the step time that is waited for the network, over the number of GPUs, a line a "
        + "proposal, with 95 % intervals.",
      x: ChartAxis("gpus", "GPUs", scales: [.logarithmic, .linear]),
      y: ChartAxis("sync_exposure", "sync exposure", .share, startsAtZero: true), interval: ("low", "high"),
      series: styles.filter { drawn.contains($0.name) })
  }
}
