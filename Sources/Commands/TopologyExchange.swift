import ArgumentParser
import Fabric
import Foundation
import Interchange
import Records

/// What import and export have in common: where the text goes, and what is said of it.
enum TopologyExchange {
  /// The names of formats, as the command line takes them.
  static func formats(_ formats: [FabricFormat]) -> String { formats.map(\.rawValue).joined(separator: ", ") }

  /// Where the text goes.
  struct Destination: ParsableArguments {
    @Option(
      name: [.short, .long],
      help: ArgumentHelp("The file to write; - or nothing for standard output.", valueName: "file"))
    var output = "-"

    @Option(help: "How the summary is written: table, or json.")
    var format = OutputFormat.table

    init() {}

    /// Writes the text whole, and then the summary.
    func finish(
      _ text: String, title: String, fabric: Fabric, format: FabricFormat, isGuess: Bool,
      notes: [InterchangeNote]
    ) throws {
      let isToOutput = output == "-"
      let isReplaced = !isToOutput && FileManager.default.fileExists(atPath: output)
      if isToOutput {
        print(text, terminator: "")
      } else {
        try Failure.asFailure { () throws(FileError) in try WholeFile.write(Data(text.utf8), to: output) }
      }
      let census = Census(fabric)
      let summary: String
      switch self.format {
      case .table:
        let counts =
          "\(fabric.name): \(census.endpoints) endpoints in \(census.hosts) hosts, \(census.networkSwitches) switches,"
          + " \(census.logicalLinks) cables; \(title)"
        let file =
          isToOutput ? [] : ["wrote \(output)\(isReplaced ? ", in place of the file that was there" : "")"]
        summary = ([counts] + notes.map { "  \($0)" } + file).joined(separator: "\n")
      case .json:
        summary = json(fabric, census, format, isGuess, notes)
      }
      if isToOutput {
        FileHandle.standardError.write(Data((summary + "\n").utf8))
      } else {
        print(summary)
      }
    }

    private func json(
      _ fabric: Fabric, _ census: Census, _ format: FabricFormat, _ isGuess: Bool, _ notes: [InterchangeNote]
    ) -> String {
      var json = JSONText()
      json.object { json in
        json.field("name", fabric.name)
        json.field("format", format.rawValue)
        json.field("format_from", isGuess ? "text" : "command line")
        json.field("endpoints", census.endpoints)
        json.field("hosts", census.hosts)
        json.field("switches", census.networkSwitches)
        json.field("cables", census.logicalLinks)
        json.field("output", output)
        json.key("notes")
        json.array(notes) { json, note in
          json.object { json in
            json.field("kind", note.kind.rawValue)
            json.field("what", note.what)
            json.field("count", note.count)
            json.field("unit", note.unit)
          }
        }
      }
      return json.text
    }
  }
}
