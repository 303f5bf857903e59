import Quantities
import Records
import Statistics

/// Measured records as `bench` could have written them, without a run.
enum Measured {
  /// An all-reduce by a ring of four ranks, at nine sizes, twenty iterations each.
  ///
  /// - Parameter factor: how much longer everything takes.
  static func record(slower factor: Double, seed: UInt64) -> Record {
    var random = SplitMix64(seed: seed)
    let points = (3...11).map { power -> Record.Point in
      let bytes = 1 << (2 * power)
      let least = (8 + Double(bytes) / 4_000) * factor
      var samples: [Time] = []
      var ends: [[Time]] = []
      for _ in 0..<20 {
        let time = least * (1 + 0.1 * random.uniform())
        samples.append(Time(picoseconds: Int64(time * 1e6)))
        ends.append((0..<4).map { Time(picoseconds: Int64(time * 1e6) - Int64($0) * 100_000) })
      }
      return Record.Point(
        size: ByteCount(bytes), count: bytes / 4, samples: samples, rankTimes: ends,
        startSkews: samples.map { _ in Time(picoseconds: 50_000) }, checkedElements: bytes / 4)
    }
    return Record(
      origin: .measured, environment: environment(host: "node1"),
      series: [
        Record.Series(
          collective: "all-reduce", algorithm: "ring", ranks: 4, datatype: "float32", operation: "sum",
          isInPlace: false, root: 0, channels: 1, chunk: nil, depth: 1, points: points)
      ])
  }

  /// The same with each of `texts` wherever a text goes.
  static func hostile(_ texts: [String]) -> Record {
    var record = record(slower: 1, seed: 1)
    record.environment.hosts = texts.map { text in
      Record.Host(
        name: text, kernel: text, processor: text, processors: 4, memory: ByteCount(1 << 30), nics: [text])
    }
    record.environment.library = texts.first
    record.environment.commit = texts.last
    record.environment.warnings = texts
    record.environment.command = texts
    record.isPartial = true
    record.endedBecause = texts.first
    record.series[0].datatype = texts.joined(separator: " ")
    record.series[0].operation = texts[0]
    return record
  }

  private static func environment(host: String) -> Record.Environment {
    Record.Environment(
      command: ["syncline", "bench"], started: "2026-01-02T03:04:05Z", version: "1.0.0", commit: "0123abc",
      hosts: [
        Record.Host(
          name: host, kernel: "Linux 6.1", processor: "a processor", processors: 4,
          memory: ByteCount(1 << 34),
          nics: [])
      ],
      placement: (0..<4).map { Record.Placement(rank: $0, host: 0, processors: "\($0)") }, transport: "mpi",
      library: "Open MPI 4.1.4", sampling: "20 iterations")
  }
}
