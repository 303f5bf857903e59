import Reports

extension Report {
  /// Whether service levels are kept, before anything else: one section for each file of objectives.
  var verdictSections: [Page.Section] {
    verdicts.enumerated().map { place, report in
      Page.Section(
        id: "verdicts-\(place)", title: "Verdicts: \(report.objectives.name.shortened(to: 80))",
        [.markup(Self.sentence(report)), .table(Self.table(report, place))])
    }
  }

  private static func sentence(_ report: VerdictReport) -> Markup {
    .element(.p) {
      Markup.element(.b, [.classes(report.verdict.style)], holding: Markup(text: report.verdict.shown))
      Markup(text: ": \(report.summary).")
      if let source = report.objectives.source {
        Markup.element(.span, .classes("quiet"), text: " Thresholds: \(source.shortened(to: 300))")
      }
    }
  }

  private static func table(_ report: VerdictReport, _ place: Int) -> DataTable {
    var table = DataTable(
      id: "objectives-\(place)", title: "Objectives",
      columns: [
        .init("verdict", "verdict"), .init("objective", "objective"), .init("threshold", "threshold"),
        .init("found", "found"), .init("interval_95", "95 % interval"), .init("where", "where"),
        .init("reason", "reason"),
      ],
      note:
        "An objective passes where the whole interval keeps it, fails where the whole interval breaks it,"
        + " and can't be"
        + " told between the two.")
    for one in report.verdicts {
      table.addRow([
        .text(one.verdict.shown), .text(one.objective.name), .text(one.bound.text(one.unit)),
        .optional(one.figure.map { one.unit.text($0.value) }), .text(one.intervalText),
        .optional(one.place?.text), .text(one.reason + one.others),
      ])
    }
    return table
  }
}

extension Verdict {
  /// The word with a shape, so that no colour is needed to tell it.
  var shown: String {
    switch self {
    case .pass: "✓ pass"
    case .fail: "✗ fail"
    case .cannotTell: "? cannot tell"
    }
  }

  var style: StaticString {
    switch self {
    case .pass: "good"
    case .fail: "bad"
    case .cannotTell: "open"
    }
  }
}
