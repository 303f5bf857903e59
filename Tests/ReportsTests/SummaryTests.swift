import Foundation
import Quantities
import Records
import Reports
import Statistics
import Testing

func environment(version: String = "0.1.0") -> Record.Environment {
  Record.Environment(
    command: ["syncline"], started: "2025-01-02T03:04:05Z", version: version, commit: nil, hosts: [],
    placement: [],
    transport: "in-process")
}

/// An all-reduce by a ring.
func series(ranks: Int = 4, isInPlace: Bool = false, _ points: [Record.Point]) -> Record.Series {
  series("all-reduce", "ring", ranks: ranks, isInPlace: isInPlace, points)
}

func series(
  _ collective: String, _ algorithm: String, ranks: Int = 4, isInPlace: Bool = false,
  _ points: [Record.Point]
) -> Record.Series {
  Record.Series(
    collective: collective, algorithm: algorithm, ranks: ranks, datatype: "float32",
    operation: collective.contains("reduce") ? "sum" : "", isInPlace: isInPlace, root: 0, channels: 1,
    chunk: nil,
    depth: 8, points: points)
}

/// A point whose samples are in microseconds.
func point(_ size: Int, _ samples: [Double], rankTimes: [[Double]] = [], checked: Int? = nil) -> Record.Point
{
  Record.Point(
    size: ByteCount(size), count: size / 4, samples: samples.map { .seconds($0 * 1e-6) },
    rankTimes: rankTimes.map { $0.map { .seconds($0 * 1e-6) } }, checkedElements: checked)
}

@Suite("A summary")
struct SummaryTests {
  @Test("has nccl-tests' bandwidths and the ranks' skew")
  func figures() throws {
    // 1 MB in 100 us is 10 GB/s; all-reduce over 4 ranks carries 2 * 3 / 4 of it on each link.
    let samples = [90, 95, 100, 100, 100, 110, 130.0]
    let measured = point(1_000_000, samples, rankTimes: samples.map { [$0, $0 - 2, $0 - 5, $0 - 1] })
    let summary = try #require(PointSummary(measured, of: series([measured])))
    #expect(summary.algorithmBandwidth == 10 && summary.busBandwidth == 15)
    #expect(summary.minimum == 90 && summary.median == 100 && summary.maximum == 130)
    #expect(summary.interval?.low == 90 && summary.interval?.high == 130 && summary.coverage > 0.95)
    #expect(abs(try #require(summary.rankSkew) - 5) < 1e-9)
    #expect(PointSummary(point(8, []), of: series([])) == nil)
    #expect(PointSummary(point(0, [0]), of: series([]))?.algorithmBandwidth == 0)
  }

  @Test("has an interval where the prediction or the samples give one")
  func intervals() throws {
    var predicted = point(8, [10])
    #expect(PointSummary(predicted, of: series([]))?.interval == nil)
    predicted.predicted = .init(low: .microseconds(9), high: .microseconds(12))
    let summary = try #require(PointSummary(predicted, of: series([])))
    #expect(summary.interval?.low == 9 && summary.interval?.high == 12 && summary.coverage == 0.95)
  }

  @Test("as a table for people")
  func table() throws {
    var record = Record(
      origin: .measured, environment: environment(),
      series: [
        series(isInPlace: true, [point(8, [3, 1, 2]), point(1 << 20, [200, 201, 202, 203, 204, 20_000])])
      ])
    record.environment.warnings = ["more ranks than processors"]
    record.isPartial = true
    record.endedBecause = "rank 2 died"
    #expect(
      try record.summary(as: .table) == """
        all-reduce, ring, 4 ranks, in place, measured
         size   count  type     redop  root  min us  median us   95 % interval  p95 us  p99 us  max us  algbw GB/s  busbw GB/s  skew us
          8 B       2  float32  sum       0    1.00       2.00   1.00 to 3.00*    2.90    2.98    3.00       0.004       0.006        -
        1 MiB  262144  float32  sum       0   200.0      202.5  200.0 to 20000   15051   19010   20000        5.18        7.77        -
        * the whole range of 3 samples: it covers 75 %, and 95 % takes six

        Partial: the run ended early. rank 2 died

        Warning: more ranks than processors

        """)
  }

  @Test("as nccl-tests prints it, both halves")
  func nccl() throws {
    let record = Record(
      origin: .measured, environment: environment(),
      series: [
        series([point(8, [6.21], checked: 8), point(1 << 30, [25_812.4], checked: 8)]),
        series(isInPlace: true, [point(8, [6.23], checked: 8)]),
      ])
    let lines = try record.summary(as: .nccl).split(separator: "\n", omittingEmptySubsequences: false)
    // The heading and the rows of a published run of nccl-tests 2.17, column for column.
    #expect(
      lines[3]
        == "#                                                              out-of-place                       in-place          "
    )
    #expect(
      lines[4]
        == "#       size         count      type   redop    root     time   algbw   busbw #wrong     time   algbw   busbw #wrong"
    )
    #expect(
      lines[5]
        == "#        (B)    (elements)                               (us)  (GB/s)  (GB/s)            (us)  (GB/s)  (GB/s)       "
    )
    #expect(
      lines[6]
        == "           8             2     float     sum      -1     6.21    0.00    0.00      0     6.23    0.00    0.00      0"
    )
    // 2^30 B in 25.8124 ms is 41.598 GB/s, times 1.5.
    #expect(
      lines[7]
        == "  1073741824     268435456     float     sum      -1    25812   41.60   62.40      0      N/A     N/A     N/A    N/A"
    )
    #expect(lines[8] == "# Out of bounds values : 0 OK")
    #expect(lines[9].hasPrefix("# Avg bus bandwidth    : 20.8"))
    #expect(lines[10] == "#")
  }

  @Test("as nccl-tests prints it counts one rank's block of an all-gather and names no operation")
  func ncclBlocks() throws {
    let record = Record(
      origin: .simulated, environment: environment(),
      series: [series("all-gather", "ring", [point(64, [100])])])
    let row = try #require(try record.summary(as: .nccl).split(separator: "\n").first { !$0.hasPrefix("#") })
    #expect(
      row
        == "          64             4     float    none      -1    100.0    0.00    0.00    N/A      N/A     N/A     N/A    N/A"
    )
  }

  @Test("as CSV quotes what needs it and has one field a name")
  func csv() throws {
    let record = Record(
      origin: .measured, environment: environment(),
      series: [series("a \"b\", c", "ring", [point(8, [1, 2])])])
    let lines = try record.summary(as: .csv).components(separatedBy: "\r\n")
    #expect(lines.count == 3 && lines[2].isEmpty)
    #expect(lines[1].hasPrefix("measured,\"a \"\"b\"\", c\",ring,4,float32,"))
    #expect(lines[0].split(separator: ",").count == 26)
    #expect(
      lines[1].replacing("\"a \"\"b\"\", c\"", with: "x").split(
        separator: ",", omittingEmptySubsequences: false
      ).count == 26)
  }

  @Test("as JSON is one object whose names carry units")
  func json() throws {
    let record = Record(
      origin: .measured, environment: environment(), series: [series([point(1_000_000, [100, 100])])])
    let object =
      try JSONSerialization.jsonObject(with: Data(try record.summary(as: .json).utf8)) as? [String: Any]
    #expect(object?["schema"] as? String == "syncline.summary/1")
    let points = (object?["series"] as? [[String: Any]])?.first?["points"] as? [[String: Any]]
    #expect(points?.first?["busbw_gb_per_s"] as? Double == 15)
    #expect(points?.first?["median_us"] as? Double == 100)
  }
}
