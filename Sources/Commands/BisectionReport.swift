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
    init?(_ fabric: Fabric, routing: Routing, patterns: Int, seed: UInt64) {
      let effective = EffectiveBisection(fabric, routing: routing, patterns: patterns, seed: seed) {
        Progress.say("effective, \(routing): pattern \($0) of \(patterns)")
      }
      Progress.say("shifts, \(routing)")
      let shifts = ShiftPermutations(fabric, routing: routing, limit: patterns)
      Progress.say("worst permutation, \(routing)")
      let worst = WorstPermutation(fabric, routing: routing, seed: seed)
      guard let effective, let shifts, let worst else { return nil }
      (self.routing, self.effective, self.shifts, self.worst) = (routing, effective, shifts, worst)
    }
  }

  /// What is left once something has failed.
  struct Degraded {
    let loss: DegradedBisection.Loss
    /// One a routing; or who is cut off.
    let outcome: Result<[DegradedBisection], FabricError>
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
  init?(_ fabric: Fabric, routings: [Routing], patterns: Int, seed: UInt64) {
    (name, endpoints) = (fabric.name, fabric.endpoints.count)
    (self.patterns, self.seed) = (patterns, seed)
    defer { Progress.clear() }
    rated = RatedBisection(fabric)
    Progress.say("minimum cut")
    guard let cut = MinimumCut(fabric, seed: seed) else { return nil }
    self.cut = cut
    Progress.say("cut across rails")
    rails = RailCut(fabric)

    routed = concurrently(routings) { Routed(fabric, routing: $0, patterns: patterns, seed: seed) }
      .compactMap { $0 }
    degraded = DegradedBisection.losses(of: fabric).map { loss in
      let outcomes = concurrently(routings) { routing in
        Result { () throws(FabricError) in
          try DegradedBisection(fabric, losing: loss, routing: routing, patterns: patterns, seed: seed) {
            Progress.say("\(Self.name(loss)) lost, \(routing): pattern \($0) of \(patterns)")
          }
        }
      }
      return Degraded(
        loss: loss,
        outcome: Result { () throws(FabricError) in
          var all = [DegradedBisection]()
          for outcome in outcomes { all.append(try outcome.get()) }
          return all
        })
    }
  }

  /// What is lost, in words.
  static func name(_ loss: DegradedBisection.Loss) -> String {
    switch loss {
    case .plane(let plane): "plane \(plane)"
    case .spine(let id): "spine \(id)"
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
    let fraction = cut.fraction
    if cut.isExact {
      table.addRow(["minimum cut", fraction.high.fixed(3), gigabytes(cut.high), "exact, by \(boundName)"])
    } else {
      table.addRow([
        "minimum cut, at least", fraction.low.fixed(3), gigabytes(cut.low), "by \(boundName)",
      ])
      table.addRow(["minimum cut, at most", fraction.high.fixed(3), gigabytes(cut.high), "the best found"])
    }
    if let rails {
      table.addRow([
        "across rails", rails.fraction.fixed(3), gigabytes(rails.network),
        "network; NVLink has \(gigabytes(rails.nvLink)) GB/s beside",
      ])
    }
    for one in degraded {
      guard case .success(let outcomes) = one.outcome, let first = outcomes.first, let left = first.rated,
        let rated
      else { continue }
      let part = left.bandwidth.bytesPerSecond / rated.bandwidth.bytesPerSecond
      table.addRow([
        "rated, \(Self.name(one.loss)) lost", (part * rated.fraction).fixed(3), gigabytes(left.bandwidth),
        "\(part.fixed(3)) of the whole",
      ])
    }
    return table
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
      guard case .success(let outcomes) = one.outcome else { continue }
      for (whole, left) in zip(routed, outcomes) {
        let part = left.part(of: whole.effective)
        table.addRow([
          "effective, \(Self.name(one.loss)) lost", "\(whole.routing)",
          (part * whole.effective.fraction).fixed(3),
          left.effective.margin.map { ($0 * left.scale(to: whole.effective)).fixed(4) } ?? "-",
          gigabytes(left.effective.bandwidth), "-", "-",
          "\(left.effective.worstLoad.significant(3)) flows",
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
        notes.append("\(Self.name(one.loss)) lost: \(error)")
      }
    }
    return notes
  }

  private var boundName: String {
    switch cut.bound {
    case .tiers: "symmetric tiers"
    case .flows: "flows between all pairs"
    case .spectral: "the second eigenvalue"
    }
  }

  private func gigabytes(_ bandwidth: Bandwidth) -> String { bandwidth.gigabytesPerSecond.significant() }
}

extension DegradedBisection {
  /// The mean flow that is left over that of the whole fabric.
  func part(of whole: EffectiveBisection) -> Double {
    effective.bandwidth.bytesPerSecond / whole.bandwidth.bytesPerSecond
  }

  /// What turns fractions of what NICs can still send into fractions of what they could.
  func scale(to whole: EffectiveBisection) -> Double {
    part(of: whole) * whole.fraction / effective.fraction
  }
}
