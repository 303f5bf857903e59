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
  let algorithm: Algorithm
  let ranks: Int
  let root: Int
  let type: DataType
  let sizes: [ByteCount]
  let channels: Int
  let chunk: ByteCount?
  let depth: Int
  let placement: Placement
  let routing: Routing
  let machine: (path: String, digest: String, model: MachineModel)?
  let flows: String?
  let format: Format
  let endpoints: [Int]
  private let router: Router

  var fabric: Fabric { topology.fabric }
  var host: HostModel { machine?.model.host ?? .ideal }

  init(_ command: SimulateCommand) throws {
    format = try Names.one("format", command.format)
    collective = try Names.one("collective", command.collective)
    algorithm = try Names.one("algorithm", command.algorithm)
    type = try Names.type(command.datatype)
    sizes = try command.sizeOptions.resolved()
    guard command.flows == nil || sizes.count == 1 else {
      throw Failure(.usage, "--flows is for one size, found \(sizes.count): give --sizes 1M, for example")
    }
    do throws(QuantityError) {
      placement = try Placement(parsing: command.placement)
      routing = try Routing(parsing: command.routing)
    } catch {
      throw Failure(.usage, error.description)
    }
    chunk = try command.chunk.map { text throws(Failure) in try Names.size("--chunk", text) }
    if let chunk, chunk.bytes < type.size {
      throw Failure(.usage, "--chunk \(chunk): it holds at least one element of \(type.size) B")
    }
    (root, channels, depth, flows) = (command.root, command.channels, command.depth, command.flows)
    topology = try Topology(forCommand: command.topology)
    ranks = command.ranks ?? topology.fabric.endpoints.count
    do {
      endpoints = try placement.endpoints(for: ranks, on: topology.fabric)
    } catch let error as FabricError {
      throw Failure(.usage, error.description)
    } catch let error as TopologyFileError {
      throw Failure(error)
    }
    router = Router(topology.fabric, routing: routing)
    machine = try command.machine.map(Self.machine)
    for size in sizes { _ = try schedule(size) }
  }

  private static func machine(_ path: String) throws(Failure) -> (
    path: String, digest: String, model: MachineModel
  ) {
    do throws(FileError) {
      let data = try WholeFile.read(path)
      return (path, Digest.sha256(data), try MachineModel(parsing: data, path: path))
    } catch {
      throw Failure(error)
    }
  }

  func schedule(_ size: ByteCount) throws(Failure) -> Schedule {
    do throws(ScheduleError) {
      return try Schedule(
        collective, algorithm, ranks: ranks, count: size.bytes / type.size, root: root,
        parameters: .init(
          channels: channels, chunk: chunk.map { $0.bytes / type.size } ?? .max >> 1, depth: depth))
    } catch {
      throw Failure(.usage, error.description)
    }
  }

  /// Simulates one size.
  func predict(_ size: ByteCount) throws -> Prediction {
    let schedule = try schedule(size)
    let log = try flows.map { path throws(Failure) in try FlowLog(path, fabric: fabric, endpoints: endpoints)
    }
    let clock = ContinuousClock()
    let start = clock.now
    let outcome = try simulate(schedule, host: host) { progress in
      let elapsed = (clock.now - start) / .seconds(1)
      let left = elapsed / max(progress.fraction, 1e-9) - elapsed
      Progress.say(
        "\(size): \((progress.fraction * 100).fixed(0)) %, \((Double(progress.events) / elapsed / 1e6).fixed(1)) million"
          + " events/s, about \(left.fixed(0)) s left")
    } observe: { flow in
      log?.add(flow)
    }
    try log?.close()
    let elapsed = (clock.now - start) / .seconds(1)
    let interval = try machine?.model.interval(for: outcome.total, of: schedule, elementSize: type.size) {
      host in
      try simulate(schedule, host: host).total
    }
    return Prediction(
      size: ByteCount(schedule.count * type.size), count: schedule.count, outcome: outcome,
      interval: interval,
      bound: bound(bytes: schedule.count * type.size), elapsed: elapsed,
      warning: machine?.model.extrapolation(for: schedule, elementSize: type.size))
  }

  private func simulate(
    _ schedule: Schedule, host: HostModel, progress: ((SimulationProgress) -> Void)? = nil,
    observe: ((SimulatedFlow) -> Void)? = nil
  ) throws(Failure) -> Outcome {
    do throws(SimulationError) {
      return try Simulation(
        schedule: schedule, elementSize: type.size, fabric: fabric, router: router, endpoints: endpoints,
        host: host
      ).run(progress: progress, observe: flows == nil ? nil : observe)
    } catch {
      switch error {
      case .tooLarge, .tooLong: throw Failure(.usage, error.description)
      case .placement, .noPath, .host: throw Failure(.data, error.description)
      case .deadlock: throw Failure(.software, error.description)
      }
    }
  }

  /// What no algorithm beats: the fastest endpoint's links and the cheapest regime of the host count.
  private func bound(bytes: Int) -> Time {
    var (out, into) = ([Int: (rate: Double, latency: Time)](), [Int: (rate: Double, latency: Time)]())
    let nodes = Set(endpoints.map { fabric.endpoints[$0] })
    var direct = Time.never
    for link in fabric.links {
      if nodes.contains(link.from), nodes.contains(link.to) { direct = min(direct, link.latency) }
      if nodes.contains(link.from) { Self.note(link, at: link.from, in: &out) }
      if nodes.contains(link.to) { Self.note(link, at: link.to, in: &into) }
    }
    let rate = max(out.values.map(\.rate).max() ?? 0, into.values.map(\.rate).max() ?? 0)
    guard rate > 0, let first = out.values.map(\.latency).min(), let last = into.values.map(\.latency).min()
    else {
      return .zero
    }
    let hosts = host.regimes.map { $0.sendOverhead + $0.latency + $0.receiveOverhead }.min() ?? .zero
    let alpha = (min(direct, first + last) + hosts).seconds
    return .seconds(
      LowerBound(collective, ranks: ranks, bytes: Double(bytes)).time(
        alpha: alpha, beta: 1 / rate, gamma: host.regimes.map(\.reduction).min() ?? 0))
  }

  private static func note(
    _ link: Fabric.Link, at node: Int, in ports: inout [Int: (rate: Double, latency: Time)]
  ) {
    let known = ports[node] ?? (0, .never)
    ports[node] = (known.rate + link.bandwidth.bytesPerSecond, min(known.latency, link.latency))
  }

  /// The predictions as a record.
  func record(_ predictions: [Prediction]) -> Record {
    let points = predictions.map {
      Record.Point(size: $0.size, count: $0.count, samples: [$0.outcome.total], predicted: $0.interval)
    }
    let series = Record.Series(
      collective: collective.rawValue, algorithm: algorithm.rawValue, ranks: ranks, datatype: type.rawValue,
      operation: collective.reduces ? ReduceOperation.sum.rawValue : "", isInPlace: false, root: root,
      channels: channels, chunk: chunk, depth: depth, points: points)
    let environment = Record.Environment(
      command: CommandLine.arguments, started: Date().ISO8601Format(), version: Version.number,
      commit: Version.commit, hosts: [HostSurvey.thisHost(nics: [])], placement: [], transport: "simulation",
      simulation: Record.Simulated(
        topology: fabric.name, topologyDigest: Digest.sha256(Data(topology.text.utf8)),
        placement: placement.description,
        routing: routing.description, machine: machine?.path, machineDigest: machine?.digest),
      warnings: predictions.compactMap(\.warning))
    return Record(origin: .simulated, environment: environment, series: [series])
  }
}

/// One size's prediction.
struct Prediction {
  let size: ByteCount
  let count: Int
  let outcome: Outcome
  /// At 95 %, where there is a machine model.
  let interval: Record.Interval?
  /// What no algorithm can beat.
  let bound: Time
  /// Seconds that the simulation took.
  let elapsed: Double
  let warning: String?
}
