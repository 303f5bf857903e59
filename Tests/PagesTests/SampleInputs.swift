import Calibration
import Collectives
import Pages
import Quantities
import Records
import Statistics

/// Inputs of reports, the same for the same seed.
enum SampleInputs {
  /// A record of `collectives` over eight sizes.
  static func record(
    _ place: Int, origin: Record.Origin = .measured, collectives: [String] = ["all-reduce"],
    algorithm: String = "ring",
    host: String = "node0", ranks: Int = 8, sizes: Int = 8, samples: Int = 40
  ) -> ReportInput {
    var random = SplitMix64(seed: UInt64(place) &+ 1)
    let series = collectives.map { collective in
      Record.Series(
        collective: collective, algorithm: algorithm, ranks: ranks, datatype: "float32", operation: "sum",
        isInPlace: false, root: 0, channels: 1, chunk: nil, depth: 1,
        points: (0..<sizes).map { step in
          let base = 20_000_000.0 * (1 + Double(1 << step) / 16)
          func time() -> Time { Time(picoseconds: Int64(base * (1 + Double(random.next() >> 40) / 0x1p26))) }
          guard origin == .measured else {
            let median = time()
            return Record.Point(
              size: .kibibytes(4 << step), count: 1_024 << step, samples: [median],
              predicted: Record.Interval(low: median - .microseconds(2), high: median + .microseconds(3)))
          }
          let ends = (0..<samples).map { _ in (0..<ranks).map { _ in time() } }
          return Record.Point(
            size: .kibibytes(4 << step), count: 1_024 << step, samples: ends.map { $0.max() ?? .zero },
            rankTimes: ends, startSkews: ends.map { _ in .nanoseconds(50) }, checkedElements: 100)
        })
    }
    let record = Record(
      origin: origin,
      environment: Record.Environment(
        command: ["syncline", "bench"], started: "2026-01-01T00:00:00Z", version: "0.1.0", commit: nil,
        hosts: [
          Record.Host(
            name: host, kernel: "Linux 6.1", processor: "CPU", processors: 8, memory: .gibibytes(16), nics: []
          )
        ], placement: [], transport: origin == .measured ? "mpi" : "simulation"), series: series)
    return ReportInput(
      path: "records/r\(place).json", digest: String(repeating: "0", count: 64), content: .record(record))
  }

  static let maker = Report.Maker(
    version: "0.1.0", commit: nil, command: ["syncline", "report"], time: "2026-01-01T00:00:00Z")

  /// The page of inputs, without the chart library.
  static func html(_ inputs: [ReportInput], title: String? = nil) -> String {
    Report(title: title, inputs: inputs, maker: maker).page.html(charts: nil)
  }
}

extension String {
  /// The text between each `start` and the `end` after it.
  func parts(from start: String, to end: String) -> [Substring] {
    var parts: [Substring] = []
    var rest = self[...]
    while let first = rest.firstRange(of: start) {
      let tail = rest[first.upperBound...]
      guard let last = tail.firstRange(of: end) else { break }
      parts.append(tail[..<last.lowerBound])
      rest = tail[last.upperBound...]
    }
    return parts
  }
}
