import Fabric
import Quantities

/// What hosts let their endpoints send over the network, and receive, whatever their links could do: PCIe, for one.
///
/// It is a link more for each endpoint and direction, shared by all that goes over the endpoint's NICs, its own messages
/// and those that it forwards from an NVLink. These links come after the fabric's: endpoint *e* sends by
/// number `2e`, receives by `2e + 1`.
struct HostLimits: Sendable {
  let capacities: [Double]
  private let fabricLinks: Int
  /// For each link of the fabric, the host's link that its messages go over too, at its start and at its end; -1 for
  /// none.
  private let atStart: [Int32]
  private let atEnd: [Int32]

  init(_ limit: Bandwidth, on fabric: Fabric) {
    var places = [Int32](repeating: -1, count: fabric.nodes.count)
    for (place, node) in fabric.endpoints.enumerated() { places[node] = Int32(place) }
    fabricLinks = fabric.links.count
    let first = Int32(fabric.links.count)
    atStart = fabric.links.map { link in
      places[link.from] < 0 || fabric.isNVLink(link) ? -1 : first + 2 * places[link.from]
    }
    atEnd = fabric.links.map { link in
      places[link.to] < 0 || fabric.isNVLink(link) ? -1 : first + 2 * places[link.to] + 1
    }
    capacities = Array(repeating: limit.bytesPerSecond, count: 2 * fabric.endpoints.count)
  }

  /// Adds the hosts' links to those of a path, which is what comes from place `start` on.
  func append(to path: inout [Int32], from start: Int) {
    for place in start..<path.count {
      let link = Int(path[place])
      if atStart[link] >= 0 { path.append(atStart[link]) }
      if atEnd[link] >= 0 { path.append(atEnd[link]) }
    }
  }
}

extension Fabric {
  /// Whether a link is inside of a host or an NVLink domain: to or from an NVSwitch, or between two GPUs of a host.
  func isNVLink(_ link: Link) -> Bool {
    let (from, to) = (nodes[link.from], nodes[link.to])
    if from.kind == .nvSwitch || to.kind == .nvSwitch { return true }
    return from.kind == .endpoint && to.kind == .endpoint && from.host == to.host
  }
}
