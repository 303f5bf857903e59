/// What stays together in a fold: actors, or ranks with all their actors.
struct Units {
  /// The first actor of each unit, and the number of actors.
  private let starts: [Int32]
  private let units: [Int32]

  /// The actors of a wiring, or its runs of actors of one rank.
  init(of wiring: Wiring, keepingRanks: Bool) {
    var (starts, units) = ([Int32](), [Int32]())
    units.reserveCapacity(wiring.actors.count)
    for actor in wiring.actors.indices {
      if !keepingRanks || actor == 0 || wiring.actors[actor].rank != wiring.actors[actor - 1].rank {
        starts.append(Int32(actor))
      }
      units.append(Int32(starts.count - 1))
    }
    starts.append(Int32(wiring.actors.count))
    (self.starts, self.units) = (starts, units)
  }

  var count: Int { starts.count - 1 }

  func unit(of actor: Int) -> Int { Int(units[actor]) }

  func actors(of unit: Int) -> Range<Int> { Int(starts[unit])..<Int(starts[unit + 1]) }
}

/// The graph whose equitable partition is a fold: units, then connections, then links.
extension Wiring {
  /// Edges between each connection and what it depends on.
  ///
  /// An edge to the unit of the sender at port p, counted from the unit's first, has label 2 p, and one to
  /// that of the receiver 2 p + 1; edges to the links of a turn come after these.
  func graph(over units: Units) -> LabelledGraph {
    let (firstConnection, firstLink) = (units.count, units.count + connections.count)
    var degrees = [Int32](repeating: 0, count: firstLink + capacities.count)
    var mostPorts = 0
    for unit in 0..<units.count { mostPorts = max(mostPorts, ports(of: unit, in: units).count) }
    for (index, connection) in connections.enumerated() {
      degrees[units.unit(of: Int(connection.sender))] += 1
      degrees[units.unit(of: Int(connection.receiver))] += 1
      var hopCount = 0
      for route in routes(of: index) {
        for hop in hops(of: route) {
          precondition(hops[hop].count == 1, "a fold is not folded again")
          degrees[firstLink + Int(hops[hop].link)] += 1
          hopCount += 1
        }
      }
      degrees[firstConnection + index] = Int32(2 + hopCount)
    }

    var graph = LabelledGraph(degrees: degrees, labels: 2 * mostPorts + turns)
    for unit in 0..<units.count {
      let ports = ports(of: unit, in: units)
      for port in ports where self.ports[port].connection >= 0 {
        let connection = Int(self.ports[port].connection)
        precondition(
          units.unit(of: Int(connections[connection].sender)) == unit,
          "a port sends on its own actor's connection")
        graph.connect(unit, firstConnection + connection, label: Int32(2 * (port - ports.lowerBound)))
      }
    }
    for (index, connection) in connections.enumerated() {
      let unit = units.unit(of: Int(connection.receiver))
      let port = self.ports(of: Int(connection.receiver)).lowerBound + Int(connection.receiverPort)
      let place = port - ports(of: unit, in: units).lowerBound
      graph.connect(unit, firstConnection + index, label: Int32(2 * place + 1))
      for (turn, route) in routes(of: index).enumerated() {
        for hop in hops(of: route) {
          graph.connect(
            firstConnection + index, firstLink + Int(hops[hop].link), label: Int32(2 * mostPorts + turn))
        }
      }
    }
    return graph
  }

  /// The ports of a unit's actors, which stand one behind the other.
  private func ports(of unit: Int, in units: Units) -> Range<Int> {
    let actors = units.actors(of: unit)
    return ports(of: actors.lowerBound).lowerBound..<ports(of: actors.upperBound - 1).upperBound
  }

  /// What can be told of each vertex without its edges.
  ///
  /// A unit's actors have roles, colours and numbers of ports, in their order; a connection's routes have
  /// bounds, latencies and numbers of hops, turn by turn; links have capacities.
  func colours(over units: Units) -> [Int32] {
    var colouring = Colouring()
    colouring.append(
      things: units.count,
      hash: { unit in
        units.actors(of: unit).reduce(0) { hash, actor in
          let pair = UInt64(UInt32(bitPattern: actors[actor].role)) << 32
          let mixed = Colouring.mix(hash, pair | UInt64(UInt32(bitPattern: actors[actor].colour)))
          return Colouring.mix(mixed, UInt64(ports(of: actor).count))
        }
      },
      areAlike: { one, other in
        units.actors(of: one).elementsEqual(units.actors(of: other)) { one, other in
          actors[one].role == actors[other].role && actors[one].colour == actors[other].colour
            && ports(of: one).count == ports(of: other).count
        }
      })
    colouring.append(
      things: connections.count,
      hash: { connection in
        routes(of: connection).reduce(0) { hash, route in
          let mixed = Colouring.mix(hash, routes[route].bound.bitPattern)
          return Colouring.mix(
            Colouring.mix(mixed, UInt64(bitPattern: routes[route].latency)), UInt64(hops(of: route).count))
        }
      },
      areAlike: { one, other in
        routes(of: one).elementsEqual(routes(of: other)) { one, other in
          routes[one].bound == routes[other].bound && routes[one].latency == routes[other].latency
            && hops(of: one).count == hops(of: other).count
        }
      })
    colouring.append(
      things: capacities.count, hash: { capacities[$0].bitPattern },
      areAlike: { capacities[$0] == capacities[$1] })
    return colouring.colours
  }
}
