import Fabric
import Foundation
import Training

/// Workloads of the tests: a preset, and the fields that a test is about.
enum Example {
  static func workload(_ model: String, _ fields: String = "") throws -> Workload {
    let defaults = [
      "sequence-length": "2048", "microbatches": "1", "compute": "{rate: 1 PFLOP/s, mfu: 0.5}",
    ]
    let given = Set(
      fields.split(separator: "\n").compactMap { $0.split(separator: ":").first.map(String.init) })
    let rest = defaults.filter { name, _ in
      !given.contains(name) && !(name == "microbatches" && given.contains("global-batch"))
    }
    let lines = rest.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value)" }
    return try Workload(
      parsing: (["name: example", "model: \(model)"] + lines).joined(separator: "\n") + "\n" + fields)
  }

  /// The repository's folder of that name.
  static func folder(_ name: String) -> String {
    URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().appending(path: name).path
  }
}
