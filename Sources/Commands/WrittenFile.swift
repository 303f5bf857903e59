import Calibration
import Foundation
import Records

/// Reads files that Syncline wrote, and warns in one line where one is not as it was written.
enum WrittenFile {
  /// The file's bytes.
  static func read(_ path: String) throws(FileError) -> Data {
    let data = try WholeFile.read(path)
    if case .changed = Seal.verify(data) {
      Failure.warn(
        "\(path) is not as it was written: \(Seal.verify(data).summary) (syncline verify says more)")
    }
    return data
  }

  /// A record.
  static func record(_ path: String) throws(FileError) -> Record {
    try Record(parsing: read(path), path: path)
  }

  /// A machine model.
  static func machine(_ path: String) throws(FileError) -> MachineModel {
    try MachineModel(parsing: read(path), path: path)
  }
}

extension Failure {
  /// Says on standard error what is worth knowing and ends nothing.
  static func warn(_ text: String) { Failure(.data, "warning: \(text)").say() }
}
