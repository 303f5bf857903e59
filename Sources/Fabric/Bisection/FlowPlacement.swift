import Quantities

/// Flows on links: what each link carries, and what that leaves to each flow.
///
/// The link-load model: a flow gets the least of capacity over load along its links, where a link's load is the sum
/// of the shares that flows put on it. It leaves out that a flow may take what a neighbour, slowed elsewhere, leaves
/// free; see ``ProgressiveFilling`` for that.
package struct FlowPlacement {
  let fabric: Fabric
  let router: Router
  let capacities: [Double]
  /// What each endpoint's NIC can send: the sum of its links to the network, or of all where there are none.
  let endpointRates: [Double]

  /// The endpoint that each flow leaves.
  private(set) var sources = [Int]()
  /// The shares of all flows, flow by flow; those of flow f end before `ends[f]`.
  package private(set) var shares = [LinkShare]()
  private(set) var ends = [Int]()
  /// The load of each link, in flows.
  private(set) var loads: [Double]

  /// No flows as yet, on `fabric` by its `router`.
  package init(_ fabric: Fabric, _ router: Router) {
    (self.fabric, self.router) = (fabric, router)
    capacities = fabric.links.map(\.bandwidth.bytesPerSecond)
    endpointRates = Self.endpointRates(fabric)
    loads = [Double](repeating: 0, count: capacities.count)
  }

  static func endpointRates(_ fabric: Fabric) -> [Double] {
    var network = [Double](repeating: 0, count: fabric.nodes.count)
    var local = network
    for link in fabric.links where fabric.nodes[link.from].kind == .endpoint {
      if fabric.nodes[link.to].isNetworkSwitch {
        network[link.from] += link.bandwidth.bytesPerSecond
      } else {
        local[link.from] += link.bandwidth.bytesPerSecond
      }
    }
    return fabric.endpoints.map { network[$0] > 0 ? network[$0] : local[$0] }
  }

  /// How many flows there are.
  package var count: Int { ends.count }

  /// Where the shares of a flow are.
  @inline(__always)
  package func range(of flow: Int) -> Range<Int> { (flow == 0 ? 0 : ends[flow - 1])..<ends[flow] }

  /// Takes all flows off, and places one from each source to the destination of the same place, in that order.
  ///
  /// - Parameter number: tells the flows of one pattern from those of another, for routings that hash.
  package mutating func place(from sources: [Int], to destinations: [Int], number: UInt64) {
    self.sources = sources
    for link in loads.indices { loads[link] = 0 }
    shares.removeAll(keepingCapacity: true)
    ends.removeAll(keepingCapacity: true)
    for flow in sources.indices {
      let start = shares.count
      router.appendShares(
        from: sources[flow], to: destinations[flow], flow: number, loads: loads, to: &shares)
      for place in start..<shares.count {
        loads[Int(shares[place].link)] += Double(shares[place].share)
      }
      ends.append(shares.count)
    }
  }

  /// What a flow gets, in bytes a second: its endpoint's rate where it has no link, since it stays inside.
  @inline(__always)
  package func bandwidth(of flow: Int) -> Double {
    let range = range(of: flow)
    guard !range.isEmpty else { return endpointRates[sources[flow]] }
    var least = Double.infinity
    for place in range {
      let link = Int(shares[place].link)
      least = min(least, capacities[link] / loads[link])
    }
    return least
  }

  /// The largest load of any link, in flows.
  var worstLoad: Double { loads.max() ?? 0 }
}
