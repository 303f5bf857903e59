package import Quantities
package import Records
import Reports

/// What the index and the histories need of a record; its samples are let go.
package struct SiteRecord: Sendable {
  /// One size of one series: a run of its benchmark.
  package struct Run: Sendable {
    let benchmark: Benchmark
    let summary: PointSummary
  }

  package let origin: Record.Origin
  package let isPartial: Bool
  package let started: String
  /// The hosts' names; of a simulation the fabric's.
  package let place: String
  package let transport: String
  /// For each series what it is, with the median at its largest size.
  package let series: [(name: String, largest: String)]
  package let runs: [Run]

  package init(_ record: Record) {
    let environment = record.environment
    (origin, isPartial, started) = (record.origin, record.isPartial, environment.started)
    transport = environment.transport
    let place = environment.simulation?.topology ?? environment.hosts.map(\.name).joined(separator: ", ")
    self.place = place
    series = record.series.map { series in
      let name = "\(series.collective), \(series.algorithm), \(series.ranks) ranks"
      guard let point = series.points.last, let summary = PointSummary(point, of: series) else {
        return (name, "")
      }
      return (name, "\(Time(microseconds: summary.median)) at \(point.size)")
    }
    runs = record.series.flatMap { series in
      series.points.compactMap { point in
        PointSummary(point, of: series).map { summary in
          Run(
            benchmark: Benchmark(series, size: point.size, place: place, transport: environment.transport),
            summary: summary)
        }
      }
    }
  }
}

extension Time {
  /// The nearest time to a number of microseconds.
  init(microseconds: Double) { self.init(picoseconds: Int64((microseconds * 1e6).rounded())) }
}

/// What is measured again and again: two runs are of one benchmark where nothing differs that was chosen.
package struct Benchmark: Sendable, Hashable, Comparable {
  /// Collective, algorithm, ranks and so on, in words.
  package let name: String
  package let size: ByteCount

  init(_ series: Record.Series, size: ByteCount, place: String, transport: String) {
    self.size = size
    var words = [series.collective, series.algorithm, "\(series.ranks) ranks", series.datatype]
    if !series.operation.isEmpty { words.append(series.operation) }
    if series.isInPlace { words.append("in place") }
    if series.root != 0 { words.append("root \(series.root)") }
    if series.channels != 1 { words.append("\(series.channels) channels") }
    if let chunk = series.chunk { words.append("chunks of \(chunk)") }
    if series.depth != 1 { words.append("depth \(series.depth)") }
    if let domain = series.domain { words.append("domains of \(domain)") }
    name = (words + ["over \(transport)", "on \(place)"]).joined(separator: ", ")
  }

  /// Sixteen digits for an address.
  package var id: String { String(Digest.sha256(of: "\(name)\n\(size.bytes)").prefix(16)) }

  package static func < (left: Benchmark, right: Benchmark) -> Bool {
    (left.name, left.size) < (right.name, right.size)
  }
}
