import Fabric
import Foundation
import Records

/// Files that several commands read, for the records of what they make.
extension Record.Input {
  /// A file with its digest, for the record of what reads it.
  ///
  /// - Returns: nil for a pipe or a device, which can't be read again.
  init?(role: String, file path: String) throws(FileError) {
    guard WholeFile.isRegular(path) else { return nil }
    self.init(role: role, path: path, digest: Digest.sha256(try WholeFile.read(path)))
  }

  /// A file whose text was read already, from a pipe too.
  init(role: String, path: String, text: String) {
    self.init(role: role, path: path, digest: Digest.sha256(Data(text.utf8)))
  }

  /// The files that say where ranks are placed and how messages are forwarded, where files do.
  static func files(of placement: Placement, _ routing: Routing) throws(FileError) -> [Record.Input] {
    var inputs: [Record.Input] = []
    if case .file(let path) = placement, let input = try Record.Input(role: "placement", file: path) {
      inputs.append(input)
    }
    if case .table(let path) = routing.policy,
      let input = try Record.Input(role: "forwarding table", file: path)
    {
      inputs.append(input)
    }
    return inputs
  }
}
