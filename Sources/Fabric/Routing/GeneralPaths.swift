/// Shortest paths over any graph, by each switch's distance to each place of attachment.
///
/// Endpoints with the same switches share a place. The distances take a breadth-first search a place: time in
/// O(places × links), memory in O(places × switches); ``fits(_:)`` bounds both when the fabric is made. Network
/// switches are numbered from 0 here, in the order of the nodes; an endpoint's number follows theirs.
struct GeneralPaths: NetworkPaths {
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
  /// The number of each node, -1 for NVSwitches, and the node of each switch.
  private let numbers: [Int32]
  private let nodes: [Int32]
  /// The place of each endpoint, or -1 for one without a network switch.
  private let place: [Int32]
  /// Links left from a switch to any endpoint of a place: `distances[place * switchCount + number]`.
  private let distances: [UInt16]
  let joinsAll: Bool

  private var switchCount: Int { nodes.count }

  /// Whether the distances of `fabric` take neither too long nor too much memory: some seconds, half a gibibyte.
  static func fits(_ fabric: Fabric) -> Bool {
    guard fabric.nodes.count(where: \.isNetworkSwitch) <= switchLimit else { return false }
    let places = places(fabric).switches.count
    let (work, overflow) = places.multipliedReportingOverflow(by: fabric.links.count)
    return !overflow && work <= workLimit
  }

  /// The place of each endpoint, and the switches of each place.
  private static func places(_ fabric: Fabric) -> (ofEndpoint: [Int32], switches: [[Int32]]) {
    let outgoing = Adjacency(nodes: fabric.nodes.count, links: fabric.links) {
      fabric.nodes[$0.from].kind == .endpoint && fabric.nodes[$0.to].isNetworkSwitch
    }
    var known = [[Int32]: Int32]()
    var switches = [[Int32]]()
    let ofEndpoint = fabric.endpoints.map { endpoint -> Int32 in
      let key = Set(outgoing[endpoint].map { Int32(fabric.links[Int($0)].to) }).sorted()
      guard !key.isEmpty else { return -1 }
      if let place = known[key] { return place }
      known[key] = Int32(switches.count)
      switches.append(key)
      return Int32(switches.count - 1)
    }
    return (ofEndpoint, switches)
  }

  init(_ fabric: Fabric) {
    let isSwitch = fabric.nodes.map(\.isNetworkSwitch)
    let nodes = isSwitch.indices.filter { isSwitch[$0] }.map { Int32($0) }
    let switchCount = nodes.count
    var numbers = [Int32](repeating: -1, count: fabric.nodes.count)
    for (number, node) in nodes.enumerated() { numbers[Int(node)] = Int32(number) }
    for (place, node) in fabric.endpoints.enumerated() { numbers[node] = Int32(switchCount + place) }
    (self.nodes, self.numbers) = (nodes, numbers)

    let outgoing = Adjacency(nodes: fabric.nodes.count, links: fabric.links) { isSwitch[$0.to] }
    var starts: [Int32] = [0]
    var hops = [Hop]()
    hops.reserveCapacity(outgoing.indices.count)
    for node in nodes + fabric.endpoints.map({ Int32($0) }) {
      for link in outgoing[Int(node)] {
        hops.append(Hop(link: link, to: numbers[fabric.links[Int(link)].to]))
      }
      starts.append(Int32(hops.count))
    }
    (self.starts, self.hops) = (starts, hops)

    let places = Self.places(fabric)
    place = places.ofEndpoint
    var distances = [UInt16](repeating: Self.unreached, count: places.switches.count * switchCount)
    var queue = [Int]()
    for (place, switches) in places.switches.enumerated() {
      let base = place * switchCount
      queue.removeAll(keepingCapacity: true)
      for node in switches {
        distances[base + Int(numbers[Int(node)])] = 1
        queue.append(Int(numbers[Int(node)]))
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
    joinsAll = !places.ofEndpoint.contains(-1) && !distances.contains(Self.unreached)
  }

  /// The ways on from a number that have `left` links to go.
  @inline(__always)
  private func run(_ number: Int) -> Range<Int> { Int(starts[number])..<Int(starts[number + 1]) }

  /// The links that are left once endpoint `source` has sent, to the place whose distances begin at `base`.
  @inline(__always)
  private func leftAfterFirst(_ source: Int, _ base: Int) -> UInt16 {
    run(switchCount + source).reduce(Self.unreached) { min($0, distances[base + Int(hops[$1].to)]) }
  }

  func distance(from source: Int, to destination: Int) -> Int {
    guard place[destination] >= 0 else { return .max }
    let left = leftAfterFirst(source, Int(place[destination]) * switchCount)
    return left == Self.unreached ? .max : Int(left) + 1
  }

  @inline(__always)
  func walk(from source: Int, to destination: Int, by selector: Selector, visit: (Int32) -> Void) {
    precondition(place[destination] >= 0, "the destination is on a network")
    let base = Int(place[destination]) * switchCount
    var left = leftAfterFirst(source, base)
    precondition(left != Self.unreached, "a network joins the endpoints")
    var (number, divisor) = (switchCount + source, 1)
    while left > 0 {
      let ways = run(number)
      let count = ways.reduce(0) { $0 + (distances[base + Int(hops[$1].to)] == left ? 1 : 0) }
      var choice = selector.choice(of: count, at: number, divisor: divisor)
      divisor = Selector.product(divisor, count)
      for index in ways where distances[base + Int(hops[index].to)] == left {
        if choice == 0 {
          visit(hops[index].link)
          number = Int(hops[index].to)
          break
        }
        choice -= 1
      }
      left -= 1
    }
    let ways = run(switchCount + destination)
    let count = ways.reduce(0) { $0 + (Int(hops[$1].to) == number ? 1 : 0) }
    var choice = selector.choice(of: count, at: number, divisor: divisor)
    for index in ways where Int(hops[index].to) == number {
      if choice == 0 { return visit(hops[index].link ^ 1) }
      choice -= 1
    }
  }

  @inline(__always)
  func eachHop(fromEndpoint source: Int, to destination: Int, visit: (Int32) -> Void) {
    let base = Int(place[destination]) * switchCount
    let left = leftAfterFirst(source, base)
    for index in run(switchCount + source) where distances[base + Int(hops[index].to)] == left {
      visit(hops[index].link)
    }
  }

  @inline(__always)
  func eachHop(fromSwitch node: Int, to destination: Int, visit: (Int32) -> Void) {
    let number = Int(numbers[node])
    let base = Int(place[destination]) * switchCount
    let left = distances[base + number]
    if left == 1 {
      for index in run(switchCount + destination) where Int(hops[index].to) == number {
        visit(hops[index].link ^ 1)
      }
    } else {
      for index in run(number) where distances[base + Int(hops[index].to)] + 1 == left {
        visit(hops[index].link)
      }
    }
  }
}
