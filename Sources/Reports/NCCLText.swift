import Collectives
import Quantities
import Records

/// A record in the columns of nccl-tests 2.17, for scripts that read them: one block for each set of series that differ
/// only in where the result goes.
///
/// `time` is the median where nccl-tests gives the mean; `#wrong` is 0 where the result was checked, since a wrong element
/// ends a run. What was not measured is `N/A`.
struct NCCLText: CustomStringConvertible {
  private let record: Record

  init(_ record: Record) { self.record = record }

  var description: String {
    var text = ""
    var rest = record.series[...]
    while let first = rest.first {
      let isTwin = { (other: Record.Series) in
        var other = other
        (other.isInPlace, other.points) = (first.isInPlace, first.points)
        return other == first
      }
      let block = rest.filter(isTwin)
      rest = rest.filter { !isTwin($0) }[...]
      text += describe(
        first, outOfPlace: block.first { !$0.isInPlace }?.points ?? [],
        inPlace: block.first { $0.isInPlace }?.points ?? [])
    }
    return text
  }

  private func describe(_ series: Record.Series, outOfPlace: [Record.Point], inPlace: [Record.Point])
    -> String
  {
    let program = "\(series.collective.replacing("-", with: "_"))_perf"
    var lines = [
      "# Collective test starting: \(program)",
      "# syncline \(record.environment.version) \(record.origin.rawValue): \(series.algorithm), \(series.ranks) ranks, "
        + record.environment.transport,
      "#",
      "# " + cells([("", 10), ("", 12), ("", 8), ("", 6), ("", 6)])
        + "           out-of-place                       in-place          ",
      heading(["size", "count", "type", "redop", "root"], ["time", "algbw", "busbw"], "#wrong", gap: 1),
      heading(["(B)", "(elements)", "", "", ""], ["(us)", "(GB/s)", "(GB/s)"], "", gap: 2),
    ]
    var bandwidths: [Double] = []
    for size in Set((outOfPlace + inPlace).map(\.size)).sorted() {
      let halves = [outOfPlace, inPlace].map { points in
        points.first { $0.size == size }.flatMap { PointSummary($0, of: series) }
      }
      guard let any = halves.lazy.compactMap({ $0 }).first else { continue }
      bandwidths += halves.compactMap { $0?.busBandwidth }
      lines.append(start(of: any, series) + halves.map { "  " + half($0) }.joined())
    }
    let average = bandwidths.isEmpty ? 0 : bandwidths.reduce(0, +) / Double(bandwidths.count)
    lines += [
      "# Out of bounds values : 0 OK",
      "# Avg bus bandwidth    : \(average.significant(6)) ",
      "#",
      "# Collective test concluded: \(program)",
      "#",
    ]
    return lines.joined(separator: "\n") + "\n"
  }

  private func start(of summary: PointSummary, _ series: Record.Series) -> String {
    let collective = Collective(rawValue: series.collective)
    // nccl-tests counts what one rank gives or keeps where the vector is cut into blocks.
    let isCut = collective?.isBlocked == true || collective == .allToAll
    let count = isCut ? summary.count / series.ranks : summary.count
    let root = collective?.isRooted == true ? series.root : -1
    let operation = series.operation.isEmpty ? "none" : series.operation
    return cells([
      ("\(summary.size)", 12), ("\(count)", 12), (Self.type(series.datatype), 8), (operation, 6),
      ("\(root)", 6),
    ])
  }

  private func half(_ summary: PointSummary?) -> String {
    guard let summary else { return cells([("N/A", 7), ("N/A", 6), ("N/A", 6), ("N/A", 5)]) }
    return cells([
      (summary.median.microsecondsText, 7), (summary.algorithmBandwidth.fixed(2), 6),
      (summary.busBandwidth.fixed(2), 6),
      (summary.checkedElements == nil ? "N/A" : "0", 5),
    ])
  }

  private func heading(_ start: [String], _ half: [String], _ wrong: String, gap: Int) -> String {
    let last = String(repeating: " ", count: gap) + cells([(wrong, 7 - gap)])
    let one = cells(Array(zip(half, [7, 6, 6]))) + last
    return "# " + cells(Array(zip(start, [10, 12, 8, 6, 6]))) + "  " + one + "  " + one
  }

  /// Right-aligned, two spaces apart.
  private func cells(_ cells: [(text: String, width: Int)]) -> String {
    cells.map { String(repeating: " ", count: max(0, $0.width - $0.text.count)) + $0.text }.joined(
      separator: "  ")
  }

  private static func type(_ datatype: String) -> String {
    switch datatype {
    case "float16": "half"
    case "float32": "float"
    case "float64": "double"
    default: datatype
    }
  }
}
