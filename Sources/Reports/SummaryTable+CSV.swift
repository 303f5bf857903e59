import Quantities
import Records
import Statistics

extension SummaryTable {
  /// One line a size of every series; numbers with all their digits, what does not apply empty.
  static func csv(_ record: Record) -> String {
    var table = CommaSeparated([
      "origin", "collective", "algorithm", "ranks", "datatype", "operation", "in_place", "root", "channels",
      "chunk_bytes", "depth", "size_bytes", "count", "samples", "minimum_us", "median_us", "median_low_us",
      "median_high_us", "median_coverage", "p95_us", "p99_us", "maximum_us", "algbw_gb_per_s",
      "busbw_gb_per_s",
      "rank_skew_us", "checked_elements",
    ])
    for series in record.series {
      for point in series.points {
        guard let summary = PointSummary(point, of: series) else { continue }
        table.addRow([
          record.origin.rawValue, series.collective, series.algorithm, "\(series.ranks)", series.datatype,
          series.operation, "\(series.isInPlace)", "\(series.root)", "\(series.channels)",
          series.chunk.map { "\($0.bytes)" } ?? "", "\(series.depth)", "\(summary.size)", "\(summary.count)",
          "\(summary.samples)", "\(summary.minimum)", "\(summary.median)",
          summary.interval.map { "\($0.low)" } ?? "",
          summary.interval.map { "\($0.high)" } ?? "", "\(summary.coverage)", "\(summary.p95)",
          "\(summary.p99)",
          "\(summary.maximum)", "\(summary.algorithmBandwidth)", "\(summary.busBandwidth)",
          summary.rankSkew.map { "\($0)" } ?? "", summary.checkedElements.map { "\($0)" } ?? "",
        ])
      }
    }
    return table.description
  }
}
