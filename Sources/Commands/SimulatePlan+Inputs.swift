import Fabric
import Foundation
import Records
import Simulation

extension SimulatePlan {
  /// The files that decide the prediction, in the order in which the command line has them.
  ///
  /// - Throws: ``Failure`` where one that was read can't be read again.
  func inputs(topology path: String) throws(Failure) -> [Record.Input] {
    var inputs = [Record.Input(role: "topology", path: path, text: topology.text)]
    inputs += try Failure.asFailure { () throws(FileError) in try Record.Input.files(of: placement, routing) }
    if let machine {
      inputs.append(Record.Input(role: "machine", path: machine.path, digest: machine.digest))
    }
    guard let file = conditions.file else { return inputs }
    inputs.append(Record.Input(role: "conditions", path: file.path, digest: file.digest))
    if let record = conditions.jitterRecord { inputs.append(record) }
    for neighbour in conditions.neighbours {
      guard case .file(let path)? = neighbour.placement else { continue }
      let input = try Failure.asFailure { () throws(FileError) in
        try Record.Input(role: "placement", file: path)
      }
      if let input, !inputs.contains(input) { inputs.append(input) }
    }
    return inputs
  }
}
