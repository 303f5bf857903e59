import Collectives
import Fabric
import Quantities
import Simulation
import Transport

extension SimulatePlan {
  /// A parameter's value, as the command line would have it.
  func text(of parameter: PlanParameter) -> String {
    switch parameter {
    case .placement: placement.description
    case .routing: routing.description
    case .machine: machine?.path ?? "no machine model"
    case .channels: "\(channels)"
    case .chunk: chunk?.description ?? "whole"
    case .depth: "\(depth)"
    case .domain: "\(domain)"
    case .root: "\(root)"
    case .datatype: type.rawValue
    case .conditions: conditions.file?.path ?? "no conditions"
    case .gap: hostChanges.gap?.description ?? "no gap of its own"
    case .rendezvous: hostChanges.rendezvous?.description ?? "no limit of its own"
    }
  }

  /// The same of the value by default.
  func defaultText(of parameter: PlanParameter) -> String {
    switch parameter {
    case .placement: Self.defaultPlacement.description
    case .routing: Self.defaultRouting.description
    case .machine: "no machine model"
    case .channels: "\(defaults.channels)"
    case .chunk: defaults.chunk?.description ?? "whole"
    case .depth: "\(defaults.depth)"
    case .domain: "\(defaults.domain)"
    case .root: "\(defaults.root)"
    case .datatype: defaults.type.rawValue
    case .conditions: "no conditions"
    case .gap: "no gap of its own"
    case .rendezvous: "no limit of its own"
    }
  }

  /// The same plan with one parameter as it is by default.
  func withDefault(_ parameter: PlanParameter) throws -> SimulatePlan {
    var plan = self
    switch parameter {
    case .placement:
      plan.placement = Self.defaultPlacement
      plan.endpoints = try plan.placement.endpoints(for: ranks, on: fabric)
      try plan.conditions.place(beside: plan.endpoints)
      plan.tree = try Self.tree(algorithm, on: fabric, endpoints: plan.endpoints)
    case .routing:
      plan.routing = Self.defaultRouting
      plan.router = Router(fabric, routing: plan.routing)
    case .machine: plan.machine = nil
    case .channels: plan.channels = defaults.channels
    case .chunk: plan.chunk = defaults.chunk
    case .depth: plan.depth = defaults.depth
    case .domain: plan.domain = defaults.domain
    case .root: plan.root = defaults.root
    case .datatype: plan.type = defaults.type
    case .conditions:
      plan.conditions = ConditionsInForce(planned: topology.fabric)
      plan.router = try Router(topology.fabric, reading: routing)
    case .gap: plan.hostChanges.gap = nil
    case .rendezvous: plan.hostChanges.rendezvous = nil
    }
    plan.limits = PhysicalLimits(plan.fabric, endpoints: plan.endpoints, root: plan.root)
    return plan
  }

  static let defaultPlacement = Placement.packed
  static let defaultRouting = Routing.destinationModulo
}
