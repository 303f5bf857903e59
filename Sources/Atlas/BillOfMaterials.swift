package import Fabric
package import Quantities

/// What has to be bought to build a fabric's network; NVLink comes with the hosts.
package struct BillOfMaterials: Sendable, Equatable {
  /// One article.
  package enum Part: Sendable, Hashable {
    /// A switch of so many ports at the least, of the rate of its fastest link.
    case networkSwitch(ports: Int, rate: Bandwidth)
    /// An endpoint's NIC with all of its ports.
    case nic(Bandwidth)
    /// A cable with its plugs, or the fibre between two transceivers.
    case cable(CableType.Medium, rate: Bandwidth, metres: Double?)
    /// A transceiver of fibre.
    case transceiver(Bandwidth)
  }

  /// A number of one article.
  package struct Line: Sendable, Equatable {
    /// What.
    package let part: Part
    /// How many.
    package let count: Int

    /// So many of an article.
    package init(part: Part, count: Int) { (self.part, self.count) = (part, count) }
  }

  /// What is bought, switches first.
  package let lines: [Line]

  /// Counts `fabric`, linear in its links.
  package init(_ fabric: Fabric) {
    var counts = [Part: Int]()
    var ports = [Int](repeating: 0, count: fabric.nodes.count)
    var fastest = [Double](repeating: 0, count: fabric.nodes.count)
    var sums = fastest
    struct Key: Hashable {
      let levels: [Int]
      let type: Int
      let rate: Double
    }
    var runs = [Key: CableRun]()
    for (index, link) in fabric.links.enumerated()
    where fabric.nodes[link.from].kind != .nvSwitch && fabric.nodes[link.to].kind != .nvSwitch {
      let rate = link.bandwidth.bytesPerSecond
      ports[link.from] += 1
      fastest[link.from] = max(fastest[link.from], rate)
      sums[link.from] += rate
      guard index.isMultiple(of: 2) else { continue }
      let levels = [fabric.nodes[link.from].level, fabric.nodes[link.to].level].sorted()
      runs[Key(levels: levels, type: link.cableType, rate: rate), default: CableRun()]
        .add(link, nodes: fabric.nodes)
    }
    for (index, node) in fabric.nodes.enumerated() where ports[index] > 0 {
      let part: Part =
        node.kind == .endpoint
        ? .nic(Bandwidth(bytesPerSecond: sums[index]))
        : .networkSwitch(ports: ports[index], rate: Bandwidth(bytesPerSecond: fastest[index]))
      counts[part, default: 0] += 1
    }
    for (key, run) in runs {
      let type = fabric.cableTypes[key.type]
      func rate(of links: Int) -> Bandwidth { Bandwidth(bytesPerSecond: key.rate * Double(links)) }
      counts[.cable(type.medium, rate: rate(of: type.linksPerCable), metres: type.metres), default: 0] +=
        run.cables(type)
      for transceivers in run.transceivers(type) {
        counts[.transceiver(rate(of: transceivers.links)), default: 0] += transceivers.count
      }
    }
    counts = counts.filter { $0.value > 0 }
    lines = counts.map { Line(part: $0.key, count: $0.value) }.sorted {
      ($0.part.order, $0.count) < ($1.part.order, $1.count)
    }
  }
}

extension BillOfMaterials.Part: CustomStringConvertible {
  /// Switches, NICs, cables, transceivers; the fast before the slow, the short before the long.
  fileprivate var order: String {
    func text(_ kind: Int, _ rate: Bandwidth, _ more: Double) -> String {
      let slowness = String(Int(1e16 - min(rate.bytesPerSecond, 1e15)))
      return "\(kind) \(slowness) \((1e9 + more).fixed(3))"
    }
    return switch self {
    case .networkSwitch(let ports, let rate): text(0, rate, Double(ports))
    case .nic(let rate): text(1, rate, 0)
    case .cable(let medium, let rate, let metres): text(2, rate, metres ?? -1) + medium.rawValue
    case .transceiver(let rate): text(3, rate, 0)
    }
  }

  /// The article in the plural: `switches of 64 ports of 400 Gbit/s`.
  package var description: String {
    switch self {
    case .networkSwitch(let ports, let rate): "switches of \(ports) ports of \(rate)"
    case .nic(let rate): "NICs of \(rate)"
    case .cable(let medium, let rate, let metres):
      "\(medium == .activeOptical ? "active optical" : medium.rawValue) cables of \(rate)"
        + (metres.map { ", \($0.significant()) m" } ?? "")
    case .transceiver(let rate): "transceivers of \(rate)"
    }
  }
}
