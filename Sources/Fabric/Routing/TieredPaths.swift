/// Up and down routing over tiers of switches, with memory linear in the links; one or several networks.
///
/// A path goes up until the destination is below, then down. What makes each such path one of the shortest, whichever
/// way up is chosen, is checked when the tiers are made, see ``init(_:)``: links of the network join neighbouring tiers,
/// endpoints are below leaves, each switch is over a run of leaves, and all those that are over one leaf at one tier are
/// over the same run.
struct TieredPaths: NetworkPaths {
  /// A link, and the switch that it leads to (its place in ``switches``).
  struct Way {
    var link: Int32
    var to: Int32
  }

  /// Ways in a run whose links and switches are evenly apart, as those of builders are, so that none has to be looked up
  /// in memory that is not near.
  struct Progression {
    var first = Way(link: 0, to: 0)
    /// From one way to the next; no links apart where the run is no progression.
    var step = Way(link: 0, to: 0)

    init() {}

    /// The progression that a run of `ways` is, if it is one.
    init(_ ways: [Way], _ run: Range<Int>) {
      guard let start = run.first else { return }
      first = ways[start]
      step = Way(link: 1, to: 0)
      guard run.count > 1 else { return }
      step = Way(link: ways[start + 1].link - first.link, to: ways[start + 1].to - first.to)
      let isEven = run.dropFirst().allSatisfy {
        ways[$0].link - ways[$0 - 1].link == step.link && ways[$0].to - ways[$0 - 1].to == step.to
      }
      if !isEven { step = Way(link: 0, to: 0) }
    }

    /// The way at a place of the run, which begins at `start` of `ways`.
    @inline(__always)
    func way(_ place: Int, from start: Int32, in ways: [Way]) -> Way {
      if step.link == 0 { return ways[place] }
      let offset = Int32(truncatingIfNeeded: place) - start
      return Way(link: first.link + offset * step.link, to: first.to + offset * step.to)
    }
  }

  /// A switch of the network; the last one of ``switches`` stands for none, and ends the runs of the one before it.
  struct Tier {
    /// Its index in the fabric.
    var node: Int32
    /// The leaves that it is over: `low..<high`.
    var low: Int32 = 0
    var high: Int32 = 0
    /// Where its ways up and down begin in ``ups`` and ``downs``; the next switch's end them, and a leaf has none down.
    var up: Int32 = 0
    var down: Int32 = 0
    /// The product of the numbers of parents at the tiers below, for d-mod-k.
    var divisor: Int32 = 1
    /// How many leaves each switch below is over, where all are over as many; else 0.
    var stride: Int32 = 0
    /// Ways down into each such run of leaves.
    var cables: Int32 = 0
    var upward = Progression()
    var downward = Progression()
  }

  /// The network's switches, in the order of the fabric's nodes.
  let switches: [Tier]
  /// The place of each node in ``switches``; -1 for others.
  let places: [Int32]
  /// Ways up, switch by switch: parallel links in rounds, one to each switch above in each round.
  let ups: [Way]
  /// Ways down to other switches, by the leaves that they lead to, then by round.
  let downs: [Way]
  /// The links of each endpoint to its leaves, in rounds: `ports[portStarts[e]..<portStarts[e + 1]]`; `portStarts` is empty
  /// where each endpoint has one.
  let ports: [Way]
  let portStarts: [Int32]
  let joinsAll: Bool

  @inline(__always)
  private func portsOf(_ endpoint: Int) -> Range<Int> {
    if portStarts.isEmpty { return endpoint..<endpoint + 1 }
    return Int(portStarts[endpoint])..<Int(portStarts[endpoint + 1])
  }

  /// How many ways up a switch has.
  @inline(__always)
  private func waysUp(_ place: Int) -> Int { Int(switches[place + 1].up - switches[place].up) }

  /// Whether a switch is over a leaf of the destination.
  @inline(__always)
  private func isOver(_ place: Int, _ goals: Range<Int>) -> Bool {
    let tier = switches[place]
    for goal in goals {
      let leaf = switches[Int(ports[goal].to)].low
      if leaf >= tier.low, leaf < tier.high { return true }
    }
    return false
  }

  /// Links from a leaf up to where a destination is below; ``Int/max`` where it is in another network.
  @inline(__always)
  private func climb(from leaf: Int32, to goals: Range<Int>) -> Int {
    var (place, height) = (Int(leaf), 0)
    while !isOver(place, goals) {
      guard waysUp(place) > 0 else { return .max }
      place = Int(ups[Int(switches[place].up)].to)
      height += 1
    }
    return height
  }

  /// The least of ``climb(from:to:)`` over the source's ports.
  @inline(__always)
  private func leastClimb(_ own: Range<Int>, _ goals: Range<Int>) -> Int {
    own.reduce(Int.max) { min($0, climb(from: ports[$1].to, to: goals)) }
  }

  func distance(from source: Int, to destination: Int) -> Int {
    let height = leastClimb(portsOf(source), portsOf(destination))
    return height == .max ? .max : 2 * (height + 1)
  }

  /// The ways down from a switch to those over a leaf, all next to each other.
  @inline(__always)
  private func waysDown(_ place: Int, to leaf: Int32) -> Range<Int> {
    let tier = switches[place]
    if tier.stride > 0 {
      let start = Int(tier.down + (leaf - tier.low) / tier.stride * tier.cables)
      return start..<start + Int(tier.cables)
    }
    // The last way that leads to a run of leaves with the goal's in it or before it, and those to the same run.
    let floor = Int(tier.down)
    var (from, end) = (floor, Int(switches[place + 1].down))
    while end - from > 1 {
      let middle = (from + end) / 2
      if switches[Int(downs[middle].to)].low <= leaf { from = middle } else { end = middle }
    }
    let low = switches[Int(downs[from].to)].low
    while from > floor, switches[Int(downs[from - 1].to)].low == low { from -= 1 }
    return from..<end
  }

  @inline(__always)
  func walk(from source: Int, to destination: Int, by selector: Selector, visit: (Int32) -> Void) {
    let goals = portsOf(destination)
    let port = ports[firstPort(of: source, to: goals, by: selector)]
    visit(port.link)
    var place = Int(port.to)
    while !isOver(place, goals) {
      let tier = switches[place]
      let choice = selector.choice(of: waysUp(place), at: Int(tier.node), divisor: Int(tier.divisor))
      let way = tier.upward.way(Int(tier.up) + choice, from: tier.up, in: ups)
      visit(way.link)
      place = Int(way.to)
    }
    while switches[place].down < switches[place + 1].down {
      let way = switches[place].downward.way(
        wayDown(place, to: goals, by: selector), from: switches[place].down, in: downs)
      visit(way.link)
      place = Int(way.to)
    }
    visit(arrival(from: place, to: goals, by: selector) ^ 1)
  }

  @inline(__always)
  private func firstPort(of source: Int, to goals: Range<Int>, by selector: Selector) -> Int {
    let own = portsOf(source)
    if own.count == 1 { return own.lowerBound }
    let height = leastClimb(own, goals)
    precondition(height < .max, "a network joins the endpoints")
    let usable = own.reduce(0) { $0 + (climb(from: ports[$1].to, to: goals) == height ? 1 : 0) }
    var choice = selector.choice(of: usable, at: source, divisor: 1)
    for port in own where climb(from: ports[port].to, to: goals) == height {
      if choice == 0 { return port }
      choice -= 1
    }
    return own.lowerBound
  }

  @inline(__always)
  private func wayDown(_ place: Int, to goals: Range<Int>, by selector: Selector) -> Int {
    let tier = switches[place]
    let node = Int(tier.node)
    if goals.count == 1 {
      let ways = waysDown(place, to: switches[Int(ports[goals.lowerBound].to)].low)
      if ways.count == 1 { return ways.lowerBound }
      let below = Int(tier.downward.way(ways.lowerBound, from: tier.down, in: downs).to)
      return ways.lowerBound
        + selector.parallel(
          of: ways.count, at: node, waysUp: waysUp(below), divisor: Int(switches[below].divisor))
    }
    var count = 0
    eachWayDown(place, to: goals) { count += $0.count }
    var choice = selector.choice(of: count, at: node, divisor: 1)
    var chosen = -1
    eachWayDown(place, to: goals) { ways in
      if choice >= 0, choice < ways.count { chosen = ways.lowerBound + choice }
      choice -= ways.count
    }
    return chosen
  }

  /// Gives `visit` each run of ways down that leads to one of the destination's leaves, once.
  @inline(__always)
  private func eachWayDown(_ place: Int, to goals: Range<Int>, visit: (Range<Int>) -> Void) {
    let tier = switches[place]
    for goal in goals {
      let leaf = switches[Int(ports[goal].to)].low
      guard leaf >= tier.low, leaf < tier.high else { continue }
      let ways = waysDown(place, to: leaf)
      let isKnown = (goals.lowerBound..<goal).contains { earlier in
        let other = switches[Int(ports[earlier].to)].low
        return other >= tier.low && other < tier.high && waysDown(place, to: other) == ways
      }
      if !isKnown { visit(ways) }
    }
  }

  /// The destination's own link to the leaf that a path has come down to; its way back ends the path.
  @inline(__always)
  private func arrival(from place: Int, to goals: Range<Int>, by selector: Selector) -> Int32 {
    if goals.count == 1 { return ports[goals.lowerBound].link }
    let count = goals.count { Int(ports[$0].to) == place }
    var choice = selector.parallel(of: count, at: Int(switches[place].node), waysUp: count, divisor: 1)
    for goal in goals where Int(ports[goal].to) == place {
      if choice == 0 { return ports[goal].link }
      choice -= 1
    }
    preconditionFailure("a path comes down to a leaf of the destination")
  }

  @inline(__always)
  func eachHop(fromEndpoint source: Int, to destination: Int, visit: (Int32) -> Void) {
    let (own, goals) = (portsOf(source), portsOf(destination))
    let height = leastClimb(own, goals)
    for port in own where climb(from: ports[port].to, to: goals) == height { visit(ports[port].link) }
  }

  @inline(__always)
  func eachHop(fromSwitch node: Int, to destination: Int, visit: (Int32) -> Void) {
    let (place, goals) = (Int(places[node]), portsOf(destination))
    if !isOver(place, goals) {
      for way in Int(switches[place].up)..<Int(switches[place + 1].up) { visit(ups[way].link) }
    } else if switches[place].down < switches[place + 1].down {
      eachWayDown(place, to: goals) { ways in for way in ways { visit(downs[way].link) } }
    } else {
      for goal in goals where Int(ports[goal].to) == place { visit(ports[goal].link ^ 1) }
    }
  }
}
