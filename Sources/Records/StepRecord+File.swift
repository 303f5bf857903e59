package import Foundation

extension StepRecord {
  /// Reads a step record's file.
  ///
  /// - Throws: ``FileError``, as for a ``Record``.
  public static func read(_ path: String) throws(FileError) -> StepRecord {
    try StepRecord(parsing: WholeFile.read(path), path: path)
  }

  /// Reads a step record from a file's bytes; `path` is for messages.
  package init(parsing data: Data, path: String) throws(FileError) {
    self = try DocumentCoding.decode(
      StepRecord.self, from: data, path: path, schema: Self.schema, noun: "step record")
    if let flaw { throw FileError(.contents, path: path, flaw) }
  }

  /// Writes the record to a file, whole or not at all.
  public func write(to path: String) throws(FileError) {
    try WholeFile.write(encoded(path: path), to: path)
  }

  /// The bytes of the record's file, sealed.
  package func encoded(path: String = "step record") throws(FileError) -> Data {
    try DocumentCoding.sealed(self, noun: "step record", path: path)
  }

  /// The first thing that no step can give, in words; nil for a sound record.
  private var flaw: String? {
    if workload.gpus < 1 { return "workload.gpus is \(workload.gpus); it is 1 or more" }
    for (name, figure) in [
      ("step.time_s", step.time), ("step.exposed_s", step.exposed), ("step.sync_exposure", step.syncExposure),
    ] {
      if figure.value < 0 { return "\(name) is \(figure.value); it is zero or more" }
      if let low = figure.low, let high = figure.high, low > high {
        return "\(name) goes from \(low) to \(high)"
      }
    }
    return nil
  }
}
