package import Calibration
import Collectives
package import Fabric
package import Simulation

/// Everything that a step's time depends on.
package struct StepCase: Sendable {
  /// What is trained.
  package var workload: Workload
  /// What it is trained on.
  package var fabric: Fabric
  /// How messages find their way.
  package var routing: Routing
  /// Where ranks are placed.
  package let placement: Placement
  /// The ranks' grid.
  package private(set) var grid: RankGrid
  /// For each rank, the index of its place in the fabric's endpoints.
  package private(set) var endpoints: [Int]
  /// What hosts add to messages; nil for nothing.
  package var machine: MachineModel?
  /// How gradients are reduced, and parameters gathered.
  package var dataAlgorithm: SimulatedAlgorithm

  /// A case.
  ///
  /// - Parameter gpus: GPUs that may be used; nil for all of the fabric's.
  /// - Throws: ``TopologyFileError`` where the workload doesn't fill them, ``FabricError`` for a placement that doesn't fit.
  package init(
    workload: Workload, fabric: Fabric, routing: Routing, placement: Placement, gpus: Int? = nil,
    machine: MachineModel?
  ) throws {
    (self.workload, self.fabric, self.routing) = (workload, fabric, routing)
    (self.placement, self.machine) = (placement, machine)
    grid = try workload.grid(gpus: gpus ?? fabric.endpoints.count)
    endpoints = try placement.endpoints(for: grid.ranks, on: fabric)
    dataAlgorithm = .ranks(workload.algorithms.data)
  }

  /// The same work for each GPU with fewer copies of the model.
  package func with(copies: Int) throws -> StepCase {
    var fewer = self
    fewer.grid = RankGrid(
      tensor: grid.tensor, context: grid.context, data: copies, pipeline: grid.pipeline, expert: grid.expert)
    fewer.endpoints = try placement.endpoints(for: fewer.grid.ranks, on: fabric)
    return fewer
  }

  /// How a kind of group does its collectives; a send has none.
  func algorithm(of traffic: Traffic) -> SimulatedAlgorithm {
    switch traffic.group {
    case .data, .expertData: dataAlgorithm
    case .tensor, .context, .expert: workload.algorithms[traffic.group].map { .ranks($0) } ?? .ranks(.ring)
    case .pipeline: .ranks(.ring)
    }
  }

  /// The GPUs of one host, the first rank's, as if they were all: groups are as large as they can be on it.
  ///
  /// A tensor or context group is the largest part of the job's that fills the host evenly; what is left are copies; the
  /// pipeline is gone, and with it the idle time and the boundaries. Each GPU has the same work.
  package var oneNode: StepCase {
    let host = fabric.host(of: endpoints[0])
    let places = endpoints.filter { fabric.host(of: $0) == host }
    func common(_ a: Int, _ b: Int) -> Int { b == 0 ? a : common(b, a % b) }
    let tensor = common(places.count, grid.tensor)
    let context = common(places.count / tensor, grid.context)
    let data = places.count / (tensor * context)
    var node = self
    node.grid = RankGrid(
      tensor: tensor, context: context, data: data, pipeline: 1,
      expert: common(data * context, grid.expert))
    node.endpoints = places
    return node
  }
}
