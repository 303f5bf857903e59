import Foundation
package import Records

/// The records that objectives are held against: each is of a collective or of a training step, and counts
/// once.
package struct ObjectiveEvidence: Sendable {
  /// Records of collectives, with their paths, in the order that they were given.
  package private(set) var records: [(path: String, record: Record)] = []
  /// Records of training steps, with their paths, in the order that they were given.
  package private(set) var steps: [(path: String, record: StepRecord)] = []
  /// The paths of all records, in the order that they were given.
  package private(set) var paths: [String] = []
  private var digests: [(digest: String, path: String)] = []

  /// No evidence yet.
  package init() {}

  /// What a document says that it is.
  private struct Header: Decodable {
    var schema: String?
  }

  /// Reads a record of either kind.
  ///
  /// - Throws: ``FileError``, as the records' own readers do; and for a file that was added before, under any
  ///   name, since the same run twice is no second piece of evidence.
  package mutating func add(contentsOf path: String) throws(FileError) {
    let data = try WholeFile.read(path)
    let digest = Digest.sha256(data)
    if let earlier = digests.first(where: { $0.digest == digest }) {
      throw FileError(
        .contents, path: path,
        "it is the same record as \(earlier.path), which was given before; give each record once")
    }
    // A file that isn't JSON is told so by the reader.
    let header = try? JSONDecoder().decode(Header.self, from: data)
    if header?.schema == StepRecord.schema {
      add(try StepRecord(parsing: data, path: path), path: path)
    } else {
      add(try Record(parsing: data, path: path), path: path)
    }
    digests.append((digest, path))
  }

  /// Adds the record of a collective.
  package mutating func add(_ record: Record, path: String) {
    records.append((path, record))
    paths.append(path)
  }

  /// Adds the record of a training step.
  package mutating func add(_ step: StepRecord, path: String) {
    steps.append((path, step))
    paths.append(path)
  }

  /// What to know before a verdict is quoted, in words, each with its record's path.
  package var notes: [String] {
    var notes: [String] = []
    for (path, record) in records {
      if record.isPartial {
        notes.append("\(path): partial. \(record.endedBecause ?? "The run ended early.")")
      }
      notes += record.environment.warnings.map { "\(path): \($0)" }
    }
    for (path, step) in steps { notes += step.environment.warnings.map { "\(path): \($0)" } }
    return notes
  }
}
