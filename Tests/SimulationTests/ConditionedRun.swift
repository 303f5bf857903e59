import Collectives
import Fabric
import Quantities
import Simulation

/// Hosts on one switch without latencies, a byte a nanosecond, and what conditions make of a run over them.
struct ConditionedRun {
  var fabric: Fabric
  var host = HostModel.ideal
  var jobs: [Simulation.Job] = []
  var conditions = ""

  init(hosts: Int, latency: String = "0 ns", conditions: String = "", host: HostModel = .ideal) throws {
    fabric = try Topology(
      parsing: """
        name: star
        builder: single-switch
        hosts: \(hosts)
        rate: 8 Gbit/s
        link-latency: \(latency)
        switch-latency: 0 ns
        """
    ).fabric
    (self.conditions, self.host) = (conditions, host)
  }

  init(_ fabric: Fabric, conditions: String = "", host: HostModel = .ideal) {
    (self.fabric, self.conditions, self.host) = (fabric, conditions, host)
  }

  /// A broadcast of so many bytes in one message.
  static func message(
    _ bytes: Int, from source: Int, to destination: Int, start: Time = .zero, repetitions: Int = 1
  ) throws -> Simulation.Job {
    Simulation.Job(
      try Schedule(.broadcast, .ring, ranks: 2, count: bytes), endpoints: [source, destination], start: start,
      repetitions: repetitions)
  }

  /// The simulation of these jobs, bytes for elements, the first being the one that conditions call the main job.
  func simulation(
    _ jobs: [Simulation.Job], routing: Routing = .destinationModulo
  ) throws -> Simulation {
    var jobs = jobs
    let known = conditions.isEmpty ? Conditions(fabric) : try read()
    jobs[0].slowdowns = known.slowdowns
    var simulation = try Simulation(
      jobs, elementSize: 1, fabric: known.fabric, router: Router(known.fabric, routing: routing), host: host,
      hostLimit: known.hostLimit)
    if let jitter = known.jitter, case .delays(let delays) = jitter.source {
      simulation.jitter = Jitter(delays: delays, seed: jitter.seed)
    }
    return simulation
  }

  func read() throws -> Conditions { try Conditions(parsing: conditions, on: fabric, ranks: 2) }

  /// When each rank is done.
  func run(_ jobs: Simulation.Job...) throws -> [Time] { try simulation(jobs).run().completions }
}
