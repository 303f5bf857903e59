import Fabric
import Quantities

/// Writes SimAI's topology text: nodes by number, GPUs first, then NVSwitches, then switches; a line a cable.
///
/// A server is a run of so many GPUs, the same number for all: the endpoints of one NVSwitch, or of a host where there is none.
struct SimAIWriter {
  let draft: Draft

  init(_ fabric: Fabric) {
    var draft = Draft()
    let nvSwitches = fabric.nodes.indices.filter { fabric.nodes[$0].kind == .nvSwitch }
    let switches = fabric.nodes.indices.filter { fabric.nodes[$0].kind.isNetworkSwitch }
    draft.nodes = fabric.endpoints + nvSwitches + switches
    var numbers = [Int](repeating: 0, count: fabric.nodes.count)
    for (number, node) in draft.nodes.enumerated() { numbers[node] = number }
    // The GPU's kind is one that SimAI knows no figures for, since a fabric doesn't tell it.
    draft.text =
      "\(fabric.nodes.count) \(Self.endpointsPerServer(fabric)) \(nvSwitches.count) \(switches.count)"
      + " \(fabric.links.count / 2) NONE\n"
    draft.text += (fabric.endpoints.count..<fabric.nodes.count).map { "\($0)" }.joined(separator: " ") + "\n"
    for index in stride(from: 0, to: fabric.links.count, by: 2) {
      let link = fabric.links[index]
      let latency = link.latency.exactText.filter { $0 != " " }
      draft.text += "\(numbers[link.from]) \(numbers[link.to]) \(Self.rate(link.bandwidth)) \(latency) 0\n"
      draft.cables.append([index])
    }
    self.draft = draft
  }

  /// The size of all servers, where they are runs of one size; else 1.
  private static func endpointsPerServer(_ fabric: Fabric) -> Int {
    var servers = fabric.endpoints.map { "host \(fabric.nodes[$0].host)" }
    var places = [Int: Int]()
    for (place, node) in fabric.endpoints.enumerated() { places[node] = place }
    for link in fabric.links where fabric.nodes[link.to].kind == .nvSwitch {
      if let place = places[link.from] { servers[place] = "NVSwitch \(link.to)" }
    }
    let size = servers.prefix { $0 == servers[0] }.count
    guard servers.count % size == 0 else { return 1 }
    var seen = Set<String>()
    for first in stride(from: 0, to: servers.count, by: size) {
      let isRun = servers[first..<first + size].allSatisfy { $0 == servers[first] }
      guard isRun, seen.insert(servers[first]).inserted else { return 1 }
    }
    return size
  }

  /// A rate as ns-3 reads it.
  private static func rate(_ rate: Bandwidth) -> String {
    let gigabits = rate.gigabitsPerSecond
    if Bandwidth.gigabits(gigabits.rounded()) == rate { return "\(Int(gigabits.rounded()))Gbps" }
    return "\(Attributes.whole(rate.bytesPerSecond * 8))bps"
  }
}
