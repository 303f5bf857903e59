import ArgumentParser
import Atlas
import Fabric
import Foundation
import Records

/// `syncline topology render`: a picture of a fabric.
struct TopologyRenderCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "render",
    abstract: "Draw a fabric as SVG: tiers as rows, rails by colour, links as wide as their capacity.",
    discussion: """
      Nodes are drawn one by one where there are few. Else those that no one could tell apart are one box, "×32". \
      With --utilisation colour shows how much of each link a simulation used, the busiest link of each line. The \
      picture follows the reader's choice of light or dark; boxes and lines have tooltips.

      EXAMPLES:
        syncline topology render topologies/fat-tree-k4.yaml -o fabric.svg
        syncline topology render topologies/fat-tree-k64.yaml > fabric.svg
        syncline simulate --topology topologies/rail-32x8.yaml --sizes 1G --link-use use.csv
        syncline topology render topologies/rail-32x8.yaml --utilisation use.csv -o fabric.svg
      """)

  @Argument(help: "Topology file.")
  var file: String

  @Option(name: [.short, .long], help: "Where the picture goes (default: standard output).")
  var output: String?

  @Option(help: "What links carried, as simulate --link-use writes it.")
  var utilisation: String?

  @Option(help: ArgumentHelp("The most boxes of a tier, 1 to 64.", valueName: "count"))
  var boxes = 32

  init() {}

  func validate() throws {
    guard (1...64).contains(boxes) else {
      throw ValidationError("--boxes is \(boxes), expected 1 to 64")
    }
  }

  func run() throws {
    if let output { try Failure.asFailure { () throws(FileError) in try DraftFile.check(output) } }
    let fabric = try Topology(forCommand: file).fabric
    var shares: [Double]?
    if let utilisation {
      do throws(TopologyFileError) {
        shares = try LinkUtilisation.read(utilisation, for: fabric)
      } catch {
        throw Failure(error)
      }
    }
    let svg = FabricPicture(FabricSketch(fabric, perTier: boxes, utilisation: shares)).svg
    guard let output else { return print(svg, terminator: "") }
    try Failure.asFailure { () throws(FileError) in try WholeFile.write(Data(svg.utf8), to: output) }
    Progress.written("picture", output, beside: true)
  }
}
