/// A wiring in which what no one could tell apart stands once, with the same times as the whole.
///
///     let folding = Folding(whole, keepingRanks: !costs.isFree)
///     // Run folding.wiring; actor a of the whole ends when folding.actorClasses[a] does.
///
/// The vertices of a graph are the whole's *units* (actors, or ranks with all their lanes), connections and
/// links. A connection has an edge to its sender's unit and one to its receiver's, labelled by the port, and
/// one to each link of each of its routes, labelled by the turn. Classes are those of its
/// ``EquitablePartition``.
///
/// **Why the fold's times are the whole's.** Call a state of the whole *even* if actors of one class are in
/// one state, but for the names of their peers, and so are connections of one class: the same messages wait,
/// the same is left of the one under way, on the same turn. Even states of the whole and states of the fold
/// correspond one to one.
///
/// 1. *Rates.* Let x(K) be the fold's max-min rate of class K, for the classes that are active on their
///    turns. Give each of K's connections in the whole x(K). A link of class L carries n(K, L) incidences of
///    K, by equitability the same on each link of L, and n(K, L) is the count of K's hop over L in the fold.
///    So its load is the sum of n(K, L) x(K), which is the fold's load on L and at most the capacity. In the
///    fold K has its bound, or a full link L on which no class has more. In the whole, each connection of K
///    then has the same bound or, by equitability, crosses a link of class L, which is as full and carries
///    the same classes only. An allocation that fits and in which each flow has its bound or such a link is
///    max-min fair, and there is only one (Bertsekas and Gallager, Data Networks, 1992, section 6.5.2). So
///    the whole's rates are those of the fold.
/// 2. *Steps.* Two actors of a class have one role. By equitability, at a port with one number they send on
///    connections of one class, and receive on those of one class, which end at, or come from, actors of one
///    class at ports with one number. What an actor does next depends on its own state and on what has come
///    to its ports, and a connection's next message on those that wait for it: the same for all of a class.
///    Where lanes compete for a rank's processor, units are ranks, and the order among lanes is part of a
///    unit's state.
/// 3. *Times.* The first state is even. From an even state the next event comes at one time for all
///    connections and actors of a class, by 1, and for those of the fold's class; all of them happen in one
///    batch, and by 2 lead to an even state that corresponds to the fold's. By induction all times agree, but
///    for the rounding of rates.
///
/// Nothing above asks for an automorphism: rates and steps depend on how many neighbours there are of each
/// class only. Whatever else lets ranks influence each other (a processor shared by several ranks) is not in
/// a wiring; who simulates it does not fold.
package struct Folding: Sendable {
  /// The fold: one actor, connection and link a class; a hop's count is how many connections of the class are
  /// on each link of the hop's class.
  package private(set) var wiring: Wiring
  /// The fold's actor, connection and link for each of the whole.
  package let actorClasses: [Int32]
  package let connectionClasses: [Int32]
  package let linkClasses: [Int32]
  /// For each actor of the fold, the first of the whole that it stands for, and for how many it does.
  package let representatives: [Int32]
  package let sizes: [Int32]
  /// The same for each connection of the fold.
  package let connectionRepresentatives: [Int32]
  package let connectionSizes: [Int32]
  /// The same for each link of the fold.
  package let linkRepresentatives: [Int32]
  package let linkSizes: [Int32]

  /// Folds a wiring as far as it goes: O(m log m) for a wiring of m actors, ports, connections, routes and
  /// hops.
  ///
  /// - Parameters:
  ///   - whole: not itself a fold; every port has a connection in one direction at least, and no path a link
  ///     twice.
  ///   - keepingRanks: whether actors of one rank stay together, because the order in which they are served
  ///     matters.
  package init(_ whole: Wiring, keepingRanks: Bool) {
    let units = Units(of: whole, keepingRanks: keepingRanks)
    let partition = EquitablePartition(of: whole.graph(over: units), colours: whole.colours(over: units))
    // Units, connections and links stand in this order and have colours of their own; so their classes do
    // too.
    let firstConnection = units.count
    let firstLink = firstConnection + whole.connections.count
    let unitClasses = partition.firsts.firstIndex { $0 >= firstConnection } ?? partition.firsts.count
    let connectionEnd = partition.firsts.firstIndex { $0 >= firstLink } ?? partition.firsts.count

    var representatives: [Int32] = []
    var sizes: [Int32] = []
    var firstActors: [Int32] = []
    for unit in 0..<unitClasses {
      firstActors.append(Int32(representatives.count))
      for actor in units.actors(of: Int(partition.firsts[unit])) {
        representatives.append(Int32(actor))
        sizes.append(partition.sizes[unit])
      }
    }
    var actorClasses = [Int32](repeating: 0, count: whole.actors.count)
    for unit in 0..<units.count {
      let first = firstActors[Int(partition.classes[unit])]
      let actors = units.actors(of: unit)
      for actor in actors { actorClasses[actor] = first + Int32(actor - actors.lowerBound) }
    }
    (self.actorClasses, self.representatives, self.sizes) = (actorClasses, representatives, sizes)
    connectionClasses = partition.classes[firstConnection..<firstLink].map { $0 - Int32(unitClasses) }
    connectionRepresentatives = partition.firsts[unitClasses..<connectionEnd].map {
      $0 - Int32(firstConnection)
    }
    connectionSizes = Array(partition.sizes[unitClasses..<connectionEnd])
    linkClasses = partition.classes[firstLink...].map { $0 - Int32(connectionEnd) }
    linkRepresentatives = partition.firsts[connectionEnd...].map { $0 - Int32(firstLink) }
    linkSizes = Array(partition.sizes[connectionEnd...])

    var fold = Wiring()
    (fold.turns, fold.sharesLines) = (whole.turns, whole.sharesLines)
    for representative in representatives {
      var folded = whole.actors[Int(representative)]
      folded.firstPort = Int32(fold.ports.count)
      let unit = Int(units.unit(of: Int(representative)))
      folded.rank = partition.classes[unit]
      fold.actors.append(folded)
      for port in whole.ports(of: Int(representative)) {
        let (peer, connection) = (whole.ports[port].peer, whole.ports[port].connection)
        fold.ports.append(
          Wiring.Port(
            peer: actorClasses[Int(peer)],
            connection: connection < 0 ? -1 : connectionClasses[Int(connection)]))
      }
    }
    for representative in connectionRepresentatives {
      var connection = whole.connections[Int(representative)]
      connection.sender = actorClasses[Int(connection.sender)]
      connection.receiver = actorClasses[Int(connection.receiver)]
      fold.connections.append(connection)
    }
    fold.capacities = linkRepresentatives.map { whole.capacities[Int($0)] }
    wiring = fold
    appendRoutes(of: whole)
  }

  /// Gives each connection of the fold its routes, with one hop for all links of a class that a path crosses.
  ///
  /// If each of `sizes` connections crosses `times` links of a class on one turn, then the links of the class
  /// have `sizes × times` incidences, and each as many as the others.
  private mutating func appendRoutes(of whole: Wiring) {
    var times = [Int32](repeating: 0, count: linkSizes.count)
    var links: [Int32] = []
    for (connection, representative) in connectionRepresentatives.enumerated() {
      for index in whole.routes(of: Int(representative)) {
        for hop in whole.hops(of: index) {
          let link = linkClasses[Int(whole.hops[hop].link)]
          if times[Int(link)] == 0 { links.append(link) }
          times[Int(link)] += 1
        }
        var route = whole.routes[index]
        route.first = Int32(wiring.hops.count)
        for link in links {
          let incidences = Int(connectionSizes[connection]) * Int(times[Int(link)])
          let (count, rest) = incidences.quotientAndRemainder(dividingBy: Int(linkSizes[Int(link)]))
          precondition(rest == 0, "links of one class carry equally many connections")
          wiring.hops.append(Wiring.Hop(link: link, count: Int32(count)))
          times[Int(link)] = 0
        }
        route.end = Int32(wiring.hops.count)
        wiring.routes.append(route)
        links.removeAll(keepingCapacity: true)
      }
    }
  }
}
