/// For engines that skip what repeats.
extension FluidNetwork {
  /// Appends everything that decides the future, relative to `now`; what isn't settled yet is not in it.
  ///
  /// For each flow, in the order of what `name` makes of its tag, six words: that, its route, the bit
  /// patterns of what remains and of its rate, and when that was true and when it drains, less `now`. Two
  /// networks of equal links and routes whose states are equal go on alike.
  ///
  /// - Parameter name: gives each tag under way a number of its own.
  package func appendState(
    at now: Int64, to state: inout [Int64], name: (Int32) -> Int64 = { Int64($0) }
  ) {
    var underWay: [(name: Int64, flow: Int)] = []
    underWay.reserveCapacity(active)
    for flow in flows.indices where flows[flow].drain >= 0 {
      underWay.append((name(flows[flow].tag), flow))
    }
    underWay.sort { $0.name < $1.name }
    state.reserveCapacity(state.count + 6 * underWay.count)
    for (name, index) in underWay {
      let flow = flows[index]
      state.append(name)
      state.append(Int64(flow.route))
      state.append(Int64(bitPattern: flow.remaining.bitPattern))
      state.append(Int64(bitPattern: flow.rate.bitPattern))
      state.append(flow.since - now)
      state.append(flow.drain - now)
    }
  }

  /// Moves all that is under way into the future, as the clock of the caller jumps by as much.
  package mutating func move(by picoseconds: Int64) {
    for flow in flows.indices where flows[flow].drain >= 0 {
      flows[flow].since += picoseconds
      flows[flow].drain += picoseconds
    }
    ends.moveKeys(by: picoseconds)
  }
}
