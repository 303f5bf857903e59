import Quantities
import Records
import Statistics

/// A record's figures for people: one table a series.
struct SummaryTable: CustomStringConvertible {
  private let record: Record

  init(_ record: Record) { self.record = record }

  var description: String {
    var paragraphs = record.series.map(describe)
    if record.isPartial {
      paragraphs.append("Partial: the run ended early. \(record.endedBecause ?? "")")
    }
    paragraphs += record.environment.warnings.map { "Warning: \($0)" }
    return paragraphs.joined(separator: "\n\n")
  }

  private func describe(_ series: Record.Series) -> String {
    var table = TextTable([
      ("size", .right), ("count", .right), ("type", .left), ("redop", .left), ("root", .right),
      ("min us", .right),
      ("median us", .right), ("95 % interval", .right), ("p95 us", .right), ("p99 us", .right),
      ("max us", .right),
      ("algbw GB/s", .right), ("busbw GB/s", .right), ("skew us", .right),
    ])
    var fewest: PointSummary?
    for point in series.points {
      guard let summary = PointSummary(point, of: series) else { continue }
      let isShort = summary.interval != nil && summary.coverage < 0.95
      if isShort, summary.samples < fewest?.samples ?? .max { fewest = summary }
      table.addRow([
        ByteCount(summary.size).description, "\(summary.count)", series.datatype,
        series.operation.isEmpty ? "none" : series.operation, "\(series.root)",
        summary.minimum.microsecondsText,
        summary.median.microsecondsText,
        summary.interval.map {
          "\($0.low.microsecondsText) to \($0.high.microsecondsText)\(isShort ? "*" : "")"
        } ?? "-",
        summary.p95.microsecondsText, summary.p99.microsecondsText, summary.maximum.microsecondsText,
        summary.algorithmBandwidth.bandwidthText, summary.busBandwidth.bandwidthText,
        summary.rankSkew?.microsecondsText ?? "-",
      ])
    }
    var text = "\(series.title), \(record.origin.rawValue)\n"
    text += table.isEmpty ? "no size was finished" : table.description
    if let fewest {
      text +=
        "\n* the whole range of \(fewest.samples) samples: it covers \((fewest.coverage * 100).significant(3)) %,"
        + " and 95 % takes six"
    }
    return text
  }
}

extension Record.Series {
  /// What sets the series apart, in words: `all-reduce, ring, 4 ranks, in place`.
  package var title: String {
    var parts = [
      collective, algorithm, "\(ranks) rank\(ranks == 1 ? "" : "s")", isInPlace ? "in place" : "out of place",
    ]
    if channels > 1 { parts.append("\(channels) channels") }
    if let chunk { parts.append("chunks of \(chunk)") }
    return parts.joined(separator: ", ")
  }
}
