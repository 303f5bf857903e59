import ArgumentParser
import Fabric

/// `syncline topology`: looks at topology files.
struct TopologyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "topology",
    abstract:
      "Look at a topology file: what it holds, whether it is right, what it carries, costs and looks like.",
    discussion: """
      A topology file names a builder (fat-tree, leaf-spine, superpod, rail-optimized, hpn, torus, …) with parameters, \
      or lists nodes and cables; docs/topologies.md has the format.

      EXAMPLES:
        syncline topology show topologies/fat-tree-k16.yaml
        syncline topology check topologies/*.yaml
        syncline topology bisection topologies/rail-128x8.yaml --routing ecmp:7
        syncline topology render topologies/rail-32x8.yaml -o fabric.svg
        syncline topology diff topologies/rail-32x8.yaml topologies/rail-128x8.yaml
        syncline topology lint superpod.csv --rule superpod-h100
      """,
    subcommands: [
      TopologyShowCommand.self, TopologyCheckCommand.self, TopologyBisectionCommand.self,
      TopologyRenderCommand.self, TopologyDiffCommand.self, TopologyLintCommand.self,
      TopologyImportCommand.self, TopologyExportCommand.self,
    ])

  init() {}
}

extension Failure {
  /// What a topology's or placement's error means for a command: 66 for a file that can't be read, 65 for a wrong one.
  init(_ error: TopologyFileError) {
    switch error.cause {
    case .unreadable: self.init(.noInput, error.description)
    case .contents: self.init(.data, error.description)
    }
  }
}

extension Topology {
  /// Reads a command's file, or ends the command.
  init(forCommand path: String) throws(Failure) {
    do {
      try self.init(contentsOf: path)
    } catch {
      throw Failure(error)
    }
  }
}
