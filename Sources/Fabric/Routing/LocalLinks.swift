/// The ways that need no network switch: NVSwitches, and cables from endpoint to endpoint.
struct LocalLinks: Sendable {
  /// The NVSwitch of each endpoint, numbered from 0, or -1; empty where there is none at all.
  private let centers: [Int32]
  /// The link of each endpoint to its NVSwitch; the way back is its pair.
  private let up: [Int32]
  /// The endpoints of each NVSwitch: `members[starts[n]..<starts[n + 1]]`, in the fabric's order.
  private let starts: [Int32]
  private let members: [Int32]
  /// The cables to other endpoints of each endpoint, by the other: `cables[cableStarts[e]..<cableStarts[e + 1]]`.
  private let cables: [(to: Int32, link: Int32)]
  private let cableStarts: [Int32]

  init(_ fabric: Fabric) {
    let count = fabric.endpoints.count
    var centers = [Int32](repeating: -1, count: count)
    var up = centers
    var places = [Int32](repeating: -1, count: fabric.nodes.count)
    for (place, node) in fabric.endpoints.enumerated() { places[node] = Int32(place) }
    var next: Int32 = 0
    for (node, description) in fabric.nodes.enumerated() where description.kind == .nvSwitch {
      places[node] = next
      next += 1
    }
    var cables = [(from: Int32, to: Int32, link: Int32)]()
    for (index, link) in fabric.links.enumerated() where fabric.nodes[link.from].kind == .endpoint {
      switch fabric.nodes[link.to].kind {
      case .nvSwitch:
        centers[Int(places[link.from])] = places[link.to]
        up[Int(places[link.from])] = Int32(index)
      case .endpoint: cables.append((places[link.from], places[link.to], Int32(index)))
      case .networkSwitch: break
      }
    }
    cables.sort { ($0.from, $0.to) < ($1.from, $1.to) }
    self.cables = cables.map { ($0.to, $0.link) }
    cableStarts = cables.isEmpty ? [] : Adjacency.starts(of: cables.map(\.from), count: count)
    guard next > 0 else {
      (self.centers, self.up, starts, members) = ([], [], [], [])
      return
    }
    (self.centers, self.up) = (centers, up)
    let joined = (0..<Int32(count)).filter { centers[Int($0)] >= 0 }
    members = joined.sorted { (centers[Int($0)], $0) < (centers[Int($1)], $1) }
    starts = Adjacency.starts(of: members.map { centers[Int($0)] }, count: Int(next))
  }

  /// The endpoints on the NVSwitch of `endpoint`, itself included; none where it has none.
  @inline(__always)
  func eachNeighbour(of endpoint: Int, visit: (Int) -> Void) {
    guard !centers.isEmpty, centers[endpoint] >= 0 else { return }
    let center = Int(centers[endpoint])
    for place in Int(starts[center])..<Int(starts[center + 1]) { visit(Int(members[place])) }
  }

  /// Gives `visit` the links of the local way; false where there is none.
  @inline(__always)
  func walk(from source: Int, to destination: Int, visit: (Int32) -> Void) -> Bool {
    if !cables.isEmpty, let cable = cable(from: source, to: destination) {
      visit(cable)
      return true
    }
    guard !centers.isEmpty, centers[source] >= 0, centers[source] == centers[destination] else {
      return false
    }
    visit(up[source])
    visit(up[destination] ^ 1)
    return true
  }

  private func cable(from source: Int, to destination: Int) -> Int32? {
    var (low, high) = (Int(cableStarts[source]), Int(cableStarts[source + 1]))
    while low < high {
      let middle = (low + high) / 2
      if cables[middle].to == destination { return cables[middle].link }
      if cables[middle].to < destination { low = middle + 1 } else { high = middle }
    }
    return nil
  }
}
