/// How rates are settled: the levels of links are repaired from the lowest up, and only where they aren't
/// right.
///
/// Each link has a level, the most that it lets any flow have. A flow's rate is the least of its bound and
/// its links' levels. What a flow may have *elsewhere* is the least of its bound and its other links' levels.
/// The *due* level of a link is the L at which the sum over its flows of count × min(L, elsewhere) is the
/// capacity, and infinite where the sum of count × elsewhere doesn't exceed it.
///
/// **If every level is due, the rates are max-min fair.** No link is overloaded. A flow below its bound is at
/// the level of some link; that level is finite and due, so the link is full and none of its flows has more.
/// This is the bottleneck condition, which the max-min fair rates meet and no others. (A finite level on a
/// link that is full though each of its flows is held back elsewhere does no harm, and may stay.)
///
/// **A due level depends only on what is below it:** flows that may have as much or more elsewhere count with
/// L. So levels can be found in rising order, as Dijkstra's algorithm finds distances, and repaired after a
/// change as Ramalingam and Reps repair distances (An Incremental Algorithm for a Generalization of the
/// Shortest-Path Problem, 1996). Links whose level isn't due wait, each by the lower of the two; the first of
/// them is given its due level, until none is left.
///
/// Let K be the lowest of these keys. *Every level below K is right, and so is every link whose right level
/// is below K.* For let T be the lowest value at which present and right levels part: some link has level T
/// and should have more, or should have T and has more. Below T all agree, so that link's due level is above
/// T in the first case and T in the second. Either way it waits with key T, hence K ≤ T. So a level that is
/// *lowered* to its due one, which is K, is right for good. A level that is *raised* from K may still be
/// wrong, but it isn't below T', the lowest right level that is K or more: with L = T' no flow counts with
/// more than progressive filling has given it by then, which fits.
///
/// **It ends.** A link is lowered once at most. Between two lowerings levels only rise, and a raised link is
/// past the next right level; so it isn't raised again before the keys are past that one too. In random
/// traffic over a fat-tree a change visits six links in the mean, and six rates change.
///
/// With rounding, a level counts as due as long as the load that it makes differs from the capacity by no
/// more than one part in 2^44, and a link that was lowered is left alone for the rest of the settlement, so
/// that the end doesn't hang on the last bit. Loads themselves have no rounding; see ``units(_:)``.
///
/// Work is O(links whose level changes × flows on them × (path length + flows on those paths' links)), and a
/// factor of log(links that wait) for each change of a key. What doesn't change costs nothing.
extension FluidNetwork {
  /// Gives every flow its max-min fair rate after what has started and drained at `now`.
  package mutating func settle(at now: Int64) {
    guard !touched.isEmpty || !changed.isEmpty else { return }
    settlement &+= 1
    lookAtTouched()
    while !waiting.isEmpty {
      let (link, key) = (Int(waiting.first.subject), waiting.first.key)
      if links[link].isEarly {
        links[link].isEarly = false
        let level = level(of: link)
        if level > key {
          waiting.set(level, of: link)
          continue
        }
      }
      waiting.remove(link)
      links[link].isWaiting = false
      if links[link].isOverloaded { lower(link, to: key) } else { raise(link) }
      lookAtTouched()
    }
    for place in changed.indices {
      let index = Int(changed[place])
      flows[index].isChanged = false
      let rate = rates[index]
      // A flow may have changed and changed back.
      guard rate != flows[index].rate else { continue }
      flows[index].change(to: rate, at: now)
      ends.set(flows[index].drain, of: index)
    }
    changed.removeAll()
  }

  /// Lets each link wait whose level isn't due, and no other.
  ///
  /// One that already waits to be lowered, and whose flows have only been given less since, is due more than it waits
  /// for. How much is found when its time comes, so that a link of many flows isn't gone through once for each of them.
  private mutating func lookAtTouched() {
    for place in touched.indices {
      let link = Int(touched[place])
      let hasRisen = links[link].hasRisen
      (links[link].isTouched, links[link].hasRisen) = (false, false)
      if links[link].isOverloaded {
        if links[link].isWaiting, !hasRisen {
          links[link].isEarly = true
        } else if links[link].lowered != settlement {
          wait(link, for: level(of: link))
        }
      } else if links[link].isSlack, links[link].lowered != settlement {
        wait(link, for: links[link].level)
      } else if links[link].isWaiting {
        (links[link].isWaiting, links[link].isEarly) = (false, false)
        waiting.remove(link)
      }
    }
    touched.removeAll()
  }

  @inline(__always)
  private mutating func wait(_ link: Int, for level: Double) {
    (links[link].isWaiting, links[link].isEarly) = (true, false)
    waiting.set(level, of: link)
  }

  /// The level to which a link can be filled, where no flow has more than it may have elsewhere; infinite if
  /// all of that fits.
  ///
  /// The level that is right for all flows is too low once those that have less are counted with what they
  /// have. So it only rises from step to step, and flows once below it stay below it.
  private func level(of link: Int) -> Double {
    let (range, weight) = (links[link].flows.range, links[link].weight)
    guard weight > 0 else { return .infinity }
    var level = rate(links[link].capacity) / Double(weight)
    var fixed: Int32 = 0
    while true {
      var (sum, below) = (Int128(0), Int32(0))
      for place in range {
        let occupant = occupants[place]
        let flow = Int(occupant.hop) >> strideBits
        guard rates[flow] < level else { continue }
        sum &+= occupant.count == 1 ? units[flow] : units[flow] &* Int128(occupant.count)
        below &+= occupant.count
      }
      if below <= fixed { return level }
      if below == weight { return .infinity }
      fixed = below
      level = rate(links[link].capacity &- sum) / Double(weight &- below)
    }
  }

  /// Holds back to a lower level those flows of a link that have more.
  private mutating func lower(_ link: Int, to level: Double) {
    links[link].level = level
    links[link].lowered = settlement
    let due = units(level)
    for place in links[link].flows.range {
      let flow = Int(occupants[place].hop) >> strideBits
      let old = rates[flow]
      if old > level { change(flow, from: units[flow], to: level, units: due) }
    }
  }

  /// Gives the flows that a link holds back what they can have now.
  private mutating func raise(_ link: Int) {
    let old = links[link].level
    links[link].level = .infinity
    held.removeAll()
    for place in links[link].flows.range {
      let flow = Int(occupants[place].hop) >> strideBits
      guard rates[flow] == old else { continue }
      held.append(Int32(flow))
      rates[flow] = allowance(of: flow)
      units[flow] = units(rates[flow])
    }
    let level = level(of: link)
    links[link].level = level
    let was = units(old)
    let due = level < .infinity ? units(level) : 0
    for place in held.indices {
      let flow = Int(held[place])
      let isHeld = level < rates[flow]
      let rate = isHeld ? level : rates[flow]
      if rate == old {
        (rates[flow], units[flow]) = (old, was)
      } else {
        change(flow, from: was, to: rate, units: isHeld ? due : units[flow])
      }
    }
  }

  /// The most that a flow's bound and the levels of its links let it have.
  private func allowance(of flow: Int) -> Double {
    var rate = flows[flow].bound
    let first = flow << strideBits
    for hop in first..<first + Int(flows[flow].hopCount) {
      rate = min(rate, links[Int(hops[hop].link)].level)
    }
    return rate
  }

  private mutating func change(_ flow: Int, from was: Int128, to rate: Double, units due: Int128) {
    (rates[flow], units[flow]) = (rate, due)
    let more = due &- was
    if !flows[flow].isChanged {
      flows[flow].isChanged = true
      changed.append(Int32(flow))
    }
    let first = flow << strideBits
    for hop in first..<first + Int(flows[flow].hopCount) {
      let (link, count) = (Int(hops[hop].link), hops[hop].count)
      links[link].add(more, times: count)
      touch(link)
    }
  }
}
