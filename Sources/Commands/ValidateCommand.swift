import ArgumentParser
import Calibration
import Fabric
import Foundation
import Quantities
import Records
import Reports
import Simulation

/// `syncline validate RECORD --machine FILE --topology FILE`.
struct ValidateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "validate",
    abstract: "Hold a record against what a machine model predicts for it.",
    discussion: """
      Every measured schedule is simulated again over the topology. The error is predicted over measured, less one: what \
      the model gets wrong, since the schedule is the same. A record that the model was not fitted to says most.

      EXAMPLES:
        syncline validate held-out.json --machine machine.json --topology topologies/shared-memory-4.yaml
        syncline validate pod.json --machine machine.json --topology pod.yaml --placement scattered --format csv
      """)

  @Argument(help: ArgumentHelp("The measured record.", valueName: "record"))
  var record: String

  @Option(help: "The machine model, from syncline calibrate.")
  var machine: String

  @Option(help: "The topology file that the ranks talked over.")
  var topology: String

  @Option(
    help: "packed, scattered, random:SEED or file:PATH. (default: packed)",
    transform: { try Placement(parsing: $0) })
  var placement: Placement = .packed

  @Option(
    help: "\(Routing.forms). (default: d-mod-k)", transform: { try Routing(parsing: $0) })
  var routing: Routing = .destinationModulo

  @Option(help: "How to print it: table, json or csv.")
  var format: ComparisonFormat = .table

  func run() throws {
    do {
      let measured = try WrittenFile.record(record)
      let model = try WrittenFile.machine(machine)
      let topology = try Topology(forCommand: topology)
      let validation = try Validation(
        measured, against: model, on: topology.fabric, placement: placement, routing: routing,
        progress: Progress.say)
      Progress.clear()
      guard !validation.rows.isEmpty else {
        let reasons = validation.leftOut.isEmpty ? "it holds no measured size" : validation.leftOut[0]
        throw Failure(.data, "\(record): nothing to validate: \(reasons)")
      }
      let report = ValidationReport(validation, of: measured)
      switch format {
      case .table: print(report.description)
      case .json:
        print(String(decoding: try DocumentCoding.encode(report.document), as: UTF8.self), terminator: "")
      case .csv: print(report.csv, terminator: "")
      }
    } catch let error as FileError {
      throw Failure(error)
    } catch let error as TopologyFileError {
      throw Failure(error)
    } catch let error as FabricError {
      throw Failure(.data, "\(topology): \(error)")
    } catch let error as SimulationError {
      throw Failure(.data, "\(record): \(error)")
    }
  }
}
