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
    let options = try command.scheduleOptions.resolved()
    (type, root, channels, chunk, depth) = (
      options.type, options.root, options.channels, options.chunk, options.depth
    )
    sizes = try command.sizeOptions.resolved()
    guard command.flows == nil || sizes.count == 1 else {
      throw Failure(.usage, "--flows is for one size, found \(sizes.count): give --sizes 1M, for example")
    }
    guard command.linkUse == nil || sizes.count == 1 else {
      throw Failure(.usage, "--link-use is for one size, found \(sizes.count): give --sizes 1M, for example")
    }
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
    do {
      _ = try Turns(routing)
      router = try Router(topology.fabric, reading: routing)
    } catch let error as SimulationError {
      throw Failure(.usage, error.description)
    } catch let error as TopologyFileError {
      throw Failure(error)
    }
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
      case .tooLarge, .tooLong, .routing: throw Failure(.usage, error.description)
      case .placement, .noPath, .host: throw Failure(.data, error.description)
      case .deadlock: throw Failure(.software, error.description)
      }
    }
  }

  /// What no algorithm beats: what endpoints and what whole hosts must carry over the fastest of them.
  ///
  /// Latency is that of one message by the shortest links and the cheapest regime of the host model.
  private func bound(bytes: Int) -> Time {
    let nodes = Set(endpoints.map { fabric.endpoints[$0] })
    // An endpoint of no host is its own.
    func host(_ node: Int) -> Int { fabric.nodes[node].host >= 0 ? fabric.nodes[node].host : ~node }
    let hosts = Set(nodes.map(host))
    var (endpointPorts, hostPorts) = (Ports(), Ports())
    var direct = Time.never
    for link in fabric.links {
      let (from, to) = (nodes.contains(link.from), nodes.contains(link.to))
      if from, to { direct = min(direct, link.latency) }
      if from { endpointPorts.addOut(link, of: link.from) }
      if to { endpointPorts.addIn(link, of: link.to) }
      guard host(link.from) != host(link.to) else { continue }
      if hosts.contains(host(link.from)) { hostPorts.addOut(link, of: host(link.from)) }
      if hosts.contains(host(link.to)) { hostPorts.addIn(link, of: host(link.to)) }
    }
    let regimes = self.host.regimes
    let message = regimes.map { $0.sendOverhead + $0.latency + $0.receiveOverhead }.min() ?? .zero
    let alpha = (min(direct, endpointPorts.latency) + message).seconds
    let gamma = regimes.map(\.reduction).min() ?? 0
    func time(_ ranks: Int, _ ports: Ports, gamma: Double) -> Double {
      guard ranks > 1, ports.rate > 0 else { return 0 }
      return LowerBound(collective, ranks: ranks, bytes: Double(bytes)).time(
        alpha: alpha, beta: 1 / ports.rate, gamma: gamma)
    }
    return .seconds(max(time(ranks, endpointPorts, gamma: gamma), time(hosts.count, hostPorts, gamma: 0)))
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

/// What the links out of, and into, each of several places carry together.
private struct Ports {
  private var out: [Int: Double] = [:]
  private var into: [Int: Double] = [:]
  private var latencies = (out: Time.never, into: Time.never)

  /// The most that one place sends or receives.
  var rate: Double { max(out.values.max() ?? 0, into.values.max() ?? 0) }

  /// The least latency of two links, one out and one in.
  var latency: Time { out.isEmpty || into.isEmpty ? .zero : latencies.out + latencies.into }

  mutating func addOut(_ link: Fabric.Link, of place: Int) {
    out[place, default: 0] += link.bandwidth.bytesPerSecond
    latencies.out = min(latencies.out, link.latency)
  }

  mutating func addIn(_ link: Fabric.Link, of place: Int) {
    into[place, default: 0] += link.bandwidth.bytesPerSecond
    latencies.into = min(latencies.into, link.latency)
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
