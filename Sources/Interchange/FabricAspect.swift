/// Something that a fabric has and a format may not be able to hold.
public enum FabricAspect: String, Sendable, CaseIterable {
  /// The fabric's own name.
  case name = "the fabric's name"
  /// What nodes are called.
  case nodeNames = "names of nodes"
  /// The switches inside hosts, with their links.
  case nvLink = "NVSwitches and their links"
  /// Which endpoints are in one host.
  case hosts = "which host a node is in"
  /// Which rail a node is of.
  case rails = "rails"
  /// Which plane a switch is of.
  case planes = "planes"
  /// The tiers of switches, where they are not the distance from the endpoints.
  case tiers = "tiers"
  /// What links carry.
  case rates = "rates"
  /// How long links take.
  case latencies = "latencies"
  /// That there are several links between two nodes.
  case parallelLinks = "parallel links, which become one that carries their sum"
  /// The numbers that tell parallel links apart.
  case linkNumbers = "numbers of parallel links"
  /// What links run on.
  case cableTypes = "cable types"
  /// The order that packed ranks fill.
  case order = "the order of endpoints"

  /// What is counted where it is lost.
  var unit: String {
    switch self {
    case .name, .order: "fabric"
    case .nodeNames, .nvLink, .hosts, .rails, .planes: "node"
    case .tiers: "switch"
    case .rates, .latencies, .parallelLinks, .linkNumbers, .cableTypes: "cable"
    }
  }
}

/// A fabric written in some format: the text, and which node and cables of the fabric each node and cable in it stands for.
struct Draft {
  var text = ""
  /// The node of the fabric that each written node is, in the order that a reader finds them.
  var nodes = [Int]()
  /// The links of the fabric, one of each pair, that each written cable is there, in the order that a reader finds them.
  var cables = [[Int]]()
}
