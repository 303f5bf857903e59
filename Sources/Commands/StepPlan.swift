import ArgumentParser
import Atlas
import Calibration
import Collectives
import Fabric
import Foundation
import Measurement
import Quantities
import Records
import Simulation
import Training

/// A command line of `step` that was read and makes sense, with the files that it names.
struct StepPlan {
  let command: StepCommand
  let workload: Workload
  let topology: Topology
  let machine: (path: String, digest: String, model: MachineModel)?
  let prices: PriceList?
  let stepCase: StepCase
  let inputs: [Record.Input]

  init(_ command: StepCommand) throws {
    self.command = command
    do {
      workload = try Workload(contentsOf: command.workload)
      topology = try Topology(forCommand: command.topology)
      prices = try command.prices.map { path throws(TopologyFileError) in try PriceList(contentsOf: path) }
      machine = try command.machine.map(SimulatePlan.machine)
      let placement = try Placement(parsing: command.placement)
      let routing = try Routing(parsing: command.routing)
      if let gpus = command.gpus, gpus < 1 || gpus > topology.fabric.endpoints.count {
        throw Failure(
          .usage, "--gpus \(gpus): the fabric has 1 to \(topology.fabric.endpoints.count)")
      }
      var stepCase = try StepCase(
        workload: workload, fabric: topology.fabric, routing: routing, placement: placement,
        gpus: command.gpus,
        machine: machine?.model)
      if let algorithm = command.algorithm {
        stepCase.dataAlgorithm = try Names.one("algorithm", algorithm, as: SimulatedAlgorithm.self)
      }
      self.stepCase = stepCase
      var inputs = [
        Record.Input(role: "workload", path: command.workload, text: workload.text),
        Record.Input(role: "topology", path: command.topology, text: topology.text),
      ]
      inputs += try Record.Input.files(of: placement, routing)
      if let machine { inputs.append(.init(role: "machine", path: machine.path, digest: machine.digest)) }
      if let path = command.prices, let input = try Record.Input(role: "prices", file: path) {
        inputs.append(input)
      }
      self.inputs = inputs
    } catch {
      throw Self.failure(error)
    }
  }

  /// An error of the room below with the code that it ends the command with.
  static func failure(_ error: any Error) -> any Error {
    switch error {
    case let error as TopologyFileError: Failure(error)
    case let error as FileError: Failure(error)
    case let error as QuantityError: Failure(.usage, error.description)
    case let error as FabricError: Failure(.usage, error.description)
    case let error as SwitchTreeError: Failure(.usage, error.description)
    case let error as CallError: Failure(.usage, error.description)
    case let error as ScheduleError: Failure(.usage, error.description)
    case let error as GoodputError: Failure(.data, error.description)
    case let error as SimulationError:
      Failure(error.code, error.code == .rankLost ? "stopped; nothing is written" : error.description)
    default: error
    }
  }
}
