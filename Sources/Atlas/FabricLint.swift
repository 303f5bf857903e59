package import Fabric
import Quantities

/// What a fabric has that is allowed but can hardly be meant.
package struct FabricLint: Sendable {
  /// One oddity.
  package struct Finding: Sendable, Equatable {
    /// What kind it is, in a word or two for programs.
    package let kind: Kind
    /// The nodes that are odd, by name, in the fabric's order.
    package let nodes: [String]
    /// What was found, and what the others have.
    package let message: String
  }

  /// The kinds of oddities.
  package enum Kind: String, Sendable, CaseIterable {
    /// Switches of a tier, or endpoints, have differing capacity up.
    case unequalUplinks = "unequal-uplinks"
    /// Switches of a tier have differing numbers of links down.
    case unequalDownlinks = "unequal-downlinks"
    /// A switch has more links to one switch above than to another.
    case unevenSpread = "uneven-spread"
    /// Links between two tiers differ in rate.
    case mixedRates = "mixed-rates"
    /// A tier has less capacity up than down where the name says that nothing is lost.
    case oversubscribed
    /// A rail has no endpoints, or fewer than another.
    case unusedRail = "unused-rail"
    /// Switches have fewer links than they have ports.
    case sparePorts = "spare-ports"
    /// Switches have more links than they have ports.
    case tooManyLinks = "too-many-links"
  }

  /// The oddities by kind, then from the hosts up.
  package let findings: [Finding]

  /// Looks a fabric over, near-linear in its links.
  ///
  /// - Parameter ports: what each network switch has; ports aren't held against links where nil.
  package init(_ fabric: Fabric, switchPorts ports: Int? = nil) {
    let survey = Survey(fabric)
    findings =
      survey.unequalLinks() + survey.unevenSpread() + survey.mixedRates() + survey.oversubscribed()
      + survey.rails() + (ports.map { survey.ports($0) } ?? [])
  }
}

extension FabricLint.Finding {
  /// Names in a message, so many that a line stays readable: `leaf0, leaf5 and 9 more`.
  fileprivate static func listed(_ names: [String]) -> String {
    let shown = names.prefix(4).joined(separator: ", ")
    return names.count > 4 ? "\(shown) and \((names.count - 4).grouped) more" : shown
  }
}

/// What a fabric's nodes have above and below.
private struct Survey {
  private let fabric: Fabric
  private let outgoing: Adjacency
  private let levels: [Int]
  private let up: [Side]
  private let down: [Side]

  /// The links of a node in one direction.
  private struct Side: Hashable {
    var links = 0
    var rate = 0.0

    mutating func add(_ link: Fabric.Link) {
      links += 1
      rate += link.bandwidth.bytesPerSecond
    }

    var description: String {
      links == 0
        ? "none" : "\(links.grouped) (\(Bandwidth(bytesPerSecond: rate)))"
    }
  }

  init(_ fabric: Fabric) {
    self.fabric = fabric
    outgoing = Adjacency(nodes: fabric.nodes.count, links: fabric.links)
    levels = fabric.nodes.map(\.level)
    var up = [Side](repeating: Side(), count: fabric.nodes.count)
    var down = up
    for link in fabric.links {
      let (from, to) = (levels[link.from], levels[link.to])
      guard from != Fabric.Node.nvSwitchLevel, to != Fabric.Node.nvSwitchLevel else { continue }
      if from < to { up[link.from].add(link) }
      if from > to { down[link.from].add(link) }
    }
    (self.up, self.down) = (up, down)
  }

  /// The nodes of a level, in the fabric's order; levels from the hosts up, without NVSwitches.
  private var tiers: [(level: Int, nodes: [Int])] {
    Dictionary(grouping: fabric.nodes.indices) { levels[$0] }
      .filter { $0.key != Fabric.Node.nvSwitchLevel }.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
  }

  private func what(_ level: Int, _ count: Int) -> String {
    if level == 0 { return count == 1 ? "endpoint" : "endpoints" }
    return (count == 1 ? "switch" : "switches") + " of tier \(level)"
  }

  private func finding(
    _ kind: FabricLint.Kind, _ nodes: [Int], level: Int, _ message: String
  ) -> FabricLint.Finding {
    let names = nodes.map { fabric.nodes[$0].id }
    let start = "\(nodes.count.grouped) \(what(level, nodes.count)) (\(FabricLint.Finding.listed(names)))"
    return .init(
      kind: kind, nodes: names, message: "\(start) \(nodes.count == 1 ? "has" : "have") \(message)")
  }

  /// Those that differ from what most of a tier have, the larger of two that are as common; one finding a value.
  private func odd(
    _ sides: [Side], _ kind: FabricLint.Kind, _ direction: String
  ) -> [FabricLint.Finding] {
    tiers.flatMap { level, nodes -> [FabricLint.Finding] in
      let groups = Dictionary(grouping: nodes) { sides[$0] }
      let order = { (one: (key: Side, value: [Int]), other: (key: Side, value: [Int])) in
        (one.value.count, one.key.rate, one.key.links)
          < (other.value.count, other.key.rate, other.key.links)
      }
      guard groups.count > 1, let usual = groups.max(by: order) else { return [] }
      return groups.filter { $0.key != usual.key }.sorted { $0.value[0] < $1.value[0] }.map { side, nodes in
        finding(
          kind, nodes, level: level,
          "\(side.description) links \(direction), the other \(usual.value.count.grouped) have"
            + " \(usual.key.description)")
      }
    }
  }

  func unequalLinks() -> [FabricLint.Finding] {
    odd(up, .unequalUplinks, "up") + odd(down, .unequalDownlinks, "down")
  }

  /// Switches with more links to one switch above than to another that they are joined with.
  func unevenSpread() -> [FabricLint.Finding] {
    tiers.filter { $0.level > 0 }.flatMap { level, nodes -> [FabricLint.Finding] in
      var uneven = [Int]()
      var (fewest, most) = (Int.max, 0)
      var parallel = [Int: Int]()
      for node in nodes {
        parallel.removeAll(keepingCapacity: true)
        for index in outgoing[node] {
          let end = fabric.links[Int(index)].to
          if levels[end] > level, levels[end] != Fabric.Node.nvSwitchLevel { parallel[end, default: 0] += 1 }
        }
        guard let least = parallel.values.min(), let greatest = parallel.values.max(), least < greatest else {
          continue
        }
        uneven.append(node)
        (fewest, most) = (min(fewest, least), max(most, greatest))
      }
      guard !uneven.isEmpty else { return [] }
      return [
        finding(
          .unevenSpread, uneven, level: level,
          "from \(fewest) to \(most) parallel links to the switches above, expected as many to each")
      ]
    }
  }

  /// Links that are slower or faster than most between the same two tiers.
  func mixedRates() -> [FabricLint.Finding] {
    struct Ends: Hashable { let lower, upper: Int }
    var rates = [Ends: [Double: [Int]]]()
    for index in stride(from: 0, to: fabric.links.count, by: 2) {
      let link = fabric.links[index]
      let (one, other) = (levels[link.from], levels[link.to])
      rates[Ends(lower: min(one, other), upper: max(one, other)), default: [:]][
        link.bandwidth.bytesPerSecond, default: []
      ].append(index)
    }
    return rates.filter { $0.value.count > 1 }.sorted {
      ($0.key.lower, $0.key.upper) < ($1.key.lower, $1.key.upper)
    }
    .flatMap { ends, groups -> [FabricLint.Finding] in
      guard let usual = groups.max(by: { ($0.value.count, $0.key) < ($1.value.count, $1.key) }) else {
        return []
      }
      let place = "between \(end(ends.lower)) and \(end(ends.upper))"
      return groups.filter { $0.key != usual.key }.sorted { $0.value[0] < $1.value[0] }.map { rate, links in
        let nodes = Set(links.map { fabric.links[$0].from }).sorted().map { fabric.nodes[$0].id }
        let names = FabricLint.Finding.listed(links.map { fabric.name(ofLink: $0) })
        return .init(
          kind: .mixedRates, nodes: nodes,
          message:
            "\(links.count.grouped) \(links.count == 1 ? "link" : "links") \(place) (\(names)) \(links.count == 1 ? "carries" : "carry")"
            + " \(Bandwidth(bytesPerSecond: rate)), the other \(usual.value.count.grouped)"
            + " \(Bandwidth(bytesPerSecond: usual.key))")
      }
    }
  }

  private func end(_ level: Int) -> String {
    switch level {
    case 0: "endpoints"
    case Fabric.Node.nvSwitchLevel: "NVSwitches"
    default: "tier \(level)"
    }
  }

  /// Words of a name by which nothing is lost on the way up.
  private static let promises = ["full", "nonblocking", "non-blocking", "rearrangeable", "1to1", "1:1"]

  func oversubscribed() -> [FabricLint.Finding] {
    let name = fabric.name.lowercased()
    guard let promise = Self.promises.first(where: name.contains) else { return [] }
    return Census(fabric).tiers.compactMap { tier in
      guard let ratio = tier.oversubscription, ratio > 1.000_001 else { return nil }
      let nodes = fabric.nodes.filter { $0.level == tier.tier }.map(\.id)
      return .init(
        kind: .oversubscribed, nodes: nodes,
        message:
          "tier \(tier.tier) is oversubscribed \(ratio.significant()):1, and the name says '\(promise)'")
    }
  }

  /// Rails that switches, or the numbers between 0 and the highest, have and endpoints don't, and shorter ones.
  func rails() -> [FabricLint.Finding] {
    var endpoints = [Int: Int]()
    var switches = [Int: [Int]]()
    for (index, node) in fabric.nodes.enumerated() where node.rail >= 0 {
      if node.kind == .endpoint {
        endpoints[node.rail, default: 0] += 1
      } else {
        switches[node.rail, default: []].append(index)
      }
    }
    guard let most = endpoints.values.max() else {
      return switches.sorted { $0.key < $1.key }.map { unused($0.key, $0.value) }
    }
    let highest = max(endpoints.keys.max() ?? 0, switches.keys.max() ?? 0)
    // Rails are numbered densely; one of very high number is no reason for a list of those below.
    let rails = highest < 4_096 ? Array(0...highest) : Set(endpoints.keys).union(switches.keys).sorted()
    return rails.compactMap { rail in
      let count = endpoints[rail] ?? 0
      if count == 0 { return unused(rail, switches[rail] ?? []) }
      guard count < most else { return nil }
      return .init(
        kind: .unusedRail, nodes: [],
        message: "rail \(rail) has \(count.grouped) endpoints, the longest has \(most.grouped)")
    }
  }

  private func unused(_ rail: Int, _ switches: [Int]) -> FabricLint.Finding {
    let names = switches.map { fabric.nodes[$0].id }
    let place = names.isEmpty ? "" : ", but \(FabricLint.Finding.listed(names))"
    return .init(kind: .unusedRail, nodes: names, message: "rail \(rail) has no endpoints\(place)")
  }

  func ports(_ ports: Int) -> [FabricLint.Finding] {
    tiers.filter { $0.level > 0 }.flatMap { level, nodes in
      Dictionary(grouping: nodes) { outgoing[$0].count }.filter { $0.key != ports }
        .sorted { $0.value[0] < $1.value[0] }.map { links, nodes in
          let excess = links > ports
          return finding(
            excess ? .tooManyLinks : .sparePorts, nodes, level: level,
            "\(links.grouped) links on \(ports.grouped) ports, "
              + (excess ? "\((links - ports).grouped) too many" : "\((ports - links).grouped) to spare"))
        }
    }
  }
}
