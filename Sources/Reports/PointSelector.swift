package import Collectives
import Quantities
import Records

/// Which sizes of which series a level is about; what isn't given may be anything.
package struct PointSelector: Sendable, Equatable {
  /// Whose figures count.
  package enum Origin: String, Sendable, CaseIterable {
    case measured
    case predicted
    case any
  }

  /// Where a result goes.
  package enum Buffers: String, Sendable, CaseIterable {
    case outOfPlace = "out-of-place"
    case inPlace = "in-place"
  }

  package var origin = Origin.measured
  package var collective: Collective
  package var algorithm: String?
  package var ranks: ClosedRange<Int>?
  /// In bytes.
  package var sizes: ClosedRange<Int>?
  package var datatype: String?
  package var buffers: Buffers?

  /// Whether a record of such an origin counts.
  func admits(_ origin: Record.Origin) -> Bool {
    switch self.origin {
    case .measured: origin == .measured
    case .predicted: origin == .simulated
    case .any: true
    }
  }

  /// Whether a series is of what is asked for; what its sizes are is left to ``admits(_:)-size``.
  func admits(_ series: Record.Series) -> Bool { refusal(of: series) == nil }

  /// Whether such a size is asked for.
  func admits(size: ByteCount) -> Bool { sizes?.contains(size.bytes) ?? true }

  /// What of a series is not what is asked for, in words: the first such thing.
  private func refusal(of series: Record.Series) -> (what: Int, text: String)? {
    let isInPlace = buffers.map { $0 == .inPlace } ?? series.isInPlace
    let tests: [(Bool, String)] = [
      (collective.rawValue == series.collective, series.collective),
      (algorithm.map { $0 == series.algorithm } ?? true, "\(series.collective) by \(series.algorithm)"),
      (ranks?.contains(series.ranks) ?? true, "\(series.collective) of \(series.ranks) ranks"),
      (datatype.map { $0 == series.datatype } ?? true, "\(series.collective) of \(series.datatype)"),
      (isInPlace == series.isInPlace, series.title),
    ]
    return tests.enumerated().first { !$1.0 }.map { ($0, $1.1) }
  }

  /// What there is instead, where nothing is what is asked for: of the closest series, in words.
  fileprivate func closest(in evidence: ObjectiveEvidence) -> String {
    guard !evidence.records.isEmpty else { return "no record of a collective was given" }
    let records = evidence.records.filter { admits($0.record.origin) }
    guard !records.isEmpty else { return "no record is \(origin.rawValue)" }
    var closest: (what: Int, text: String)?
    var sizes: [Int] = []
    for series in records.lazy.flatMap(\.record.series) {
      if let refusal = refusal(of: series) {
        if closest.map({ refusal.what > $0.what }) ?? true { closest = refusal }
      } else {
        sizes += series.points.map(\.size.bytes)
      }
    }
    if let least = sizes.min(), let greatest = sizes.max() {
      let range = least == greatest ? "\(ByteCount(least))" : "\(ByteCount(least)) to \(ByteCount(greatest))"
      return "the records have \(collective.rawValue) of \(range)"
    }
    return closest.map { "the closest that the records have is \($0.text)" } ?? "no record has a size"
  }

  /// What is asked for, in words: `all-reduce, ring, 8 ranks, from 256 MiB`.
  var words: String {
    var parts = [collective.rawValue]
    if let algorithm { parts.append(algorithm) }
    if let ranks { parts.append(Self.words(ranks, "ranks") { "\($0)" }) }
    if let sizes { parts.append(Self.words(sizes, nil) { "\(ByteCount($0))" }) }
    if let datatype { parts.append(datatype) }
    if let buffers { parts.append(buffers == .inPlace ? "in place" : "out of place") }
    if origin != .measured { parts.append(origin == .any ? "measured or predicted" : "predicted") }
    return parts.joined(separator: ", ")
  }

  private static func words(
    _ range: ClosedRange<Int>, _ unit: String?, _ text: (Int) -> String
  ) -> String {
    let (low, high) = (range.lowerBound, range.upperBound)
    let bare =
      if low == high {
        text(low)
      } else if high == .max {
        "from \(text(low))"
      } else {
        low == 0 ? "up to \(text(high))" : "\(text(low)) to \(text(high))"
      }
    return unit.map { "\(bare) \($0)" } ?? bare
  }
}

extension ObjectiveEvidence {
  /// What there is instead of what a selector asks for, in words.
  func closest(to selector: PointSelector) -> String { selector.closest(in: self) }
}
