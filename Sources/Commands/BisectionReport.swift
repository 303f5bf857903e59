import Simulation
import Fabric
import Quantities
import Reports

/// Everything that `topology bisection` says of one fabric.
struct BisectionReport {
  /// What a routing makes of the fabric.
  struct Routed {
    let routing: Routing
    let effective: EffectiveBisection
    let shifts: ShiftPermutations
    let worst: WorstPermutation

    /// Nil with one endpoint.
    init?(_ fabric: Fabric, _ router: Router, patterns: Int, seed: UInt64) {
      let routing = router.routing
      let effective = EffectiveBisection(fabric, router, patterns: patterns, seed: seed) {
        Progress.say("effective, \(routing): pattern \($0) of \(patterns)")
      }
      Progress.say("shifts, \(routing)")
      let shifts = ShiftPermutations(fabric, router, limit: patterns)
      Progress.say("worst permutation, \(routing)")
      let worst = WorstPermutation(fabric, router, seed: seed)
      guard let effective, let shifts, let worst else { return nil }
      (self.routing, self.effective, self.shifts, self.worst) = (routing, effective, shifts, worst)
    }
  }

  /// What is left once something has failed.
  struct Degraded {
    struct Left {
      let rated: RatedBisection?
      let cut: MinimumCut
      /// One a routing, from the same patterns as of the whole.
      let effective: [EffectiveBisection]
    }

    let loss: Loss
    /// What is left; else who is cut off, or what forwarding tables have no way around.
    let outcome: Result<Left, any Error>

    /// Nil with one endpoint.
    init?(_ fabric: Fabric, losing loss: Loss, routings: [Routing], patterns: Int, seed: UInt64) {
      self.loss = loss
      do {
        let fabric = try fabric.losing(loss)
        let routers = try routings.map { try Router(fabric, reading: $0) }
        Progress.say("\(loss) lost: minimum cut")
        guard let cut = MinimumCut(fabric, seed: seed) else { return nil }
        let effective = concurrently(routers) { router in
          EffectiveBisection(fabric, router, patterns: patterns, seed: seed) {
            Progress.say("\(loss) lost, \(router.routing): pattern \($0) of \(patterns)")
          }
        }
        outcome = .success(
          Left(rated: RatedBisection(fabric), cut: cut, effective: effective.compactMap { $0 }))
      } catch {
        outcome = .failure(error)
      }
    }
  }

  let name: String
  let endpoints: Int
  let patterns: Int
  let seed: UInt64
  let rated: RatedBisection?
  let cut: MinimumCut
  let rails: RailCut?
  let routed: [Routed]
  let degraded: [Degraded]

  /// Nil with one endpoint.
  ///
  /// - Throws: for forwarding tables that can't be used.
  init?(_ fabric: Fabric, routings: [Routing], patterns: Int, seed: UInt64) throws(TopologyFileError) {
    let routers = try routings.map { (routing) throws(TopologyFileError) in
      try Router(fabric, reading: routing)
    }
    (name, endpoints) = (fabric.name, fabric.endpoints.count)
    (self.patterns, self.seed) = (patterns, seed)
    defer { Progress.clear() }
    rated = RatedBisection(fabric)
    Progress.say("minimum cut")
    guard let cut = MinimumCut(fabric, seed: seed) else { return nil }
    self.cut = cut
    Progress.say("cut across rails")
    rails = RailCut(fabric)

    routed = concurrently(routers) { Routed(fabric, $0, patterns: patterns, seed: seed) }
      .compactMap { $0 }
    degraded = Loss.all(of: fabric).compactMap {
      Degraded(fabric, losing: $0, routings: routings, patterns: patterns, seed: seed)
    }
  }
}

extension BisectionReport {
  /// Two tables: what links can carry between halves, and what flows get under each routing.
  var table: String {
    """
    \(name): \(endpoints) endpoints, \(patterns) random patterns, seed \(seed)

    \(capacities)

    \(flows)

    \(TopologyBisectionCommand.sentence(rated))
    """
      + notes.map { "\n" + $0 }.joined()
  }

  private var capacities: TextTable {
    var table = TextTable([
      ("capacity", .left), ("of full", .right), ("GB/s each way", .right), ("how", .left),
    ])
    if let rated {
      let tier = rated.tier == 0 ? "endpoints' links" : "links above tier \(rated.tier)"
      table.addRow(["rated", rated.fraction.fixed(3), gigabytes(rated.bandwidth), "half of the \(tier)"])
    }
    addRows(cut, "minimum cut", to: &table)
    if let rails {
      table.addRow([
        "across rails", rails.fraction.fixed(3), gigabytes(rails.network),
        "network; NVLink has \(gigabytes(rails.nvLink)) GB/s beside",
      ])
    }
    for one in degraded {
      guard case .success(let left) = one.outcome else { continue }
      if let less = left.rated, let rated {
        let part = less.bandwidth.bytesPerSecond / rated.bandwidth.bytesPerSecond
        table.addRow([
          "rated, \(one.loss) lost", (part * rated.fraction).fixed(3), gigabytes(less.bandwidth),
          "\(part.fixed(3)) of the whole",
        ])
      }
      addRows(left.cut, "minimum cut, \(one.loss) lost", to: &table)
    }
    return table
  }

  /// One row for an exact cut, two for an interval; of what the whole fabric's endpoints can send.
  private func addRows(_ cut: MinimumCut, _ name: String, to table: inout TextTable) {
    let how =
      switch cut.bound {
      case .tiers: "symmetric tiers"
      case .flows: "flows between all pairs"
      case .spectral: "the second eigenvalue"
      }
    let full = self.cut.full.bytesPerSecond
    let fraction = { (crossing: Bandwidth) in (crossing.bytesPerSecond / full).fixed(3) }
    if cut.isExact {
      table.addRow([name, fraction(cut.high), gigabytes(cut.high), "exact, by \(how)"])
    } else {
      table.addRow(["\(name), at least", fraction(cut.low), gigabytes(cut.low), "by \(how)"])
      table.addRow(["\(name), at most", fraction(cut.high), gigabytes(cut.high), "the best found"])
    }
  }

  private var flows: TextTable {
    var table = TextTable([
      ("flows", .left), ("routing", .left), ("of full", .right), ("± 95 %", .right),
      ("GB/s an endpoint", .right), ("1 % below", .right), ("worst flow", .right), ("worst link", .right),
    ])
    for one in routed {
      let (effective, routing) = (one.effective, "\(one.routing)")
      table.addRow([
        "effective", routing, effective.fraction.fixed(3), effective.margin?.fixed(4) ?? "-",
        gigabytes(effective.bandwidth), effective.firstPercentile.fixed(3), effective.worstFlow.fixed(3),
        "\(effective.worstLoad.significant(3)) flows",
      ])
      table.addRow([
        "effective, max-min fair", routing, effective.fairFraction.fixed(3),
        effective.fairMargin?.fixed(4) ?? "-", "-", "-", "-", "-",
      ])
      let shifts = one.shifts
      let which = shifts.count == shifts.all ? "all \(shifts.all)" : "\(shifts.count) of \(shifts.all)"
      table.addRow(["shifts, \(which)", routing, shifts.mean.fixed(3), "-", "-", "-", "-", "-"])
      table.addRow([
        "worst of them, by \(shifts.worst.distance)", routing, shifts.worst.fraction.fixed(3), "-", "-", "-",
        shifts.worst.worstFlow.fixed(3), "-",
      ])
      table.addRow([
        "worst permutation found", routing, one.worst.fraction.fixed(3), "-", "-", "-",
        one.worst.worstFlow.fixed(3), "\(one.worst.worstLoad.significant(3)) flows",
      ])
    }
    for one in degraded {
      guard case .success(let left) = one.outcome else { continue }
      for (whole, less) in zip(routed, left.effective) {
        let left = less.against(whole.effective)
        table.addRow([
          "effective, \(one.loss) lost", "\(whole.routing)", left.fraction.fixed(3),
          left.margin?.fixed(4) ?? "-", gigabytes(less.bandwidth), "-", "-",
          "\(less.worstLoad.significant(3)) flows",
        ])
      }
    }
    return table
  }

  /// What the tables leave out.
  private var notes: [String] {
    var notes = [String]()
    if let first = routed.first {
      notes.append(
        "worst permutation found: by \(first.worst.tries) exchanges from the worst of several starts; there may be worse ones"
      )
    }
    for one in degraded {
      if case .failure(let error) = one.outcome {
        notes.append("\(one.loss) lost: \(error)")
      }
    }
    return notes
  }

  private func gigabytes(_ bandwidth: Bandwidth) -> String { bandwidth.gigabytesPerSecond.significant() }
}

extension EffectiveBisection {
  /// The mean flow over that of the whole fabric.
  func part(of whole: EffectiveBisection) -> Double {
    bandwidth.bytesPerSecond / whole.bandwidth.bytesPerSecond
  }

  /// The fraction and its margin, of what NICs could send before something was lost.
  func against(_ whole: EffectiveBisection) -> (fraction: Double, margin: Double?) {
    let scale = part(of: whole) * whole.fraction / fraction
    return (scale * fraction, margin.map { $0 * scale })
  }
}
