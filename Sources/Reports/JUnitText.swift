/// Verdicts as a test suite in the XML that CI systems read: one case an objective.
///
/// A level that is broken is a failure, and one that can't be told an error: a test that came to no result.
struct JUnitText: CustomStringConvertible {
  let description: String

  init(_ report: VerdictReport) {
    let suite = Self.escaped(report.objectives.name)
    let counts =
      "tests=\"\(report.verdicts.count)\" failures=\"\(report.count(.fail))\" "
      + "errors=\"\(report.count(.cannotTell))\" skipped=\"0\""
    var lines = [
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>", "<testsuites \(counts)>",
      "  <testsuite name=\"\(suite)\" \(counts)>",
    ]
    for verdict in report.verdicts {
      let name = Self.escaped(verdict.objective.name)
      let start =
        "    <testcase classname=\"\(suite)\" name=\"\(name)\" file=\"\(Self.escaped(report.path))\""
      let element: String
      switch verdict.verdict {
      case .pass:
        lines.append("\(start)/>")
        continue
      case .fail: element = "failure"
      case .cannotTell: element = "error"
      }
      let found = verdict.figure.map {
        "found \(verdict.unit.text($0.value)), \(verdict.intervalText) at 95 %"
      }
      let details = [
        "\(verdict.bound.text(verdict.unit)): \(found ?? "found nothing")", verdict.reason + verdict.others,
        verdict.place?.text,
      ].compactMap { $0 }
      lines.append("\(start)>")
      lines.append(
        "      <\(element) type=\"\(verdict.verdict.rawValue)\" message=\"\(Self.escaped(verdict.reason))\">"
          + "\(Self.escaped(details.joined(separator: "\n")))</\(element)>")
      lines.append("    </testcase>")
    }
    lines += ["  </testsuite>", "</testsuites>"]
    description = lines.joined(separator: "\n") + "\n"
  }

  /// Text that may stand in content and in quotes; what XML 1.0 has no way to write becomes a question mark.
  static func escaped(_ text: String) -> String {
    var result = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "&": result += "&amp;"
      case "<": result += "&lt;"
      case ">": result += "&gt;"
      case "\"": result += "&quot;"
      case "\n", "\t", "\r": result += scalar == "\n" ? "&#10;" : " "
      default:
        let isWritable = scalar.value >= 0x20 && scalar.value != 0xFFFE && scalar.value != 0xFFFF
        result += isWritable ? String(scalar) : "?"
      }
    }
    return result
  }
}
