import Collectives
import Fabric
import Quantities
import Reports
import Simulation

/// What stands below the table of times.
extension PredictionReport {
  /// How many of a link's pairs are named.
  static let shownPairs = 4

  /// The effective bisection under the collective: what went between the halves of the ranks, at the last size.
  var halves: String? {
    guard let last = predictions.last, let halves = last.outcome.halves, last.outcome.total > .zero else {
      return nil
    }
    func rate(_ bytes: Double) -> String {
      "\((bytes / last.outcome.total.seconds / 1e9).significant(4)) GB/s"
    }
    return
      "effective bisection at \(last.size): \(rate(halves.up)) from the lower half of the ranks to the upper,"
      + " \(rate(halves.down)) back"
  }

  /// What the bound of each size is, sizes with the same one together.
  var bounds: String {
    var runs: [(first: Prediction, last: Prediction)] = []
    for prediction in predictions {
      if let last = runs.last, last.first.bound.name == prediction.bound.name {
        runs[runs.count - 1].last = prediction
      } else {
        runs.append((prediction, prediction))
      }
    }
    return runs.map { first, last in
      let sizes = first.size == last.size ? "\(first.size)" : "\(first.size) to \(last.size)"
      return runs.count == 1 ? "bound: \(first.bound.name)" : "bound at \(sizes): \(first.bound.name)"
    }.joined(separator: "\n")
  }

  /// Where the time went, a line a size; parts that are nothing at any size are left out.
  var breakdown: String? {
    if isTooLongToTakeApart {
      return
        "where the time went: not looked into, since the runs took over half a second (--breakdown does it)"
    }
    let known = predictions.compactMap { prediction in prediction.breakdown.map { (prediction.size, $0) } }
    guard !known.isEmpty else { return nil }
    let parts = TimeBreakdown.Part.allCases.filter { part in known.contains { $0.1[part] != .zero } }
    guard !parts.isEmpty else { return nil }
    var table = TextTable([("size", .right), ("total", .right)] + parts.map { ($0.rawValue, .right) })
    for (size, breakdown) in known {
      table.addRow(
        ["\(size)", breakdown.total.microseconds.microsecondsText]
          + parts.map { breakdown[$0].microseconds.microsecondsText })
    }
    return "where the time went, in us (--help says how each is found):\n\(table)"
  }

  /// The busiest links of the last size, and who uses them.
  var busiestLinks: String? {
    guard let last = predictions.last, let links = links.last, !links.isEmpty else { return nil }
    var table = TextTable([
      ("link", .left), ("rate", .right), ("bytes", .right), ("used", .right), ("pairs", .right),
      ("from rank > to rank", .left),
    ])
    for link in links {
      let shown = link.users.prefix(Self.shownPairs).map {
        "\(plan.name(ofParty: $0.from))>\(plan.name(ofParty: $0.to))"
      }.joined(separator: " ")
      table.addRow([
        plan.fabric.name(ofLink: link.index), "\(plan.fabric.links[link.index].bandwidth)",
        "\(ByteCount(Int(link.bytes)))", "\((link.utilisation * 100).fixed(1)) %", "\(link.users.count)",
        link.users.count > Self.shownPairs ? shown + " …" : shown,
      ])
    }
    return "busiest links at \(last.size):\n\(table)"
  }

  /// The parameters that had no effect, and those of which it isn't known.
  var idleParameters: String? {
    guard let parameters else { return nil }
    var lines = parameters.idle.map(\.description)
    if !parameters.unknown.isEmpty {
      let names = parameters.unknown.map { "--\($0.rawValue)" }.joined(separator: ", ")
      lines.append("not compared with the default, which takes much longer or can't be run: \(names)")
    }
    return lines.isEmpty ? nil : lines.joined(separator: "\n")
  }
}

extension Interrupted {
  /// What is known of the run, in one line.
  var description: String {
    "stopped by signal 2 at \(size): \(progress.now) simulated, \((progress.fraction * 100).fixed(0)) % of the steps,"
      + " \(progress.ranksDone) of \(progress.ranks) ranks done, \(progress.events) events"
  }
}

extension TimeBreakdown.Part {
  /// The name in JSON and CSV, without a unit.
  var fieldName: String {
    self == .waiting ? "waiting" : rawValue.split(separator: " ").joined(separator: "_")
  }
}
