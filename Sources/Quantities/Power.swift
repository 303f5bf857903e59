/// What something draws, in watts.
package struct Power: Hashable, Comparable, Sendable {
  /// Joules a second.
  package let watts: Double

  /// A power of `watts`.
  package init(watts: Double) { self.watts = watts }

  /// Orders from little to much.
  package static func < (left: Power, right: Power) -> Bool { left.watts < right.watts }
}

extension Power {
  /// Reads `700 W`, `1.2 kW` or `30 MW`.
  ///
  /// - Throws: ``QuantityError`` for text without a unit, or that is no power, or negative.
  package init(parsing text: String) throws(QuantityError) {
    let units: [Substring: Double] = ["W": 1, "kW": 1e3, "MW": 1e6]
    guard let parts = NumberWithUnit(text), let scale = units[parts.unit], parts.number >= 0,
      (parts.number * scale).isFinite
    else { throw QuantityError(found: text, expected: "a power such as 700 W or 1.2 kW") }
    self.init(watts: parts.number * scale)
  }
}

extension Power: CustomStringConvertible {
  /// The power in the largest unit that it fills: `700 W`, `1.2 kW`.
  package var description: String {
    for (unit, scale) in [("MW", 1e6), ("kW", 1e3)] where watts >= scale {
      return "\((watts / scale).significant()) \(unit)"
    }
    return "\(watts.significant()) W"
  }
}
