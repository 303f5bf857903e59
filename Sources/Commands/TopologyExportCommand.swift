import ArgumentParser
import Fabric
import Interchange

/// `syncline topology export`: writes a fabric in another tool's format.
struct TopologyExportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "export",
    abstract: "Write a topology in another tool's format, and say what that format can't hold.",
    discussion: """
      Formats: \(TopologyExchange.formats(FabricFormat.allCases.filter(\.isWritable))). The text is read back before it \
      is written, and what differs is said, with counts. docs/formats-fabric.md has the formats.

      The summary goes to standard output, or to standard error where the text goes there.

      EXAMPLES:
        syncline topology export topologies/fat-tree-k4.yaml --to dot | dot -Tsvg -o fat-tree.svg
        syncline topology export topologies/rail-32x8.yaml --to simai -o rail-32x8.topo
        syncline topology export topologies/pilot-4.yaml --to graphml -o pilot-4.graphml --format json
      """)

  @Argument(help: "Topology file.")
  var file: String

  @Option(help: ArgumentHelp("The format to write.", valueName: "format"))
  var to: String

  @OptionGroup var destination: TopologyExchange.Destination

  init() {}

  func run() throws {
    let format = try Names.one("format", to, as: FabricFormat.self)
    guard format.isWritable else {
      let others = TopologyExchange.formats(FabricFormat.allCases.filter(\.isWritable))
      throw Failure(.usage, "--to \(to): this format is only imported, expected one of \(others)")
    }
    let fabric = try Topology(forCommand: file).fabric
    let result: FabricExport
    do {
      result = try FabricExport(fabric, to: format)
    } catch {
      throw Failure(.data, "\(file): fabric '\(fabric.name)' \(error.description)")
    }
    let title =
      result.losses.isEmpty ? "nothing is lost in \(format.rawValue)" : "written as \(format.rawValue)"
    try destination.finish(
      result.text, title: title, fabric: fabric, format: format, isGuess: false, notes: result.losses)
  }
}
