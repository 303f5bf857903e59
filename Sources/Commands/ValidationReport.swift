import Calibration
import Quantities
import Records
import Reports

/// Measured against predicted, for people and programs.
struct ValidationReport: CustomStringConvertible {
  private let validation: Validation
  private let record: Record

  init(_ validation: Validation, of record: Record) { (self.validation, self.record) = (validation, record) }

  var description: String {
    var paragraphs: [String] = []
    for (place, series) in record.series.enumerated() {
      let rows = validation.rows.filter { $0.series == place }
      guard !rows.isEmpty else { continue }
      var table = TextTable([
        ("size", .right), ("measured us", .right), ("95 % interval", .right), ("predicted us", .right),
        ("95 % interval", .right), ("error", .right), ("inside", .left),
      ])
      for row in rows {
        table.addRow([
          row.size.description, row.measured.microseconds.microsecondsText, Self.text(row.measuredInterval),
          row.predicted.microseconds.microsecondsText, Self.text(row.interval),
          MachineModelReport.percent(row.error, isSigned: true), row.isInside ? "yes" : "no",
        ])
      }
      paragraphs.append("\(series.title)\n\(table)")
    }
    if !validation.leftOut.isEmpty {
      paragraphs.append((["left out:"] + validation.leftOut.map { "  \($0)" }).joined(separator: "\n"))
    }
    if let median = validation.medianError, let worst = validation.worst {
      let inside = validation.rows.count(where: \.isInside)
      paragraphs.append(
        "median error \(MachineModelReport.percent(median)), worst "
          + "\(MachineModelReport.percent(worst.error, isSigned: true)) (\(record.series[worst.series].title), \(worst.size)); "
          + "\(inside) of \(validation.rows.count) measured medians lie inside the prediction's interval")
    }
    return paragraphs.joined(separator: "\n\n")
  }

  private static func text(_ interval: Record.Interval) -> String {
    "\(interval.low.microseconds.microsecondsText) to \(interval.high.microseconds.microsecondsText)"
  }

  var csv: String {
    var table = CommaSeparated([
      "collective", "algorithm", "ranks", "in_place", "size_bytes", "measured_us", "measured_low_us",
      "measured_high_us",
      "predicted_us", "predicted_low_us", "predicted_high_us", "relative_error", "inside",
    ])
    for row in validation.rows {
      let series = record.series[row.series]
      table.addRow([
        series.collective, series.algorithm, "\(series.ranks)", "\(series.isInPlace)", "\(row.size.bytes)",
        "\(row.measured.microseconds)", "\(row.measuredInterval.low.microseconds)",
        "\(row.measuredInterval.high.microseconds)", "\(row.predicted.microseconds)",
        "\(row.interval.low.microseconds)",
        "\(row.interval.high.microseconds)", "\(row.error)", "\(row.isInside)",
      ])
    }
    return table.description
  }

  /// The validation as JSON; the fields are documented in `docs/formats.md`.
  var document: Document { Document(validation, record) }

  struct Document: Encodable {
    struct Point: Encodable {
      var collective, algorithm: String
      var ranks: Int
      var inPlace: Bool
      var size: Int
      var measured, measuredLow, measuredHigh, predicted, predictedLow, predictedHigh, error: Double
      var isInside: Bool

      enum CodingKeys: String, CodingKey {
        case collective, algorithm, ranks
        case inPlace = "in_place"
        case size = "size_bytes"
        case measured = "measured_us"
        case measuredLow = "measured_low_us"
        case measuredHigh = "measured_high_us"
        case predicted = "predicted_us"
        case predictedLow = "predicted_low_us"
        case predictedHigh = "predicted_high_us"
        case error = "relative_error"
        case isInside = "inside"
      }
    }

    var schema = "syncline.validation/1"
    var points: [Point]
    var leftOut: [String]
    var medianError, worstError: Double?

    init(_ validation: Validation, _ record: Record) {
      points = validation.rows.map { row in
        let series = record.series[row.series]
        return Point(
          collective: series.collective, algorithm: series.algorithm, ranks: series.ranks,
          inPlace: series.isInPlace,
          size: row.size.bytes, measured: row.measured.microseconds,
          measuredLow: row.measuredInterval.low.microseconds,
          measuredHigh: row.measuredInterval.high.microseconds, predicted: row.predicted.microseconds,
          predictedLow: row.interval.low.microseconds, predictedHigh: row.interval.high.microseconds,
          error: row.error,
          isInside: row.isInside)
      }
      (leftOut, medianError, worstError) = (
        validation.leftOut, validation.medianError, validation.worst?.error
      )
    }

    enum CodingKeys: String, CodingKey {
      case schema, points
      case leftOut = "left_out"
      case medianError = "median_relative_error"
      case worstError = "worst_relative_error"
    }
  }
}
