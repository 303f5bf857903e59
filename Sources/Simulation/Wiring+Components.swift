/// A part of a wiring that nothing joins to the rest: its actors take no notice of any others.
struct WiringComponent: Sendable {
  let wiring: Wiring
  /// Which of the whole's actors and connections are its own, in order.
  let actors: [Int32]
  let connections: [Int32]
}

extension WiringComponent {
  /// The only one.
  init(whole: Wiring) {
    self.init(
      wiring: whole, actors: whole.actors.indices.map { Int32($0) },
      connections: whole.connections.indices.map { Int32($0) })
  }
}

extension Wiring {
  /// The components, in the order of their first actors.
  ///
  /// Connections join actors, and so do links that connections share; `joiningRanks` says whether the actors of one rank are
  /// joined as well, because they take turns on a processor. Near-linear.
  func components(joiningRanks: Bool) -> [WiringComponent] {
    let numbers = componentNumbers(joiningRanks: joiningRanks)
    let count = Int(numbers.max() ?? -1) + 1
    guard count > 1 else { return [WiringComponent(whole: self)] }
    var actorsOf = [[Int32]](repeating: [], count: count)
    var connectionsOf = actorsOf
    for actor in actors.indices { actorsOf[Int(numbers[actor])].append(Int32(actor)) }
    for connection in connections.indices {
      connectionsOf[Int(numbers[Int(connections[connection].sender)])].append(Int32(connection))
    }
    // Where each actor, connection and link of the whole is in its component.
    var places = (
      actors: [Int32](repeating: -1, count: actors.count),
      connections: [Int32](repeating: -1, count: connections.count),
      links: [Int32](repeating: -1, count: capacities.count)
    )
    return zip(actorsOf, connectionsOf).map { actors, connections in
      for (place, actor) in actors.enumerated() { places.actors[Int(actor)] = Int32(place) }
      for (place, connection) in connections.enumerated() {
        places.connections[Int(connection)] = Int32(place)
      }
      let own = part(of: actors, connections, actorPlaces: places.actors, places.connections, &places.links)
      return WiringComponent(wiring: own, actors: actors, connections: connections)
    }
  }

  /// The number of each actor's component.
  private func componentNumbers(joiningRanks: Bool) -> [Int32] {
    var sets = DisjointSets(count: actors.count)
    for connection in connections { sets.join(connection.sender, connection.receiver) }
    if joiningRanks {
      for actor in actors.indices.dropFirst() where actors[actor].rank == actors[actor - 1].rank {
        sets.join(Int32(actor - 1), Int32(actor))
      }
    }
    var users = [Int32](repeating: -1, count: capacities.count)
    for (number, connection) in connections.enumerated() {
      for route in routes(of: number) {
        for link in hops[hops(of: route)].lazy.map({ Int($0.link) }) {
          if users[link] >= 0 { sets.join(users[link], connection.sender) }
          users[link] = connection.sender
        }
      }
    }
    var numbers = [Int32](repeating: -1, count: actors.count)
    var count: Int32 = 0
    return actors.indices.map { actor in
      let root = Int(sets.root(of: Int32(actor)))
      if numbers[root] < 0 {
        numbers[root] = count
        count += 1
      }
      return numbers[root]
    }
  }

  private func part(
    of own: [Int32], _ ownConnections: [Int32], actorPlaces: [Int32], _ connectionPlaces: [Int32],
    _ linkPlaces: inout [Int32]
  ) -> Wiring {
    var part = Wiring()
    (part.turns, part.sharesLines) = (turns, sharesLines)
    for actor in own.lazy.map(Int.init) {
      var moved = actors[actor]
      moved.firstPort = Int32(part.ports.count)
      part.actors.append(moved)
      for port in ports[ports(of: actor)] {
        let connection = port.connection < 0 ? -1 : connectionPlaces[Int(port.connection)]
        part.ports.append(Port(peer: actorPlaces[Int(port.peer)], connection: connection))
      }
    }
    for number in ownConnections.lazy.map(Int.init) {
      var moved = connections[number]
      (moved.sender, moved.receiver) = (actorPlaces[Int(moved.sender)], actorPlaces[Int(moved.receiver)])
      part.connections.append(moved)
      for route in routes(of: number) {
        var own = routes[route]
        own.first = Int32(part.hops.count)
        for hop in hops[hops(of: route)] {
          if linkPlaces[Int(hop.link)] < 0 {
            linkPlaces[Int(hop.link)] = Int32(part.capacities.count)
            part.capacities.append(capacities[Int(hop.link)])
          }
          part.hops.append(Hop(link: linkPlaces[Int(hop.link)], count: hop.count))
        }
        own.end = Int32(part.hops.count)
        part.routes.append(own)
      }
    }
    return part
  }
}

/// Which things belong together, by union and find with path halving.
private struct DisjointSets {
  private var parents: [Int32]

  init(count: Int) { parents = (0..<count).map { Int32($0) } }

  mutating func root(of thing: Int32) -> Int32 {
    var thing = thing
    while parents[Int(thing)] != thing {
      parents[Int(thing)] = parents[Int(parents[Int(thing)])]
      thing = parents[Int(thing)]
    }
    return thing
  }

  /// The lower root stays, so that roots don't hang on the order of joins.
  mutating func join(_ one: Int32, _ other: Int32) {
    let (one, other) = (root(of: one), root(of: other))
    parents[Int(max(one, other))] = min(one, other)
  }
}
