import Quantities
import Records
import Reports
import Statistics

/// What two hosts reach between each other, of the pairs that were measured one by one.
extension Report {
  /// A measured series of two ranks on two hosts.
  private struct Pair {
    let hosts: (String, String)
    let series: ReportSeries

    init?(_ one: ReportSeries, of inputs: [ReportInput]) {
      guard !one.isPrediction, one.series.ranks == 2, let record = inputs[one.input].record else {
        return nil
      }
      let seats = record.environment.placement.sorted { $0.rank < $1.rank }.map(\.host)
      let names = record.environment.hosts.map(\.name)
      guard seats.count == 2, seats[0] != seats[1], seats.allSatisfy(names.indices.contains) else {
        return nil
      }
      hosts = (names[seats[0]].shortened(to: 40), names[seats[1]].shortened(to: 40))
      series = one
    }
  }

  /// Pairs of hosts fewer than this are read sooner in a table.
  private static let fewest = 3
  /// The most hosts of a map.
  private static let mostHosts = 64

  /// For each collective and algorithm, pairs of hosts by the bus bandwidth at the largest size that all have.
  var pairs: Page.Section {
    var charts: [Page.Block] = []
    for group in groups {
      var order: [String] = []
      var byAlgorithm: [String: [Pair]] = [:]
      for pair in group.series.compactMap({ Pair($0, of: inputs) }) {
        if byAlgorithm[pair.series.series.algorithm] == nil { order.append(pair.series.series.algorithm) }
        byAlgorithm[pair.series.series.algorithm, default: []].append(pair)
      }
      for algorithm in order {
        guard let pairs = byAlgorithm[algorithm],
          let map = map(pairs, "\(group.collective), \(algorithm)", charts.count)
        else { continue }
        charts.append(.chart(map))
      }
    }
    return Page.Section(id: "pairs", title: "Pairs of hosts", charts)
  }

  private func map(_ pairs: [Pair], _ title: String, _ place: Int) -> Chart? {
    let common = pairs.dropFirst().reduce(into: Set(pairs.first?.series.summaries.map(\.size) ?? [])) {
      $0.formIntersection($1.series.summaries.map(\.size))
    }
    guard pairs.count >= Self.fewest, let size = common.max() else { return nil }
    var hosts: [String] = []
    for pair in pairs {
      for name in [pair.hosts.0, pair.hosts.1] where !hosts.contains(name) { hosts.append(name) }
    }
    let shown = Set(hosts.sorted().prefix(Self.mostHosts))
    // Of a pair that was measured again, the last run counts.
    var rates: [[String]: (rate: Double, file: String)] = [:]
    for pair in pairs where shown.contains(pair.hosts.0) && shown.contains(pair.hosts.1) {
      guard let summary = pair.series.summaries.first(where: { $0.size == size }) else { continue }
      rates[[pair.hosts.0, pair.hosts.1].sorted()] = (summary.busBandwidth, inputs[pair.series.input].name)
    }
    guard rates.count >= Self.fewest else { return nil }
    let median = Sample(rates.values.map(\.rate)).median
    var table = DataTable(
      id: "pairs-\(place)", title: "\(title): bus bandwidth between two hosts at \(ByteCount(size))",
      columns: [
        .init("host", "host"), .init("other", "with"),
        .init("busbw_gb_per_s", "busbw", unit: "GB/s", .bandwidth),
        .init("against_median", "of the median pair", .percent(1)), .init("file", "file"),
      ])
    for host in shown.sorted() {
      for other in shown.sorted() {
        guard host != other, let found = rates[[host, other].sorted()] else { continue }
        table.addRow([
          .text(host), .text(other), .number(found.rate),
          .optional(median > 0 ? found.rate / median : nil), .text(found.file),
        ])
      }
    }
    return .heatMap(
      table,
      alternative:
        "What each pair of hosts reaches, each pair in both of its places; a host with a slow link is a row and a column"
        + " of low values.",
      column: ("other", "with"), row: ("host", "host"), value: ("busbw_gb_per_s", "busbw, GB/s"),
      note: hosts.count > shown.count
        ? "The first \(shown.count) of \(hosts.count) hosts by name are shown." : nil)
  }
}
