import Collectives
import Testing

/// Every collective with every algorithm.
let allPairs = Collective.allCases.flatMap { collective in Algorithm.allCases.map { (collective, $0) } }

@Suite("Schedules are proved")
struct ScheduleProofs {
  @Test("for 1 to 64 ranks, more elements than ranks", arguments: allPairs)
  func everyRankCount(collective: Collective, algorithm: Algorithm) throws {
    for ranks in 1...64 {
      let schedule = try Schedule(collective, algorithm, ranks: ranks, count: 3 * ranks + 1)
      _ = try Proof(of: schedule)
    }
  }

  @Test("for 1,000 ranks", arguments: allPairs)
  func thousandRanks(collective: Collective, algorithm: Algorithm) throws {
    _ = try Proof(of: Schedule(collective, algorithm, ranks: 1_000, count: 1_000))
  }

  @Test("for zero elements, one, and fewer than ranks", arguments: allPairs)
  func fewElements(collective: Collective, algorithm: Algorithm) throws {
    for ranks in [1, 2, 3, 5, 7, 8, 12] {
      for count in [0, 1, 2, ranks - 1] {
        _ = try Proof(of: Schedule(collective, algorithm, ranks: ranks, count: count))
      }
    }
  }

  @Test("for any root, chunk and number of channels", arguments: allPairs)
  func parameters(collective: Collective, algorithm: Algorithm) throws {
    let oneChannel =
      collective.isBlocked && (algorithm == .recursiveDoubling || algorithm == .halvingDoubling)
    for ranks in [2, 3, 5, 7, 8, 12] {
      for root in collective.isRooted ? [0, 1, ranks - 1] : [0] {
        for channels in oneChannel ? [1] : [1, 2, 3] {
          for (chunk, depth) in [(1, 1), (2, 1), (3, 2), (7, 8)] {
            let parameters = Schedule.Parameters(channels: channels, chunk: chunk, depth: depth)
            _ = try Proof(
              of: Schedule(collective, algorithm, ranks: ranks, count: 61, root: root, parameters: parameters)
            )
          }
        }
      }
    }
  }
}
