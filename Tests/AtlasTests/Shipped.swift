import Foundation

/// The folder of the topology files that the project ships.
let shipped = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
  .deletingLastPathComponent().appendingPathComponent("topologies").path
