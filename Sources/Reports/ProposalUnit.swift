import Foundation
import Quantities

/// The unit of a row of a comparison of proposals: how its figures are called in files, and shown to people.
package enum ProposalUnit: Sendable, Equatable {
  /// Things, each of which counts.
  case count
  /// A number without a unit.
  case ratio
  /// A share of one, shown in percent.
  case share
  case seconds
  case bytesPerSecond
  case watts
  case joules
  /// Money of a currency; nil where the proposals' currencies are not the same.
  case money(String?)
  /// A unit that a later version of Syncline wrote, by its name.
  case other(String)

  /// The unit of a ``StepRecord/FabricFacts/Fact``.
  init(fact name: String, currency: String?) {
    self =
      switch name {
      case "count": .count
      case "ratio": .ratio
      case "fraction": .share
      case "bytes_per_second": .bytesPerSecond
      case "watts": .watts
      case "money": .money(currency)
      default: .other(name)
      }
  }

  /// Its name in JSON and CSV, where figures have all their digits.
  package var name: String {
    switch self {
    case .count: "count"
    case .ratio: "ratio"
    case .share: "fraction"
    case .seconds: "seconds"
    case .bytesPerSecond: "bytes_per_second"
    case .watts: "watts"
    case .joules: "joules"
    case .money(let currency): currency ?? "money"
    case .other(let name): name
    }
  }

  /// The multiple of a unit that suits a row, so that all its figures are shown in the same.
  package struct Scale: Sendable, Equatable {
    /// What stands beside the figures: `ms`; empty for plain numbers.
    package let word: String
    /// How much one of it is.
    package let factor: Double
    /// Whether figures are whole, and shown with all their digits.
    let isWhole: Bool

    /// Digits that are shown of a figure that is not whole, unless more stand before the point.
    package static let digits = 4

    /// A figure as it is shown, without the unit.
    package func shown(_ value: Double) -> String {
      if isWhole, value == value.rounded(), abs(value) < 0x1p53 { return "\(Int64(value))" }
      return (value / factor).significant(Self.digits)
    }

    /// Whether two figures are less apart than one unit of the last digit that is shown of the larger.
    ///
    /// What nobody can see is no difference, and rounding makes none. Whole figures are the same only if they are.
    package func isSame(_ one: Double, _ other: Double) -> Bool {
      guard one != other else { return true }
      let largest = max(abs(one), abs(other)) / factor
      guard largest.isFinite, !(isWhole && one == one.rounded() && other == other.rounded()) else {
        return false
      }
      // As `significant` has it: all digits before the point are shown.
      let place = min(0, Int(log10(largest).rounded(.down)) - (Self.digits - 1))
      return abs(one - other) / factor < pow(10, Double(place)) * (1 - 1e-9)
    }
  }

  /// The scale for figures as large as `largest`.
  package func scale(for largest: Double) -> Scale {
    func steps(_ steps: [(from: Double, word: String)]) -> Scale {
      let step = steps.first { largest >= $0.from } ?? steps[steps.count - 1]
      return Scale(word: step.word, factor: step.from, isWhole: false)
    }
    switch self {
    case .count: return Scale(word: "", factor: 1, isWhole: true)
    case .ratio: return Scale(word: "", factor: 1, isWhole: false)
    case .share: return Scale(word: "%", factor: 0.01, isWhole: false)
    case .seconds:
      if largest >= 172_800 { return Scale(word: "days", factor: 86_400, isWhole: false) }
      if largest >= 7_200 { return Scale(word: "hours", factor: 3_600, isWhole: false) }
      return steps([(1, "s"), (1e-3, "ms"), (1e-6, "us")])
    case .bytesPerSecond: return steps([(1e12, "TB/s"), (1e9, "GB/s"), (1e6, "MB/s")])
    case .watts: return steps([(1e6, "MW"), (1e3, "kW"), (1, "W")])
    case .joules: return steps([(1e6, "MJ"), (1e3, "kJ"), (1, "J")])
    case .money(let currency): return Scale(word: currency ?? "", factor: 1, isWhole: false)
    case .other(let name): return Scale(word: name, factor: 1, isWhole: false)
    }
  }
}
