import ArgumentParser
import CPlatform
import Fabric
import Foundation
import Records
import Reports

/// `syncline check OBJECTIVES RECORD…`.
struct CheckCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check",
    abstract: "Hold records against service levels: pass, fail, or cannot tell.",
    discussion: """
      An objective passes where the whole 95 % interval keeps it, and fails where the whole interval breaks \
      it. Where the interval has both, where there are too few samples, or no such figure, it can't be told. \
      docs/slo.md has the file's format; slo/ has levels that operators publish.

      Exit codes: 0 where all pass, 1 where one fails, 2 where none is known to fail and of one it can't be \
      told.

      EXAMPLES:
        syncline check slo/pilot.yaml measured.json predicted.json
        syncline check slo/training.yaml step.json --format json > verdicts.json
        syncline check slo/h100-azure.yaml nightly.json --junit report.xml --metrics syncline.prom
      """)

  @Argument(help: ArgumentHelp("The objectives (YAML).", valueName: "objectives"))
  var objectives: String

  @Argument(help: ArgumentHelp("Records of bench, simulate or step.", valueName: "record"))
  var records: [String]

  @Option(help: "How to print it: table, json, csv or junit.")
  var format: VerdictReport.Format = .table

  @Option(help: "Write the verdicts as JUnit's XML too, for a CI system.")
  var junit: String?

  @OptionGroup var metricsOptions: MetricsOptions

  func validate() throws {
    if let junit, junit == metricsOptions.metrics {
      throw ValidationError("--junit and --metrics name the same file, '\(junit)'")
    }
  }

  func run() throws {
    let report = try judge()
    print(try report.text(as: format), terminator: "")
    if let junit {
      let text = try report.text(as: .junit)
      try Failure.asFailure { () throws(FileError) in try WholeFile.write(Data(text.utf8), to: junit) }
      Progress.written("JUnit report", junit, beside: format == .table)
    }
    try metricsOptions.write(beside: format == .table) { $0.add(report) }
    guard let ending = ObjectivesNotKept(report) else { return }
    guard syncline_flush_output() == 0 else {
      throw Failure(.outputLost, "standard output can't be written")
    }
    throw ending
  }

  private func judge() throws(Failure) -> VerdictReport {
    let objectives: Objectives
    do throws(TopologyFileError) {
      objectives = try Objectives(contentsOf: self.objectives)
    } catch {
      throw Failure(error)
    }
    var evidence = ObjectiveEvidence()
    do throws(FileError) {
      for record in records { try evidence.add(contentsOf: record) }
      if let junit { try DraftFile.check(junit) }
    } catch {
      throw Failure(error)
    }
    try metricsOptions.check()
    return VerdictReport(objectives, path: self.objectives, on: evidence)
  }
}

/// How `check` ends where not all objectives are known to be kept: nothing went wrong, but a script must
/// know.
struct ObjectivesNotKept: Error {
  /// 1 where an objective is broken, 2 where it can't be told.
  let status: Int32
  private let description: String

  /// Nil where all objectives are kept.
  init?(_ report: VerdictReport) {
    switch report.verdict {
    case .pass: return nil
    case .fail: status = 1
    case .cannotTell: status = 2
    }
    description = "\(report.objectives.name): \(report.verdict.rawValue): \(report.summary)"
  }

  /// Says it on standard error, in one line.
  func say() { Failure.say(description) }
}

extension VerdictReport.Format: ExpressibleByArgument {}
