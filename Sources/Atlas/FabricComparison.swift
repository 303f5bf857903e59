package import Fabric
import Quantities

/// Two fabrics beside each other: counts, oversubscription, bisection, and what they cost.
package struct FabricComparison: Sendable {
  /// One thing that both are held against.
  package struct Row: Sendable, Equatable {
    /// What it is, for people.
    package let title: String
    /// In what it is measured.
    package let unit: FabricProfile.Unit
    /// The values of the two; nil where a fabric has none.
    package let values: [Double?]
    /// Half the width of each value's interval at 95 %; nil for what is exact.
    package var margins: [Double?] = [nil, nil]

    /// Whether both are the same; of estimates, whether their intervals overlap.
    package var isEqual: Bool {
      guard let first = values[0], let second = values[1] else { return values[0] == nil && values[1] == nil }
      if let one = margins[0], let other = margins[1] { return abs(first - second) <= one + other }
      return first == second
    }
  }

  /// What is compared.
  package struct Settings: Sendable {
    /// Random patterns of the effective bisection; none leaves it out.
    package let patterns: Int
    /// What they are drawn from.
    package let seed: UInt64
    /// How the flows of the patterns are routed.
    package let routings: [Routing]
    /// What parts cost; nil leaves that out.
    package let prices: PriceList?

    /// Settings.
    package init(patterns: Int, seed: UInt64, routings: [Routing], prices: PriceList?) {
      (self.patterns, self.seed, self.routings, self.prices) = (patterns, seed, routings, prices)
    }
  }

  /// Everything that was compared, equal or not.
  package let rows: [Row]
  /// What the list has no price of.
  package let unpriced: [Gap]
  /// What the list doesn't know the power of.
  package let unpowered: [Gap]

  /// A part that a sum leaves out.
  package struct Gap: Sendable, Equatable {
    /// What.
    package let part: BillOfMaterials.Part
    /// How many of it each of the two fabrics has.
    package let counts: [Int]
  }

  /// Compares two fabrics.
  ///
  /// - Throws: for forwarding tables that don't fit one of the two.
  package init(_ first: Fabric, _ second: Fabric, settings: Settings) throws(TopologyFileError) {
    let pair = [first, second]
    let profiles = pair.map { FabricProfile($0) }
    let bisections = try pair.map { (fabric) throws(TopologyFileError) in
      try Self.bisection(fabric, settings)
    }
    var rows = Self.joined(zip(profiles, bisections).map { $0.counts + $1 })
    rows += Self.joined(profiles.map(\.parts))
    guard let prices = settings.prices else {
      (self.rows, unpriced, unpowered) = (rows, [], [])
      return
    }
    let costs = profiles.map { Estimate($0.bill, figure: prices.price) }
    let powers = profiles.map { Estimate($0.bill, figure: prices.watts) }
    for (name, unit, estimates) in [("cost", FabricProfile.Unit.money, costs), ("power", .watts, powers)] {
      // A sum that leaves parts out is not called the whole.
      let title = estimates.allSatisfy(\.isComplete) ? name : "\(name) of what is listed"
      rows.append(Row(title: title, unit: unit, values: estimates.map(\.sum)))
      rows.append(
        Row(
          title: "\(title), an endpoint", unit: unit,
          values: zip(estimates, pair).map { $0.sum / Double($1.endpoints.count) }))
    }
    self.rows = rows
    (unpriced, unpowered) = (Self.gaps(costs), Self.gaps(powers))
  }

  private static func gaps(_ estimates: [Estimate]) -> [Gap] {
    let parts = estimates.flatMap { $0.missing.map(\.part) }
    return parts.indices.filter { !parts[..<$0].contains(parts[$0]) }.map { place in
      Gap(
        part: parts[place],
        counts: estimates.map { $0.missing.first { $0.part == parts[place] }?.count ?? 0 })
    }
  }

  private static func bisection(
    _ fabric: Fabric, _ settings: Settings
  ) throws(TopologyFileError) -> [FabricProfile.Entry] {
    var entries = [FabricProfile.Entry]()
    if let rated = RatedBisection(fabric) {
      entries.append(
        .init(title: "rated bisection", unit: .bandwidth, value: rated.bandwidth.bytesPerSecond))
      entries.append(.init(title: "rated bisection, of full", unit: .fraction, value: rated.fraction))
    }
    guard settings.patterns > 0 else { return entries }
    for routing in settings.routings {
      let effective = try EffectiveBisection(
        fabric, Router(fabric, reading: routing), patterns: settings.patterns, seed: settings.seed)
      guard let effective else { continue }
      entries.append(
        .init(
          title: "effective bisection, \(routing), of full", unit: .fraction, value: effective.fraction,
          margin: effective.margin))
    }
    return entries
  }

  /// Rows in the order of the first, with what only the second has where it stands there.
  private static func joined(_ halves: [[FabricProfile.Entry]]) -> [Row] {
    var order = halves[0].map(\.title)
    for (place, entry) in halves[1].enumerated() where !order.contains(entry.title) {
      let before = halves[1][..<place].last.flatMap { order.firstIndex(of: $0.title) }
      order.insert(entry.title, at: before.map { $0 + 1 } ?? 0)
    }
    return order.map { title in
      let entries = halves.map { half in half.first { $0.title == title } }
      let known = entries.compactMap { $0 }
      // What isn't there is none of it, where pieces are counted.
      let none = known[0].unit == .count ? 0.0 : nil
      return Row(
        title: title, unit: known[0].unit, values: entries.map { $0?.value ?? none },
        margins: entries.map { $0?.margin })
    }
  }
}
