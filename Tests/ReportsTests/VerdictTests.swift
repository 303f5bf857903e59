import Foundation
import Quantities
import Records
import Reports
import Statistics
import Testing

@Suite("A verdict")
struct VerdictTests {
  /// The verdict on one objective, given as an entry of the file.
  private func judge(_ entry: String, _ evidence: ObjectiveEvidence) throws -> ObjectiveVerdict {
    let objectives = try Objectives(parsing: "name: n\nobjectives:\n  - \(entry)\n")
    return try #require(objectives.verdicts(on: evidence).first)
  }

  private func record(_ series: [Record.Series]) -> Record { record(.measured, series) }

  private func record(_ origin: Record.Origin, _ series: [Record.Series]) -> Record {
    Record(origin: origin, environment: environment(), series: series)
  }

  /// Evidence of records, called a.json, b.json and so on.
  private func evidence(_ records: Record...) -> ObjectiveEvidence { self.evidence(records) }

  private func evidence(_ records: [Record]) -> ObjectiveEvidence {
    var evidence = ObjectiveEvidence()
    for (place, record) in records.enumerated() {
      evidence.add(record, path: "\(place < 26 ? String(UnicodeScalar(UInt8(97 + place))) : "\(place)").json")
    }
    return evidence
  }

  /// An all-reduce of 4 ranks and 1 MB whose times in microseconds spread evenly.
  private func allReduce(_ times: ClosedRange<Double>, samples: Int = 40, ranks: Int = 4) -> Record {
    let step = (times.upperBound - times.lowerBound) / Double(max(1, samples - 1))
    return record(
      [
        series(ranks: ranks, [point(1_000_000, (0..<samples).map { times.lowerBound + Double($0) * step })])
      ])
  }

  @Test(
    "on a bandwidth's floor goes by the whole interval of the median",
    // 1 MB by 4 ranks carries 1.5 MB on a link: 15 GB/s in 100 us. The median of 40 lies between x(14) and
    // x(27).
    arguments: [(99.0...101.0, "pass"), (110...120, "fail"), (80...125, "cannot tell")])
  func bandwidth(times: ClosedRange<Double>, expected: String) throws {
    let verdict = try judge(
      "{bus-bandwidth: 14.5 GB/s, collective: all-reduce, ranks: 4, sizes: 1M..}",
      evidence(allReduce(times)))
    // 1 MB is below 1 MiB, so that this range has it not.
    #expect(verdict.verdict == .cannotTell && verdict.figure == nil)
    #expect(verdict.reason.contains("the records have all-reduce of"))
    let found = try judge(
      "{bus-bandwidth: 14.5 GB/s, collective: all-reduce, ranks: 4, sizes: 1M..}".replacing(
        "1M", with: "1MB"),
      evidence(allReduce(times)))
    #expect(found.verdict.rawValue == expected)
    #expect(found.place?.path == "a.json" && found.place?.size == 1_000_000)
    let low = try #require(found.figure?.low), high = try #require(found.figure?.high)
    let value = try #require(found.figure?.value)
    #expect(low < value && value < high)
  }

  @Test("has no interval, and so is not known, from fewer than six samples", arguments: 1...5)
  func tooFew(samples: Int) throws {
    let verdict = try judge(
      "{bus-bandwidth: 1 GB/s, collective: all-reduce}", evidence(allReduce(99...101, samples: samples)))
    #expect(verdict.verdict == .cannotTell)
    #expect(verdict.reason.contains("too few for the median at 95 %: 6 bound it"))
  }

  @Test(
    "on a quantile far out needs enough samples to pass, and few to fail",
    arguments: [
      (20, 99.0...101.0, "cannot tell"), (367, 99...101, "cannot tell"), (368, 99...101, "pass"),
      (20, 120...130, "fail"), (2_000, 50...110.5, "cannot tell"),
    ])
  func latency(samples: Int, times: ClosedRange<Double>, expected: String) throws {
    let verdict = try judge(
      "{latency: {p99: 110 us}, collective: all-reduce}", evidence(allReduce(times, samples: samples)))
    #expect(verdict.verdict.rawValue == expected, "\(verdict.reason)")
    if samples < 368, expected == "cannot tell" {
      #expect(verdict.reason == "\(samples) samples are too few for the p99 at 95 %: 368 bound it")
    }
  }

  @Test("on a prediction goes by its interval, and one without is exact")
  func predictions() throws {
    var predicted = point(1_000_000, [100])
    let entry = "{latency: {median: 100 us}, collective: all-reduce, origin: predicted}"
    let exact = try judge(entry, evidence(record(.simulated, [series([predicted])])))
    #expect(exact.verdict == .pass && exact.reason.contains("exact for its inputs"))
    predicted.predicted = .init(low: .microseconds(90), high: .microseconds(120))
    #expect(try judge(entry, evidence(record(.simulated, [series([predicted])]))).verdict == .cannotTell)
    predicted.predicted = .init(low: .microseconds(101), high: .microseconds(120))
    #expect(try judge(entry, evidence(record(.simulated, [series([predicted])]))).verdict == .fail)
    let p99 = try judge(
      "{latency: {p99: 200 us}, collective: all-reduce, origin: any}",
      evidence(record(.simulated, [series([point(8, [100])])])))
    #expect(p99.verdict == .cannotTell && p99.reason.contains("simulate with --replications"))
    // A measurement is what is asked for where nothing is said of it.
    let measured = try judge(
      "{latency: {median: 100 us}, collective: all-reduce}",
      evidence(record(.simulated, [series([predicted])])))
    #expect(measured.verdict == .cannotTell && measured.reason == "no such figure: no record is measured")
  }

  @Test(
    "relative to a prediction takes the one of the same collective, ranks and size",
    arguments: [(85.0, "cannot tell"), (80, "fail"), (98, "pass")])
  func relative(predicted: Double, expected: String) throws {
    let entry = "{bus-bandwidth: 90 %, relative-to: predicted, collective: all-reduce}"
    let prediction = record(
      .simulated, [series("all-reduce", "tree", [point(8, [1]), point(1_000_000, [predicted])])])
    let other = record(.simulated, [series(ranks: 8, [point(1_000_000, [1])])])
    // Between 94.7 and 95.3 for the median; 85 over that has 0.9 inside.
    let verdict = try judge(entry, evidence(allReduce(93.5...95.5), prediction, other))
    #expect(verdict.verdict.rawValue == expected, "\(verdict)")
    #expect(verdict.place?.path == "a.json" && verdict.unit == .ratio)
    let alone = try judge(entry, evidence(allReduce(93.5...95.5), other))
    #expect(alone.verdict == .cannotTell && alone.reason.hasPrefix("no prediction has this collective"))
  }

  @Test("relative to a pair compares bus bandwidths, not times", arguments: [(150.0, "pass"), (170, "fail")])
  func pair(time: Double, expected: String) throws {
    // A pair's 1 MB in 100 us is 10 GB/s; four ranks' in 150 us too.
    let verdict = try judge(
      "{bus-bandwidth: 95 %, relative-to: pair, collective: all-reduce}",
      evidence(allReduce(99.9...100.1, ranks: 2), allReduce(time - 0.1...time + 0.1)))
    #expect(verdict.verdict.rawValue == expected, "\(verdict.reason)")
    #expect(verdict.place?.path == "b.json")
  }

  @Test(
    "on pairs finds the one that is slow",
    arguments: [("3 %", "fail"), ("12 %", "pass"), ("10 %", "cannot tell")])
  func pairs(share: String, expected: String) throws {
    var records = (0..<9).map { _ in allReduce(99.5...100.5, ranks: 2) }
    // 100 / 111 is 0.9009: 9.9 % less than the others.
    records[4] = allReduce(110.5...111.5, ranks: 2)
    let verdict = try judge("{pair-shortfall: \(share), collective: all-reduce}", evidence(records))
    #expect(verdict.verdict.rawValue == expected, "\(verdict.reason)")
    #expect(verdict.place?.path == "e.json")
    let two = try judge("{pair-shortfall: 3 %, collective: all-reduce}", evidence(Array(records.prefix(2))))
    #expect(two.verdict == .cannotTell && two.reason == "there are 2 pairs: a median takes three")
  }

  @Test(
    "on variation goes by the interval of the coefficient",
    // Evenly from 90 to 110 is a deviation of 20 / root 12 = 5.77, 5.8 %.
    arguments: [("8 %", "pass"), ("6 %", "cannot tell"), ("4 %", "fail")])
  func variation(share: String, expected: String) throws {
    let evidence = evidence(allReduce(90...110, samples: 200))
    let verdict = try judge("{variation: \(share), collective: all-reduce}", evidence)
    #expect(verdict.verdict.rawValue == expected, "\(verdict.reason)")
  }

  @Test("on variation between records takes their medians, and two of them say little")
  func repeated() throws {
    let entry = "{variation: 2 %, between: records, collective: all-reduce}"
    let records = [100.0, 100.3, 99.8, 100.1, 99.9, 100.2].map { allReduce($0 - 30...$0 + 30) }
    let verdict = try judge(entry, evidence(records))
    #expect(verdict.verdict == .pass && verdict.place?.path == "a.json and 5 more")
    #expect(try judge(entry, evidence(Array(records.prefix(2)))).verdict == .cannotTell)
    #expect(try judge(entry, evidence(records[0])).verdict == .cannotTell)
    let wild = [100.0, 130, 90, 120, 80, 110, 95, 140].map { allReduce($0 - 1...$0 + 1) }
    #expect(try judge(entry, evidence(wild)).verdict == .fail)
  }

  @Test("on several sizes is the worst of them, and names it")
  func several() throws {
    let good = (0..<20).map { 100 + Double($0) / 100 }
    let bad = good.map { $0 * 2 }
    let sizes = series([
      point(1_000_000, good), point(2_000_000, bad.map { $0 * 2 }), point(4_000_000, [400]),
    ])
    let verdict = try judge("{bus-bandwidth: 14 GB/s, collective: all-reduce}", evidence(record([sizes])))
    #expect(verdict.verdict == .fail && verdict.place?.size == 2_000_000)
    #expect(verdict.counts == [.pass: 1, .fail: 1, .cannotTell: 1])
  }

  @Test("names what there is instead where there is no such figure")
  func absence() throws {
    let evidence = evidence(allReduce(99...101))
    func reason(_ entry: String) throws -> String { try judge(entry, evidence).reason }
    #expect(
      try reason("{bus-bandwidth: 1 GB/s, collective: all-reduce, ranks: 8}").hasSuffix(
        "the closest that the records have is all-reduce of 4 ranks"))
    #expect(try reason("{bus-bandwidth: 1 GB/s, collective: broadcast}").hasSuffix("is all-reduce"))
    #expect(
      try reason("{bus-bandwidth: 1 GB/s, collective: all-reduce, algorithm: tree}").hasSuffix(
        "all-reduce by ring"))
    #expect(try reason("{sync-exposure: 5 %}").hasSuffix("no record of a training step was given"))
    #expect(
      try judge("{variation: 1 %, collective: all-reduce}", ObjectiveEvidence()).reason.hasSuffix(
        "no record of a collective was given"))
  }

  @Test("doesn't turn from fail to pass where a floor rises, or a ceiling falls")
  func monotone() throws {
    var generator = SplitMix64(seed: 77)
    let order: [Verdict: Int] = [.pass: 2, .cannotTell: 1, .fail: 0]
    for _ in 0..<60 {
      let records = (0..<3).map { _ in
        let centre = 80 + 40 * generator.uniform()
        let count = 1 + generator.index(below: 60)
        let samples = (0..<count).map { _ in centre * (0.9 + 0.2 * generator.uniform()) }
        return record([series([point(1_000_000, samples), point(2_000_000, samples.map { $0 * 2 })])])
      }
      let evidence = evidence(records)
      for (entry, rises) in [
        ({ "{bus-bandwidth: \($0 / 5) GB/s, collective: all-reduce}" }, true),
        ({ "{latency: {median: \($0 * 3) us}, collective: all-reduce}" }, false),
        ({ "{latency: {p95: \($0 * 3) us}, collective: all-reduce}" }, false),
        ({ "{variation: \($0 / 10) %, collective: all-reduce}" }, false),
        ({ "{variation: \($0 / 10) %, between: records, collective: all-reduce}" }, false),
      ] as [((Double) -> String, Bool)] {
        let thresholds = stride(from: 40.0, through: 110, by: 10).map { $0 }
        let verdicts = try (rises ? thresholds : thresholds.reversed()).map {
          order[try judge(entry($0), evidence).verdict] ?? -1
        }
        #expect(zip(verdicts, verdicts.dropFirst()).allSatisfy { $0 >= $1 }, "\(verdicts)")
      }
    }
  }
}
