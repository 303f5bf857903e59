import Records
import Statistics

/// A comparison as JSON; the fields are documented in `docs/formats.md`.
struct ComparisonDocument: Encodable {
  struct Side: Encodable {
    var algorithm: String
    var ranks: Int
    var datatype: String
    var inPlace: Bool

    init(_ series: Record.Series) {
      (algorithm, ranks, datatype, inPlace) = (
        series.algorithm, series.ranks, series.datatype, series.isInPlace
      )
    }

    enum CodingKeys: String, CodingKey {
      case algorithm, ranks, datatype
      case inPlace = "in_place"
    }
  }

  struct Figure: Encodable {
    var median: Double
    var low, high: Double?

    init(_ summary: PointSummary) {
      (median, low, high) = (summary.median, summary.interval?.low, summary.interval?.high)
    }

    enum CodingKeys: String, CodingKey {
      case median = "median_us"
      case low = "low_us"
      case high = "high_us"
    }
  }

  struct Row: Encodable {
    var size: Int
    var a, b: Figure
    var ratio, low, high: Double?
    var overlaps: Bool?

    init(_ row: Comparison.Row) {
      (size, a, b) = (row.size, Figure(row.a), Figure(row.b))
      (ratio, low, high, overlaps) = (row.ratio, row.interval?.low, row.interval?.high, row.overlaps)
    }

    enum CodingKeys: String, CodingKey {
      case size = "size_bytes"
      case a, b, ratio
      case low = "ratio_low"
      case high = "ratio_high"
      case overlaps = "overlap"
    }
  }

  struct Pair: Encodable {
    var collective: String
    var a, b: Side
    var notEqual: [String]
    var points: [Row]
    var onlyA, onlyB: [Int]

    enum CodingKeys: String, CodingKey {
      case collective, a, b
      case notEqual = "not_equal"
      case points
      case onlyA = "only_a_bytes"
      case onlyB = "only_b_bytes"
    }
  }

  var schema = "syncline.comparison/1"
  var a, b: String
  var notEqual: [String]
  var pairs: [Pair]
  var onlyA, onlyB: [String]

  init(_ comparison: Comparison, a: String, b: String) {
    (self.a, self.b, notEqual) = (a, b, comparison.differences)
    pairs = comparison.pairs.map { pair in
      Pair(
        collective: pair.a.collective, a: Side(pair.a), b: Side(pair.b), notEqual: pair.differences,
        points: pair.rows.map(Row.init), onlyA: pair.onlyA, onlyB: pair.onlyB)
    }
    (onlyA, onlyB) = (comparison.unpairedA.map(\.title), comparison.unpairedB.map(\.title))
  }

  enum CodingKeys: String, CodingKey {
    case schema, a, b
    case notEqual = "not_equal"
    case pairs
    case onlyA = "only_a_series"
    case onlyB = "only_b_series"
  }
}
