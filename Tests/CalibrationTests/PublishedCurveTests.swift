import Calibration
import Quantities
import Records
import Testing

/// A published all-reduce curve.
struct PublishedCurve: Sendable, CustomTestStringConvertible {
  let testDescription: String
  let ranks: Int
  /// Bytes of the vector, and the time in seconds.
  let points: [(size: Int, seconds: Double)]

  var record: Record {
    Record(
      origin: .measured,
      environment: Record.Environment(
        command: [], started: "", version: "", commit: nil, hosts: [], placement: [], transport: "published"),
      series: [
        Record.Series(
          collective: "all-reduce", algorithm: "ring", ranks: ranks, datatype: "float32", operation: "sum",
          isInPlace: false, root: 0, channels: 1, chunk: nil, depth: 8,
          points: points.map {
            Record.Point(size: ByteCount($0.size), count: $0.size / 4, samples: [.seconds($0.seconds)])
          })
      ])
  }
}

/// One node, 8 × B200, NVLink5, NCCL 2.27.7: bus bandwidth in GB/s (AWS, EC2 P6-B200 benchmarks).
private let b200 = PublishedCurve(
  testDescription: "8 × B200", ranks: 8,
  points: b200BusBandwidths.map { size, gigabytes in
    (size: size, seconds: Double(size) * 1.75 / (gigabytes * 1e9))
  })

private let b200BusBandwidths: [(Int, Double)] = [
  (32 << 10, 1.20), (1 << 20, 36.06), (4 << 20, 76.48), (16 << 20, 254.96), (64 << 20, 400.60),
  (256 << 20, 646.11),
  (1 << 30, 723.34), (4 << 30, 740.64), (8 << 30, 839.07), (16 << 30, 845.67),
]

/// Two nodes, 16 × A100, four 100 Gbit/s EFA a node: times in us (AWS, EC2 p4de, nccl-tests with aws-ofi-nccl).
private let p4de = PublishedCurve(
  testDescription: "16 × A100", ranks: 16,
  points: p4deTimes.map { size, microseconds in (size: size, seconds: microseconds * 1e-6) })

private let p4deTimes: [(Int, Double)] = [
  (8, 164.3), (1 << 20, 309.4), (16 << 20, 1_191.8), (64 << 20, 2_644.6), (256 << 20, 7_201.7),
  (1 << 30, 26_217),
  (2 << 30, 51_406),
]

@Suite("On published curves")
struct PublishedCurveTests {
  @Test("regimes are off by a few per cent where one line is off by tens", arguments: [b200, p4de])
  func regimesAgainstLine(curve: PublishedCurve) throws {
    let line = worstErrorOfOneLine(curve)
    #expect(line > 0.27 && line < 0.5)
    let model = try fit(curve.record)
    let errors = model.residuals.map { abs($0.relativeError) }
    #expect(model.regimes.count >= 2)
    #expect(try #require(errors.max()) < 0.1)
    #expect(errors.reduce(0, +) / Double(errors.count) < 0.04)
  }

  /// The line α + β m with the least sum of squares of relative errors, by the normal equations of two columns.
  private func worstErrorOfOneLine(_ curve: PublishedCurve) -> Double {
    let rows = curve.points.map { (1 / $0.seconds, Double($0.size) / $0.seconds) }
    let (aa, ab, bb) = rows.reduce((0.0, 0.0, 0.0)) {
      ($0.0 + $1.0 * $1.0, $0.1 + $1.0 * $1.1, $0.2 + $1.1 * $1.1)
    }
    let (a1, b1) = rows.reduce((0.0, 0.0)) { ($0.0 + $1.0, $0.1 + $1.1) }
    let determinant = aa * bb - ab * ab
    let (alpha, beta) = ((a1 * bb - b1 * ab) / determinant, (b1 * aa - a1 * ab) / determinant)
    return rows.map { abs(alpha * $0.0 + beta * $0.1 - 1) }.max() ?? 0
  }
}
