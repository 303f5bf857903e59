import Collectives
import Fabric
import Quantities
import Simulation
import Testing

/// A ring's rounds on their own: who has what from whom, and when.
///
/// Rank *i* sends to the next one as soon as it has the message of the round before, and its own last one is done with:
/// when that has drained, or only when it has arrived.
private struct RingRounds {
  /// Picoseconds from each rank to the next.
  let latencies: [Int64]
  /// Picoseconds that a message takes to drain.
  let drain: Int64
  let waitsForArrival: Bool

  /// When each rank is done with all rounds.
  func completions() -> [Int64] {
    let ranks = latencies.count
    var received = [Int64](repeating: 0, count: ranks)
    var sent = received
    var next = received
    for _ in 0..<2 * (ranks - 1) {
      for rank in 0..<ranks {
        let drained = max(received[rank], sent[rank]) + drain
        let receiver = rank + 1 == ranks ? 0 : rank + 1
        next[receiver] = drained + latencies[rank]
        sent[rank] = waitsForArrival ? drained + latencies[rank] : drained
      }
      swap(&received, &next)
    }
    return zip(received, sent).map { max($0, $1) }
  }
}

@Suite("Published times over fat trees, and formulas at scale")
struct PublishedTimes {
  /// Three levels of switches: the path to a neighbour in rank has 2, 4 or 6 links of 500 ns each.
  private static func tree(hostsPerLeaf: Int, leaves: Int, pods: Int) throws -> Fabric {
    let rate = Bandwidth.gigabytes(50)
    return try PGFT(
      levels: [
        .init(children: hostsPerLeaf, parents: 1, rate: rate),
        .init(children: leaves, parents: hostsPerLeaf, rate: rate),
        .init(children: pods, parents: leaves, rate: rate),
      ], timing: LinkTiming(link: .nanoseconds(500), throughSwitch: .zero)
    ).fabric(named: "fat tree")
  }

  /// SimGrid's figures are those of rounds in which a rank waits until what it has sent has arrived: every round then
  /// takes as long as the longest path, 2 (n - 1) (6 × 500 ns + S/n β).
  ///
  /// Here a send is done with when it has drained, and latencies overlap: a round takes what the mean path takes. The
  /// same recursion gives both, each exactly.
  @Test(
    "A ring over a fat tree takes as long as SimGrid says where each rank waits for its own arrival",
    arguments: [
      (8, 8, 16, 20, 6_179.902), (16, 16, 16, 30, 67_509.187),
    ])
  func fatTree(hostsPerLeaf: Int, leaves: Int, pods: Int, power: Int, microseconds: Double) throws {
    let ranks = hostsPerLeaf * leaves * pods
    let latencies = (0..<ranks).map { rank -> Int64 in
      let next = (rank + 1) % ranks
      if rank / hostsPerLeaf == next / hostsPerLeaf { return 1_000_000 }
      return rank / (hostsPerLeaf * leaves) == next / (hostsPerLeaf * leaves) ? 2_000_000 : 3_000_000
    }
    // 1 KiB and 256 KiB at 50 GB/s: a whole number of picoseconds.
    let drain = Int64(1 << power / ranks) * 20
    let waiting = RingRounds(latencies: latencies, drain: drain, waitsForArrival: true).completions()
    // It is printed to the nanosecond.
    #expect(abs(Double(waiting.max() ?? 0) * 1e-6 - microseconds) < 5.1e-4)

    let fabric = try Self.tree(hostsPerLeaf: hostsPerLeaf, leaves: leaves, pods: pods)
    let outcome = try Simulation(
      schedule: Schedule(.allReduce, .ring, ranks: ranks, count: 1 << power), elementSize: 1, fabric: fabric,
      router: Router(fabric, routing: .destinationModulo), endpoints: Array(0..<ranks)
    ).run()
    let draining = RingRounds(latencies: latencies, drain: drain, waitsForArrival: false).completions()
    #expect(outcome.completions.map(\.picoseconds) == draining)
    // 2 (n - 1) drains, and twice around the ring less two links of the shortest kind.
    let around = latencies.reduce(0, +)
    #expect(outcome.total.picoseconds == Int64(2 * (ranks - 1)) * drain + 2 * around - 2_000_000)
  }

  /// 2 (n - 1) (α + ⌈S / n β⌉): 1,000 bytes at 46 GB/s take 21,739.13 ps, which a message rounds up.
  @Test(
    "A ring over one switch takes what its formula says, to the picosecond", arguments: [1 << 16, 1 << 20])
  func ring(ranks: Int) throws {
    let schedule = try Schedule(.allReduce, .ring, ranks: ranks, count: 1_000 * ranks)
    let outcome = try SwitchedRanks(ranks: ranks, bytesPerSecond: 46e9).simulation(of: schedule).run()
    let expected = Time(picoseconds: 2 * Int64(ranks - 1) * (1_000_000 + 21_740))
    #expect(outcome.completions.allSatisfy { $0 == expected })
    #expect(outcome.flows == 2 * ranks * (ranks - 1))
  }

  @Test(
    "Other algorithms keep to their formulas over thousands of ranks",
    arguments: [Algorithm.halvingDoubling, .recursiveDoubling, .tree], [1 << 10, 1 << 13])
  func formulas(algorithm: Algorithm, ranks: Int) throws {
    let schedule = try Schedule(.allReduce, algorithm, ranks: ranks, count: 64 * ranks)
    let outcome = try SwitchedRanks(ranks: ranks).simulation(of: schedule).run()
    let form = try #require(schedule.closedForm(elementSize: 1))
    let nanoseconds = form.cost.time(alpha: 1_000, beta: 1 / 50.0, gamma: 0)
    let total = Double(outcome.total.picoseconds) * 1e-3
    switch form.meaning {
    // Each message may round up by a picosecond.
    case .exact: #expect(abs(total - nanoseconds) <= 1e-3 * form.cost.latencies)
    case .upperBound: #expect(total <= nanoseconds + 1e-3 * form.cost.latencies)
    case .estimate: #expect(total <= 2 * nanoseconds && nanoseconds <= 2 * total)
    }
  }
}
