import Calibration
import Quantities
import Records
import Statistics

extension Report {
  /// How well a machine model gives what it was fitted to.
  var accuracy: Page.Section {
    let models = inputs.compactMap { input in input.machine.map { (name: input.name, model: $0) } }
    return Page.Section(
      id: "accuracy", title: "Accuracy of the machine model",
      models.enumerated().flatMap { place, one -> [Page.Block] in
        var blocks = [Page.Block.table(Self.regimes(one.model, one.name, place))]
        if !one.model.residuals.isEmpty {
          blocks.append(.table(Self.errors(one.model, one.name, place)))
          blocks.append(.chart(Self.residuals(one.model, one.name, place)))
        }
        if !one.model.leftOut.isEmpty {
          blocks.append(
            .markup(
              .element(.details) {
                Markup.element(.summary, text: "\(one.name): what was left out of the fit")
                Markup.element(.ul) {
                  for reason in one.model.leftOut.prefix(200) {
                    Markup.element(.li, text: reason.shortened(to: 300))
                  }
                }
              }))
        }
        return blocks
      })
  }

  private static func regimes(_ model: MachineModel, _ name: String, _ place: Int) -> DataTable {
    var table = DataTable(
      id: "regimes-\(place)", title: "\(name): cost of a message by its size",
      columns: [
        .init("from_bytes", "messages from", .bytes), .init("points", "points", .count),
        .init("alpha_us", "alpha", unit: "us", .significant(4)),
        .init("alpha_low_us", "95 % from", .significant(3)),
        .init("alpha_high_us", "to", .significant(3)),
        .init("beta_ps_per_byte", "beta", unit: "ps/B", .significant(4)),
        .init("beta_low_ps_per_byte", "95 % from", .significant(3)),
        .init("beta_high_ps_per_byte", "to", .significant(3)),
        .init("gamma_ps_per_byte", "gamma", unit: "ps/B", .significant(4)),
        .init("gamma_low_ps_per_byte", "95 % from", .significant(3)),
        .init("gamma_high_ps_per_byte", "to", .significant(3)),
      ],
      note: "A message of m bytes takes alpha + beta m, and gamma m more where it is reduced. "
        + (model.fabric.map { "The links of \($0.shortened(to: 80)) are not included." }
          ?? "The measured fabric is included."))
    for regime in model.regimes {
      table.addRow([
        .number(Double(regime.from.bytes)), .number(Double(regime.points)), .number(regime.alpha.value / 1e6),
        .number(regime.alpha.low / 1e6), .number(regime.alpha.high / 1e6), .number(regime.beta.value),
        .number(regime.beta.low), .number(regime.beta.high), .optional(regime.gamma?.value),
        .optional(regime.gamma?.low), .optional(regime.gamma?.high),
      ])
    }
    return table
  }

  /// The series of the fit in the order in which they first come, each with its residuals.
  private static func bySeries(_ model: MachineModel) -> [(
    series: String, residuals: [MachineModel.Residual]
  )] {
    var groups: [(series: String, residuals: [MachineModel.Residual])] = []
    for residual in model.residuals {
      if let place = groups.firstIndex(where: { $0.series == residual.series }) {
        groups[place].residuals.append(residual)
      } else {
        groups.append((residual.series, [residual]))
      }
    }
    return groups
  }

  private static func errors(_ model: MachineModel, _ name: String, _ place: Int) -> DataTable {
    var table = DataTable(
      id: "errors-\(place)", title: "\(name): errors of the fit",
      columns: [
        .init("series", "series"), .init("points", "points", .count),
        .init("median_relative_error", "median error", .percent(1)),
        .init("worst_relative_error", "worst error", .percent(1, isSigned: true)),
        .init("worst_size_bytes", "at", .bytes), .init("median_jitter", "measured, ±", .percent(1)),
      ],
      note:
        "An error is fitted over measured time, less one; the median is of errors without their sign."
        + " Beside it stands half"
        + " of the measured medians' interval, which no model can better.")
    let groups = bySeries(model)
    for (series, residuals) in groups + (groups.count > 1 ? [("all", model.residuals)] : []) {
      guard let worst = residuals.max(by: { abs($0.relativeError) < abs($1.relativeError) }) else { continue }
      table.addRow([
        .text(series), .number(Double(residuals.count)),
        .number(Sample(residuals.map { abs($0.relativeError) }).median), .number(worst.relativeError),
        .number(Double(worst.size.bytes)), .number(Sample(residuals.map(\.jitter)).median),
      ])
    }
    return table
  }

  private static func residuals(_ model: MachineModel, _ name: String, _ place: Int) -> Chart {
    var table = DataTable(
      id: "residuals-\(place)", title: "\(name): fitted over measured time",
      columns: [
        .init("series", "series"), .init("size_bytes", "size", .bytes),
        .init("message_bytes", "mean message", .bytes),
        .init("measured_us", "measured", unit: "us", .microseconds),
        .init("measured_low_us", "95 % from", unit: "us", .microseconds),
        .init("measured_high_us", "to", unit: "us", .microseconds),
        .init("fitted_us", "fitted", unit: "us", .microseconds),
        .init("relative_error", "error", .percent(1, isSigned: true)),
      ])
    var most = 0.0
    var least = Double.infinity
    let groups = bySeries(model)
    for residual in groups.lazy.flatMap(\.residuals) {
      table.addRow([
        .text(residual.series), .number(Double(residual.size.bytes)), .number(residual.message),
        .number(residual.measured.microseconds), .number(residual.low.microseconds),
        .number(residual.high.microseconds), .number(residual.fitted.microseconds),
        .number(residual.relativeError),
      ])
      most = max(most, residual.measured.microseconds)
      least = min(least, residual.measured.microseconds)
    }
    // What a perfect model would give.
    let diagonal: JSONTree = [
      "data": ["values": [["from": .number(least), "to": .number(most)]]],
      "mark": ["type": "rule", "color": "@quiet", "strokeDash": [4, 3]],
      "encoding": [
        "x": ["field": "from", "type": "quantitative"], "x2": ["field": "to"],
        "y": ["field": "from", "type": "quantitative"], "y2": ["field": "to"],
      ],
    ]
    return .curves(
      table,
      alternative:
        "Fitted over measured time of each point of the fit; a perfect model has all on the dashed diagonal.",
      x: ChartAxis("measured_us", "measured median", .microseconds, scales: [.logarithmic, .linear]),
      y: ChartAxis("fitted_us", "fitted", .microseconds, scales: [.logarithmic, .linear]),
      series: groups.enumerated().map { rank, group in
        SeriesStyle(group.series.shortened(), place: rank, isShown: true)
      }, isJoined: false, above: [diagonal])
  }
}
