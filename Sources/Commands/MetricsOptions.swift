import ArgumentParser
import Foundation
import Records
import Reports

/// Where a command writes its figures for a monitoring system.
struct MetricsOptions: ParsableArguments {
  @Option(
    help: """
      Write the figures as metrics, for node_exporter's textfile collector (a name that ends in .prom) or \
      any reader of OpenMetrics.
      """)
  var metrics: String?

  @Option(
    name: .customLong("metrics-label"),
    help: ArgumentHelp(
      "A label for every metric, which tells runs apart; may be given again.", valueName: "name=value"),
    transform: { try MetricsLabel(parsing: $0) })
  var labels: [MetricsLabel] = []

  func validate() throws {
    if metrics == nil, let label = labels.first {
      throw ValidationError("--metrics-label \(label.name)=\(label.value) goes with --metrics FILE")
    }
    for (place, label) in labels.enumerated()
    where labels[..<place].contains(where: { $0.name == label.name }) {
      throw ValidationError("--metrics-label \(label.name) is given twice")
    }
  }

  /// Finds out whether the file can be written, before the work that it is to tell of is done.
  func check() throws(Failure) {
    guard let metrics else { return }
    try Failure.asFailure { () throws(FileError) in try DraftFile.check(metrics) }
  }

  /// Writes the file whole, if one was asked for, and says so.
  func write(beside isTable: Bool, _ add: (inout OpenMetrics) -> Void) throws(Failure) {
    guard let metrics else { return }
    let text = text(add)
    try Failure.asFailure { () throws(FileError) in try WholeFile.write(Data(text.utf8), to: metrics) }
    Progress.written("metrics", metrics, beside: isTable)
  }

  /// Writes what a run gave that is ending early; in words what went wrong with that, for the end of a
  /// message.
  func writePartial(_ record: Record) -> String {
    guard let metrics else { return "" }
    let text = text { $0.add(record) }
    do throws(FileError) {
      try WholeFile.write(Data(text.utf8), to: metrics)
      return ""
    } catch {
      return "; and the metrics can't be written: \(error)"
    }
  }

  private func text(_ add: (inout OpenMetrics) -> Void) -> String {
    var text = OpenMetrics(labels: labels.map { ($0.name, $0.value) })
    add(&text)
    return text.description
  }
}

/// A label's name and value, as `job=nightly`.
struct MetricsLabel: Sendable {
  let name: String
  let value: String

  /// Reads `name=value`; the name may not be one that monitoring systems keep for themselves.
  init(parsing text: String) throws {
    let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
    guard parts.count == 2, OpenMetrics.isName(String(parts[0])), !parts[0].hasPrefix("__") else {
      throw ValidationError(
        "--metrics-label '\(text)': expected NAME=VALUE, the name of letters, digits and underscores")
    }
    (name, value) = (String(parts[0]), String(parts[1]))
  }
}
