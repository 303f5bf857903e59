import ArgumentParser
import Calibration
import Fabric
import Foundation
import Pages
import Records
import Reports
import Simulation

/// `syncline report RECORD… -o report.html`.
struct ReportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "report",
    abstract: "Make one self-contained HTML page of records, training steps and machine models.",
    discussion: """
      The page opens anywhere, without a network: style, script, charts and all figures are in the file. \
      Inputs are told apart by their schema: records, measured or simulated (bench, simulate), step records \
      (step) and machine models (calibrate). A measurement and the prediction of the same collective are on \
      one chart. Charts need a library, which scripts/charts gets once; without it the page has every table. \
      Each table can be copied, or saved as CSV.

      EXAMPLES:
        syncline report measured.json -o report.html
        syncline report measured.json predicted.json machine.json -o report.html
        syncline report step.json --topology topologies/rail-32x8.yaml --title "Proposal A" -o a.html
        syncline report measured.json --slo slo/pilot.yaml -o acceptance.html
        syncline report p.json --topology pod.yaml --link-use use.csv -o report.html
      """)

  @Argument(help: ArgumentHelp("Records, step records and machine models.", valueName: "record"))
  var records: [String]

  @Option(name: [.customShort("o"), .long], help: "Where the page goes.")
  var output: String

  @Option(help: "A topology file to draw, with its bisection figures; may be given again.")
  var topology: [String] = []

  @Option(
    help: ArgumentHelp(
      "What links carried, as simulate --link-use writes it; the first is for the first topology, and so on.",
      valueName: "file"))
  var linkUse: [String] = []

  @Option(
    help: ArgumentHelp(
      "Random patterns for the bisection of a topology, 2 to 1000000, or 0 to leave bisection out.",
      valueName: "count"))
  var patterns = 100

  @Option(
    help: ArgumentHelp(
      "Objectives to hold the records against, as check reads them; may be given again.", valueName: "file"))
  var slo: [String] = []

  @Option(help: "The page's title.")
  var title: String?

  @Option(
    help: ArgumentHelp(
      "The chart library; default: $SYNCLINE_CHARTS, else where scripts/charts puts it.", valueName: "file"))
  var charts: String?

  func validate() throws {
    guard linkUse.count <= topology.count else {
      throw ValidationError(
        "--link-use is given \(linkUse.count) times and --topology \(topology.count) times; each is of one"
          + " topology"
      )
    }
    guard patterns == 0 || (2...1_000_000).contains(patterns) else {
      throw ValidationError("--patterns is \(patterns), expected 2 to 1000000, or 0")
    }
  }

  func run() throws {
    try Failure.asFailure { () throws(FileError) in try DraftFile.check(output) }
    // Records are large and independent of each other.
    let inputs = try concurrently(records) { path in
      Result { () throws(Failure) in try ReportInput(forCommand: path) }
    }.map { outcome throws(Failure) in try outcome.get() }
    for (place, input) in inputs.enumerated() {
      if let twin = inputs[..<place].first(where: { $0.digest == input.digest }) {
        throw Failure(
          .usage, "\(twin.path) and \(input.path) are the same record: it would stand on the page twice")
      }
    }
    let library = try ChartLibrary(forCommand: charts)
    let verdicts = try slo.map { path throws(Failure) in try Self.judge(path, inputs) }
    let fabrics = try fabrics()
    let report = Report(
      title: title, inputs: inputs,
      maker: Report.Maker(
        version: Version.number, commit: Version.commit, command: CommandLine.arguments,
        time: Date().ISO8601Format()), verdicts: verdicts.map(\.report),
      files: verdicts.compactMap(\.file) + fabrics.files, fabrics: fabrics.sections)
    let page = report.page.file(charts: library)
    try Failure.asFailure { () throws(FileError) in try WholeFile.write(page, to: output) }
    print("report: \(output)")
  }
}

extension ReportCommand {
  /// What the objectives of a file say of the records and steps of the page.
  private static func judge(
    _ path: String, _ inputs: [ReportInput]
  ) throws(Failure) -> (report: VerdictReport, file: Record.Input?) {
    let objectives: Objectives
    do throws(TopologyFileError) {
      objectives = try Objectives(contentsOf: path)
    } catch {
      throw Failure(error)
    }
    var evidence = ObjectiveEvidence()
    for input in inputs {
      switch input.content {
      case .record(let record): evidence.add(record, path: input.path)
      case .step(let step): evidence.add(step, path: input.path)
      case .machine: break
      }
    }
    let file = try Failure.asFailure { () throws(FileError) in
      try Record.Input(role: "objectives", file: path)
    }
    return (VerdictReport(objectives, path: path, on: evidence), file)
  }
}

extension ReportInput {
  /// Reads a document of any kind that a report can show.
  init(forCommand path: String) throws(Failure) {
    self = try Failure.asFailure { () throws(FileError) in
      try ReportInput(parsing: WrittenFile.read(path), path: path)
    }
  }
}

extension ChartLibrary {
  /// The library that an option names, or the one that is found: nil where there is none.
  init?(forCommand path: String?) throws(Failure) {
    let environment = ProcessInfo.processInfo.environment
    guard let file = path ?? environment["SYNCLINE_CHARTS"].flatMap({ $0.isEmpty ? nil : $0 }) else {
      let data = environment["XDG_DATA_HOME"].flatMap { $0.isEmpty ? nil : $0 }
      let folder = data ?? NSHomeDirectory() + "/.local/share"
      let usual = folder + "/syncline/charts.js"
      guard FileManager.default.fileExists(atPath: usual) else { return nil }
      self = try Failure.asFailure { () throws(FileError) in try ChartLibrary(contentsOf: usual) }
      return
    }
    self = try Failure.asFailure { () throws(FileError) in try ChartLibrary(contentsOf: file) }
  }
}
