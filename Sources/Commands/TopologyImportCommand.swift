import ArgumentParser
import Fabric
import Foundation
import Interchange
import Quantities
import Records

/// `syncline topology import`: makes a topology file from another tool's files.
struct TopologyImportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "import",
    abstract: "Make a topology file from what another tool says of a network, a live one too.",
    discussion: """
      Formats: \(TopologyExchange.formats(FabricFormat.allCases)). The format is guessed from the text unless --from \
      gives it. LLDP takes a file a device, called by the device's name. What the files don't tell is filled in; what \
      was assumed and what was left out is said, with counts. docs/formats-fabric.md has the formats.

      The summary goes to standard output, or to standard error where the topology file goes there.

      EXAMPLES:
        ibnetdiscover | syncline topology import /dev/stdin --from ibnetdiscover -o pod.yaml
        syncline topology import lldp/*.json --rate '400 Gbit/s' --name pod-7 -o pod.yaml
        syncline topology import cluster.xml --link-latency '150 ns' -o cluster.yaml
      """)

  @Argument(help: "Files of the other tool; several for LLDP only.")
  var files: [String]

  @Option(help: ArgumentHelp("The files' format; guessed unless given.", valueName: "format"))
  var from: String?

  @OptionGroup var destination: TopologyExchange.Destination

  @Option(help: "The fabric's name, where the files have none. (default: the first file's name)")
  var name: String?

  @Option(help: ArgumentHelp("The rate of links that have none.", valueName: "rate"))
  var rate: String?

  @Option(help: ArgumentHelp("The latency of cables that have none.", valueName: "time"))
  var linkLatency = "100 ns"

  @Option(help: ArgumentHelp("What a switch at their end adds.", valueName: "time"))
  var switchLatency = "500 ns"

  init() {}

  func validate() throws {
    guard !files.isEmpty else { throw ValidationError("expected one file or more") }
  }

  func run() throws {
    let format = try from.map { try Names.one("format", $0, as: FabricFormat.self) }
    let result: FabricImport
    let text: String
    do {
      let sources = try files.map { (path) throws(TopologyFileError) in try SourceText(contentsOf: path) }
      result = try FabricImport(sources, from: format, named: name, assuming: try assumptions())
      // What is written is what `topology check` will read: nobody gets a file that it refuses.
      text = result.fabric.explicitText
      _ = try Topology(parsing: text, path: "the topology file")
    } catch let error as TopologyFileError {
      throw Failure(error)
    }
    let guess = result.isGuess ? " (a guess from its text; --from says otherwise)" : ""
    try destination.finish(
      text, title: "read as \(result.format.rawValue)\(guess)", fabric: result.fabric, format: result.format,
      isGuess: result.isGuess, notes: result.notes)
  }

  private func assumptions() throws -> Assumptions {
    var rate: Bandwidth?
    if let text = self.rate {
      do {
        rate = try Bandwidth(parsing: text)
      } catch {
        throw Failure(.usage, "--rate: \(error)")
      }
    }
    return Assumptions(
      rate: rate, linkLatency: try Names.time("--link-latency", linkLatency),
      switchLatency: try Names.time("--switch-latency", switchLatency))
  }
}
