import Fabric

/// The counts of a rail-optimized DGX SuperPOD, from what its reference architecture fixes.
///
/// Each unit has a leaf for each of 8 rails (and plane). A leaf has as many links up as down, spread evenly over all
/// spines of its plane, so their number is a divisor of a leaf's uplinks: the smallest with ports enough. Past that,
/// where there is a third tier, spines are as many as leaves and cores half of them.
///
/// - Source: NVIDIA DGX SuperPOD reference architectures for H100, B200, B300 and B300 XDR, network fabrics.
struct SuperPODFamily: Sendable {
  let model: SuperPOD.Model

  private var hostsPerUnit: Int { model.hostsPerUnit }
  private var planes: Int { model.planes }
  private var ports: Int { model.ports }
  private var leavesPerUnit: Int { SuperPOD.gpusPerHost * planes }
  /// Of a leaf: as many as links down.
  private var uplinks: Int { hostsPerUnit }
  private var linksPerCable: Int { model.cable.linksPerCable }
  /// Hosts that give their place to the fabric manager, which takes four cables.
  private var managers: Int { model.hostsLeftOut }
  private var hasCores: Bool { model == .b200 }

  /// The fewest spines of all planes that take the uplinks of `leaves` evenly; nil where two tiers don't reach.
  private func spines(leaves: Int) -> Int? {
    SpineRule(leaves: leaves / planes, uplinks: uplinks, ports: ports).fewest.map { $0 * planes }
  }

  var family: Family {
    let twoTiers = ports * planes / leavesPerUnit
    let reach = hasCores ? 16 * twoTiers : twoTiers
    let flaw = Family.Flaw(
      things: [.units, .leaves, .hosts, .endpoints],
      reason: "at most \(reach) units, since a spine has \(ports) ports, one for each leaf"
        + (planes > 1 ? " of its plane" : ""))
    return Family(.units, 1...4 * reach, flaw: { $0 > reach ? flaw : nil }) { [self] units in
      let hosts = hostsPerUnit * units - managers
      let leaves = leavesPerUnit * units
      let isTall = hasCores && hostsPerUnit * units * 8 > ports * uplinks
      let spines = isTall ? leaves : spines(leaves: leaves) ?? leaves
      let cores = isTall ? leaves / 2 : 0
      let hostCables = 8 * hosts + 4 * managers
      let between = leaves * uplinks / linksPerCable
      let top = isTall ? between : 0
      var counts: [CountedThing: Family.Expected] = [
        .units: .init(units, by: "as the other cells have it"),
        .hosts: .init(
          hosts,
          by: "\(hostsPerUnit) hosts a unit" + (managers > 0 ? ", one less for the fabric manager" : "")),
        .endpoints: .init(8 * hosts, by: "8 GPUs a host, \(hosts.grouped) hosts"),
        .leaves: .init(
          leaves, by: "\(leavesPerUnit) leaves a unit" + (planes > 1 ? ", 8 rails on \(planes) planes" : "")),
        .spines: .init(
          spines,
          by: isTall
            ? "as many spines as leaves under a third tier"
            : "the smallest divisor of a leaf's \(uplinks) uplinks whose spines of \(ports) ports take"
              + " \(leaves.grouped) leaves" + (planes > 1 ? " on \(planes) planes" : "")),
        .cores: .init(cores, by: isTall ? "half as many cores as spines" : "two tiers reach so far"),
        .switches: .init(leaves + spines + cores, by: "leaves, spines and cores together"),
        .hostCables: .init(
          hostCables, by: "one cable a GPU" + (managers > 0 ? ", four for the fabric manager" : "")),
        .leafSpineCables: .init(
          between,
          by: "\(uplinks) uplinks a leaf" + (linksPerCable > 1 ? ", \(linksPerCable) in a cable" : "")),
        .spineCoreCables: .init(top, by: isTall ? "as many as between leaves and spines" : "no third tier"),
        .switchLinks: .init(
          between + top, (between + top) * linksPerCable, by: "\(uplinks) uplinks a leaf, in each tier"),
        .links: .init(
          hostCables + between + top, between + top, by: "all cables, or all between switches"),
        .planes: .init(planes, by: "the reference architecture"),
        .radix: .init(ports, by: "the reference architecture"),
      ]
      if units > reach { for thing in [CountedThing.spines, .switches] { counts[thing] = nil } }
      return counts
    }
  }
}
