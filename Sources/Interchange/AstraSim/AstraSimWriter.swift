import Fabric
import Quantities

/// Writes the `network.yml` of ASTRA-sim's analytical backend: one dimension of switches for NVLink, and one for each tier.
///
/// A dimension of a tier counts the parts below that it joins: the endpoints of a leaf, the leaves of a pod, and so on. Its
/// bandwidth is what goes up to the tier, shared out over all endpoints; its latency that of one link up. That needs a
/// fabric whose parts of a tier all have the same number of endpoints.
struct AstraSimWriter {
  private struct Dimension {
    let count: Int
    let rate: Bandwidth
    let latency: Time
  }

  let text: String
  let losses: [InterchangeNote]

  private let fabric: Fabric
  private let levels: [Int]

  init(_ fabric: Fabric) throws(FabricError) {
    self.fabric = fabric
    // NVSwitches are above all tiers, and are looked at by themselves.
    levels = fabric.nodes.map { node in
      switch node.kind {
      case .endpoint: 0
      case .networkSwitch(let tier): tier
      case .nvSwitch: -1
      }
    }
    let dimensions = try Self.dimensions(fabric, levels)
    func list(_ values: [String]) -> String { "[ \(values.joined(separator: ", ")) ]" }
    text = """
      topology: \(list(dimensions.map { _ in "Switch" }))
      npus_count: \(list(dimensions.map { "\($0.count)" }))
      bandwidth: \(list(dimensions.map { Attributes.whole($0.rate.gigabytesPerSecond) }))  # GB/s
      latency: \(list(dimensions.map { Attributes.whole($0.latency.nanoseconds) }))  # ns

      """
    losses = [
      InterchangeNote(.lost, FabricAspect.name.rawValue, count: 1, of: FabricAspect.name.unit),
      InterchangeNote(.lost, FabricAspect.nodeNames.rawValue, count: fabric.nodes.count, of: "node"),
      InterchangeNote(
        .lost,
        "how switches are cabled, of which a tier's rate an endpoint and the latency of one link are kept",
        count: fabric.links.count / 2, of: "cable"),
    ]
  }

  private static func irregular(_ what: String) -> FabricError {
    FabricError(
      .fabric, "can't be held by astra-sim: \(what), expected parts of the same size at each tier")
  }

  private static func dimensions(_ fabric: Fabric, _ levels: [Int]) throws(FabricError) -> [Dimension] {
    let count = fabric.endpoints.count
    var dimensions = [Dimension]()
    let perNVSwitch = try endpointsPerNVSwitch(fabric)
    if perNVSwitch > 1, let link = fabric.links.first(where: { fabric.nodes[$0.to].kind == .nvSwitch }) {
      dimensions.append(Dimension(count: perNVSwitch, rate: link.bandwidth, latency: link.latency))
    }
    // Pairs of endpoints on one NVSwitch, enough of them to tell whether all of its endpoints are in one part.
    var onNVSwitch = [Int: Int]()
    var neighbours = [(Int, Int)]()
    for link in fabric.links where fabric.nodes[link.to].kind == .nvSwitch {
      if let other = onNVSwitch[link.to] { neighbours.append((other, link.from)) }
      onNVSwitch[link.to] = link.from
    }
    var parts = Array(fabric.nodes.indices)
    func part(_ node: Int) -> Int {
      var node = node
      while parts[node] != node {
        parts[node] = parts[parts[node]]
        node = parts[node]
      }
      return node
    }
    var (size, isAcrossHosts) = (1, perNVSwitch == 1)
    for tier in 1...max(1, levels.max() ?? 1) {
      let up = fabric.links.filter { levels[$0.to] == tier && levels[$0.from] >= 0 && levels[$0.from] < tier }
      for link in fabric.links
      where max(levels[link.from], levels[link.to]) == tier && min(levels[link.from], levels[link.to]) >= 0 {
        parts[part(link.from)] = part(link.to)
      }
      guard let first = up.first else { continue }
      var sizes = [Int: Int]()
      for endpoint in fabric.endpoints { sizes[part(endpoint), default: 0] += 1 }
      guard let next = sizes.values.first, sizes.values.allSatisfy({ $0 == next }) else {
        throw irregular(
          "parts of tier \(tier) have \(sizes.values.min() ?? 0) to \(sizes.values.max() ?? 0) endpoints")
      }
      var joined = next / size
      // Where the parts of a tier hold whole hosts for the first time, they hold as many rails as a host has endpoints.
      if !isAcrossHosts, neighbours.allSatisfy({ part($0.0) == part($0.1) }) {
        guard joined % perNVSwitch == 0 else { throw irregular("parts of tier \(tier) hold parts of hosts") }
        (joined, isAcrossHosts) = (joined / perNVSwitch, true)
      }
      size = next
      guard joined > 1 else { continue }
      let all = up.reduce(0) { $0 + $1.bandwidth.bytesPerSecond }
      dimensions.append(
        Dimension(
          count: joined, rate: Bandwidth(bytesPerSecond: all / Double(count)), latency: first.latency))
    }
    let product = dimensions.reduce(1) { all, next in all * next.count }
    guard product == count, !dimensions.isEmpty else {
      throw irregular("dimensions of \(product) endpoints in all, of \(count)")
    }
    return dimensions
  }

  /// The endpoints of each NVSwitch, the same number for all, and 1 where there is none.
  private static func endpointsPerNVSwitch(_ fabric: Fabric) throws(FabricError) -> Int {
    var counts = [Int: Int]()
    for link in fabric.links where fabric.nodes[link.to].kind == .nvSwitch {
      counts[link.to, default: 0] += 1
    }
    guard let size = counts.values.first else { return 1 }
    guard counts.values.allSatisfy({ $0 == size }), counts.count * size == fabric.endpoints.count else {
      throw irregular("NVSwitches that join different numbers of endpoints, or not all")
    }
    return size
  }
}
