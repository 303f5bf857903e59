import Atlas
import Fabric
import Pages
import Quantities
import Records

extension ReportCommand {
  /// A section for each topology file: its picture, with utilisation where a table of it was given, and its
  /// bisection.
  func fabrics() throws -> (sections: [Page.Section], files: [Record.Input]) {
    var sections: [Page.Section] = []
    var files: [Record.Input] = []
    for (place, path) in topology.enumerated() {
      let topology = try Topology(forCommand: path)
      let fabric = topology.fabric
      files.append(Record.Input(role: "topology", path: path, text: topology.text))
      var shares: [Double]?
      if place < linkUse.count {
        do throws(TopologyFileError) {
          shares = try LinkUtilisation.read(linkUse[place], for: fabric)
        } catch {
          throw Failure(error)
        }
        let path = linkUse[place]
        let input = try Failure.asFailure { () throws(FileError) in
          try Record.Input(role: "link use", file: path)
        }
        if let input { files.append(input) }
      }
      let picture = FabricPicture(FabricSketch(fabric, utilisation: shares))
      sections.append(
        .fabric(place, name: fabric.name, picture: picture, try bisection(of: fabric, place)))
    }
    return (sections, files)
  }

  private func bisection(of fabric: Fabric, _ place: Int) throws(Failure) -> [Page.Block] {
    guard patterns > 0 else { return [] }
    let report: BisectionReport?
    do {
      report = try BisectionReport(
        fabric, routings: [.destinationModulo, .ecmp(seed: 0)], patterns: patterns, seed: 0)
    } catch {
      throw Failure(error)
    }
    // A single endpoint has no halves.
    return report.map { [.table($0.table(id: "bisection-\(place)"))] } ?? []
  }
}

extension BisectionReport {
  /// The six figures as rows: what links can carry, then what flows get under each routing.
  func table(id: String) -> DataTable {
    var table = DataTable(
      id: id, title: "Bisection bandwidth",
      columns: [
        .init("figure", "figure"), .init("routing", "routing"), .init("fraction", "of full", .fixed(3)),
        .init("margin_95", "± 95 %", .fixed(4)), .init("gb_per_s", "GB/s each way", .significant(4)),
        .init("how", "how"),
      ],
      note:
        "Of full: what half of the endpoints can send. Effective bisection is the mean over \(patterns)"
        + " random patterns"
        + " (seed \(seed)); the worst permutation is the worst that a search found, and there may be worse"
        + " ones."
    )
    func add(
      _ figure: String, _ fraction: Double, by routing: Routing? = nil, margin: Double? = nil,
      rate: Bandwidth? = nil, how: String
    ) {
      table.addRow([
        .text(figure), .optional(routing?.description), .number(fraction), .optional(margin),
        .optional(rate?.gigabytesPerSecond), .text(how),
      ])
    }
    if let rated {
      add(
        "rated", rated.fraction, rate: rated.bandwidth,
        how: rated.tier == 0 ? "half of the endpoints' links" : "half of the links above tier \(rated.tier)")
    }
    if cut.isExact {
      add("minimum cut", cut.fraction.high, rate: cut.high, how: "exact, by \(cut.bound.rawValue)")
    } else {
      add("minimum cut, at least", cut.fraction.low, rate: cut.low, how: "by \(cut.bound.rawValue)")
      add("minimum cut, at most", cut.fraction.high, rate: cut.high, how: "the best found")
    }
    if let rails {
      add(
        "across rails", rails.fraction, rate: rails.network,
        how: "the network; NVLink has \(rails.nvLink.gigabytesPerSecond.significant()) GB/s beside")
    }
    for one in routed {
      let (effective, shifts, routing) = (one.effective, one.shifts, one.routing)
      add(
        "effective", effective.fraction, by: routing, margin: effective.margin, rate: effective.bandwidth,
        how: "the rate is of one endpoint; the worst link has \(effective.worstLoad.significant(3)) flows")
      add(
        "effective, max-min fair", effective.fairFraction, by: routing, margin: effective.fairMargin,
        how: "the same flows, sharing links fairly")
      add(
        "shifts, mean", shifts.mean, by: routing,
        how: "\(shifts.count) of \(shifts.all) shifts of ranks in order")
      add("shifts, worst", shifts.worst.fraction, by: routing, how: "by \(shifts.worst.distance)")
      add(
        "worst permutation found", one.worst.fraction, by: routing,
        how: "\(one.worst.tries) exchanges; the worst link has \(one.worst.worstLoad.significant(3)) flows")
    }
    for one in degraded {
      guard case .success(let left) = one.outcome else { continue }
      if let less = left.rated, let rated {
        let part = less.bandwidth.bytesPerSecond / rated.bandwidth.bytesPerSecond
        add(
          "rated, \(one.loss) lost", part * rated.fraction, rate: less.bandwidth,
          how: "\(part.fixed(3)) of the whole")
      }
      for (whole, less) in zip(routed, left.effective) {
        let left = less.against(whole.effective)
        add(
          "effective, \(one.loss) lost", left.fraction, by: whole.routing, margin: left.margin,
          rate: less.bandwidth, how: "the rate is of one endpoint")
      }
    }
    return table
  }
}
