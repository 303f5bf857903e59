import Collectives
import Quantities
import Records
import Reports
import Statistics

extension Report {
  /// Time and bus bandwidth over size: measurements and predictions of one collective on one chart.
  var curves: Page.Section {
    Page.Section(
      id: "curves", title: "Latency and bandwidth",
      groups.enumerated().flatMap { place, group in
        [
          Page.Block.chart(Self.latency(group.collective, group.series, place)),
          .chart(Self.bandwidth(group.collective, group.series, place)),
        ]
      })
  }

  private static let size = ChartAxis("size_bytes", "size", .bytes, scales: [.logarithmic, .linear])

  /// What is said of many series, whose first few are shown.
  private static func words(_ series: [ReportSeries]) -> String {
    let (measured, simulated) = (series.count { !$0.isPrediction }, series.count(where: \.isPrediction))
    return [
      measured > 0 ? "\(measured) measured" : nil, simulated > 0 ? "\(simulated) simulated" : nil,
    ].compactMap { $0 }.joined(separator: " and ") + " series"
  }

  private static func latency(_ collective: String, _ series: [ReportSeries], _ place: Int) -> Chart {
    var table = DataTable(
      id: "latency-\(place)", title: "\(collective): time",
      columns: [
        .init("series", "series"), .init("size_bytes", "size", .bytes), .init("samples", "samples", .count),
        .init("minimum_us", "min", unit: "us", .microseconds),
        .init("median_us", "median", unit: "us", .microseconds),
        .init("median_low_us", "95 % from", unit: "us", .microseconds),
        .init("median_high_us", "to", unit: "us", .microseconds),
        .init("p95_us", "p95", unit: "us", .microseconds), .init("p99_us", "p99", unit: "us", .microseconds),
        .init("maximum_us", "max", unit: "us", .microseconds),
      ],
      note:
        "Of a measurement the interval is the median's, from order statistics; of a prediction the machine"
        + " model's."
    )
    for one in series {
      for summary in one.summaries {
        table.addRow([
          .text(one.label), .number(Double(summary.size)), .number(Double(summary.samples)),
          .number(summary.minimum), .number(summary.median), .optional(summary.interval?.low),
          .optional(summary.interval?.high), .number(summary.p95), .number(summary.p99),
          .number(summary.maximum),
        ])
      }
    }
    return .curves(
      table,
      alternative:
        "The median time of \(collective) over the size of the vector, \(words(series)), with 95 %"
        + " intervals.",
      x: size,
      y: ChartAxis(
        "median_us", "median time", .microseconds, scales: [.logarithmic, .linear], startsAtZero: true),
      interval: ("median_low_us", "median_high_us"),
      series: series.enumerated().map { $1.style($0) })
  }

  private static func bandwidth(_ collective: String, _ series: [ReportSeries], _ place: Int) -> Chart {
    var table = DataTable(
      id: "bandwidth-\(place)", title: "\(collective): bus bandwidth",
      columns: [
        .init("series", "series"), .init("size_bytes", "size", .bytes),
        .init("algbw_gb_per_s", "algbw", unit: "GB/s", .bandwidth),
        .init("busbw_gb_per_s", "busbw", unit: "GB/s", .bandwidth),
        .init("busbw_low_gb_per_s", "95 % from", unit: "GB/s", .bandwidth),
        .init("busbw_high_gb_per_s", "to", unit: "GB/s", .bandwidth),
      ],
      note:
        "algbw is the size over the median time; busbw is what a link carried, as nccl-tests defines it."
        + " Its interval"
        + " is the median's.")
    for one in series {
      let factor = Collective(rawValue: one.series.collective)?.busFactor(ranks: one.series.ranks) ?? 1
      for summary in one.summaries {
        func rate(_ time: Double?) -> DataTable.Cell {
          .optional(time.flatMap { $0 > 0 ? Double(summary.size) * factor / $0 / 1e3 : nil })
        }
        table.addRow([
          .text(one.label), .number(Double(summary.size)), .number(summary.algorithmBandwidth),
          .number(summary.busBandwidth), rate(summary.interval?.high), rate(summary.interval?.low),
        ])
      }
    }
    return .curves(
      table,
      alternative:
        "The bus bandwidth of \(collective) over the size of the vector, \(words(series)), with 95 %"
        + " intervals.",
      x: size,
      y: ChartAxis(
        "busbw_gb_per_s", "bus bandwidth, GB/s", scales: [.logarithmic, .linear], startsAtZero: true),
      interval: ("busbw_low_gb_per_s", "busbw_high_gb_per_s"),
      series: series.enumerated().map { $1.style($0) })
  }
}
