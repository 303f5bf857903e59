import Collectives
import Testing

@Suite("Schedules")
struct ScheduleTests {
  @Test("Two ranks' ring: each sends its half's partner, then the sum", arguments: [0, 1])
  func twoRankRing(rank: Int) throws {
    // Block 0 is elements 0..<3, block 1 is 3..<5. Rank r sends block r - 1 and reduces block r, then sends block r.
    let program = try Schedule(.allReduce, .ring, ranks: 2, count: 5).program(rank: rank, lane: 0)
    let (own, other) = rank == 0 ? (0..<3, 3..<5) : (3..<5, 0..<3)
    #expect(program.count == 4)
    #expect(program[0].action == .send && program[0].elements == other)
    #expect(program[1].action == .reduce && program[1].elements == own)
    #expect(program[2].action == .send && program[2].elements == own && program[2].after.0 == 1)
    #expect(program[3].action == .receive && program[3].elements == other && program[3].after.0 == 0)
  }

  @Test(
    "A ring moves no more than the bandwidth bound: 2 (n - 1) / n of the vector a rank",
    arguments: [2, 3, 7, 8])
  func ringIsOptimal(ranks: Int) throws {
    let count = ranks * 100
    let proof = try Proof(of: Schedule(.allReduce, .ring, ranks: ranks, count: count))
    #expect(proof.mostSentByRank == 2 * (ranks - 1) * count / ranks)
    #expect(proof.elementsSent == ranks * proof.mostSentByRank)
  }

  @Test("Halving and doubling move as little as a ring for powers of two", arguments: [2, 4, 8, 16])
  func rabenseifnerIsOptimal(ranks: Int) throws {
    let count = ranks * 10
    let proof = try Proof(of: Schedule(.allReduce, .halvingDoubling, ranks: ranks, count: count))
    #expect(proof.mostSentByRank == 2 * (ranks - 1) * count / ranks)
  }

  @Test("In a double tree no rank sends more than twice the vector", arguments: [2, 3, 4, 5, 8, 13, 64])
  func doubleTreeIsBalanced(ranks: Int) throws {
    let single = try Proof(of: Schedule(.allReduce, .tree, ranks: ranks, count: 64))
    let double = try Proof(of: Schedule(.allReduce, .doubleTree, ranks: ranks, count: 64))
    #expect(double.mostSentByRank <= 2 * 64)
    #expect(ranks < 4 || single.mostSentByRank == 3 * 64)
    #expect(double.elementsSent == single.elementsSent)
  }

  @Test("On a tree every block crosses every edge once", arguments: [2, 3, 6, 9])
  func treeGatherIsMinimal(ranks: Int) throws {
    for collective in [Collective.allGather, .reduceScatter] {
      let proof = try Proof(of: Schedule(collective, .tree, ranks: ranks, count: ranks * 5))
      #expect(proof.elementsSent == (ranks - 1) * ranks * 5)
    }
  }

  @Test("One rank, or no elements, is nothing to do", arguments: Collective.allCases)
  func nothing(collective: Collective) throws {
    for algorithm in Algorithm.allCases where algorithm.serves(collective) {
      let parameters = Schedule.Parameters(domain: 1)
      let alone = try Schedule(collective, algorithm, ranks: 1, count: 10, parameters: parameters)
      #expect(alone.program(rank: 0, lane: 0).count == 0)
      let empty = try Schedule(collective, algorithm, ranks: 5, count: 0, parameters: parameters)
      #expect(try Proof(of: empty).messages == 0)
    }
  }

  @Test("A million ranks cost no memory: a step is computed")
  func large() throws {
    let schedule = try Schedule(.allReduce, .ring, ranks: 1_000_000, count: 1 << 40)
    let program = schedule.program(rank: 999_999, lane: 0)
    let last = program[program.count - 1]
    #expect(program.count == 2 * 2 * 999_999)
    #expect(last.action == .receive && last.peer == 999_998 && last.elements.upperBound <= 1 << 40)
  }

  @Test("What does not exist is refused with what would")
  func refused() {
    #expect(throws: ScheduleError.ranks(0)) { try Schedule(.allReduce, .ring, ranks: 0, count: 1) }
    #expect(throws: ScheduleError.count(-1)) { try Schedule(.allReduce, .ring, ranks: 1, count: -1) }
    #expect(throws: ScheduleError.root(1, ranks: 2)) {
      try Schedule(.allReduce, .ring, ranks: 2, count: 1, root: 1)
    }
    #expect(throws: ScheduleError.root(5, ranks: 2)) {
      try Schedule(.broadcast, .ring, ranks: 2, count: 1, root: 5)
    }
    #expect(throws: ScheduleError.channels(0)) {
      try Schedule(.allReduce, .ring, ranks: 2, count: 1, parameters: .init(channels: 0))
    }
    #expect(throws: ScheduleError.chunk(0)) {
      try Schedule(.allReduce, .ring, ranks: 2, count: 1, parameters: .init(chunk: 0))
    }
    #expect(throws: ScheduleError.channelsCutBlocks(.allGather, .recursiveDoubling)) {
      try Schedule(.allGather, .recursiveDoubling, ranks: 2, count: 1, parameters: .init(channels: 2))
    }
    #expect(throws: ScheduleError.unserved(.allToAll, .ring)) {
      try Schedule(.allToAll, .ring, ranks: 2, count: 2)
    }
    #expect(throws: ScheduleError.unserved(.allReduce, .pairwise)) {
      try Schedule(.allReduce, .pairwise, ranks: 2, count: 2)
    }
    #expect(
      ScheduleError.unserved(.allToAll, .ring).description == "ring does no all-to-all; pairwise would")
    for domain in [0, 3, 16] {
      #expect(throws: ScheduleError.domain(domain, ranks: 8)) {
        try Schedule(.allReduce, .hierarchical, ranks: 8, count: 8, parameters: .init(domain: domain))
      }
    }
    #expect(throws: ScheduleError.self) {
      try Schedule(.allReduce, .ring, ranks: 1 << 20, count: 1 << 50, parameters: .init(chunk: 1))
    }
  }

  @Test("Bus bandwidth factors are nccl-tests'")
  func busFactors() {
    #expect(Collective.allReduce.busFactor(ranks: 4) == 1.5)
    #expect(Collective.allGather.busFactor(ranks: 4) == 0.75)
    #expect(Collective.reduceScatter.busFactor(ranks: 2) == 0.5)
    #expect(Collective.allToAll.busFactor(ranks: 4) == 0.75)
    #expect(Collective.broadcast.busFactor(ranks: 9) == 1)
    #expect(Collective.allReduce.busFactor(ranks: 1) == 0)
  }
}
