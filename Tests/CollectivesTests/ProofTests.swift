import Collectives
import Testing

/// Every algorithm with every collective that it serves.
let allPairs = Algorithm.allCases.flatMap { algorithm in algorithm.collectives.map { ($0, algorithm) } }

extension Schedule.Parameters {
  /// The same, with the greatest domain of up to eight ranks that divides `ranks`.
  func dividing(_ ranks: Int) -> Self {
    var parameters = self
    parameters.domain = (1...8).last { ranks.isMultiple(of: $0) } ?? 1
    return parameters
  }
}

@Suite("Schedules are proved")
struct ScheduleProofs {
  @Test("for 1 to 64 ranks, more elements than ranks", arguments: allPairs)
  func everyRankCount(collective: Collective, algorithm: Algorithm) throws {
    for ranks in 1...64 {
      let schedule = try Schedule(
        collective, algorithm, ranks: ranks, count: 3 * ranks + 1,
        parameters: Schedule.Parameters().dividing(ranks))
      _ = try Proof(of: schedule)
    }
  }

  @Test("for 1,000 ranks", arguments: allPairs)
  func thousandRanks(collective: Collective, algorithm: Algorithm) throws {
    // A window of one piece spans a whole domain on two levels, and the proof looks at all of it at every move.
    let parameters = Schedule.Parameters(depth: algorithm == .hierarchical ? 1 : 8)
    _ = try Proof(of: Schedule(collective, algorithm, ranks: 1_000, count: 1_000, parameters: parameters))
  }

  @Test("for zero elements, one, and fewer than ranks", arguments: allPairs)
  func fewElements(collective: Collective, algorithm: Algorithm) throws {
    for ranks in [1, 2, 3, 5, 7, 8, 12] {
      for count in [0, 1, 2, ranks - 1] {
        _ = try Proof(
          of: Schedule(
            collective, algorithm, ranks: ranks, count: count,
            parameters: Schedule.Parameters().dividing(ranks)))
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
              .dividing(ranks)
            _ = try Proof(
              of: Schedule(collective, algorithm, ranks: ranks, count: 61, root: root, parameters: parameters)
            )
          }
        }
      }
    }
  }

  @Test(
    "on two levels, for every size of domain, even or not",
    arguments: [Collective.allReduce, .allGather, .reduceScatter, .broadcast])
  func domains(collective: Collective) throws {
    for ranks in [1, 2, 4, 6, 8, 12, 24] {
      for domain in (1...ranks) where ranks.isMultiple(of: domain) {
        for count in [1, ranks, 5 * ranks, 61] {
          for (channels, chunk, depth) in [(1, 1 << 30, 8), (1, 1, 1), (2, 2, 1), (1, 2, 3)] {
            let parameters = Schedule.Parameters(
              channels: channels, chunk: chunk, depth: depth, domain: domain)
            for root in collective.isRooted ? [0, ranks - 1, ranks / 2] : [0] {
              _ = try Proof(
                of: Schedule(
                  collective, .hierarchical, ranks: ranks, count: count, root: root, parameters: parameters))
            }
          }
        }
      }
    }
  }
}
