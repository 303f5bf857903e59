extension TieredPaths {
  /// The tiers of `fabric`; nil where its switches form none.
  ///
  /// Leaves are numbered by walking down from the switches that have none above, depth first, so that the leaves below
  /// any switch are neighbours, whatever the order of the file. Linear in the links, counting sorts of 32-bit numbers.
  init?(_ fabric: Fabric) {
    let nodes = fabric.nodes
    var tiers = [Int8](repeating: Self.noTier, count: nodes.count)
    var places = [Int32](repeating: -1, count: nodes.count)
    var switches = [Tier]()
    for (index, node) in nodes.enumerated() {
      switch node.kind {
      case .endpoint: tiers[index] = 0
      case .nvSwitch: break
      case .networkSwitch(let tier):
        tiers[index] = Int8(tier)
        places[index] = Int32(switches.count)
        switches.append(Tier(node: Int32(index)))
      }
    }
    switches.append(Tier(node: -1))
    for (place, node) in fabric.endpoints.enumerated() { places[node] = Int32(place) }

    guard
      var runs = Runs(fabric, tiers: tiers, places: places, switches: switches.count - 1)
    else { return nil }
    for index in switches.indices {
      (switches[index].up, switches[index].down) = (runs.up[index], runs.down[index])
    }
    let leaves = Self.numberLeaves(&switches, runs)
    guard Self.findRanges(&switches, &runs, fabric.links, tiers: tiers, leaves: leaves) else { return nil }
    runs.sortPorts(fabric.links)

    // A leaf's endpoints are alike where d-mod-k has a meaning; else the first one counts.
    for endpoint in fabric.endpoints.indices.reversed() {
      let own = Int(runs.port[endpoint])..<Int(runs.port[endpoint + 1])
      let parents = Self.parents(of: own, runs.ports)
      for port in own { switches[Int(runs.ports[port].to)].divisor = parents }
    }
    for place in Self.byTier(switches, tiers) {
      let first = Int(switches[place].down)
      guard first < Int(switches[place + 1].down) else { continue }
      let below = Int(runs.downs[first].to)
      let ways = Int(switches[below].up)..<Int(switches[below + 1].up)
      let (product, overflow) = switches[below].divisor.multipliedReportingOverflow(
        by: Self.parents(of: ways, runs.ups))
      // Past 2^31 no number has digits left to choose by.
      switches[place].divisor = overflow ? .max : product
    }
    for place in switches.indices.dropLast() {
      let (tier, next) = (switches[place], switches[place + 1])
      switches[place].upward = Progression(runs.ups, Int(tier.up)..<Int(next.up))
      switches[place].downward = Progression(runs.downs, Int(tier.down)..<Int(next.down))
    }
    for endpoint in fabric.endpoints { places[endpoint] = -1 }

    (self.switches, self.places) = (switches, places)
    (ups, downs, ports) = (runs.ups, runs.downs, runs.ports)
    portStarts = runs.port.indices.allSatisfy { runs.port[$0] == $0 } ? [] : runs.port
    joinsAll = Self.joinsAll(switches, runs, leaves: leaves)
  }

  private static let noTier: Int8 = -1

  /// How many switches a run of ways in rounds leads to, where each round leads to all; at least 1.
  private static func parents(of run: Range<Int>, _ ways: [Way]) -> Int32 {
    guard let first = run.first else { return 1 }
    return 1 + Int32(run.dropFirst().prefix { ways[$0].to != ways[first].to }.count)
  }

  /// The ways of all switches and endpoints, in runs.
  private struct Runs {
    /// Where the runs of each switch begin, and those of each endpoint; one more each.
    var up: [Int32]
    var down: [Int32]
    var port: [Int32]
    var ups: [Way]
    var downs: [Way]
    var ports: [Way]

    /// Nil where a link of the network joins other than neighbouring tiers.
    init?(_ fabric: Fabric, tiers: [Int8], places: [Int32], switches: Int) {
      up = [Int32](repeating: 0, count: switches + 1)
      down = up
      port = [Int32](repeating: 0, count: fabric.endpoints.count + 1)
      for link in fabric.links {
        let (lower, upper) = (tiers[link.from], tiers[link.to])
        // NVLink, and what joins endpoints, is not of the network; a link into an endpoint is its way back's.
        guard lower != noTier, upper > 0 else { continue }
        let place = Int(places[link.from])
        if lower == 0 {
          guard upper == 1 else { return nil }
          port[place + 1] += 1
        } else if upper == lower + 1 {
          up[place + 1] += 1
        } else if lower == upper + 1 {
          down[place + 1] += 1
        } else {
          return nil
        }
      }
      for index in 0..<switches {
        up[index + 1] += up[index]
        down[index + 1] += down[index]
      }
      for index in fabric.endpoints.indices { port[index + 1] += port[index] }
      let none = Way(link: -1, to: -1)
      ups = [Way](repeating: none, count: Int(up[switches]))
      downs = [Way](repeating: none, count: Int(down[switches]))
      ports = [Way](repeating: none, count: Int(port[fabric.endpoints.count]))
      var (nextUp, nextDown, nextPort) = (up, down, port)
      for (index, link) in fabric.links.enumerated() {
        let (lower, upper) = (tiers[link.from], tiers[link.to])
        guard lower != noTier, upper > 0 else { continue }
        let place = Int(places[link.from])
        let way = Way(link: Int32(index), to: places[link.to])
        if lower == 0 {
          ports[Int(nextPort[place])] = way
          nextPort[place] += 1
        } else if upper > lower {
          ups[Int(nextUp[place])] = way
          nextUp[place] += 1
        } else {
          downs[Int(nextDown[place])] = way
          nextDown[place] += 1
        }
      }
    }

    mutating func sortPorts(_ links: [Fabric.Link]) {
      for endpoint in port.indices.dropLast() {
        inRounds(&ports, Int(port[endpoint])..<Int(port[endpoint + 1]), links)
      }
    }
  }

  /// Puts the ways of a run in rounds: the first link to each switch, then the second to each.
  private static func inRounds(_ ways: inout [Way], _ run: Range<Int>, _ links: [Fabric.Link]) {
    sort(&ways, run) { (links[Int($0.link)].number, $0.to) < (links[Int($1.link)].number, $1.to) }
  }

  /// Sorts a run, which most often is sorted already: then without allocation.
  private static func sort(_ ways: inout [Way], _ run: Range<Int>, by isBefore: (Way, Way) -> Bool) {
    guard run.count > 1 else { return }
    let isSorted = (run.lowerBound + 1..<run.upperBound).allSatisfy { !isBefore(ways[$0], ways[$0 - 1]) }
    if !isSorted { ways[run].sort(by: isBefore) }
  }

  /// Numbers the leaves depth first and returns how many there are.
  private static func numberLeaves(_ switches: inout [Tier], _ runs: Runs) -> Int32 {
    var leaves: Int32 = 0
    var isSeen = [Bool](repeating: false, count: switches.count)
    var stack = [Int32]()
    for top in switches.indices.dropLast() where runs.up[top] == runs.up[top + 1] {
      stack.append(Int32(top))
      while let place = stack.popLast().map(Int.init) {
        guard !isSeen[place] else { continue }
        isSeen[place] = true
        let below = Int(runs.down[place])..<Int(runs.down[place + 1])
        if below.isEmpty {
          (switches[place].low, switches[place].high) = (leaves, leaves + 1)
          leaves += 1
        }
        for way in below.reversed() where !isSeen[Int(runs.downs[way].to)] {
          stack.append(runs.downs[way].to)
        }
      }
    }
    return leaves
  }

  /// The switches from the lowest tier up.
  private static func byTier(_ switches: [Tier], _ tiers: [Int8]) -> [Int] {
    var starts = [Int](repeating: 0, count: Int(Int8.max) + 2)
    for tier in switches.dropLast() { starts[Int(tiers[Int(tier.node)]) + 1] += 1 }
    for tier in 1..<starts.count { starts[tier] += starts[tier - 1] }
    var order = [Int](repeating: 0, count: switches.count - 1)
    for (place, tier) in switches.dropLast().enumerated() {
      order[starts[Int(tiers[Int(tier.node)])]] = place
      starts[Int(tiers[Int(tier.node)])] += 1
    }
    return order
  }

  /// Finds what each switch is over, and sorts the ways; false where the fabric has no such tiers.
  private static func findRanges(
    _ switches: inout [Tier], _ runs: inout Runs, _ links: [Fabric.Link], tiers: [Int8], leaves: Int32
  ) -> Bool {
    let order = byTier(switches, tiers)
    for place in order {
      inRounds(&runs.ups, Int(runs.up[place])..<Int(runs.up[place + 1]), links)
      let below = Int(runs.down[place])..<Int(runs.down[place + 1])
      if below.isEmpty {
        // A switch above the leaves that is over none.
        if tiers[Int(switches[place].node)] != 1 { return false }
        continue
      }
      sort(&runs.downs, below) { left, right in
        (switches[Int(left.to)].low, links[Int(left.link)].number, left.to)
          < (switches[Int(right.to)].low, links[Int(right.link)].number, right.to)
      }
      guard let range = union(of: below, switches, runs) else { return false }
      (switches[place].low, switches[place].high) = (range.low, range.high)
      (switches[place].stride, switches[place].cables) = regularity(of: below, switches, runs)
    }
    return haveCommonAncestors(switches, runs, tiers: tiers, order: order, leaves: leaves)
  }

  /// The run of leaves that sorted ways lead to; nil where it has gaps, or runs that overlap.
  private static func union(
    of ways: Range<Int>, _ switches: [Tier], _ runs: Runs
  ) -> (low: Int32, high: Int32)? {
    let first = switches[Int(runs.downs[ways.lowerBound].to)]
    var (low, high) = (first.low, first.high)
    for way in ways {
      let next = switches[Int(runs.downs[way].to)]
      if next.low == high {
        (low, high) = (next.low, next.high)
      } else if next.low != low || next.high != high {
        return nil
      }
    }
    return (first.low, high)
  }

  /// Leaves below, and ways to, each of the runs that sorted ways lead to; zeros where they differ.
  private static func regularity(
    of ways: Range<Int>, _ switches: [Tier], _ runs: Runs
  ) -> (stride: Int32, cables: Int32) {
    let first = switches[Int(runs.downs[ways.lowerBound].to)]
    let stride = first.high - first.low
    let cables = ways.prefix { switches[Int(runs.downs[$0].to)].low == first.low }.count
    for way in ways {
      let next = switches[Int(runs.downs[way].to)]
      let expected = first.low + Int32((way - ways.lowerBound) / cables) * stride
      if next.low != expected || next.high - next.low != stride { return (0, 0) }
    }
    return ways.count.isMultiple(of: cables) ? (stride, Int32(cables)) : (0, 0)
  }

  /// Whether all switches of one tier that are over one leaf are over the same ones, and have ways up to such.
  ///
  /// By induction from the leaves it is enough that switches of a tier whose runs begin with the same leaf agree.
  private static func haveCommonAncestors(
    _ switches: [Tier], _ runs: Runs, tiers: [Int8], order: [Int], leaves: Int32
  ) -> Bool {
    struct Seen {
      var tier: Int8 = TieredPaths.noTier
      var high: Int32 = 0
      var above: (low: Int32, high: Int32) = (-1, -1)
    }
    var seen = [Seen](repeating: Seen(), count: Int(leaves))
    for place in order {
      let tier = tiers[Int(switches[place].node)]
      var own = Seen(tier: tier, high: switches[place].high)
      let ups = Int(runs.up[place])..<Int(runs.up[place + 1])
      if let first = ups.first {
        let above = switches[Int(runs.ups[first].to)]
        own.above = (above.low, above.high)
        for way in ups {
          let other = switches[Int(runs.ups[way].to)]
          if other.low != above.low || other.high != above.high { return false }
        }
      }
      let low = Int(switches[place].low)
      if seen[low].tier == tier, seen[low].high != own.high || seen[low].above != own.above { return false }
      seen[low] = own
    }
    return true
  }

  /// Whether one network has a port of every endpoint.
  private static func joinsAll(_ switches: [Tier], _ runs: Runs, leaves: Int32) -> Bool {
    // The leaf by which the network of each switch begins.
    func network(_ place: Int32) -> Int32 {
      var place = Int(place)
      while runs.up[place] < runs.up[place + 1] { place = Int(runs.ups[Int(runs.up[place])].to) }
      return switches[place].low
    }
    guard let first = runs.ports.first else { return false }
    let main = network(first.to)
    return runs.port.indices.dropLast().allSatisfy { endpoint in
      (Int(runs.port[endpoint])..<Int(runs.port[endpoint + 1])).contains {
        network(runs.ports[$0].to) == main
      }
    }
  }
}
