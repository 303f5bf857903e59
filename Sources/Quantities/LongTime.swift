/// A span of time in seconds, for what outlasts ``Time``'s 106 days: a part's mean time to failure, a
/// training run.
package struct LongTime: Hashable, Comparable, Sendable {
  /// The number of seconds.
  package let seconds: Double

  /// A span of `seconds`.
  package init(seconds: Double) { self.seconds = seconds }

  /// Orders from short to long.
  package static func < (left: LongTime, right: LongTime) -> Bool { left.seconds < right.seconds }
}

extension LongTime {
  private static let units: [(name: String, seconds: Double)] = [
    ("d", 86_400), ("h", 3_600), ("min", 60), ("s", 1), ("ms", 1e-3),
  ]

  /// Reads `50000 h`, `10 min`, `60 s`, `500 ms` or `54 d`.
  ///
  /// - Throws: ``QuantityError`` for text without a unit, or that is no time, or negative.
  package init(parsing text: String) throws(QuantityError) {
    guard let parts = NumberWithUnit(text), parts.number >= 0,
      let unit = Self.units.first(where: { $0.name == parts.unit }), (parts.number * unit.seconds).isFinite
    else { throw QuantityError(found: text, expected: "a time such as 60 s, 10 min, 50000 h or 54 d") }
    self.init(seconds: parts.number * unit.seconds)
  }
}

extension LongTime: CustomStringConvertible {
  /// The span in the largest unit that it fills: `54 d`, `2.6 h`, `90 s` as `1.5 min`.
  package var description: String {
    let unit = Self.units.first { seconds >= $0.seconds } ?? ("s", 1)
    return "\((seconds / unit.seconds).significant()) \(unit.name)"
  }
}
