import ArgumentParser
import Foundation
import Pages
import Records
import Reports

/// `syncline compare A B …`.
struct CompareCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "compare",
    abstract: "Compare two records size by size, or proposals of a fabric by their step records.",
    discussion: """
      Two records, measured or predicted, of the same collective: ratios are B over A, so that above 1 B is \
      slower. Two or more step records, as 'syncline step' writes them: the first is what the others are \
      compared with, row by row, from the parts to buy to the cost of 1,000 tokens; a verdict says better, \
      worse, equal, differs, or why nothing can be said. Intervals are at 95 %: of a measurement from its \
      samples, of a prediction from its machine model. What else differs between the files is listed as not \
      equal.

      EXAMPLES:
        syncline compare before.json after.json
        syncline compare measured.json predicted.json --format csv > compared.csv
        syncline compare rail.json fat-tree.json dragonfly.json -o proposals.html
        syncline compare rail.json fat-tree.json --format markdown | gh pr comment --body-file -
      """)

  @Argument(
    help: ArgumentHelp(
      "Two records, or two or more step records; the first is compared with.", valueName: "file"))
  var files: [String]

  @Option(help: "How to print it: table, json, csv or markdown; default: table, unless it goes to a file.")
  var format: CompareFormat?

  @Option(
    name: [.customShort("o"), .long],
    help: "A file for it: .html for a page that opens anywhere, or .md, .json, .csv.")
  var output: String?

  @Option(help: "The page's title.")
  var title: String?

  @Option(
    help: ArgumentHelp(
      "The page's chart library; default: $SYNCLINE_CHARTS, else where scripts/charts puts it.",
      valueName: "file"))
  var charts: String?

  func validate() throws {
    guard files.count > 1 else {
      throw ValidationError("compare takes two files or more; this is \(files.count)")
    }
  }

  func run() throws {
    let destination = try output.map { path in try Destination(path) }
    let compared = try Compared(files)
    if format != nil || destination == nil {
      print(try compared.text(as: format ?? .table), terminator: "")
    }
    guard let destination else { return }
    let data: Data
    switch destination.form {
    case .page:
      let library = try ChartLibrary(forCommand: charts)
      data = compared.page(titled: title, by: .ofThisRun).file(charts: library)
    case .text(let format): data = Data(try compared.text(as: format).utf8)
    }
    try Failure.asFailure { () throws(FileError) in
      try WholeFile.write(data, to: destination.path)
    }
    // A program that reads standard output finds what it asked for there, and nothing else.
    guard format == nil else { return }
    for line in compared.summary { print(line.shownLine) }
    print("compare: \(destination.path)")
  }
}

/// Where a comparison goes, and as what, which the name's end tells.
private struct Destination {
  enum Form {
    case page
    case text(CompareFormat)
  }

  let path: String
  let form: Form

  init(_ path: String) throws(Failure) {
    let name = path.split(separator: "/").last ?? ""
    let end = name.contains(".") ? name.split(separator: ".").last.map { $0.lowercased() } : nil
    switch end {
    case "html", "htm": form = .page
    case "md", "markdown": form = .text(.markdown)
    case "json": form = .text(.json)
    case "csv": form = .text(.csv)
    default:
      throw Failure(
        .usage, "-o '\(path)': the name's end says what is written; it is .html, .md, .json or .csv")
    }
    self.path = path
    try Failure.asFailure { () throws(FileError) in try DraftFile.check(path) }
  }
}

/// What is compared, by what the files say they are.
private enum Compared {
  case records(Comparison, a: ReportInput, b: ReportInput)
  case proposals(ProposalComparison, files: [ReportInput])

  init(_ paths: [String]) throws(Failure) {
    let files = try paths.map { path throws(Failure) in try ReportInput(forComparison: path) }
    let kinds = files.map(\.kind)
    if let other = kinds.firstIndex(where: { $0 != kinds[0] }) {
      throw Failure(
        .data,
        "\(paths[0]) is a \(kinds[0]), \(paths[other]) a \(kinds[other]): what is compared is of one kind")
    }
    var steps: [StepRecord] = []
    var records: [Record] = []
    for file in files {
      switch file.content {
      case .step(let step): steps.append(step)
      case .record(let record): records.append(record)
      case .machine: throw Failure(.data, "\(file.path) is a machine model, which is not compared")
      }
    }
    if !steps.isEmpty {
      self = .proposals(ProposalComparison(steps, names: steps.map(\.name)), files: files)
      return
    }
    guard records.count == 2 else {
      throw Failure(
        .usage, "compare takes two records, not \(records.count); of step records it takes any number")
    }
    do throws(ComparisonError) {
      self = .records(try Comparison(records[0], records[1]), a: files[0], b: files[1])
    } catch {
      throw Failure(.data, "\(paths[0]) and \(paths[1]): \(error)")
    }
  }

  func text(as format: CompareFormat) throws -> String {
    switch self {
    case .proposals(let comparison, let files): try comparison.text(as: format, files: files.map(\.path))
    case .records(let comparison, let a, let b):
      switch format {
      case .table: try comparison.text(as: .table, a: a.path, b: b.path)
      case .json: try comparison.text(as: .json, a: a.path, b: b.path)
      case .csv: try comparison.text(as: .csv, a: a.path, b: b.path)
      case .markdown: comparison.markdown(a: a.path, b: b.path)
      }
    }
  }

  func page(titled title: String?, by maker: Report.Maker) -> Page {
    switch self {
    case .proposals(let comparison, let files):
      ProposalPage(comparison, files: files, title: title, maker: maker).page
    case .records(let comparison, let a, let b):
      ComparePage(comparison, a: a, b: b, title: title, maker: maker).page
    }
  }

  /// What is said when the whole goes to a file.
  var summary: [String] {
    if case .proposals(let comparison, _) = self { comparison.summaryLines } else { [] }
  }
}

extension Report.Maker {
  /// This program, now.
  fileprivate static var ofThisRun: Self {
    Self(
      version: Version.number, commit: Version.commit, command: CommandLine.arguments,
      time: Date().ISO8601Format())
  }
}

extension ReportInput {
  /// Reads a record or a step record; what it is stands in its schema.
  fileprivate init(forComparison path: String) throws(Failure) {
    self = try Failure.asFailure { () throws(FileError) in
      let data = try WrittenFile.read(path)
      let schema = try DocumentKind.schema(of: data, path: path)
      let content: Content
      switch schema {
      case Record.schema: content = .record(try Record(parsing: data, path: path))
      case StepRecord.schema: content = .step(try StepRecord(parsing: data, path: path))
      default:
        throw FileError(
          .contents, path: path,
          "its schema is '\(schema)'; compare takes two of '\(Record.schema)', or more of '\(StepRecord.schema)'"
        )
      }
      return ReportInput(path: path, digest: Digest.sha256(data), content: content)
    }
  }

  fileprivate var kind: String {
    switch content {
    case .record: "record"
    case .step: "step record"
    case .machine: "machine model"
    }
  }
}

extension ComparisonFormat: ExpressibleByArgument {}
extension CompareFormat: ExpressibleByArgument {}
