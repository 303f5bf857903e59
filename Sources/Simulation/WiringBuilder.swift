import Collectives

/// Makes a ``Wiring`` of programs and paths, job by job: first all actors, then their connections.
struct WiringBuilder: Sendable {
  /// Appends the links from one rank of a job to another, in a lane, in a turn.
  typealias PathFinder =
    @Sendable (_ from: Int, _ to: Int, _ lane: Int, _ turn: Int, _ path: inout [Int32])
    throws(SimulationError) -> Void

  /// Who takes part in a job: a rank, or a switch.
  struct Seat {
    /// Ranks of all jobs are numbered from 0 on, and switches after them.
    let number: Int
    /// Ranks of unequal colours, zero or more, can be told apart from the start.
    let colour: Int32
    let isSwitch: Bool
  }

  /// A job's actors.
  private struct Cast: Sendable {
    let firstActor: Int
    let lanes: Int
    let findPath: PathFinder
  }

  private let elementSize: Int
  private var casts: [Cast] = []
  private var peers: [Int32] = []
  private(set) var wiring = Wiring()
  private(set) var roles = Roles()
  /// The links of every route, one behind the other, whether they can be contended or not.
  private(set) var paths: [Int32] = []
  /// Where each route's links start in `paths`, and the end.
  private(set) var pathStarts: [Int] = [0]

  init(elementSize: Int) { self.elementSize = elementSize }

  /// Rates past this many bytes a second count as this, so that no sum overflows: such links count as contended too
  /// early, never too late.
  private static let demandLimit = 0x1p40

  /// More ports or routes than this can't be held.
  private static let limit = 1 << 26

  /// Adds the actors of a job, rank by rank and lane by lane.
  ///
  /// - Parameters:
  ///   - seats: its ranks, and after them its switches if it has any.
  ///   - program: what a rank or switch does in a lane.
  ///   - findPath: how its messages find their way.
  mutating func add<Steps: StepSequence>(
    seats: [Seat], lanes: Int, program: (_ rank: Int, _ lane: Int) -> Steps,
    findPath: @escaping PathFinder
  ) throws(SimulationError) {
    let base = wiring.actors.count
    casts.append(Cast(firstActor: base, lanes: lanes, findPath: findPath))
    for (rank, seat) in seats.enumerated() {
      for lane in 0..<lanes {
        let role = roles.role(of: program(rank, lane), elementSize: elementSize, peers: &peers)
        let actor = wiring.actors.count
        // Where counts differ though the steps don't, no two actors are taken to be alike.
        let isAlone = roles.roles[Int(role)].isVarying
        wiring.actors.append(
          Wiring.Actor(
            role: role, rank: Int32(seat.number), firstPort: Int32(wiring.ports.count),
            colour: isAlone ? ~Int32(actor) : 2 * seat.colour + (seat.isSwitch ? 1 : 0),
            isSwitch: seat.isSwitch))
        for peer in peers {
          wiring.ports.append(Wiring.Port(peer: Int32(base + Int(peer) * lanes + lane), connection: -1))
        }
        guard wiring.ports.count < Self.limit else { throw .tooManyConnections(wiring.ports.count) }
      }
    }
  }

  /// Makes the connections between all actors, and finds their routes over these links.
  ///
  /// - Parameters:
  ///   - capacities: of the links, in bytes a second.
  ///   - latencies: of the links, in picoseconds.
  ///   - turns: the routes that a connection's messages take in turn.
  ///   - unshared: for each link, whether messages don't share it; empty where they share all.
  mutating func connect(
    capacities: [Double], latencies: [Int64], turns: Turns, unshared: [Bool]
  ) throws(SimulationError) {
    makeConnections()
    // A connection needs no more routes than it has messages.
    let most = roles.roles.indices.lazy.flatMap { [roles] in roles.messages(of: $0) }.max() ?? 1
    wiring.turns = max(1, min(turns.count, most))
    wiring.sharesLines = turns.areOneConnection
    guard wiring.connections.count < Self.limit / wiring.turns else {
      throw .tooManyConnections(wiring.connections.count * wiring.turns)
    }
    try findRoutes(capacities: capacities, latencies: latencies)
    keepContendedLinks(capacities: capacities, unshared: unshared)
  }

  /// The links of a route.
  func path(of route: Int) -> ArraySlice<Int32> { paths[pathStarts[route]..<pathStarts[route + 1]] }

  private mutating func makeConnections() {
    for actor in wiring.actors.indices {
      let role = roles.roles[Int(wiring.actors[actor].role)]
      for (place, port) in wiring.ports(of: actor).enumerated() where role.firstSends[place] >= 0 {
        let peer = Int(wiring.ports[port].peer)
        let index = role.firstSends[place]
        let send = roles.template(of: Int(wiring.actors[actor].role), step: index)
        // The first send by a port is in the first period of what repeats.
        let receive = roles.template(of: Int(wiring.actors[peer].role), step: index + send.peerStep)
        precondition(
          receive.port >= 0 && wiring.ports[Int(wiring.actors[peer].firstPort + receive.port)].peer == actor,
          "a message is named at both ends")
        wiring.ports[port].connection = Int32(wiring.connections.count)
        wiring.connections.append(
          Wiring.Connection(sender: Int32(actor), receiver: Int32(peer), receiverPort: receive.port))
      }
    }
  }

  private mutating func findRoutes(capacities: [Double], latencies: [Int64]) throws(SimulationError) {
    wiring.routes.reserveCapacity(wiring.connections.count * wiring.turns)
    var cast = 0
    for connection in wiring.connections {
      while cast + 1 < casts.count, casts[cast + 1].firstActor <= connection.sender { cast += 1 }
      let (base, lanes) = (casts[cast].firstActor, casts[cast].lanes)
      let (from, lane) = (Int(connection.sender) - base).quotientAndRemainder(dividingBy: lanes)
      for turn in 0..<wiring.turns {
        try casts[cast].findPath(from, (Int(connection.receiver) - base) / lanes, lane, turn, &paths)
        var (bound, latency) = (Double.infinity, Int64(0))
        for link in paths[pathStarts[pathStarts.count - 1]...] {
          bound = min(bound, capacities[Int(link)])
          latency = min(latency + latencies[Int(link)], Replay.lastPicosecond)
        }
        pathStarts.append(paths.count)
        wiring.routes.append(Wiring.Route(first: 0, end: 0, bound: bound, latency: latency))
      }
    }
  }

  /// Of every route keeps the links that its connections could fill together: others hold nobody back.
  private mutating func keepContendedLinks(capacities: [Double], unshared: [Bool]) {
    var demands = [(demand: Int64, routes: Int32)](repeating: (0, 0), count: capacities.count)
    for (route, bound) in wiring.routes.lazy.map(\.bound).enumerated() {
      let demand = Int64(min(bound, Self.demandLimit).rounded(.up))
      for link in path(of: route) {
        demands[Int(link)].demand += demand
        demands[Int(link)].routes += 1
      }
    }
    var numbers = [Int32](repeating: -1, count: capacities.count)
    for route in wiring.routes.indices {
      wiring.routes[route].first = Int32(wiring.hops.count)
      for link in path(of: route).lazy.map(Int.init) {
        let capacity = Int64(min(capacities[link], Self.demandLimit))
        guard demands[link].routes > 1, demands[link].demand > capacity else { continue }
        guard unshared.isEmpty || !unshared[link] else { continue }
        if numbers[link] < 0 {
          numbers[link] = Int32(wiring.capacities.count)
          wiring.capacities.append(capacities[link])
        }
        wiring.hops.append(Wiring.Hop(link: numbers[link], count: 1))
      }
      wiring.routes[route].end = Int32(wiring.hops.count)
    }
  }
}
