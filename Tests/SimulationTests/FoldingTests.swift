import Simulation
import Testing

@Suite("A fold")
struct FoldingTests {
  @Test("has the classes of naive colour refinement, on 1,000 random wirings", arguments: [false, true])
  func naive(keepingRanks: Bool) {
    for seed in 0..<1_000 {
      let (whole, actorsOfOne) = FoldWiring.copies(seed: UInt64(seed))
      let folding = Folding(whole, keepingRanks: keepingRanks)
      let naive = whole.naiveClasses(keepingRanks: keepingRanks)
      #expect(
        folding.actorClasses.map { folding.representatives[Int($0)] } == firsts(naive.actors), "case \(seed)")
      #expect(folding.connectionClasses == naive.connections, "case \(seed)")
      #expect(folding.linkClasses == naive.links, "case \(seed)")
      if !seed.isMultiple(of: 3) { #expect(folding.wiring.actors.count <= actorsOfOne, "case \(seed)") }
    }
  }

  /// For each thing, the first of its class.
  private func firsts(_ classes: [Int32]) -> [Int32] {
    classes.map { number in Int32(classes.firstIndex(of: number) ?? -1) }
  }

  @Test("says of every actor, connection and link what the whole says", arguments: [false, true])
  func structure(keepingRanks: Bool) {
    for seed in 0..<500 {
      let (whole, _) = FoldWiring.copies(seed: UInt64(seed))
      let folding = Folding(whole, keepingRanks: keepingRanks)
      let fold = folding.wiring
      for (actor, number) in folding.actorClasses.enumerated() {
        let (one, folded) = (whole.actors[actor], fold.actors[Int(number)])
        #expect(one.role == folded.role && one.colour == folded.colour)
        #expect(whole.ports(of: actor).count == fold.ports(of: Int(number)).count)
        for (port, there) in zip(whole.ports(of: actor), fold.ports(of: Int(number))) {
          let connection = whole.ports[port].connection
          #expect(folding.actorClasses[Int(whole.ports[port].peer)] == fold.ports[there].peer)
          #expect(
            (connection < 0 ? -1 : folding.connectionClasses[Int(connection)]) == fold.ports[there].connection
          )
        }
        if keepingRanks, actor > 0 {
          let before = fold.actors[Int(folding.actorClasses[actor - 1])]
          let areOne = one.rank == whole.actors[actor - 1].rank
          #expect(!areOne || number == folding.actorClasses[actor - 1] + 1 && folded.rank == before.rank)
        }
      }
      for (index, connection) in whole.connections.enumerated() {
        let folded = fold.connections[Int(folding.connectionClasses[index])]
        #expect(folding.actorClasses[Int(connection.sender)] == folded.sender)
        #expect(folding.actorClasses[Int(connection.receiver)] == folded.receiver)
        #expect(connection.receiverPort == folded.receiverPort)
      }
      #expect(folding.sizes.reduce(0, +) == Int32(whole.actors.count))
      #expect(folding.connectionSizes.reduce(0, +) == Int32(whole.connections.count))
      #expect(folding.linkSizes.reduce(0, +) == Int32(whole.capacities.count))
      for (link, number) in folding.linkClasses.enumerated() {
        #expect(whole.capacities[link] == fold.capacities[Int(number)])
      }
    }
  }

  @Test("counts of each class, on each turn, what every link of a class carries")
  func counts() {
    for seed in 0..<500 {
      let (whole, _) = FoldWiring.copies(seed: UInt64(seed))
      let folding = Folding(whole, keepingRanks: seed.isMultiple(of: 2))
      let fold = folding.wiring
      for turn in 0..<whole.turns {
        var carried = whole.capacities.map { _ in [Int32](repeating: 0, count: fold.connections.count) }
        for connection in whole.connections.indices {
          for hop in whole.hops(of: connection * whole.turns + turn) {
            carried[Int(whole.hops[hop].link)][Int(folding.connectionClasses[connection])] += 1
          }
        }
        for (link, number) in folding.linkClasses.enumerated() {
          for connection in fold.connections.indices {
            let hops = fold.hops(of: connection * fold.turns + turn).filter { fold.hops[$0].link == number }
            #expect(hops.count <= 1)
            #expect(
              carried[link][connection] == (hops.first.map { fold.hops[$0].count } ?? 0), "case \(seed)")
          }
        }
      }
    }
  }

  @Test("has the max-min fair rates of the whole, whichever classes are active on whichever turns")
  func rates() {
    for seed in 0..<600 {
      let (whole, _) = FoldWiring.copies(seed: UInt64(seed))
      let folding = Folding(whole, keepingRanks: seed.isMultiple(of: 2))
      var random = Random(seed: UInt64(seed) + 77)
      for trial in 0..<4 {
        let turns = folding.wiring.connections.map { _ in
          trial == 0 ? 0 : random.below(3) == 0 ? -1 : random.below(whole.turns)
        }
        let rates = whole.naiveRates(turns: folding.connectionClasses.map { turns[Int($0)] })
        let folded = folding.wiring.naiveRates(turns: turns)
        for (connection, rate) in rates.enumerated() {
          let other = folded[Int(folding.connectionClasses[connection])]
          #expect(
            abs(rate - other) <= 1e-12 * rate, "case \(seed), connection \(connection): \(rate), \(other)")
        }
      }
    }
  }

  /// Each host's two links see one connection each and are of one class, which each connection crosses twice.
  @Test("of a ring on one switch is one actor that sends to itself", arguments: [2, 3, 8, 100])
  func oneSwitch(ranks: Int) {
    let folding = Folding(FoldWiring.ring(leaves: 1, hosts: ranks), keepingRanks: false)
    let fold = folding.wiring
    #expect(folding.actorClasses == Array(repeating: 0, count: ranks))
    #expect(folding.sizes == [Int32(ranks)])
    #expect(folding.connectionSizes == [Int32(ranks)])
    #expect(fold.ports.map(\.peer) == [0, 0])
    #expect(fold.ports.map(\.connection) == [0, -1])
    #expect(fold.hops == [Wiring.Hop(link: 0, count: 1)])
    #expect(folding.linkSizes.first == Int32(2 * ranks))
  }

  @Test("of a ring in order has one actor for each place under a leaf", arguments: [2, 3, 16], [2, 5, 24])
  func leaves(leaves: Int, hosts: Int) {
    let folding = Folding(FoldWiring.ring(leaves: leaves, hosts: hosts), keepingRanks: true)
    #expect(folding.actorClasses == (0..<leaves * hosts).map { Int32($0 % hosts) })
    #expect(folding.sizes == Array(repeating: Int32(leaves), count: hosts))
  }

  /// Only one rank sends over the broken link, and every other one knows how far behind it is.
  @Test("of a ring over a broken link has every actor, and over two opposite ones half of them")
  func broken() {
    let (leaves, hosts) = (4, 5)
    let up = { (leaf: Int) in 2 * (leaves * hosts + leaf) }
    let one = Folding(
      FoldWiring.ring(leaves: leaves, hosts: hosts, broken: [up(1): 25e9]), keepingRanks: false)
    #expect(one.actorClasses == (0..<20).map { Int32($0) })
    let two = Folding(
      FoldWiring.ring(leaves: leaves, hosts: hosts, broken: [up(1): 25e9, up(3): 25e9]), keepingRanks: false)
    #expect(two.actorClasses == (0..<20).map { Int32($0 % 10) })
    #expect(two.sizes == Array(repeating: 2, count: 10))
  }

  @Test("keeps the lanes of a rank apart and together, or none of them")
  func lanes() {
    var rings = FoldWiring(capacities: [])
    let ranks = 6
    for actor in 0..<2 * ranks { rings.addActor(rank: actor / 2) }
    for rank in 0..<ranks {
      for lane in 0..<2 {
        let next = lane == 0 ? (rank + 1) % ranks : (rank + ranks - 1) % ranks
        rings.connect(2 * rank + lane, port: 0, to: 2 * next + lane, port: 1, routes: [([], 50e9, 0)])
      }
    }
    let apart = Folding(rings.wiring, keepingRanks: false)
    #expect(apart.sizes == [12])
    let kept = Folding(rings.wiring, keepingRanks: true)
    #expect(kept.sizes == [6, 6])
    #expect(kept.actorClasses == (0..<2 * ranks).map { Int32($0 % 2) })
    #expect(kept.wiring.actors.map(\.rank) == [0, 0])
  }

  @Test("of nothing is nothing, and of actors without ports their roles and colours")
  func empty() {
    #expect(Folding(Wiring(), keepingRanks: true).wiring.actors.isEmpty)
    var lonely = FoldWiring(capacities: [])
    for (rank, role) in [0, 1, 0, 1].enumerated() {
      lonely.addActor(rank: rank, role: role, colour: rank / 3)
    }
    let folding = Folding(lonely.wiring, keepingRanks: false)
    #expect(folding.actorClasses == [0, 1, 0, 2])
    #expect(folding.representatives == [0, 1, 3])
    #expect(folding.sizes == [2, 1, 1])
  }
}
