public import Quantities

/// Two tiers: each leaf has hosts below and the same number of parallel links to every spine above.
public struct LeafSpine: FabricBuilder {
  /// `leaf-spine`.
  public static let name = "leaf-spine"

  private let leaves: Int
  private let hostsPerLeaf: Int
  private let spines: Int
  private let uplinksPerSpine: Int
  private let hostRate: Bandwidth
  private let uplinkRate: Bandwidth
  private let timing: LinkTiming

  /// Leaves and spines, each leaf cabled to every spine.
  ///
  /// - Parameters:
  ///   - leaves: 1 to 65,536.
  ///   - hostsPerLeaf: 1 to 65,536, one endpoint each; at most 1,048,576 in all.
  ///   - spines: 1 to 65,536.
  ///   - uplinksPerSpine: parallel cables from a leaf to each spine, 1 to 65,536.
  ///   - hostRate: each host's link, each way.
  ///   - uplinkRate: each link between leaf and spine, each way.
  /// - Throws: ``FabricError`` that names the parameter.
  public init(
    leaves: Int, hostsPerLeaf: Int, spines: Int, uplinksPerSpine: Int = 1, hostRate: Bandwidth,
    uplinkRate: Bandwidth, timing: LinkTiming
  ) throws(FabricError) {
    let range = 1...65_536
    try require(leaves, of: "leaves", in: range)
    try require(hostsPerLeaf, of: "hosts-per-leaf", in: range)
    try require(spines, of: "spines", in: range)
    try require(uplinksPerSpine, of: "uplinks-per-spine", in: range)
    let hosts = leaves * hostsPerLeaf
    try Blueprint.checkSize(
      endpoints: hosts, links: 2 * (hosts + leaves * spines * uplinksPerSpine), field: "leaves")
    (self.leaves, self.hostsPerLeaf, self.spines) = (leaves, hostsPerLeaf, spines)
    (self.uplinksPerSpine, self.hostRate) = (uplinksPerSpine, hostRate)
    (self.uplinkRate, self.timing) = (uplinkRate, timing)
  }

  /// How many parallel links to each spine give a leaf `oversubscription` times as much capacity below as above.
  ///
  /// - Throws: ``FabricError`` where that is no whole number, with the nearest that are.
  public static func uplinksPerSpine(
    oversubscription: Double, hostsPerLeaf: Int, spines: Int, hostRate: Bandwidth, uplinkRate: Bandwidth
  ) throws(FabricError) -> Int {
    let field = "oversubscription"
    let rule = "a ratio above 0 that gives a leaf the same whole number of uplinks to each spine"
    let one =
      Double(hostsPerLeaf) * hostRate.bytesPerSecond / (Double(spines) * uplinkRate.bytesPerSecond)
    let exact = one / oversubscription
    guard oversubscription > 0, exact.isFinite, exact < 1e6 else {
      throw .rule(field, found: oversubscription.significant(), expected: rule)
    }
    let whole = exact.rounded()
    guard whole >= 1, abs(exact - whole) <= 1e-6 * whole else {
      let near = Set([exact.rounded(.down), exact.rounded(.up)]).filter { $0 >= 1 }.sorted(by: >)
      let ratios = near.map { (one / $0).significant(6) }.joined(separator: " and ")
      throw FabricError(
        .parameter(field),
        "found \(oversubscription.significant(6)), expected \(rule); the nearest are \(ratios)")
    }
    return Int(whole)
  }

  /// Endpoints `host0`, … (leaf by leaf), switches `leaf0`, … and `spine0`, ….
  public func fabric(named name: String) throws(FabricError) -> Fabric {
    var blueprint = Blueprint(switchLatency: timing.throughSwitch)
    let tree = Tree([
      PGFT.Level(children: hostsPerLeaf, parents: 1, rate: hostRate),
      PGFT.Level(children: leaves, parents: spines, parallel: uplinksPerSpine, rate: uplinkRate),
    ])
    let hosts = (0..<tree.ports).map { blueprint.addEndpoint("host\($0)", host: $0) }
    blueprint.add(tree, over: { [hosts[$0]] }, latency: { _ in timing.link }) { level, index in
      level == 1 ? "leaf\(index)" : "spine\(index)"
    }
    return try blueprint.fabric(named: name)
  }
}
