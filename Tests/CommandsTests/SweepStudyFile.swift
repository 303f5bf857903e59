import Foundation

/// A study in a folder of its own, with two small fabrics beside it, and what sweeps of it gave.
struct SweepStudyFile {
  let scratch: Scratch
  var folder: URL { scratch.folder }

  /// Two fabrics, all kinds of coordinates, 40 cases: one placement and one routing have seeds.
  static let small = """
    name: a small study
    topologies: [pilot-4.yaml, fat-tree-k4.yaml]
    algorithms: [ring]
    sizes: [64K, 1M]
    ranks: [4]
    placements: [packed, "random:{seed}"]
    routings: [d-mod-k, "ecmp:{seed}"]
    seeds: [1, 2, 3]
    """

  static let slowCases = 40

  /// Cases of some hundredths of a second each, so that a run can be stopped between them.
  static let slow = """
    name: a study that takes a while
    topologies: [fat-tree-k16.yaml]
    sizes: [1M]
    ranks: [192]
    chunks: [64K]
    placements: ["random:{seed}"]
    seeds: [\((1...slowCases).map { "\($0)" }.joined(separator: ", "))]
    """

  init(_ text: String) throws {
    scratch = try Scratch()
    for name in ["pilot-4.yaml", "fat-tree-k4.yaml", "fat-tree-k16.yaml"] {
      try FileManager.default.copyItem(
        at: CommandRun.checkout.appendingPathComponent("topologies/\(name)"), to: scratch.file(name))
    }
    try write(text)
  }

  func write(_ text: String) throws {
    try Data(text.utf8).write(to: scratch.file("study.yaml"))
  }

  func sweep(_ arguments: [String] = [], meanwhile: (Int32) throws -> Void = { _ in }) throws -> CommandRun {
    try CommandRun(["sweep", "study.yaml"] + arguments, in: folder, meanwhile: meanwhile)
  }

  func data(_ name: String) throws -> Data { try Data(contentsOf: scratch.file(name)) }

  /// The lines of a file, without their ends.
  func lines(_ name: String) throws -> [Substring] {
    String(decoding: try data(name), as: UTF8.self).split(whereSeparator: \.isNewline)
  }

  /// The rows of a CSV file by column; no value of these studies has a comma.
  func rows(_ name: String = "study.sweep/results.csv") throws -> [[String: Substring]] {
    let lines = try lines(name)
    let columns = lines[0].split(separator: ",").map(String.init)
    return lines.dropFirst().map { line in
      Dictionary(
        uniqueKeysWithValues: zip(columns, line.split(separator: ",", omittingEmptySubsequences: false)))
    }
  }

  /// What is in the result's folder, sorted.
  func files(_ name: String = "study.sweep") throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: scratch.file(name).path).sorted()
  }
}

/// The counts that `--format json` prints.
struct SweepCounts: Decodable, Equatable {
  let cases, simulated, leftOut: Int

  enum CodingKeys: String, CodingKey {
    case cases, simulated
    case leftOut = "left_out"
  }

  init(_ run: CommandRun) throws { self = try JSONDecoder().decode(Self.self, from: Data(run.output.utf8)) }
}
