import Collectives
import Quantities
import Simulation
import Testing

@Suite("The effective bisection under a collective is what its halves send each other")
struct HalvesTests {
  private func outcome(_ collective: Collective, _ algorithm: Algorithm, folds: Bool) throws -> Outcome {
    let schedule = try Schedule(collective, algorithm, ranks: 4, count: 4_000)
    var simulation = try SwitchedRanks(ranks: 4, bytesPerSecond: 1e9, latency: .zero).simulation(of: schedule)
    simulation.folds = folds
    return try simulation.run()
  }

  /// Rank 1 sends rank 2, and rank 3 rank 0, six blocks of 1,000 bytes.
  @Test("Around a ring as much as one link carries, each way", arguments: [true, false])
  func ring(folds: Bool) throws {
    let outcome = try outcome(.allReduce, .ring, folds: folds)
    #expect(outcome.halves == Outcome.Halves(up: 6_000, down: 6_000))
    #expect(outcome.total == .microseconds(6))
  }

  /// Two ranks have a block of 1,000 bytes for each of the other two.
  @Test("In an all-to-all a block for each pair", arguments: [true, false])
  func allToAll(folds: Bool) throws {
    let outcome = try outcome(.allToAll, .pairwise, folds: folds)
    #expect(outcome.halves == Outcome.Halves(up: 4_000, down: 4_000))
    #expect(outcome.total == .microseconds(3))
  }

  @Test("Down a chain from rank 0 nothing comes back")
  func broadcast() throws {
    #expect(
      try outcome(.broadcast, .ring, folds: true).halves == Outcome.Halves(up: 4_000, down: 0))
  }
}
