import Quantities

/// The rule by which builders choose the switches above a row of leaves.
///
/// Each leaf has the same whole number of parallel links to every spine, so spines divide a leaf's uplinks; and all
/// spines together have ports for all uplinks. The fewest that keep both give the counts that are published for DGX
/// SuperPODs, those included where fewer spines would have ports enough.
package struct SpineRule {
  /// Numbers of spines that keep the rule, rising; empty where no number does, since a spine has too few ports for one
  /// link to each leaf.
  let allowed: [Int]

  /// - Parameters:
  ///   - uplinks: of each leaf.
  ///   - ports: those of a spine that lead down.
  package init(leaves: Int, uplinks: Int, ports: Int) {
    let least = (leaves * uplinks + ports - 1) / max(1, ports)
    allowed = ports > 0 ? uplinks.divisors.filter { $0 >= least } : []
  }

  /// The fewest, nil where no number keeps the rule.
  package var fewest: Int? { allowed.first }

  /// The nearest numbers that keep the rule: one below, one above.
  func nearest(to count: Int) -> [Int] {
    [allowed.last { $0 < count }, allowed.first { $0 > count }].compactMap { $0 }
  }
}

extension Int {
  /// Its divisors, rising; none below 1.
  var divisors: [Int] { self < 1 ? [] : (1...self).filter { isMultiple(of: $0) } }
}

/// How many times more capacity a switch has below than above.
struct Oversubscription {
  let ratio: Double
  /// The parameter that gives it.
  let field: String

  /// How many steps of capacity above give a switch this ratio.
  ///
  /// - Parameters:
  ///   - below: the capacity below.
  ///   - step: that of one step above, such as one link to each spine.
  ///   - what: what a step is, for the message where the number is not whole.
  func steps(below: Double, step: Double, what: String) throws(FabricError) -> Int {
    let rule = "a ratio above 0 that gives \(what)"
    let one = below / step
    let exact = one / ratio
    guard ratio > 0, exact.isFinite, exact < 1e6 else {
      throw .rule(field, found: ratio.significant(), expected: rule)
    }
    let whole = exact.rounded()
    guard whole >= 1, abs(exact - whole) <= 1e-6 * whole else {
      let near = Set([exact.rounded(.down), exact.rounded(.up)]).filter { $0 >= 1 }.sorted(by: >)
      let ratios = near.map { (one / $0).significant(6) }.joined(separator: " and ")
      throw FabricError(
        .parameter(field), "found \(ratio.significant(6)), expected \(rule); the nearest are \(ratios)")
    }
    return Int(whole)
  }
}
