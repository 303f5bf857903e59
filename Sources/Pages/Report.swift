package import Records
package import Reports

/// A reviewer's page of records, training steps and machine models: figures, charts, and where they come
/// from.
package struct Report: Sendable {
  /// By what and when the page was made.
  package struct Maker: Sendable {
    let version: String
    let commit: String?
    let command: [String]
    let time: String

    package init(version: String, commit: String?, command: [String], time: String) {
      (self.version, self.commit, self.command, self.time) = (version, commit, command, time)
    }
  }

  let title: String
  let inputs: [ReportInput]
  let maker: Maker
  /// What else was read to make the page, with digests.
  let files: [Record.Input]
  /// What service levels say of the inputs, one for each file of objectives.
  let verdicts: [VerdictReport]
  /// Sections about fabrics, which the caller has made.
  let fabrics: [Page.Section]
  /// The series of all records, by collective.
  let groups: [(collective: String, series: [ReportSeries])]

  package init(
    title: String?, inputs: [ReportInput], maker: Maker, verdicts: [VerdictReport] = [],
    files: [Record.Input] = [], fabrics: [Page.Section] = []
  ) {
    (self.inputs, self.maker, self.files, self.fabrics) = (inputs, maker, files, fabrics)
    self.verdicts = verdicts
    groups = ReportSeries.byCollective(inputs)
    self.title = title ?? Self.title(inputs, groups)
  }

  private static func title(
    _ inputs: [ReportInput], _ groups: [(collective: String, series: [ReportSeries])]
  ) -> String {
    if let step = inputs.lazy.compactMap(\.step).first { return "\(step.name): \(step.workload.name)" }
    let collectives = groups.prefix(3).map(\.collective).joined(separator: ", ")
    let more = groups.count > 3 ? " and \(groups.count - 3) more" : ""
    return collectives.isEmpty ? "Syncline report" : "Syncline report: \(collectives)\(more)"
  }

  /// The page.
  package var page: Page {
    Page(
      title: title, lead: lead,
      sections: verdictSections + [summary, curves, distributions, skew, pairs] + fabrics + [
        training, accuracy, provenance,
      ], inputs: inputs.map(\.asInput) + files)
  }

  private var lead: Markup {
    let counts = [
      (inputs.count { $0.record?.origin == .measured }, "measured record", "measured records"),
      (inputs.count { $0.record?.origin == .simulated }, "simulated record", "simulated records"),
      (inputs.count { $0.step != nil }, "training step", "training steps"),
      (inputs.count { $0.machine != nil }, "machine model", "machine models"),
    ].filter { $0.0 > 0 }.map { "\($0.0) \($0.0 == 1 ? $0.1 : $0.2)" }
    return .element(
      .p, .classes("quiet"),
      text: "\(counts.joined(separator: ", ")). Made by Syncline \(maker.version), \(maker.time).")
  }
}
