import Collectives
import Fabric
import Foundation
import Quantities
import Records
import Simulation
import Transport

/// Conditions with the files that they name, and other jobs with the endpoints that they have.
struct ConditionsInForce: Sendable {
  /// The file that says so, and its digest; nil where all is as planned.
  let file: (path: String, digest: String)?
  let conditions: Conditions
  /// Delays of messages; nil for none.
  private(set) var delays: [Time]?
  /// The record that delays are taken from; nil where there is none.
  private(set) var jitterRecord: Record.Input?
  /// The endpoints of each neighbour's ranks.
  private(set) var endpoints: [[Int]] = []
  /// What is added to every seed.
  private var shift: UInt64 = 0
  /// What is odd about them, though possible.
  private(set) var warnings: [String] = []

  /// All as planned.
  init(planned fabric: Fabric) { (file, conditions) = (nil, Conditions(fabric)) }

  /// Reads a file.
  ///
  /// - Throws: ``Failure``.
  init(_ path: String, on fabric: Fabric, ranks: Int) throws {
    do throws(TopologyFileError) {
      let text = try BoundedFile.text(at: path, limit: Document.sizeLimit)
      file = (path, Digest.sha256(Data(text.utf8)))
      conditions = try Conditions(parsing: text, path: path, on: fabric, ranks: ranks)
    } catch {
      throw Failure(error)
    }
    if let jitter = conditions.jitter {
      switch jitter.source {
      case .delays(let delays): self.delays = delays
      case .record(let record, let size):
        let data = try Failure.asFailure { () throws(FileError) in try WrittenFile.read(record) }
        jitterRecord = Record.Input(role: "record", path: record, digest: Digest.sha256(data))
        delays = try Self.delays(in: data, of: record, size: size, named: "\(path):\(jitter.line)")
      }
    }
  }

  var jitter: Jitter? {
    guard let delays, let seed = conditions.jitter?.seed else { return nil }
    return Jitter(delays: delays, seed: seed &+ shift)
  }

  var neighbours: [Conditions.Neighbour] { conditions.neighbours }

  /// Whether there is nothing but other links: what ``TimeBreakdown`` can take apart.
  var areOfLinksOnly: Bool {
    conditions.hostLimit == nil && conditions.slowdowns.isEmpty && delays == nil && neighbours.isEmpty
  }

  /// Where in the file a neighbour is.
  private func name(_ number: Int) -> String {
    "\(file?.path ?? "conditions"):\(neighbours[number].line): job \(number + 1)"
  }

  /// Finds the neighbours' endpoints, beside those of the main job.
  ///
  /// - Parameter shift: what is added to the seeds of their placements and of jitter.
  mutating func place(beside own: [Int], shift: UInt64 = 0) throws {
    self.shift = shift
    do {
      endpoints = try conditions.endpointsOfNeighbours(beside: own) { placement, ranks in
        try placement.reseeded(by: shift).endpoints(for: ranks, on: conditions.fabric)
      }
    } catch let error as SimulationError {
      throw Failure(.data, "\(file?.path ?? "conditions"): \(error.description)")
    } catch let error as FabricError {
      throw Failure(.data, "\(file?.path ?? "conditions"): \(error.description)")
    } catch let error as TopologyFileError {
      throw Failure(error)
    }
    warnings = []
    var owners = [Int: String]()
    for endpoint in own { owners[endpoint] = "the main job" }
    for (number, places) in endpoints.enumerated() {
      let shared = places.filter { owners[$0] != nil }
      if let first = shared.first, let owner = owners[first] {
        let name = conditions.fabric.nodes[conditions.fabric.endpoints[first]].id
        warnings.append(
          "job \(number + 1) of the conditions shares \(shared.count) endpoint\(shared.count == 1 ? "" : "s") with others,"
            + " such as \(name) with \(owner); they share its links, not its processor")
      }
      for endpoint in places where owners[endpoint] == nil { owners[endpoint] = "job \(number + 1)" }
    }
  }

  /// The neighbours as the simulation takes them.
  func jobs(of type: DataType, _ options: ScheduleOptions.Resolved) throws(Failure) -> [Simulation.Job] {
    var jobs: [Simulation.Job] = []
    for (number, neighbour) in neighbours.enumerated() {
      do throws(ScheduleError) {
        let schedule = try Schedule(
          neighbour.collective, neighbour.algorithm, ranks: neighbour.ranks,
          count: neighbour.size.bytes / type.size, root: 0,
          parameters: .init(
            channels: options.channels, chunk: options.chunk.map { $0.bytes / type.size } ?? .max >> 1,
            depth: options.depth, domain: options.domain))
        jobs.append(
          Simulation.Job(
            schedule, endpoints: endpoints[number], start: neighbour.start,
            repetitions: neighbour.repetitions))
      } catch {
        throw Failure(.data, "\(name(number)): \(error.description)")
      }
    }
    return jobs
  }

  /// By how much the samples of one size are above the least of their point, all points of that size together.
  private static func delays(
    in data: Data, of path: String, size: ByteCount, named place: String
  ) throws(Failure) -> [Time] {
    let record = try Failure.asFailure { () throws(FileError) in try Record(parsing: data, path: path) }
    let points = record.series.flatMap(\.points)
    let found = points.filter { $0.size == size }
    guard !found.isEmpty else {
      let sizes = Set(points.map(\.size)).sorted().map(\.description).joined(separator: ", ")
      throw Failure(.data, "\(place): the record \(path) has no point of \(size), expected one of \(sizes)")
    }
    let delays = found.flatMap { point in
      let least = point.samples.min() ?? .zero
      return point.samples.map { $0 - least }
    }
    guard delays.count > 1 else {
      throw Failure(.data, "\(place): the record \(path) has one sample of \(size), expected two or more")
    }
    return delays
  }
}

extension Placement {
  /// The same with a higher seed, where it has one.
  func reseeded(by shift: UInt64) -> Placement {
    if case .random(let seed) = self { .random(seed: seed &+ shift) } else { self }
  }
}

extension Routing {
  /// The same with a higher seed, where it has one.
  func reseeded(by shift: UInt64) -> Routing {
    let policy: Policy =
      switch self.policy {
      case .ecmp(let seed, let isPolarised): .ecmp(seed: seed &+ shift, isPolarised: isPolarised)
      case .random(let seed): .random(seed: seed &+ shift)
      case .flowlet(let seed): .flowlet(seed: seed &+ shift)
      case .destinationModulo, .adaptive, .spray, .table: self.policy
      }
    return Routing(policy, queuePairs: queuePairs, usesPXN: usesPXN)
  }
}
