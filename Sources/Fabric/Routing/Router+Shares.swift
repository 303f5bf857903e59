extension Router {
  /// Appends the links that a flow between two endpoints loads, each once.
  ///
  /// A path's links have share 1. Queue pairs carry equal parts of the flow: a link has the sum of those whose paths
  /// cross it. Spray splits what reaches a node evenly over all links by which a shortest path goes on. Adaptive routing
  /// takes one path, by the least loaded of those links at each node; of equally loaded ones the one that the
  /// destination's number points at, divided by the product of the choices so far and modulo the choices here, or the
  /// next after it. Of flowlets it is the first message's path.
  ///
  /// In the steady state nothing is allocated: what is left to do is kept in `shares`, whose capacity the caller keeps.
  ///
  /// - Parameters:
  ///   - flow: tells flows of one pair apart.
  ///   - loads: what each link carries already, in flows; for adaptive routing only, which needs one for each link.
  public func appendShares(
    from source: Int, to destination: Int, flow: UInt64, loads: [Double], to shares: inout [LinkShare]
  ) {
    guard !routing.hasPaths else {
      return appendQueuePairs(from: source, to: destination, flow: flow, to: &shares)
    }
    guard source != destination, !local.walk(from: source, to: destination, visit: { shares.add($0, 1) })
    else { return }
    let selector = selector(from: source, to: destination, flow: flow, message: 0)
    let (from, to) = crossing(from: source, to: destination, by: selector)
    if from != source { _ = local.walk(from: source, to: from) { shares.add($0, 1) } }
    switch paths {
    case .tiered(let tiered): spread(tiered, from: from, to: to, by: selector, loads: loads, over: &shares)
    case .general(let general): spread(general, from: from, to: to, by: selector, loads: loads, over: &shares)
    }
    if to != destination { _ = local.walk(from: to, to: destination) { shares.add($0, 1) } }
  }

  @inline(__always)
  private func spread(
    _ paths: some NetworkPaths, from source: Int, to destination: Int, by selector: Selector, loads: [Double],
    over shares: inout [LinkShare]
  ) {
    if case .spray = routing.policy {
      spray(paths, from: source, to: destination, over: &shares)
    } else {
      followLeastLoaded(paths, from: source, to: destination, by: selector, loads: loads, over: &shares)
    }
  }

  private func appendQueuePairs(
    from source: Int, to destination: Int, flow: UInt64, to shares: inout [LinkShare]
  ) {
    let (start, pairs) = (shares.count, routing.queuePairs)
    for pair in 0..<pairs {
      walk(from: source, to: destination, flow: flow, message: pair) { shares.add($0, 1 / Float(pairs)) }
    }
    if pairs > 1 { shares.merge(from: start) }
  }

  /// Follows the least loaded links of shortest paths.
  @inline(__always)
  private func followLeastLoaded(
    _ paths: some NetworkPaths, from source: Int, to destination: Int, by selector: Selector, loads: [Double],
    over shares: inout [LinkShare]
  ) {
    precondition(loads.count == links.count, "each link has a load")
    var (place, node, divisor) = (shares.count, endpoints[source], 1)
    paths.eachHop(fromEndpoint: source, to: destination) { shares.add($0, 1) }
    while true {
      let count = shares.count - place
      let first = selector.choice(of: count, at: node, divisor: divisor)
      shares.keepLeastLoaded(from: place, by: loads, first: first)
      node = links[Int(shares[place].link)].to
      if node == endpoints[destination] { return }
      divisor = Selector.product(divisor, count)
      place += 1
      paths.eachHop(fromSwitch: node, to: destination) { shares.add($0, 1) }
    }
  }

  /// Splits a flow over all shortest paths, level by level: what reaches a node reaches it in one level, since all
  /// paths to it are of one length.
  @inline(__always)
  private func spray(
    _ paths: some NetworkPaths, from source: Int, to destination: Int, over shares: inout [LinkShare]
  ) {
    var level = shares.count
    paths.eachHop(fromEndpoint: source, to: destination) { shares.add($0, 1) }
    shares.splitEvenly(from: level)
    while true {
      let end = shares.count
      shares.sort(from: level) { links[Int($0.link)].to < links[Int($1.link)].to }
      var place = level
      while place < end {
        let node = links[Int(shares[place].link)].to
        if node == endpoints[destination] { return }
        var share: Float = 0
        while place < end, links[Int(shares[place].link)].to == node {
          share += shares[place].share
          place += 1
        }
        let first = shares.count
        paths.eachHop(fromSwitch: node, to: destination) { shares.add($0, share) }
        shares.splitEvenly(from: first)
      }
      level = end
    }
  }
}
