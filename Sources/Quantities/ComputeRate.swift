/// A rate of arithmetic: floating-point operations a second.
package struct ComputeRate: Hashable, Comparable, Sendable {
  /// Operations a second.
  package let flopsPerSecond: Double

  /// A rate of `flopsPerSecond`.
  package init(flopsPerSecond: Double) { self.flopsPerSecond = flopsPerSecond }

  /// Orders by the rate.
  package static func < (left: ComputeRate, right: ComputeRate) -> Bool {
    left.flopsPerSecond < right.flopsPerSecond
  }
}

extension ComputeRate {
  /// Reads `989 TFLOP/s`, `989 TFLOPS` or `2.5 PFLOP/s`.
  ///
  /// - Throws: ``QuantityError`` for text that is no rate, and for one that is not above zero.
  package init(parsing text: String) throws(QuantityError) {
    let scale: Double? = NumberWithUnit(text).flatMap { parts in
      switch parts.unit.uppercased() {
      case "GFLOP/S", "GFLOPS": 1e9
      case "TFLOP/S", "TFLOPS": 1e12
      case "PFLOP/S", "PFLOPS": 1e15
      default: nil
      }
    }
    guard let parts = NumberWithUnit(text), let scale, parts.number > 0, (parts.number * scale).isFinite
    else {
      throw QuantityError(found: text, expected: "a rate above zero such as 989 TFLOP/s or 2.5 PFLOP/s")
    }
    self.init(flopsPerSecond: parts.number * scale)
  }
}

extension ComputeRate: CustomStringConvertible {
  /// The rate as vendors give it: `989 TFLOP/s`.
  package var description: String { "\((flopsPerSecond / 1e12).significant()) TFLOP/s" }
}
