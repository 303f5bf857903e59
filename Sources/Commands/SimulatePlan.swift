import ArgumentParser
import Calibration
import Collectives
import Fabric
import Foundation
import Measurement
import Quantities
import Records
import Reports
import Simulation
import Transport

/// A command line of `simulate` that was read and makes sense, with the files that it names.
struct SimulatePlan {
  /// The forms in which predictions are printed.
  enum Format: String, CaseIterable {
    case table
    case json
    case csv
  }

  let topology: Topology
  let collective: Collective
  let algorithm: SimulatedAlgorithm
  let ranks: Int
  var root: Int
  var type: DataType
  let sizes: [ByteCount]
  var channels: Int
  var chunk: ByteCount?
  var depth: Int
  var domain: Int
  var placement: Placement
  var routing: Routing
  var machine: (path: String, digest: String, model: MachineModel)?
  /// The files that it reads, for a record; empty where none is written.
  private(set) var inputs: [Record.Input] = []
  let flows: String?
  let format: Format
  var endpoints: [Int]
  var conditions: ConditionsInForce
  var engine: EngineOptions
  var hostChanges: ConditionsOptions.HostChanges
  /// The switches that combine and copy, where they do.
  var tree: SwitchTree?
  /// Whether to take the time apart and compare with defaults; nil for where that is soon done.
  let breakdown: Bool?
  let defaults: ScheduleOptions.Resolved
  var router: Router
  var limits: PhysicalLimits

  /// The network as it is.
  var fabric: Fabric { conditions.conditions.fabric }
  var host: HostModel { hostChanges.applied(to: machine?.model.host ?? .ideal) }

  /// Whether every option of one size has just one.
  private static func check(_ command: SimulateCommand, sizes: Int) throws(Failure) {
    let files = [
      ("--flows", command.flows), ("--link-use", command.linkUse), ("--trace", command.outputs.trace),
      ("--utilisation", command.outputs.utilisation),
    ]
    for (option, file) in files where file != nil && sizes != 1 {
      throw Failure(.usage, "\(option) is for one size, found \(sizes): give --sizes 1M, for example")
    }
  }

  init(_ command: SimulateCommand) throws {
    format = try Names.one("format", command.format)
    collective = try Names.one("collective", command.collective)
    algorithm = try Names.one("algorithm", command.algorithm)
    let options = try command.scheduleOptions.resolved()
    defaults = try ScheduleOptions.parse([]).resolved()
    (type, root, channels, chunk, depth, domain) = (
      options.type, options.root, options.channels, options.chunk, options.depth, options.domain
    )
    sizes = try command.sizeOptions.resolved()
    try Self.check(command, sizes: sizes.count)
    do throws(QuantityError) {
      placement = try Placement(parsing: command.placement)
      routing = try Routing(parsing: command.routing)
    } catch {
      throw Failure(.usage, error.description)
    }
    flows = command.flows
    topology = try Topology(forCommand: command.topology)
    ranks = command.ranks ?? topology.fabric.endpoints.count
    do {
      endpoints = try placement.endpoints(for: ranks, on: topology.fabric)
    } catch let error as FabricError {
      throw Failure(.usage, error.description)
    } catch let error as TopologyFileError {
      throw Failure(error)
    }
    if let path = command.conditionsOptions.conditions {
      conditions = try ConditionsInForce(path, on: topology.fabric, ranks: ranks)
    } else {
      conditions = ConditionsInForce(planned: topology.fabric)
    }
    try conditions.place(beside: endpoints)
    hostChanges = try command.conditionsOptions.hostChanges()
    do {
      _ = try Turns(routing)
      router = try Router(conditions.conditions.fabric, reading: routing)
    } catch let error as SimulationError {
      throw Failure(.usage, error.description)
    } catch let error as TopologyFileError {
      throw Failure(error)
    }
    // A root that is no rank is refused by the first schedule, below.
    limits = PhysicalLimits(
      conditions.conditions.fabric, endpoints: endpoints, root: min(max(0, root), ranks - 1))
    tree = try Self.tree(algorithm, on: conditions.conditions.fabric, endpoints: endpoints)
    breakdown = command.outputs.breakdown
    engine = command.engine
    machine = try command.machine.map(Self.machine)
    if command.record != nil { inputs = try inputs(topology: command.topology) }
    for size in sizes { _ = try job(size) }
    _ = try neighbours
    if breakdown == true, !canBeTakenApart {
      throw Failure(
        .usage,
        "--breakdown takes the time apart where conditions are of links only, found host limits, stragglers, jitter or"
          + " other jobs")
    }
  }

  /// Reads a machine model, with its digest.
  static func machine(_ path: String) throws(Failure) -> (
    path: String, digest: String, model: MachineModel
  ) {
    do throws(FileError) {
      let data = try WrittenFile.read(path)
      return (path, Digest.sha256(data), try MachineModel(parsing: data, path: path))
    } catch {
      throw Failure(error)
    }
  }

  /// The switches that an algorithm has to do with; nil for none.
  static func tree(
    _ algorithm: SimulatedAlgorithm, on fabric: Fabric, endpoints: [Int]
  ) throws(Failure) -> SwitchTree? {
    guard algorithm == .inNetwork else { return nil }
    do throws(SwitchTreeError) {
      return try SwitchTree(fabric, endpoints: endpoints)
    } catch {
      throw Failure(.usage, error.description)
    }
  }

  /// What is simulated.
  func job(_ size: ByteCount) throws(Failure) -> Simulation.Job {
    let slowdowns = conditions.conditions.slowdowns
    guard let tree else {
      return Simulation.Job(try schedule(size), endpoints: endpoints, slowdowns: slowdowns)
    }
    guard channels == 1 else {
      throw Failure(
        .usage, "--channels \(channels): in-network has one lane; --depth says how much is in flight")
    }
    do throws(ScheduleError) {
      let schedule = try AggregationSchedule(
        collective, tree: tree.tree, count: size.bytes / type.size,
        chunk: chunk.map { $0.bytes / type.size } ?? .max >> 1, depth: depth, root: root)
      return Simulation.Job(schedule, over: tree, slowdowns: slowdowns)
    } catch {
      throw Failure(.usage, error.description)
    }
  }

  /// How many messages a run has; where blocks differ, those of no elements are counted too.
  func countMessages(_ size: ByteCount) throws(Failure) -> Int {
    switch try job(size).work {
    case .schedule(let schedule, _): return schedule.countMessages()
    case .aggregation(let schedule, _):
      return (0..<schedule.nodes).reduce(0) { $0 + schedule.program(node: $1).count } / 2
    }
  }

  /// A rank's number or a switch's name; switches are numbered after ranks.
  func name(ofParty number: Int) -> String {
    guard number >= ranks, let tree else { return "\(number)" }
    return fabric.nodes[tree.nodes[number]].id
  }

  /// What is done, without how where switches take part: for bounds, and for what a machine model knows.
  func schedule(_ size: ByteCount) throws(Failure) -> Schedule {
    let algorithm: Algorithm =
      switch algorithm {
      case .ranks(let algorithm): algorithm
      case .inNetwork: collective == .allToAll ? .pairwise : .ring
      }
    do throws(ScheduleError) {
      return try Schedule(
        collective, algorithm, ranks: ranks, count: size.bytes / type.size, root: root,
        parameters: .init(
          channels: channels, chunk: chunk.map { $0.bytes / type.size } ?? .max >> 1, depth: depth,
          domain: domain))
    } catch {
      throw Failure(.usage, error.description)
    }
  }

  /// Simulates one size.
  ///
  /// - Throws: ``Failure``, for a prediction below a bound too, and ``Interrupted``.
  func predict(_ size: ByteCount) throws -> Prediction {
    let schedule = try schedule(size)
    let places =
      (tree?.nodes ?? endpoints.map { fabric.endpoints[$0] })
      + conditions.endpoints.joined().map { fabric.endpoints[$0] }
    let log = try flows.map { path throws(Failure) in try FlowLog(path, fabric: fabric, places: places) }
    let job = try job(size)
    let clock = ContinuousClock()
    let start = clock.now
    let all = try simulate(job, size, host: host, observe: log.map { log in { log.add($0) } }) {
      progress in
      let elapsed = (clock.now - start) / .seconds(1)
      let left = elapsed / max(progress.fraction, 1e-9) - elapsed
      Progress.say(
        "\(size): \((progress.fraction * 100).fixed(0)) %, \((Double(progress.events) / elapsed / 1e6).fixed(1)) million"
          + " events/s, about \(left.fixed(0)) s left")
      return !Interruption.isAsked
    }
    try log?.close()
    let elapsed = (clock.now - start) / .seconds(1)
    let outcome = all.ofRanks(0..<ranks)
    let bound = limits.bound(
      on: schedule, elementSize: type.size, host: host, reduction: tree == nil ? .ranks : .switches)
    do throws(PhysicsViolation) {
      try bound.check(outcome)
    } catch {
      throw Failure(.software, error.description)
    }
    let interval = try machine?.model.interval(for: outcome.total, of: schedule, elementSize: type.size) {
      host in
      try simulate(job, size, host: hostChanges.applied(to: host)).ofRanks(0..<ranks).total
    }
    return Prediction(
      size: ByteCount(schedule.count * type.size), count: schedule.count, outcome: outcome,
      neighbours: neighbourEnds(all), interval: interval, bound: bound, elapsed: elapsed,
      warning: machine?.model.extrapolation(for: schedule, elementSize: type.size))
  }

  /// Runs one size again, for what is to be seen of its flows once the busiest links are known.
  func watch(_ size: ByteCount, observe: @escaping (SimulatedFlow) -> Void) throws {
    _ = try simulate(try job(size), size, host: host, observe: observe)
  }

  /// When each rank is done.
  func completions(_ size: ByteCount) throws -> [Time] {
    try simulate(try job(size), size, host: host).ofRanks(0..<ranks).completions
  }

  /// When each rank is done, unless that takes longer than `limit`: nil then.
  func completions(_ size: ByteCount, within limit: Duration) throws -> [Time]? {
    let start = ContinuousClock.now
    let goesOn = { (_: SimulationProgress) in !Interruption.isAsked && ContinuousClock.now - start < limit }
    do {
      return try simulate(try job(size), size, host: host, progress: goesOn)
        .ofRanks(0..<ranks).completions
    } catch let stopped as Interrupted {
      if Interruption.isAsked { throw stopped }
      return nil
    }
  }

  /// Where the time of a prediction went.
  func breakdown(of prediction: Prediction) throws -> TimeBreakdown {
    let job = try job(prediction.size)
    return try naming(prediction.size) { () throws(SimulationError) in
      try TimeBreakdown(
        of: prediction.outcome, job: job, elementSize: type.size, fabric: fabric, router: router, host: host,
        progress: { _ in !Interruption.isAsked })
    }
  }

  /// The pairs of ranks that use each of some links.
  func users(of links: [Int], at size: ByteCount) throws(Failure) -> [[LinkUsers.Pair]] {
    if let tree { return LinkUsers(of: links, over: tree) { _ in true }.pairs }
    return LinkUsers(of: links, schedule: try schedule(size), router: router, endpoints: endpoints).pairs
  }

  private func simulate(
    _ job: Simulation.Job, _ size: ByteCount, host: HostModel,
    observe: ((SimulatedFlow) -> Void)? = nil,
    progress: @escaping (SimulationProgress) -> Bool = { _ in !Interruption.isAsked }
  ) throws -> Outcome {
    let jobs = [job] + (try neighbours)
    return try naming(size) { () throws(SimulationError) in
      var simulation = try Simulation(
        jobs, elementSize: type.size, fabric: fabric, router: router, host: host,
        hostLimit: conditions.conditions.hostLimit)
      simulation.jitter = conditions.jitter
      engine.apply(to: &simulation)
      return try simulation.run(progress: progress, observe: observe)
    }
  }

  /// Gives a simulation's error the code that it ends a command with.
  private func naming<Result>(
    _ size: ByteCount, _ body: () throws(SimulationError) -> Result
  ) throws -> Result {
    do throws(SimulationError) {
      return try body()
    } catch {
      if case .interrupted(let progress) = error { throw Interrupted(size: size, progress: progress) }
      throw Failure(error.code, error.description)
    }
  }

  /// The predictions as a record.
  func record(_ predictions: [Prediction], endedBecause reason: String? = nil) -> Record {
    let points = predictions.map {
      Record.Point(
        size: $0.size, count: $0.count, samples: $0.replications?.times ?? [$0.outcome.total],
        predicted: $0.interval)
    }
    let series = Record.Series(
      collective: collective.rawValue, algorithm: algorithm.rawValue, ranks: ranks, datatype: type.rawValue,
      operation: collective.reduces ? ReduceOperation.sum.rawValue : "", isInPlace: false, root: root,
      channels: channels, chunk: chunk, depth: depth,
      domain: algorithm == .ranks(.hierarchical) ? domain : nil,
      points: points)
    let environment = Record.Environment(
      command: CommandLine.arguments, started: Date().ISO8601Format(), version: Version.number,
      commit: Version.commit, hosts: [HostSurvey.thisHost(nics: [])], placement: [], transport: "simulation",
      simulation: Record.Simulated(
        topology: fabric.name, topologyDigest: Digest.sha256(Data(topology.text.utf8)),
        placement: placement.description,
        routing: routing.description, machine: machine?.path, machineDigest: machine?.digest,
        conditions: conditions.file?.path, conditionsDigest: conditions.file?.digest),
      warnings: predictions.compactMap(\.warning) + warnings, inputs: inputs)
    return Record(
      origin: .simulated, environment: environment, series: [series], isPartial: reason != nil,
      endedBecause: reason)
  }
}

/// One size's prediction.
struct Prediction {
  let size: ByteCount
  let count: Int
  let outcome: Outcome
  /// When each of the other jobs was done, in their order.
  let neighbours: [Time]
  /// At 95 %, where there is a machine model.
  let interval: Record.Interval?
  /// What no algorithm can beat.
  let bound: PhysicalBound
  /// Seconds that the simulation took.
  let elapsed: Double
  let warning: String?
  /// Where the time went, where that was asked for or soon found out.
  var breakdown: TimeBreakdown?
  /// The same with other seeds, where that was asked for.
  var replications: Replications?
}

/// A run that the user stopped: how far it was.
struct Interrupted: Error {
  let size: ByteCount
  let progress: SimulationProgress
}
