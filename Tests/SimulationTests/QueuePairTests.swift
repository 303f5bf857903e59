import Collectives
import Fabric
import Quantities
import Simulation
import Testing

@Suite("Queue pairs carry messages side by side, flowlets one after the other")
struct QueuePairTests {
  /// Two hosts of 2 GB/s on leaves that two spines join by 1 GB/s each.
  private func seconds(_ routing: String) throws -> Double {
    let fabric = try LeafSpine(
      leaves: 2, hostsPerLeaf: 1, spines: 2, hostRate: .gigabytes(2), uplinkRate: .gigabytes(1),
      timing: LinkTiming(link: .zero, throughSwitch: .zero)
    ).fabric(named: "two leaves")
    let schedule = try Schedule(
      .broadcast, .tree, ranks: 2, count: 1_000_000, parameters: .init(chunk: 10_000, depth: 4))
    return try Simulation(
      schedule: schedule, elementSize: 1, fabric: fabric,
      router: Router(fabric, routing: try Routing(parsing: routing)), endpoints: [0, 1]
    ).run().total.seconds
  }

  // A million bytes over one uplink of 1 GB/s, or over both.
  @Test(
    "A broadcast in pieces takes as long as the links that its messages use at once allow",
    arguments: [("d-mod-k", 1e-3), ("d-mod-k,qps=2", 0.5e-3), ("flowlet:1", 1e-3)])
  func broadcast(routing: String, expected: Double) throws {
    #expect(abs(try seconds(routing) - expected) < 1e-9)
  }

  @Test(
    "What gives a message no path of its own is refused, with what does",
    arguments: ["adaptive", "spray,pxn"])
  func refused(routing: String) {
    let error = #expect(throws: SimulationError.self) { try seconds(routing) }
    #expect(error?.description.contains("routing '\(routing)' needs the links' loads") == true)
    #expect(error?.description.contains("topology bisection takes '\(routing)'") == true)
  }
}
