import Foundation
import Pages
import Quantities
import Records
import Statistics
import Testing

@Suite("A chart is what its rows say")
struct ChartTests {
  private func numbers(_ table: DataTable, _ key: String) -> [Double?] {
    guard let place = table.place(of: key) else { return [] }
    return table.rows.map { if case .number(let number) = $0[place] { number } else { nil } }
  }

  @Test(
    "Each step of a distribution is at its exact share of the samples, thinned or not",
    arguments: [1, 2, 3, 7, 199, 200, 201, 1_000, 4_321])
  func distribution(count: Int) throws {
    var random = SplitMix64(seed: UInt64(count))
    // Many are equal.
    let values = (0..<count).map { _ in Double(random.next() % 50 + 1) }
    let chart = Chart.distributions(
      id: "d", title: "d", alternative: "d", samples: [(SeriesStyle("a", place: 0), values)],
      value: ChartAxis("time_us", "time", .microseconds), form: .microseconds, unit: "us", steps: 200)
    let (times, shares) = (numbers(chart.table, "time_us"), numbers(chart.table, "share"))
    #expect(times.count == min(count, 200) + 1)
    #expect(times[0] == values.min() && shares[0] == 0)
    #expect(times.last == values.max() && shares.last == 1)
    for (time, share) in zip(times, shares).dropFirst() {
      let (time, share) = (try #require(time), try #require(share))
      // The k-th sample of n in order stands at k / n: at most all that are at or below it, and more than all
      // below.
      let atMost = Double(values.count { $0 <= time }) / Double(count)
      let below = Double(values.count { $0 < time }) / Double(count)
      #expect(below < share && share <= atMost)
    }
    for (one, next) in zip(shares, shares.dropFirst()) { #expect(one ?? 0 < next ?? 0) }
    #expect((chart.table.note != nil) == (count > 200))
  }

  @Test("The points of a distribution are the first steps that reach the quantiles, and are the marks")
  func quantiles() {
    let chart = Chart.distributions(
      id: "d", title: "d", alternative: "d",
      samples: [(SeriesStyle("a", place: 0), (1...100).map { Double($0) })],
      value: ChartAxis("time_us", "time"), form: .microseconds, unit: "us", steps: 200)
    let marked = chart.table.rows.filter { $0[3] != .none }.map { $0[1] }
    #expect(marked == [.number(50), .number(90), .number(99)])
    #expect(chart.marks == 3)
  }

  @Test("Marks are the rows that can be drawn of the series that are shown at first")
  func marks() {
    var table = DataTable(
      id: "c", title: "c",
      columns: [.init("series", "series"), .init("x", "x", .count), .init("y", "y", .count)])
    for series in ["a", "b"] {
      for x in 0..<5 { table.addRow([.text(series), .number(Double(x)), x == 3 ? .none : .number(1)]) }
    }
    func chart(_ scale: ChartAxis.Scale, isShown: Bool) -> Chart {
      .curves(
        table, alternative: "", x: ChartAxis("x", "x", scales: [scale]), y: ChartAxis("y", "y"),
        series: [SeriesStyle("a", place: 0), SeriesStyle("b", place: 1, isShown: isShown)])
    }
    #expect(chart(.linear, isShown: true).marks == 8)
    #expect(chart(.linear, isShown: false).marks == 4)
    // A logarithm has no place for zero.
    #expect(chart(.logarithmic, isShown: true).marks == 6)
    #expect(chart(.logarithmic, isShown: false).marks == 3)
    #expect(chart(.logarithmic, isShown: true).note?.contains("4 rows are in the data only") == true)
  }

  @Test("Byte ticks are powers of two, in even strides, at most nine")
  func byteTicks() {
    #expect(Ticks.powers(of: 2, in: 1_024...4_096) == [1_024, 2_048, 4_096])
    for exponent in 3..<40 {
      let ticks = Ticks.powers(of: 2, in: 8...pow(2, Double(exponent)))
      #expect((1...Ticks.most).contains(ticks.count))
      #expect(
        ticks.allSatisfy { $0 == pow(2, log2($0).rounded()) && $0 >= 8 && $0 <= pow(2, Double(exponent)) })
      #expect(Set(zip(ticks, ticks.dropFirst()).map { $1 / $0 }).count <= 1)
      let linear = Ticks.multiplesOfPowersOfTwo(in: 8...pow(2, Double(exponent)))
      #expect((1...Ticks.most + 1).contains(linear.count))
      #expect(Set(zip(linear, linear.dropFirst()).map { $1 - $0 }).count <= 1)
    }
    #expect(Ticks.powers(of: 2, in: 0...8) == [])
    #expect(Ticks.powers(of: 2, in: 1_025...2_000) == [])
  }

  @Test("Decimal ticks are powers of ten, with twos and fives where those are few")
  func decades() {
    #expect(Ticks.decades(in: 1...1_000) == [1, 10, 100, 1_000])
    #expect(Ticks.decades(in: 15...900) == [20, 50, 100, 200, 500])
    #expect(Ticks.decades(in: 0.03...0.4) == [0.05, 0.1, 0.2])
    #expect(Ticks.decades(in: 0...4) == [])
  }

  @Test("Series are told apart by colour, shape and dashes together, up to 168 of them")
  func styles() {
    var looks: Set<String> = []
    for place in 0..<168 {
      for isPrediction in [false, true] {
        let swatch = SeriesStyle("x", place: place, isPrediction: isPrediction).swatch.description
        #expect(looks.insert(swatch).inserted)
      }
    }
  }

  @Test("Skew is each rank's end after the first rank's, the median over the iterations")
  func skew() {
    let point = Record.Point(
      size: .kibibytes(1), count: 256, samples: [.microseconds(9)],
      rankTimes: [[5, 9, 6], [4, 4, 8], [7, 6, 3]].map { $0.map { Time.microseconds($0) } })
    // After the first: 0 4 1; 0 0 4; 4 3 0.
    #expect(RankSkew(point).iterations == [[0, 4, 1], [0, 0, 4], [4, 3, 0]])
    #expect(RankSkew(point).medians == [0, 3, 1])
  }
}
