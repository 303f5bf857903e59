import Calibration
import Quantities
import Reports
import Statistics

/// A machine model for people: the regimes with their intervals, and how well they fit.
struct MachineModelReport: CustomStringConvertible {
  private let model: MachineModel

  init(_ model: MachineModel) { self.model = model }

  var description: String {
    var paragraphs = [regimes, fit]
    if !model.leftOut.isEmpty {
      paragraphs.append((["left out:"] + model.leftOut.map { "  \($0)" }).joined(separator: "\n"))
    }
    let warnings = model.sources.flatMap { source in source.warnings.map { "Warning: \(source.path): \($0)" }
    }
    return (paragraphs + warnings).joined(separator: "\n\n")
  }

  private var regimes: String {
    var table = TextTable([
      ("messages from", .right), ("points", .right), ("alpha us", .right), ("95 % interval", .right),
      ("bandwidth GB/s", .right), ("95 % interval", .right), ("reduction GB/s", .right),
      ("95 % interval", .right),
    ])
    for regime in model.regimes {
      table.addRow([
        regime.from.description, "\(regime.points)", (regime.alpha.value / 1e6).significant(),
        "\((regime.alpha.low / 1e6).significant(3)) to \((regime.alpha.high / 1e6).significant(3))",
        Self.rate(regime.beta.value), Self.rates(regime.beta),
        regime.gamma.map { Self.rate($0.value) } ?? "in bandwidth",
        regime.gamma.map(Self.rates) ?? "-",
      ])
    }
    var lines = [table.description]
    for regime in model.regimes.dropFirst() {
      if let after = regime.after { lines.append("the break at \(regime.from) lies above \(after)") }
    }
    lines.append(
      model.isProcessorShareKnown
        ? "\((model.processorShare * 100).significant(3)) % of a message's and a byte's cost keeps processors busy"
        : "alpha is the sum of overheads and latency, which these records don't tell apart; it counts as latency"
    )
    lines.append(
      model.fabric.map { "hosts alone: the links of \($0) are not included" }
        ?? "the measured fabric's own latency and bandwidth are included")
    if model.regimes.contains(where: { $0.gamma == nil }) {
      lines.append(
        "the cost of reducing is known only where reducing and other collectives have messages of the same sizes"
      )
    }
    return lines.joined(separator: "\n")
  }

  private var fit: String {
    var table = TextTable([
      ("fitted", .left), ("points", .right), ("median error", .right), ("worst error", .right),
      ("at", .right), ("median noise", .right),
    ])
    var names: [String] = []
    for residual in model.residuals where !names.contains(residual.series) { names.append(residual.series) }
    for name in names + (names.count > 1 ? ["all"] : []) {
      let members = model.residuals.filter { name == "all" || $0.series == name }
      guard let worst = members.max(by: { abs($0.relativeError) < abs($1.relativeError) }) else { continue }
      table.addRow([
        name, "\(members.count)", Self.percent(Sample(members.map { abs($0.relativeError) }).median),
        Self.percent(worst.relativeError, isSigned: true), worst.size.description,
        Self.percent(Sample(members.map(\.jitter)).median),
      ])
    }
    return table.description
  }

  /// The fit, point by point.
  var csv: String {
    var table = CommaSeparated([
      "series", "size_bytes", "message_bytes", "measured_us", "measured_low_us", "measured_high_us",
      "fitted_us",
      "relative_error",
    ])
    for residual in model.residuals {
      table.addRow([
        residual.series, "\(residual.size.bytes)", "\(residual.message)", "\(residual.measured.microseconds)",
        "\(residual.low.microseconds)", "\(residual.high.microseconds)", "\(residual.fitted.microseconds)",
        "\(residual.relativeError)",
      ])
    }
    return table.description
  }

  /// Picoseconds a byte as GB/s.
  private static func rate(_ period: Double) -> String {
    period > 0 ? (1_000 / period).significant() : "no limit"
  }

  private static func rates(_ period: MachineModel.Estimate) -> String {
    func end(_ period: Double) -> String { period > 0 ? (1_000 / period).significant(3) : "no limit" }
    return "\(end(period.high)) to \(end(period.low))"
  }

  /// A share as `3.2 %`, with a plus where the sign matters.
  static func percent(_ share: Double, isSigned: Bool = false) -> String {
    "\(isSigned && share > 0 ? "+" : "")\((share * 100).fixed(1)) %"
  }
}
