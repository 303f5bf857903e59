/// Shortest paths over any graph, by each switch's distance to each place of attachment.
///
/// Endpoints with the same switches share a place. The distances take a breadth-first search a place: time in
/// O(places × links), memory in O(places × switches); ``fits(_:)`` bounds both when the fabric is made. Network
/// switches are numbered from 0 here, in the order of the nodes; an endpoint's number follows theirs.
struct GeneralPaths: Sendable {
  /// The most places × links that a fabric without tiers may have.
  static let workLimit = 1 << 30
  /// The most network switches, so that no distance is out of range.
  static let switchLimit = Int(UInt16.max) - 2

  private struct Hop {
    var link: Int32
    var to: Int32
  }

  private static let unreached = UInt16.max

  /// The links to network switches from each of them and from each endpoint: `hops[starts[n]..<starts[n + 1]]`.
  private let starts: [Int32]
  private let hops: [Hop]
  /// The links into each endpoint from network switches, by the node that they leave.
  private let arrivalStarts: [Int32]
  private let arrivals: [Hop]
  /// The place of each endpoint, or -1 for one without a network switch.
  private let place: [Int32]
  /// Links left from a switch to any endpoint of a place: `distances[place * switchCount + number]`.
  private let distances: [UInt16]
  private let switchCount: Int

  /// Whether the distances of `fabric` take neither too long nor too much memory: some seconds, half a gibibyte.
  static func fits(_ fabric: Fabric) -> Bool {
    guard fabric.nodes.count(where: \.isNetworkSwitch) <= switchLimit else { return false }
    let places = places(fabric).switches.count
    let (work, overflow) = places.multipliedReportingOverflow(by: fabric.links.count)
    return !overflow && work <= workLimit
  }

  /// The place of each endpoint, and the switches of each place.
  private static func places(_ fabric: Fabric) -> (ofEndpoint: [Int32], switches: [[Int]]) {
    var above = [[Int]](repeating: [], count: fabric.nodes.count)
    for link in fabric.links where fabric.nodes[link.to].kind == .endpoint {
      if fabric.nodes[link.from].isNetworkSwitch, !above[link.to].contains(link.from) {
        above[link.to].append(link.from)
      }
    }
    var known = [[Int]: Int32]()
    var switches = [[Int]]()
    let ofEndpoint = fabric.endpoints.map { endpoint -> Int32 in
      let key = above[endpoint].sorted()
      guard !key.isEmpty else { return -1 }
      if let place = known[key] { return place }
      known[key] = Int32(switches.count)
      switches.append(key)
      return Int32(switches.count - 1)
    }
    return (ofEndpoint, switches)
  }

  init(_ fabric: Fabric) {
    var numbers = [Int](repeating: -1, count: fabric.nodes.count)
    var switchCount = 0
    for (node, description) in fabric.nodes.enumerated() where description.isNetworkSwitch {
      numbers[node] = switchCount
      switchCount += 1
    }
    for (place, node) in fabric.endpoints.enumerated() { numbers[node] = switchCount + place }
    self.switchCount = switchCount

    var outward = [[Hop]](repeating: [], count: switchCount + fabric.endpoints.count)
    var inward = [[Hop]](repeating: [], count: fabric.endpoints.count)
    for (index, link) in fabric.links.enumerated() {
      let (from, to) = (numbers[link.from], numbers[link.to])
      if from >= 0, (0..<switchCount).contains(to) {
        outward[from].append(Hop(link: Int32(index), to: Int32(to)))
      } else if to >= switchCount, (0..<switchCount).contains(from) {
        inward[to - switchCount].append(Hop(link: Int32(index), to: Int32(from)))
      }
    }
    (starts, hops) = Self.flatten(outward)
    (arrivalStarts, arrivals) = Self.flatten(inward)

    let places = Self.places(fabric)
    place = places.ofEndpoint
    var distances = [UInt16](repeating: Self.unreached, count: places.switches.count * switchCount)
    var queue = [Int]()
    for (place, switches) in places.switches.enumerated() {
      let base = place * switchCount
      queue.removeAll(keepingCapacity: true)
      for node in switches {
        distances[base + numbers[node]] = 1
        queue.append(numbers[node])
      }
      var next = 0
      while next < queue.count {
        let node = queue[next]
        next += 1
        // Cables lead both ways, so distances from the place are distances to it.
        for index in Int(starts[node])..<Int(starts[node + 1]) {
          let other = Int(hops[index].to)
          if distances[base + other] == Self.unreached {
            distances[base + other] = distances[base + node] + 1
            queue.append(other)
          }
        }
      }
    }
    self.distances = distances
  }

  private static func flatten(_ lists: [[Hop]]) -> (starts: [Int32], hops: [Hop]) {
    var starts: [Int32] = [0]
    var hops = [Hop]()
    for list in lists {
      hops += list
      starts.append(Int32(hops.count))
    }
    return (starts, hops)
  }

  /// The shortest way over network switches; the fabric's connectivity is the caller's promise.
  func appendPath(from source: Int, to destination: Int, by selector: Selector, to path: inout [Int32]) {
    let goal = place[destination]
    precondition(goal >= 0, "endpoints without a common network have a local way")
    let base = Int(goal) * switchCount
    var node = switchCount + source
    var divisor = 1
    var left = Self.unreached
    for hop in hops[Int(starts[node])..<Int(starts[node + 1])] {
      left = min(left, distances[base + Int(hop.to)])
    }
    precondition(left != Self.unreached, "the fabric is connected")

    while left > 0 {
      let range = Int(starts[node])..<Int(starts[node + 1])
      var choices = 0
      for index in range where distances[base + Int(hops[index].to)] == left { choices += 1 }
      var choice = selector.choice(of: choices, at: node, divisor: divisor)
      divisor = Self.product(divisor, choices)
      for index in range where distances[base + Int(hops[index].to)] == left {
        if choice == 0 {
          path.append(hops[index].link)
          node = Int(hops[index].to)
          break
        }
        choice -= 1
      }
      left -= 1
    }

    let range = Int(arrivalStarts[destination])..<Int(arrivalStarts[destination + 1])
    var choices = 0
    for index in range where arrivals[index].to == node { choices += 1 }
    var choice = selector.choice(of: choices, at: node, divisor: divisor)
    for index in range where arrivals[index].to == node {
      if choice == 0 {
        path.append(arrivals[index].link)
        return
      }
      choice -= 1
    }
  }

  /// The product of choices; past 2^31 no number has digits left to choose by.
  private static func product(_ divisor: Int, _ choices: Int) -> Int {
    min(divisor * max(1, choices), 1 << 31)
  }
}

extension Fabric.Node {
  /// Whether it is a switch of the network, not of a host.
  var isNetworkSwitch: Bool {
    if case .networkSwitch = kind { true } else { false }
  }
}
