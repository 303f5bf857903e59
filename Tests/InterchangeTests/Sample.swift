import Fabric
import Foundation
import Interchange
import Quantities

/// A file of another tool, written by hand after what the tool writes.
enum Sample {
  static let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Data")

  /// Each sample, with its format.
  static let all: [(files: [String], format: FabricFormat)] = [
    (["pod.ibnetdiscover"], .ibnetdiscover), (["net.ibsim"], .ibnetdiscover), (["pod.topo"], .topo),
    (["lldp/leaf1.json", "lldp/spine1.json", "lldp/gpu02.json"], .lldp), (["cluster.simgrid.xml"], .simgrid),
    (["small.simgrid.xml"], .simgrid), (["network.yml"], .astraSim), (["hpn.simai"], .simai),
    (["plain.graphml"], .graphml), (["plain.dot"], .dot), (["server.infragraph.yaml"], .infragraph),
  ]

  static func sources(_ files: [String]) throws -> [SourceText] {
    try files.map { try SourceText(contentsOf: folder.appending(path: $0).path) }
  }

  static func read(_ files: String..., assuming assumptions: Assumptions = Assumptions(rate: .gigabits(100)))
    throws
    -> FabricImport
  {
    try FabricImport(sources(files), assuming: assumptions)
  }
}

extension Fabric {
  /// The cables as `a-b 400 Gbit/s`, in the order of the links.
  var cables: [String] {
    stride(from: 0, to: links.count, by: 2).map {
      "\(nodes[links[$0].from].id)-\(nodes[links[$0].to].id) \(links[$0].bandwidth)"
    }
  }

  func node(_ id: String) -> Node? { nodes.first { $0.id == id } }
}
