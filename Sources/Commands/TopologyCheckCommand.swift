import ArgumentParser
import Fabric

/// `syncline topology check`: says whether files are right, and how they will be routed.
struct TopologyCheckCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check",
    abstract: "Check topology files; the first wrong one ends with its line and field.",
    discussion: """
      One line for each file that is right. Ends with 65 for a wrong file, 66 for one that can't be read.

      EXAMPLES:
        syncline topology check topologies/pilot-4.yaml
        syncline topology check topologies/*.yaml
      """)

  @Argument(help: "Topology files.")
  var files: [String]

  init() {}

  func run() throws {
    for file in files {
      let topology = try Topology(forCommand: file)
      let census = Census(topology.fabric)
      let router = Router(topology.fabric, routing: .destinationModulo)
      let paths = router.isTiered ? "up and down its tiers" : "by distance, as its switches form no tiers"
      print(
        "\(file): right: \(topology.builder) '\(topology.fabric.name)', \(census.endpoints) endpoints in"
          + " \(census.hosts) hosts, \(census.networkSwitches) switches, \(census.links) links; routed \(paths)"
      )
    }
  }
}
