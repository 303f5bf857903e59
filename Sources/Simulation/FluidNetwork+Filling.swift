extension FluidNetwork {
  /// Gives every flow its max-min fair rate after what has started and drained at `now`.
  package mutating func settle(at now: Int64) {
    guard !fresh.isEmpty || !relieved.isEmpty else { return }
    epoch &+= 1
    for index in fresh { settle(flow: Int(index), at: now) }
    for link in relieved {
      var hop = links[Int(link)].first
      while hop >= 0 {
        settle(flow: Int(hop) >> strideBits, at: now)
        hop = hops[Int(hop)].next
      }
    }
    fresh.removeAll(keepingCapacity: true)
    relieved.removeAll(keepingCapacity: true)
    // Ends that were overtaken by a new rate stay in the queue until their time; not for ever.
    if queue.count > 8 * active + 4096 {
      queue.removeAll()
      for index in flows.indices where flows[index].drain >= 0 {
        queue.push(Int32(index), at: flows[index].drain)
      }
    }
  }

  private mutating func settle(flow index: Int, at now: Int64) {
    guard flows[index].seen != epoch else { return }
    flows[index].seen = epoch
    let route = routes[Int(flows[index].route)]
    let isJoined = path[Int(route.start)..<Int(route.end)].contains { links[Int($0)].isTight }
    guard isJoined else { return setRate(flows[index].bound, of: index, at: now) }
    gather(from: index)
    fill(at: now)
  }

  /// Collects the flows that are joined to one through tight links, and those links.
  private mutating func gather(from index: Int) {
    tightLinks.removeAll(keepingCapacity: true)
    component.removeAll(keepingCapacity: true)
    boundedFlows.removeAll(keepingCapacity: true)
    component.append(Int32(index))
    var next = 0
    while next < component.count {
      let index = component[next]
      let route = routes[Int(flows[Int(index)].route)]
      var leastCapacity = Double.infinity
      next += 1
      for place in Int(route.start)..<Int(route.end) {
        let link = Int(path[place])
        guard links[link].isTight else { continue }
        leastCapacity = min(leastCapacity, links[link].capacity)
        guard links[link].mark != epoch else { continue }
        links[link].mark = epoch
        links[link].room = links[link].capacity
        links[link].open = links[link].flows
        tightLinks.append(Int32(link))
        var hop = links[link].first
        while hop >= 0 {
          let other = Int(hop) >> strideBits
          if flows[other].seen != epoch {
            flows[other].seen = epoch
            component.append(Int32(other))
          }
          hop = hops[Int(hop)].next
        }
      }
      if flows[Int(index)].bound < leastCapacity { boundedFlows.append(index) }
    }
  }

  /// Gives the flows of a component their rates by progressive filling.
  ///
  /// All rates rise together until a link is full or a flow at its bound; those stay, the rest rises on. The next level
  /// is at the top of a heap; a link's level only rises as others are filled, so an entry that is out of date is put
  /// back with its new level. O((links + path lengths) log) for the component.
  private mutating func fill(at now: Int64) {
    levels.removeAll()
    for link in tightLinks {
      levels.append(links[Int(link)].capacity / Double(links[Int(link)].open), of: Int(link))
    }
    for index in boundedFlows { levels.append(flows[Int(index)].bound, of: ~Int(index)) }
    levels.makeHeap()
    var left = component.count
    while left > 0, let top = levels.first {
      if top.subject < 0 {
        levels.removeFirst()
        let index = ~Int(top.subject)
        guard flows[index].filled != epoch else { continue }
        place(index, rate: top.level, at: now)
        left -= 1
        continue
      }
      let link = Int(top.subject)
      guard links[link].open > 0 else {
        levels.removeFirst()
        continue
      }
      let level = links[link].room / Double(links[link].open)
      guard level <= top.level else {
        levels.replaceFirst(level: level)
        continue
      }
      levels.removeFirst()
      var hop = links[link].first
      while hop >= 0 {
        let index = Int(hop) >> strideBits
        if flows[index].filled != epoch {
          place(index, rate: top.level, at: now)
          left -= 1
        }
        hop = hops[Int(hop)].next
      }
    }
  }

  private mutating func place(_ index: Int, rate: Double, at now: Int64) {
    flows[index].filled = epoch
    let route = routes[Int(flows[index].route)]
    for place in Int(route.start)..<Int(route.end) {
      let link = Int(path[place])
      guard links[link].mark == epoch else { continue }
      links[link].room = max(0, links[link].room - rate)
      links[link].open -= 1
    }
    setRate(rate, of: index, at: now)
  }

  private mutating func setRate(_ rate: Double, of index: Int, at now: Int64) {
    guard flows[index].change(to: rate, at: now) else { return }
    queue.push(Int32(index), at: flows[index].drain)
  }
}
