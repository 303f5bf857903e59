import Quantities
import Records
import Statistics

/// A record's figures as JSON; the fields are documented in `docs/formats.md`.
struct SummaryDocument: Encodable {
  struct Series: Encodable {
    var collective, algorithm: String
    var ranks: Int
    var datatype, operation: String
    var inPlace: Bool
    var root, channels: Int
    var chunk: Int?
    var depth: Int
    var points: [Point]

    enum CodingKeys: String, CodingKey {
      case collective, algorithm, ranks, datatype, operation
      case inPlace = "in_place"
      case root, channels
      case chunk = "chunk_bytes"
      case depth, points
    }
  }

  struct Point: Encodable {
    var summary: PointSummary

    enum CodingKeys: String, CodingKey {
      case size = "size_bytes"
      case count, samples
      case minimum = "minimum_us"
      case median = "median_us"
      case low = "median_low_us"
      case high = "median_high_us"
      case coverage = "median_coverage"
      case p95 = "p95_us"
      case p99 = "p99_us"
      case maximum = "maximum_us"
      case algorithmBandwidth = "algbw_gb_per_s"
      case busBandwidth = "busbw_gb_per_s"
      case rankSkew = "rank_skew_us"
      case checkedElements = "checked_elements"
    }

    func encode(to encoder: any Encoder) throws {
      var container = encoder.container(keyedBy: CodingKeys.self)
      try container.encode(summary.size, forKey: .size)
      try container.encode(summary.count, forKey: .count)
      try container.encode(summary.samples, forKey: .samples)
      try container.encode(summary.minimum, forKey: .minimum)
      try container.encode(summary.median, forKey: .median)
      try container.encodeIfPresent(summary.interval?.low, forKey: .low)
      try container.encodeIfPresent(summary.interval?.high, forKey: .high)
      try container.encode(summary.coverage, forKey: .coverage)
      try container.encode(summary.p95, forKey: .p95)
      try container.encode(summary.p99, forKey: .p99)
      try container.encode(summary.maximum, forKey: .maximum)
      try container.encode(summary.algorithmBandwidth, forKey: .algorithmBandwidth)
      try container.encode(summary.busBandwidth, forKey: .busBandwidth)
      try container.encodeIfPresent(summary.rankSkew, forKey: .rankSkew)
      try container.encodeIfPresent(summary.checkedElements, forKey: .checkedElements)
    }
  }

  var schema = "syncline.summary/1"
  var origin: String
  var partial: Bool
  var warnings: [String]
  var series: [Series]

  init(_ record: Record) {
    origin = record.origin.rawValue
    partial = record.isPartial
    warnings = record.environment.warnings
    series = record.series.map { series in
      Series(
        collective: series.collective, algorithm: series.algorithm, ranks: series.ranks,
        datatype: series.datatype,
        operation: series.operation, inPlace: series.isInPlace, root: series.root, channels: series.channels,
        chunk: series.chunk?.bytes, depth: series.depth,
        points: series.points.compactMap { PointSummary($0, of: series).map(Point.init) })
    }
  }
}
