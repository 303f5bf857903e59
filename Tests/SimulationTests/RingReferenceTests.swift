import Collectives
import Quantities
import Simulation
import Testing

@Suite("The ring agrees with other simulators")
struct RingReferences {
  @Test(
    "over one switch with 50 GB/s and 500 ns a link, two links a message, reductions free",
    arguments: [
      (64, 20, 167.288), (64, 26, 2_768.412), (64, 30, 42_404.584),
      (1_024, 20, 2_087.902), (1_024, 26, 4_727.733), (1_024, 30, 44_953.730),
    ])
  func ring(ranks: Int, power: Int, microseconds: Double) throws {
    let schedule = try Schedule(.allReduce, .ring, ranks: ranks, count: 1 << power)
    let outcome = try SwitchedRanks(ranks: ranks).simulation(of: schedule).run()
    // The figures are printed to the nanosecond.
    #expect(abs(outcome.total.microseconds - microseconds) < max(5.1e-4, 1e-6 * microseconds))
    #expect(outcome.flows == 2 * (ranks - 1) * ranks)
  }
}
