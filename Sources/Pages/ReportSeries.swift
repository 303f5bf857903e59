import Quantities
import Records
import Reports

/// A series of one of the report's records, with its name among the others and its figures.
struct ReportSeries {
  /// The input that it is of, by its place.
  let input: Int
  let origin: Record.Origin
  let series: Record.Series
  /// One for each size that has samples.
  let summaries: [PointSummary]
  /// What sets it apart from the other series of its collective.
  fileprivate(set) var label = ""
  /// Its place among the styles: a measurement and its prediction share one.
  fileprivate(set) var place = 0

  var isPrediction: Bool { origin == .simulated }

  /// How it is drawn; the first few of a chart are shown at first.
  func style(_ rank: Int) -> SeriesStyle {
    SeriesStyle(label, place: place, isPrediction: isPrediction, isShown: rank < Chart.shownSeries)
  }

  /// The series of all records by collective, collectives in the order in which they first come.
  static func byCollective(_ inputs: [ReportInput]) -> [(collective: String, series: [ReportSeries])] {
    var groups: [(collective: String, series: [ReportSeries])] = []
    func add(_ place: Int, _ origin: Record.Origin, _ series: Record.Series) {
      let one = ReportSeries(
        input: place, origin: origin, series: series,
        summaries: series.points.compactMap { PointSummary($0, of: series) })
      guard !one.summaries.isEmpty else { return }
      if let group = groups.firstIndex(where: { $0.collective == series.collective }) {
        groups[group].series.append(one)
      } else {
        groups.append((series.collective, [one]))
      }
    }
    for (place, input) in inputs.enumerated() {
      if let record = input.record {
        for series in record.series { add(place, record.origin, series) }
      } else if let step = input.step {
        for series in step.curves { add(place, .simulated, series) }
      }
    }
    for group in groups.indices {
      label(&groups[group].series, inputs)
      style(&groups[group].series)
    }
    return groups
  }

  /// Names: the algorithm and the origin, then what is not the same in all, and the file where that isn't
  /// enough.
  private static func label(_ all: inout [ReportSeries], _ inputs: [ReportInput]) {
    let attributes = all.map { $0.attributes(inputs) }
    var labels = attributes.map { $0.prefix(2).joined(separator: ", ") }
    for column in attributes[0].indices.dropFirst(2) {
      // How a measurement was made says nothing where all others are predictions, and the other way around.
      let isOfOrigin = column >= Self.firstOfOrigin
      var values: [Record.Origin: Set<String>] = [:]
      for place in labels.indices {
        values[isOfOrigin ? all[place].origin : .measured, default: []].insert(attributes[place][column])
      }
      for place in labels.indices where !attributes[place][column].isEmpty {
        guard let found = values[isOfOrigin ? all[place].origin : .measured], found.count > 1 else {
          continue
        }
        labels[place] += ", \(attributes[place][column])"
      }
    }
    var counts = labels.reduce(into: [String: Int]()) { $0[$1, default: 0] += 1 }
    for place in labels.indices where counts[labels[place], default: 0] > 1 {
      labels[place] += ", \(inputs[all[place].input].name)"
    }
    counts = [:]
    for place in labels.indices {
      let label = labels[place].shortened(to: 160)
      counts[label, default: 0] += 1
      let count = counts[label, default: 0]
      all[place].label = count > 1 ? "\(label) (\(count))" : label
    }
  }

  /// The place of the first of ``attributes(_:)`` that a measurement and a prediction never share.
  private static let firstOfOrigin = 11

  private func attributes(_ inputs: [ReportInput]) -> [String] {
    let environment = inputs[input].environment
    return [
      origin.rawValue, series.algorithm, "\(series.ranks) ranks",
      series.isInPlace ? "in place" : "out of place", series.datatype, series.operation,
      "root \(series.root)", "\(series.channels) channels",
      series.chunk.map { "chunks of \($0)" } ?? "whole runs",
      "depth \(series.depth)", series.domain.map { "domains of \($0)" } ?? "", environment?.transport ?? "",
      environment?.simulation?.topology ?? "", environment?.simulation?.routing ?? "",
      environment?.simulation?.placement ?? "", environment?.simulation?.machine ?? "",
    ].map { $0.shortened(to: 60) }
  }

  /// The same place for a measurement and the prediction of the same schedule; else the next one.
  private static func style(_ all: inout [ReportSeries]) {
    struct Schedule: Hashable {
      let algorithm: String
      let ranks: Int
      let datatype: String
      let isInPlace: Bool
      let root, channels, depth: Int
      let chunk: ByteCount?
    }
    var places: [Schedule: [(place: Int, origins: Set<Record.Origin>)]] = [:]
    var count = 0
    for index in all.indices {
      let series = all[index].series
      let schedule = Schedule(
        algorithm: series.algorithm, ranks: series.ranks, datatype: series.datatype,
        isInPlace: series.isInPlace,
        root: series.root, channels: series.channels, depth: series.depth, chunk: series.chunk)
      let origin = all[index].origin
      if let open = places[schedule]?.firstIndex(where: { !$0.origins.contains(origin) }) {
        all[index].place = places[schedule]?[open].place ?? 0
        places[schedule]?[open].origins.insert(origin)
      } else {
        all[index].place = count
        places[schedule, default: []].append((count, [origin]))
        count += 1
      }
    }
  }
}
