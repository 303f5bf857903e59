import Foundation

/// One axis of a chart: which column, and how its values are laid out and labelled.
package struct ChartAxis: Sendable, Equatable {
  /// What the values are, which decides on ticks and their labels.
  package enum Quantity: Sendable, Equatable {
    /// Bytes, in powers of two: ticks at 4 KiB, 1 MiB.
    case bytes
    /// Microseconds, labelled as us, ms or s.
    case microseconds
    /// Seconds, labelled as us, ms or s.
    case seconds
    /// A share of one, labelled in percent.
    case share
    /// Whole numbers, such as ranks.
    case whole
    /// Anything else, labelled as it is.
    case plain

    /// Whether its logarithmic ticks are powers of two, as sizes and numbers of GPUs are.
    var countsInTwos: Bool { self == .bytes || self == .whole }
  }

  /// How values become lengths.
  package enum Scale: String, Sendable {
    case logarithmic, linear
  }

  /// The column.
  package let key: String
  /// What stands along the axis, with the unit.
  package let title: String
  package let quantity: Quantity
  /// The scale at first, and the others that a reader can choose.
  package let scales: [Scale]
  /// Whether a linear scale starts at zero.
  package let startsAtZero: Bool

  package init(
    _ key: String, _ title: String, _ quantity: Quantity = .plain, scales: [Scale] = [.linear],
    startsAtZero: Bool = false
  ) {
    precondition(!scales.isEmpty, "an axis has a scale")
    (self.key, self.title, self.quantity, self.scales) = (key, title, quantity, scales)
    self.startsAtZero = startsAtZero
  }

  /// The expression of Vega that labels a tick.
  var labels: JSONTree? {
    func steps(_ steps: [(from: String, unit: String)], _ least: String) -> JSONTree {
      .text(
        steps.map {
          "datum.value >= \($0.from) ? format(datum.value / \($0.from), '.4~g') + ' \($0.unit)' : "
        }.joined()
          + least)
    }
    switch quantity {
    case .bytes:
      return steps(
        [("1099511627776", "TiB"), ("1073741824", "GiB"), ("1048576", "MiB"), ("1024", "KiB")],
        "format(datum.value, '.4~g') + ' B'")
    case .microseconds:
      return steps([("1000000", "s"), ("1000", "ms")], "format(datum.value, '.4~g') + ' us'")
    case .seconds:
      return .text(
        "datum.value >= 1 ? format(datum.value, '.4~g') + ' s' : datum.value >= 0.001"
          + " ? format(datum.value * 1000, '.4~g') + ' ms' : format(datum.value * 1000000, '.4~g') + ' us'")
    case .share: return "format(datum.value * 100, '.4~g') + ' %'"
    case .whole: return "format(datum.value, ',d')"
    case .plain: return "format(datum.value, '.6~g')"
    }
  }

  /// The position channel of a layer, on the first scale.
  func encoding(for values: ClosedRange<Double>?) -> JSONTree {
    var axis: [JSONTree.Field] = [.init("tickCount", 8)]
    if let labels { axis.append(.init("labelExpr", labels)) }
    return [
      "field": .text(key), "type": "quantitative", "title": .text(title),
      "scale": Self.scale(scales[0], quantity, startsAtZero),
      "axis": .object(axis + ticks(scales[0], values)),
    ]
  }

  /// For each scale its name, and what it changes.
  func choices(for values: ClosedRange<Double>?) -> JSONTree {
    .list(
      scales.map { scale in
        [
          "name": .text(scale.rawValue), "scale": Self.scale(scale, quantity, startsAtZero),
          "axis": .object(ticks(scale, values)),
        ]
      })
  }

  private static func scale(_ scale: Scale, _ quantity: Quantity, _ startsAtZero: Bool) -> JSONTree {
    switch scale {
    case .logarithmic:
      ["type": "log", "base": quantity.countsInTwos ? 2 : 10, "nice": false, "padding": 12]
    case .linear:
      startsAtZero ? ["type": "linear", "zero": true] : ["type": "linear", "zero": false, "padding": 12]
    }
  }

  /// The ticks, where Vega's own would not do.
  private func ticks(_ scale: Scale, _ values: ClosedRange<Double>?) -> [JSONTree.Field] {
    guard let values else { return [] }
    switch (scale, quantity) {
    case (.logarithmic, .bytes), (.logarithmic, .whole):
      return [.init("values", .numbers(Ticks.powers(of: 2, in: values)))]
    case (.logarithmic, _): return [.init("values", .numbers(Ticks.decades(in: values)))]
    case (.linear, .bytes): return [.init("values", .numbers(Ticks.multiplesOfPowersOfTwo(in: values)))]
    case (.linear, .whole): return [.init("tickMinStep", 1)]
    case (.linear, _): return []
    }
  }
}

extension JSONTree {
  static func numbers(_ numbers: [Double]) -> JSONTree { .list(numbers.map { .number($0) }) }
}

/// Places of ticks that readers of the field expect.
package enum Ticks {
  /// The most ticks of an axis.
  package static let most = 9

  /// Powers of `base` within `values`, each of them or every second, third and so on.
  package static func powers(of base: Double, in values: ClosedRange<Double>) -> [Double] {
    guard values.lowerBound > 0 else { return [] }
    let first = Int((log(values.lowerBound) / log(base) - 1e-9).rounded(.up))
    let last = Int((log(values.upperBound) / log(base) + 1e-9).rounded(.down))
    guard first <= last else { return [] }
    let stride = (last - first) / most + 1
    return Swift.stride(from: first, through: last, by: stride).map { pow(base, Double($0)) }
  }

  /// Powers of ten; with 2 and 5 between them where there are fewer than three.
  package static func decades(in values: ClosedRange<Double>) -> [Double] {
    let powers = powers(of: 10, in: values)
    guard powers.count < 3, values.lowerBound > 0 else { return powers }
    let first = Int(log10(values.lowerBound).rounded(.down))
    let last = Int(log10(values.upperBound).rounded(.up))
    var fine: [Double] = []
    for decade in first...max(first, last) {
      for step in [1.0, 2, 5] {
        // A quotient, so that 0.2 is the number that is written so.
        let tick = decade < 0 ? step / pow(10, Double(-decade)) : step * pow(10, Double(decade))
        if values.contains(tick) { fine.append(tick) }
      }
    }
    return fine
  }

  /// Multiples of one power of two from zero on.
  package static func multiplesOfPowersOfTwo(in values: ClosedRange<Double>) -> [Double] {
    guard values.upperBound > 0 else { return [0] }
    let step = pow(2, (log2(values.upperBound / Double(most))).rounded(.up))
    return Array(stride(from: 0, through: values.upperBound, by: max(1, step)))
  }
}
