/// Verdicts as JSON; the fields are documented in `docs/slo.md`.
struct VerdictDocument: Encodable {
  struct Place: Encodable {
    var record, series: String
    var size: Int?

    enum CodingKeys: String, CodingKey {
      case record, series
      case size = "size_bytes"
    }
  }

  struct Points: Encodable {
    var pass, fail, cannotTell: Int

    enum CodingKeys: String, CodingKey {
      case pass, fail
      case cannotTell = "cannot_tell"
    }
  }

  struct Line: Encodable {
    var objective: String
    var line: Int
    var source: String?
    var verdict, bound: String
    var threshold: Double
    var unit: String
    var found, low, high: Double?
    var decidedBy: Place?
    var points: Points
    var reason: String

    init(_ verdict: ObjectiveVerdict) {
      objective = verdict.objective.name
      (line, source) = (verdict.objective.line, verdict.objective.source)
      (self.verdict, bound) = (verdict.verdict.rawValue, verdict.bound.word)
      (threshold, unit) = (verdict.bound.threshold, verdict.unit.name)
      (found, low, high) = (verdict.figure?.value, verdict.figure?.low, verdict.figure?.high)
      decidedBy = verdict.place.map { Place(record: $0.path, series: $0.series, size: $0.size) }
      points = Points(
        pass: verdict.counts[.pass] ?? 0, fail: verdict.counts[.fail] ?? 0,
        cannotTell: verdict.counts[.cannotTell] ?? 0)
      reason = verdict.reason
    }

    enum CodingKeys: String, CodingKey {
      case objective, line, source, verdict, bound, threshold, unit, found, low, high
      case decidedBy = "decided_by"
      case points, reason
    }
  }

  var schema = "syncline.verdicts/1"
  var name, file: String
  var source: String?
  var verdict: String
  var records, notes: [String]
  var objectives: [Line]

  init(_ report: VerdictReport) {
    (name, file) = (report.objectives.name, report.path)
    (source, verdict) = (report.objectives.source, report.verdict.rawValue)
    (records, notes) = (report.records, report.notes)
    objectives = report.verdicts.map(Line.init)
  }
}
