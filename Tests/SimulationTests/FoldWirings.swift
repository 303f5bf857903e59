import Simulation

/// A wiring put together connection by connection.
struct FoldWiring {
  private var whole = Wiring()
  private var ports: [[Wiring.Port]] = []

  init(turns: Int = 1, capacities: [Double]) {
    whole.turns = turns
    whole.capacities = capacities
  }

  mutating func addActor(rank: Int, role: Int = 0, colour: Int = 0) {
    whole.actors.append(
      Wiring.Actor(role: Int32(role), rank: Int32(rank), firstPort: 0, colour: Int32(colour)))
    ports.append([])
  }

  /// A connection from a port of one actor to a port of another, with a route a turn.
  mutating func connect(
    _ sender: Int, port: Int, to receiver: Int, port receiverPort: Int,
    routes: [(links: [Int], bound: Double, latency: Int64)]
  ) {
    put(Wiring.Port(peer: Int32(receiver), connection: Int32(whole.connections.count)), at: port, of: sender)
    put(Wiring.Port(peer: Int32(sender), connection: -1), at: receiverPort, of: receiver)
    whole.connections.append(
      Wiring.Connection(sender: Int32(sender), receiver: Int32(receiver), receiverPort: Int32(receiverPort)))
    for route in routes {
      let first = Int32(whole.hops.count)
      whole.hops += route.links.map { Wiring.Hop(link: Int32($0), count: 1) }
      whole.routes.append(
        Wiring.Route(
          first: first, end: Int32(whole.hops.count), bound: route.bound, latency: route.latency))
    }
  }

  private mutating func put(_ port: Wiring.Port, at place: Int, of actor: Int) {
    while ports[actor].count <= place { ports[actor].append(Wiring.Port(peer: -1, connection: -1)) }
    ports[actor][place] = port
  }

  var wiring: Wiring {
    var wiring = whole
    for actor in ports.indices {
      wiring.actors[actor].firstPort = Int32(wiring.ports.count)
      wiring.ports += ports[actor]
    }
    return wiring
  }
}

extension FoldWiring {
  /// A ring in order over leaves of equally many hosts under one spine, all links of one capacity but the
  /// broken.
  ///
  /// Links are each host's to and from its leaf, then each leaf's to and from the spine.
  static func ring(leaves: Int, hosts: Int, broken: [Int: Double] = [:]) -> Wiring {
    let ranks = leaves * hosts
    var capacities = [Double](repeating: 50e9, count: 2 * (ranks + leaves))
    for (link, capacity) in broken { capacities[link] = capacity }
    var ring = FoldWiring(capacities: capacities)
    for rank in 0..<ranks { ring.addActor(rank: rank) }
    for rank in 0..<ranks {
      let next = (rank + 1) % ranks
      var links = [2 * rank]
      if rank / hosts != next / hosts {
        links += [2 * (ranks + rank / hosts), 2 * (ranks + next / hosts) + 1]
      }
      links.append(2 * next + 1)
      let bound = links.map { capacities[$0] }.min() ?? .infinity
      ring.connect(rank, port: 0, to: next, port: 1, routes: [(links, bound, Int64(500_000 * links.count))])
    }
    return ring.wiring
  }

  /// Copies of a random wiring whose every edge is joined to the other copies by a random permutation.
  ///
  /// So its fold is no larger than one copy, though hardly any automorphism need be left of it. With a seed
  /// that three divides, something is then changed in one place.
  static func copies(seed: UInt64) -> (whole: Wiring, actorsOfOne: Int) {
    var random = Random(seed: seed)
    let (copies, ranks, lanes) = (random.below(5) + 1, random.below(4) + 1, random.below(2) + 1)
    let (links, turns) = (random.below(6) + 1, random.below(3) + 1)
    let rates = [5e9, 12.5e9, 20e9, 50e9, 3e9 / 7]
    let linkRates = (0..<links).map { _ in rates[random.below(2 + random.below(4))] }
    var capacities = (0..<copies).flatMap { _ in linkRates }
    let isChanged = seed.isMultiple(of: 3)
    if isChanged, random.below(2) == 0 { capacities[random.below(capacities.count)] = 1e9 }
    var wiring = FoldWiring(turns: turns, capacities: capacities)
    let actors = ranks * lanes
    let kinds = (0..<actors).map { _ in (role: random.below(2), colour: random.below(8) / 7) }
    let changed = isChanged ? random.below(copies * actors) : -1
    for copy in 0..<copies {
      for actor in 0..<actors {
        wiring.addActor(
          rank: copy * ranks + actor / lanes, role: kinds[actor].role,
          colour: copy * actors + actor == changed ? 2 : kinds[actor].colour)
      }
    }
    var portCounts = [Int](repeating: 0, count: actors)
    for _ in 0..<random.below(3 * actors) + 1 {
      let (sender, receiver) = (random.below(actors), random.below(actors))
      let receivers = random.permutation(copies)
      let senderPort = portCounts[sender]
      portCounts[sender] += 1
      let receiverPort = portCounts[receiver]
      portCounts[receiver] += 1
      let paths = (0..<turns).map { _ in
        var path: [(link: Int, copies: [Int])] = []
        var uses = [Int](repeating: 0, count: links)
        var orders: [[Int]] = (0..<links).map { _ in random.permutation(copies) }
        for _ in 0..<random.below(5) {
          let link = random.below(links)
          guard uses[link] < copies else { continue }
          // The next copy's link where the path already is on one of these: no path has a link twice.
          if uses[link] > 0 { orders[link] = orders[link].map { ($0 + 1) % copies } }
          uses[link] += 1
          path.append((link, orders[link]))
        }
        return (path: path, bound: rates[random.below(5)], latency: Int64(random.below(3)) * 500_000)
      }
      for copy in 0..<copies {
        wiring.connect(
          copy * actors + sender, port: senderPort, to: receivers[copy] * actors + receiver,
          port: receiverPort,
          routes: paths.map { route in
            (route.path.map { $0.copies[copy] * links + $0.link }, route.bound, route.latency)
          })
      }
    }
    return (wiring.wiring, actors)
  }
}

extension Wiring {
  /// Actors', connections' and links' classes by naive colour refinement, each numbered in the order of their
  /// first.
  ///
  /// The signature of a thing is written down from the wiring itself, part by part, and replaced by its
  /// number until no more numbers come of it.
  func naiveClasses(keepingRanks: Bool) -> (actors: [Int32], connections: [Int32], links: [Int32]) {
    let units = actors.indices.map { actor in
      keepingRanks ? actors.firstIndex { $0.rank == actors[actor].rank } ?? actor : actor
    }
    var unitClasses = [Int32](repeating: 0, count: actors.count)
    var (connectionClasses, linkClasses) = (
      [Int32](repeating: 0, count: connections.count), [Int32](repeating: 0, count: capacities.count)
    )
    while true {
      var signatures = actors.indices.map { [[Int64(unitClasses[$0])]] }
      for actor in actors.indices {
        let place = Int64(actor - units[actor])
        signatures[units[actor]].append(
          [place, Int64(actors[actor].role), Int64(actors[actor].colour), Int64(ports(of: actor).count)])
        for (number, port) in ports(of: actor).enumerated() where ports[port].connection >= 0 {
          signatures[units[actor]].append(
            [place, Int64(number), Int64(connectionClasses[Int(ports[port].connection)])])
        }
      }
      var connectionSignatures = connectionClasses.map { [[Int64($0)]] }
      var linkSignatures = linkClasses.indices.map {
        [[Int64(linkClasses[$0]), Int64(bitPattern: capacities[$0].bitPattern)]]
      }
      for (index, connection) in connections.enumerated() {
        let (sender, receiver) = (Int(connection.sender), Int(connection.receiver))
        let port = ports[ports(of: sender)].prefix { $0.connection != index }.count
        signatures[units[receiver]].append([
          Int64(receiver - units[receiver]), Int64(connection.receiverPort), -1,
          Int64(connectionClasses[index]),
        ])
        connectionSignatures[index].append([
          Int64(unitClasses[units[sender]]), Int64(sender - units[sender]), Int64(port),
          Int64(unitClasses[units[receiver]]), Int64(receiver - units[receiver]),
          Int64(connection.receiverPort),
        ])
        for (turn, route) in routes(of: index).enumerated() {
          let path = hops(of: route).map { Int(hops[$0].link) }
          connectionSignatures[index].append(
            [Int64(bitPattern: routes[route].bound.bitPattern), routes[route].latency]
              + path.map { Int64(linkClasses[$0]) }.sorted())
          for link in path { linkSignatures[link].append([Int64(turn), Int64(connectionClasses[index])]) }
        }
      }
      let refined = (
        Self.numbered(units.indices.map { Self.inOrder(signatures[units[$0]]) }),
        Self.numbered(connectionSignatures),
        Self.numbered(linkSignatures.map(Self.inOrder))
      )
      if refined == (unitClasses, connectionClasses, linkClasses) { break }
      (unitClasses, connectionClasses, linkClasses) = refined
    }
    let actorClasses = Self.numbered(
      actors.indices.map { [[Int64(unitClasses[units[$0]]), Int64($0 - units[$0])]] })
    return (actorClasses, connectionClasses, linkClasses)
  }

  private static func inOrder(_ signature: [[Int64]]) -> [[Int64]] {
    signature.prefix(1) + signature.dropFirst().sorted { $0.lexicographicallyPrecedes($1) }
  }

  private static func numbered(_ values: [[[Int64]]]) -> [Int32] {
    var numbers: [[[Int64]]: Int32] = [:]
    return values.map { value in
      if let known = numbers[value] { return known }
      numbers[value] = Int32(numbers.count)
      return Int32(numbers.count - 1)
    }
  }

  /// The max-min fair rates of connections that are on these turns, -1 for none, by progressive filling.
  ///
  /// The least level at which a link is full, or a connection at its bound, is looked for among all; what is
  /// there stays.
  func naiveRates(turns active: [Int]) -> [Double] {
    var rates = [Double](repeating: 0, count: connections.count)
    var open = Set(active.indices.filter { active[$0] >= 0 })
    let paths = active.indices.map { connection in
      active[connection] < 0
        ? [] : hops(of: connection * turns + active[connection]).map { hops[$0] }
    }
    let bounds = active.indices.map { routes[$0 * turns + max(0, active[$0])].bound }
    while !open.isEmpty {
      var room = capacities
      var weights = [Double](repeating: 0, count: capacities.count)
      for connection in active.indices where active[connection] >= 0 {
        for hop in paths[connection] {
          if open.contains(connection) {
            weights[Int(hop.link)] += Double(hop.count)
          } else {
            room[Int(hop.link)] -= Double(hop.count) * rates[connection]
          }
        }
      }
      let levels = open.reduce(into: [Int: Double]()) { levels, connection in
        levels[connection] = paths[connection].reduce(bounds[connection]) {
          min($0, max(0, room[Int($1.link)]) / weights[Int($1.link)])
        }
      }
      let least = levels.values.min() ?? 0
      for (connection, level) in levels where level == least {
        rates[connection] = least
        open.remove(connection)
      }
    }
    return rates
  }
}
