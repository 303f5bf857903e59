package import Calibration
package import Foundation
package import Records

/// A file that a report is made of.
package struct ReportInput: Sendable {
  /// What it holds.
  package enum Content: Sendable {
    case record(Record)
    case step(StepRecord)
    case machine(MachineModel)
  }

  /// Its path, as it was given.
  package let path: String
  /// SHA-256 of its bytes.
  package let digest: String
  package let content: Content

  package init(path: String, digest: String, content: Content) {
    (self.path, self.digest, self.content) = (path, digest, content)
  }

  /// Reads a document of any kind that a report can show; `path` is what it is called.
  ///
  /// - Throws: ``FileError`` of kind `contents` for another kind, or one that isn't as its schema has it.
  package init(parsing data: Data, path: String) throws(FileError) {
    let schema = try DocumentKind.schema(of: data, path: path)
    let content: Content
    switch schema {
    case Record.schema: content = .record(try Record(parsing: data, path: path))
    case StepRecord.schema: content = .step(try StepRecord(parsing: data, path: path))
    case MachineModel.schema: content = .machine(try MachineModel(parsing: data, path: path))
    default:
      throw FileError(
        .contents, path: path,
        "its schema is '\(schema)'; a report takes '\(Record.schema)', '\(StepRecord.schema)' and"
          + " '\(MachineModel.schema)'"
      )
    }
    self.init(path: path, digest: Digest.sha256(data), content: content)
  }

  /// The path's last part: what it is called on the page where that is enough.
  var name: String {
    (path.split(separator: "/").last.map(String.init) ?? path).shortened(to: 60)
  }

  /// The file as one that a page is made of.
  var asInput: Record.Input {
    let role =
      switch content {
      case .record: "record"
      case .step: "step"
      case .machine: "machine"
      }
    return Record.Input(role: role, path: path, digest: digest)
  }

  var record: Record? { if case .record(let record) = content { record } else { nil } }
  var step: StepRecord? { if case .step(let step) = content { step } else { nil } }
  var machine: MachineModel? { if case .machine(let machine) = content { machine } else { nil } }

  /// Where, when and by what it was made; nil for a machine model, which has sources instead.
  var environment: Record.Environment? { record?.environment ?? step?.environment }
}
