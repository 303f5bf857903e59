import Foundation
import Quantities
import Records
import Reports
import Statistics
import Testing

private func record(_ series: [Record.Series], origin: Record.Origin = .measured, version: String = "0.1.0")
  -> Record
{
  Record(origin: origin, environment: environment(version: version), series: series)
}

private let spread = [98, 99, 100, 100, 101, 102, 103.0]

@Suite("A comparison")
struct ComparisonTests {
  @Test("of a record with itself is 1 with an interval around it, and overlaps")
  func itself() throws {
    let a = record([series([point(8, spread), point(64, spread)])])
    let comparison = try Comparison(a, a)
    #expect(comparison.differences.isEmpty && comparison.pairs[0].differences.isEmpty)
    for row in comparison.pairs[0].rows {
      #expect(row.ratio == 1 && row.overlaps == true)
      #expect(try #require(row.interval).contains(1))
    }
  }

  @Test("turned round has the inverse ratio")
  func inverse() throws {
    let (a, b) = (record([series([point(8, spread)])]), record([series([point(8, spread.map { $0 * 2 })])]))
    let row = try Comparison(a, b).pairs[0].rows[0]
    let turned = try Comparison(b, a).pairs[0].rows[0]
    #expect(row.ratio == 2 && turned.ratio == 0.5)
    #expect(row.overlaps == false && turned.overlaps == false)
    let interval = try #require(row.interval)
    #expect(interval.low > 1.9 && interval.high < 2.1)
  }

  @Test("aligns by size and lists what only one has")
  func sizes() throws {
    let pair = try Comparison(
      record([series([point(8, spread), point(16, spread)])]),
      record([series([point(16, spread), point(32, spread)])])
    ).pairs[0]
    #expect(pair.rows.map(\.size) == [16] && pair.onlyA == [8] && pair.onlyB == [32])
  }

  @Test("pairs series by algorithm and place, and leaves over what has no partner")
  func partners() throws {
    let a = record([
      series("all-reduce", "ring", [point(8, spread)]),
      series("all-reduce", "ring", isInPlace: true, [point(8, spread)]),
      series("all-reduce", "tree", [point(8, spread)]),
    ])
    let b = record([
      series("all-reduce", "ring", isInPlace: true, [point(8, spread)]),
      series("all-gather", "ring", [point(8, spread)]),
    ])
    let comparison = try Comparison(a, b)
    #expect(comparison.pairs.count == 1)
    #expect(comparison.pairs[0].a.isInPlace && comparison.pairs[0].b.isInPlace)
    #expect(
      comparison.unpairedA.map(\.title) == [
        "all-reduce, ring, 4 ranks, out of place", "all-reduce, tree, 4 ranks, out of place",
      ])
    #expect(comparison.unpairedB.map(\.collective) == ["all-gather"])
  }

  @Test("names what is not equal: algorithm, ranks, version")
  func differences() throws {
    let comparison = try Comparison(
      record([series("all-reduce", "ring", [point(8, spread)])]),
      record([series("all-reduce", "tree", ranks: 16, [point(8, spread)])], version: "0.2.0"))
    #expect(comparison.differences == ["version: 0.1.0 in A, 0.2.0 in B"])
    #expect(comparison.pairs[0].differences == ["algorithm: ring in A, tree in B", "ranks: 4 in A, 16 in B"])
  }

  @Test("names the RDMA knobs and rails that are not the same")
  func knobs() throws {
    func measured(queuePairs: Int, pkey: Int?, rail: String) -> Record {
      var record = record([series([point(8, spread)])])
      record.environment.rdma = Record.RDMA(
        exchange: "rdma-cm", rails: "all", devices: [], gidIndex: nil, roceVersion: nil, addressFamily: "any",
        trafficClass: 0, serviceLevel: 0, mtu: nil, queuePairs: queuePairs, sendDepth: 128,
        completionModeration: 1, inlineSize: 220, qpTimeout: 14, retryCount: 7, rnrRetry: 7, minRNRTimer: 12,
        pkey: pkey, pkeyIndex: nil, hopLimit: 64, relaxedOrdering: true, pages: "standard",
        waiting: "polling",
        eagerLimit: 8_192, ringSlots: 32, smallMessages: "immediate")
      record.environment.placement = [Record.Placement(rank: 0, host: 0, processors: "0", rails: [rail])]
      return record
    }
    let comparison = try Comparison(
      measured(queuePairs: 1, pkey: nil, rail: "mlx5_0 port 1"),
      measured(queuePairs: 4, pkey: 32_769, rail: "mlx5_1 port 1"))
    #expect(
      comparison.differences == [
        "rails: mlx5_0 port 1 in A, mlx5_1 port 1 in B", "pkey: not asked for in A, 32769 in B",
        "queue_pairs: 1 in A, 4 in B",
      ])
  }

  @Test("with a prediction uses the prediction's interval, or its figure alone")
  func predictions() throws {
    var predicted = point(8, [110])
    let measured = record([series([point(8, spread)])])
    // The median's interval of seven samples is x(1) to x(7), 98 to 103.
    let bare = try Comparison(measured, record([series([predicted])], origin: .simulated)).pairs[0].rows[0]
    #expect(bare.overlaps == false)
    let around = try #require(bare.interval)
    #expect(abs(around.low - 110 / 103.0) < 1e-12 && abs(around.high - 110 / 98.0) < 1e-12)
    predicted.predicted = .init(low: .microseconds(102), high: .microseconds(120))
    let row = try Comparison(measured, record([series([predicted])], origin: .simulated)).pairs[0].rows[0]
    #expect(row.overlaps == true)
    let wide = try #require(row.interval)
    #expect(abs(wide.low - 102 / 103.0) < 1e-12 && abs(wide.high - 120 / 98.0) < 1e-12)
  }

  @Test("does not claim an interval for single samples")
  func singles() throws {
    let a = record([series([point(8, [100])])])
    let row = try Comparison(a, a).pairs[0].rows[0]
    #expect(row.ratio == 1 && row.interval == nil && row.overlaps == nil)
  }

  @Test("of different collectives, of no common size, or of nothing is refused")
  func refused() {
    let gather = record([series("all-gather", "ring", [point(8, spread)])])
    let reduce = record([series([point(8, spread)])])
    let larger = record([series([point(16, spread)])])
    for (a, b) in [(gather, reduce), (reduce, larger), (reduce, record([])), (record([]), record([]))] {
      let error = #expect(throws: ComparisonError.self) { _ = try Comparison(a, b) }
      #expect(error?.description.contains("\n") == false)
    }
  }

  @Test("is printed as a table, as JSON and as CSV")
  func formats() throws {
    let comparison = try Comparison(
      record([series([point(8, [2, 2, 2, 2, 2, 2]), point(1 << 20, [100])])]),
      record([series(ranks: 8, [point(8, [3, 3, 3, 3, 3, 3])])]))
    #expect(
      try comparison.text(as: .table, a: "a.json", b: "b.json") == """
        A: a.json
        B: b.json

        all-reduce, ring, 4 ranks, out of place, A against B
        not equal: ranks: 4 in A, 8 in B
        size  A us  95 % interval  B us  95 % interval    B/A   95 % interval  overlap
         8 B  2.00   2.00 to 2.00  3.00   3.00 to 3.00  1.500  1.500 to 1.500  no
        only in A: 1 MiB

        """)
    let csv = try comparison.text(as: .csv, a: "a", b: "b").components(separatedBy: "\r\n")
    #expect(csv[1] == "all-reduce,ring,ring,4,8,false,false,8,2.0,2.0,2.0,3.0,3.0,3.0,1.5,1.5,1.5,false")
    #expect(csv[0].split(separator: ",").count == 18)
    let json =
      try JSONSerialization.jsonObject(with: Data(try comparison.text(as: .json, a: "a", b: "b").utf8))
      as? [String: Any]
    #expect(json?["schema"] as? String == "syncline.comparison/1")
    #expect(((json?["pairs"] as? [[String: Any]])?.first?["only_a_bytes"] as? [Int]) == [1 << 20])
  }
}
