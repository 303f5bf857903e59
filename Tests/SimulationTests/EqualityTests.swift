import Collectives
import Fabric
import Simulation
import Statistics
import Testing

@Suite("What makes the engine fast changes nothing")
struct Equality {
  /// A random walk through the product of all that the engine knows, the same on every run.
  @Test("to the picosecond, and every byte is kept, in 2,000 random cases", arguments: 0..<8)
  func laws(part: Int) throws {
    var compared = 0
    for number in 0..<250 {
      let seed = UInt64(250 * part + number)
      var random = SplitMix64(seed: seed)
      guard let drawn = ReplayCase(drawing: &random) else { continue }
      let breaches = try drawn.breaches()
      #expect(breaches.isEmpty, "case \(seed): \(drawn.description)")
      compared += 1
    }
    #expect(compared > 150)
  }

  @Test("and every builder of fabrics has its part in it")
  func builders() {
    let names = Set(BuiltFabrics.all.map(\.fabric.name))
    #expect(names == Set(Topology.builders).subtracting(["explicit"]))
  }

  @Test("and several threads at once give what one gives after the other")
  func threads() async throws {
    var simulations: [Simulation] = []
    for seed in 0..<60 {
      var random = SplitMix64(seed: UInt64(10_000 + seed))
      if let drawn = ReplayCase(drawing: &random) { simulations.append(drawn.simulation) }
    }
    let expected = try simulations.map { simulation in try simulation.run() }
    for (number, simulation) in simulations.enumerated() {
      async let first = simulation.run()
      async let second = simulation.run()
      let both = try await [first, second]
      #expect(both == [expected[number], expected[number]], "case \(number)")
    }
  }
}
