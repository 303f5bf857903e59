import ArgumentParser
import Calibration
import Fabric
import Foundation
import Quantities
import Records
import Reports

/// `syncline calibrate RECORD… -o machine.json`.
struct CalibrateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "calibrate",
    abstract: "Fit a machine model to records: latency, bandwidth and reduction cost by message size.",
    discussion: """
      Break points between regimes are found from the data. Reducing and other collectives together (all-reduce and \
      all-gather, say) tell what reducing costs; pipelined ones (tree, chunks) tell overhead from latency. The library's \
      own collectives (native) are left out, as their algorithm is not known. Without --topology the model includes the \
      measured fabric's own latency and bandwidth; with it, it is of the hosts alone, to be put on another fabric.

      EXAMPLES:
        syncline calibrate pod.json -o machine.json
        syncline calibrate ring.json tree.json -o machine.json --format json
        syncline calibrate pod.json --topology pod.yaml -o hosts.json
      """)

  @Argument(help: ArgumentHelp("Records of the machine.", valueName: "record"))
  var records: [String]

  @Option(
    name: [.customShort("o"), .long], help: "Where the machine model goes; without it, it is only printed.")
  var output: String?

  @Option(help: "The topology file of the fabric that was measured.")
  var topology: String?

  @Option(
    help: "With --topology: packed, scattered, random:SEED or file:PATH. (default: packed)",
    transform: { try Placement(parsing: $0) })
  var placement: Placement = .packed

  @Option(
    help: "With --topology: \(Routing.forms). (default: d-mod-k)",
    transform: { try Routing(parsing: $0) }
  )
  var routing: Routing = .destinationModulo

  @Option(help: "Of the resampling that gives the intervals.")
  var seed: UInt64 = 1

  @Option(help: "table, json (the model itself) or csv (the fit, point by point).")
  var format: ComparisonFormat = .table

  func run() throws {
    do {
      let sources = try records.map { path in
        let data = try WrittenFile.read(path)
        return Calibration.Source(
          try Record(parsing: data, path: path), path: path, digest: Digest.sha256(data))
      }
      for (place, source) in sources.enumerated() {
        if let twin = sources[..<place].first(where: { $0.digest == source.digest }) {
          throw Failure(
            .usage, "\(twin.path) and \(source.path) are the same record: its points would count twice")
        }
      }
      var inputs: [Record.Input] = []
      let fabric = try topology.map { path in
        let topology = try Topology(forCommand: path)
        inputs.append(Record.Input(role: "topology", path: path, text: topology.text))
        inputs += try Record.Input.files(of: placement, routing)
        return try MeasuredFabric(topology.fabric, placement: placement, routing: routing)
      }
      var model = try Calibration.fit(
        sources, on: fabric, version: Version.number, seed: seed, progress: Progress.say)
      model.inputs = inputs
      Progress.clear()
      if let output { try model.write(to: output) }
      switch format {
      case .table:
        print(MachineModelReport(model).description)
        if let output { print("\nmachine model: \(output)") }
      case .json: print(String(decoding: try model.encoded(), as: UTF8.self), terminator: "")
      case .csv: print(MachineModelReport(model).csv, terminator: "")
      }
    } catch let error as FileError {
      throw Failure(error)
    } catch let error as CalibrationError {
      Progress.clear()
      throw Failure(.data, "\(records.joined(separator: ", ")): \(error)")
    }
  }
}
