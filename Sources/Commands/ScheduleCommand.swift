import ArgumentParser
import Collectives
import Foundation
import Interchange
import Quantities
import Records
import Transport

/// `syncline schedule`: looks at the schedules that bench runs and simulate replays.
struct ScheduleCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "schedule",
    abstract: "Give a collective's schedule to other tools.",
    subcommands: [ScheduleExportCommand.self])

  init() {}
}

/// `syncline schedule export`: writes a schedule in another tool's format.
struct ScheduleExportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "export",
    abstract: "Write a schedule as GOAL, for LogGOPSim and ATLAHS, and say what that can't hold.",
    discussion: """
      The same steps that simulate replays: sends, receives, and what each waits for. The summary goes to standard \
      output, or to standard error where the text goes there. docs/sweep.md has the mapping.

      EXAMPLES:
        syncline schedule export --ranks 64 --size 1M -o ring-64.goal
        syncline schedule export --algorithm double-tree --ranks 256 --size 64M --chunk 1M -o tree.goal
      """)

  @Option(help: "The format to write: goal.")
  var to = "goal"

  @Option(help: "One of \(Names.all(Collective.self)).")
  var collective = "all-reduce"

  @Option(help: "One of \(Names.all(Algorithm.self)).")
  var algorithm = "ring"

  @Option(help: "How many ranks take part.")
  var ranks: Int

  @Option(help: "The size of the whole vector (8, 64K, 1M).")
  var size: String

  @OptionGroup var scheduleOptions: ScheduleOptions

  @Option(
    name: [.short, .long],
    help: ArgumentHelp("The file to write; - or nothing for standard output.", valueName: "file"))
  var output = "-"

  init() {}

  /// The formats of schedules.
  private enum Format: String, CaseIterable {
    case goal
  }

  func run() throws {
    let _: Format = try Names.one("format", to)
    let collective: Collective = try Names.one("collective", collective)
    let algorithm: Algorithm = try Names.one("algorithm", algorithm)
    let options = try scheduleOptions.resolved()
    let size = try Names.size("--size", size)
    let export: GOALExport
    do {
      let schedule = try Schedule(
        collective, algorithm, ranks: ranks, count: size.bytes / options.type.size, root: options.root,
        parameters: .init(
          channels: options.channels, chunk: options.chunk.map { $0.bytes / options.type.size } ?? .max >> 1,
          depth: options.depth, domain: options.domain))
      export = try GOALExport(schedule, elementSize: options.type.size)
    } catch let error as ScheduleError {
      throw Failure(.usage, error.description)
    } catch let error as GOALExportError {
      throw Failure(.usage, error.description)
    }
    let summary =
      (["\(export.operations) steps of \(ranks) ranks in goal"] + GOALExport.losses.map { "  lost: \($0)" })
      .joined(separator: "\n") + "\n"
    if output == "-" {
      try export.write { bytes throws(Failure) in try Self.print(bytes) }
      FileHandle.standardError.write(Data(summary.utf8))
    } else {
      try write(export)
      Swift.print(summary, terminator: "")
    }
  }

  private func write(_ export: GOALExport) throws(Failure) {
    try Failure.asFailure { () throws(FileError) in
      let draft = try DraftFile(output)
      try export.write { bytes throws(FileError) in try draft.append(bytes) }
      try draft.commit()
    }
  }

  private static func print(_ bytes: [UInt8]) throws(Failure) {
    do {
      try FileHandle.standardOutput.write(contentsOf: Data(bytes))
    } catch {
      throw Failure(.outputLost, "standard output can't be written")
    }
  }
}
