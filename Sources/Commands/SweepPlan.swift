import Calibration
import Collectives
import Fabric
import Foundation
import Quantities
import Records
import Simulation
import Transport

/// A study's cases with the files that they need, and which of them are impossible: all that is known before one runs.
struct SweepPlan: Sendable {
  /// A file that a case is decided by.
  struct Input<Value: Sendable>: Sendable {
    /// As the study writes it.
    let text: String
    let digest: String
    let value: Value
  }

  let study: SweepStudy
  let topologies: [Input<Topology>]
  let machines: [Input<MachineModel>]
  /// In the order of the result: topologies vary slowest, sizes fastest.
  let cases: [SweepCase]
  /// For each case a digest of everything that decides its result.
  let keys: [String]
  /// For each case why it can't be simulated; nil where it can.
  let refusals: [String?]
  /// How many combinations were another one in other words, such as all ranks and their number.
  let repeated: Int

  /// The most cases of a study.
  static let mostCases = 1_000_000

  /// Reads all files of a study and multiplies its values.
  ///
  /// - Throws: ``Failure`` for a file that can't be read or is wrong, for more cases than there may be, and for
  ///   impossible ones, unless the study says that they are to be left out.
  init(_ study: SweepStudy, build: String) throws(Failure) {
    self.study = study
    topologies = try Self.topologies(study)
    machines = try Self.machines(study)
    var draft = Draft(study: study, topologies: topologies, machines: machines, build: build)
    try draft.multiply()
    (cases, keys, refusals, repeated) = (draft.cases, draft.keys, draft.refusals, draft.repeated)
    guard study.skipsImpossible || refusals.allSatisfy({ $0 == nil }) else { throw impossible() }
    guard refusals.contains(where: { $0 == nil }) else {
      throw Failure(.usage, "\(study.path): no case is possible: \(reasons())")
    }
  }

  /// The steps of a case's schedule: what its simulation takes time in proportion to, nearly.
  func cost(of place: Int) -> Double {
    // A schedule that doesn't exist is never simulated.
    guard let schedule = try? cases[place].schedule(of: study.type) else { return 0 }
    // The root of a tree has fewer steps than its other ranks, so the greatest of a few ranks stands for all.
    let probes = Set([0, schedule.ranks / 2, schedule.ranks - 1])
    let steps = probes.map { rank in
      (0..<schedule.lanes).reduce(0) { $0 + schedule.program(rank: rank, lane: $1).count }
    }
    return Double(steps.max() ?? 0) * Double(schedule.ranks)
  }

  private func impossible() -> Failure {
    let count = refusals.count { $0 != nil }
    return Failure(
      .usage,
      "\(study.path): \(count) of \(cases.count) cases are impossible: \(reasons()); 'skip-impossible: true' leaves"
        + " them out")
  }

  /// Every reason once, with its number of cases, in the order of the cases.
  private func reasons() -> String {
    var counts: [(reason: String, count: Int)] = []
    var places: [String: Int] = [:]
    for case let reason? in refusals {
      if let place = places[reason] {
        counts[place].count += 1
      } else {
        places[reason] = counts.count
        counts.append((reason, 1))
      }
    }
    return counts.map { "\($0.reason) (\(SweepRun.counted($0.count)))" }.joined(
      separator: "; ")
  }

  private static func topologies(_ study: SweepStudy) throws(Failure) -> [Input<Topology>] {
    var inputs: [Input<Topology>] = []
    for word in study.topologies {
      let topology = try Topology(forCommand: study.resolved(word.text))
      inputs.append(
        Input(text: word.text, digest: Digest.sha256(Data(topology.text.utf8)), value: topology))
    }
    return inputs
  }

  private static func machines(_ study: SweepStudy) throws(Failure) -> [Input<MachineModel>] {
    var inputs: [Input<MachineModel>] = []
    for case let word? in study.machines {
      let path = study.resolved(word.text)
      do throws(FileError) {
        let data = try WrittenFile.read(path)
        inputs.append(
          Input(
            text: word.text, digest: Digest.sha256(data), value: try MachineModel(parsing: data, path: path)))
      } catch {
        throw Failure(error)
      }
    }
    return inputs
  }
}

/// Cases as they are multiplied.
private struct Draft {
  let study: SweepStudy
  let topologies: [SweepPlan.Input<Topology>]
  let machines: [SweepPlan.Input<MachineModel>]
  let build: String
  var cases: [SweepCase] = []
  var keys: [String] = []
  var refusals: [String?] = []
  var repeated = 0
  private var seen = Set<String>()
  /// The digests of files that placements and routings name, by path.
  private var digests: [String: String] = [:]
  /// Why ranks can't be placed on a topology, or routed on it; nil where they can.
  private var checked: [String: String?] = [:]

  init(
    study: SweepStudy, topologies: [SweepPlan.Input<Topology>], machines: [SweepPlan.Input<MachineModel>],
    build: String
  ) {
    (self.study, self.topologies, self.machines, self.build) = (study, topologies, machines, build)
  }

  mutating func multiply() throws(Failure) {
    try count()
    let (ways, shapes) = (try ways(), shapes())
    for topology in topologies.indices {
      for collective in study.collectives {
        for algorithm in study.algorithms {
          for count in study.ranks {
            let all = topologies[topology].value.fabric.endpoints.count
            let ranks = if case .count(let ranks) = count { ranks } else { all }
            for way in ways {
              for shape in shapes {
                try add(
                  SweepCase(
                    topology: topology, collective: collective, algorithm: algorithm, ranks: ranks,
                    root: collective.isRooted ? study.root : 0, placement: way.placement,
                    routing: way.routing, seed: way.seed, channels: shape.channels, chunk: shape.chunk,
                    depth: shape.depth, machine: shape.machine, size: shape.size))
              }
            }
          }
        }
      }
    }
  }

  /// Refuses more cases than anyone can wait for, before they take memory.
  private func count() throws(Failure) {
    var ways = 0
    for placement in study.placements {
      for routing in study.routings { ways += study.seeds(placement, routing).count }
    }
    let factors = [
      study.topologies.count, study.collectives.count, study.algorithms.count, study.ranks.count,
      study.channels.count, study.chunks.count, study.depths.count, study.machines.count, study.sizes.count,
    ]
    let product = factors.reduce(Double(ways)) { $0 * Double($1) }
    guard product <= Double(SweepPlan.mostCases) else {
      throw Failure(
        .data, "\(study.path): \(product.fixed(0)) cases: a study has at most \(SweepPlan.mostCases)")
    }
  }

  private typealias Way = (
    placement: SweepCase.Choice<Placement>, routing: SweepCase.Choice<Routing>, seed: UInt64?
  )

  /// Every placement with every routing, once for each seed where either has one.
  private mutating func ways() throws(Failure) -> [Way] {
    var ways: [Way] = []
    for placement in study.placements {
      for routing in study.routings {
        for seed in study.seeds(placement, routing) {
          ways.append((try self.placement(placement, seed), try self.routing(routing, seed), seed))
        }
      }
    }
    return ways
  }

  private typealias Shape = (channels: Int, chunk: ByteCount?, depth: Int, machine: Int?, size: ByteCount)

  private func shapes() -> [Shape] {
    var models: [Int?] = []
    for name in study.machines { models.append(name == nil ? nil : models.count { $0 != nil }) }
    var shapes: [Shape] = []
    for channels in study.channels {
      for chunk in study.chunks {
        for depth in study.depths {
          for model in models {
            for size in study.sizes { shapes.append((channels, chunk, depth, model, size)) }
          }
        }
      }
    }
    return shapes
  }

  private mutating func add(_ one: SweepCase) throws(Failure) {
    let key = key(of: one)
    guard seen.insert(key).inserted else {
      repeated += 1
      return
    }
    cases.append(one)
    keys.append(key)
    refusals.append(try refusal(of: one))
  }

  /// The digest of everything that decides the case's result, and of nothing else: not of its place in the study, nor
  /// of what a file is called.
  private func key(of one: SweepCase) -> String {
    var parts = ["syncline.sweep/1", build, topologies[one.topology].digest]
    parts += [one.collective.rawValue, one.algorithm.rawValue, "\(one.ranks)", "\(one.root)"]
    parts += [one.placement.digest ?? one.placement.text, one.routing.digest ?? one.routing.text]
    parts += ["\(one.channels)", one.chunk.map { "\($0.bytes)" } ?? "whole", "\(one.depth)"]
    parts += [one.machine.map { machines[$0].digest } ?? "none", study.type.rawValue, "\(one.size.bytes)"]
    return Digest.sha256(Data(parts.joined(separator: "\n").utf8))
  }

  /// Why a case can't be simulated, or nil.
  private mutating func refusal(of one: SweepCase) throws(Failure) -> String? {
    let topology = topologies[one.topology]
    if let reason = try placementRefusal(of: one) { return "\(topology.text): \(reason)" }
    if let reason = try routingRefusal(of: one) { return "\(topology.text): \(reason)" }
    do throws(ScheduleError) {
      _ = try one.schedule(of: study.type)
      return nil
    } catch {
      return error.description
    }
  }

  private mutating func placementRefusal(of one: SweepCase) throws(Failure) -> String? {
    let fabric = topologies[one.topology].value.fabric
    return try refusal(of: "\(one.topology) \(one.ranks) \(one.placement.text)") {
      _ = try one.placement.value.endpoints(for: one.ranks, on: fabric)
    }
  }

  private mutating func routingRefusal(of one: SweepCase) throws(Failure) -> String? {
    let fabric = topologies[one.topology].value.fabric
    return try refusal(of: "\(one.topology) \(one.routing.text)") {
      _ = try Turns(one.routing.value)
      // A table is followed to the end of every way, so it is read here; other routings have no more to refuse.
      if case .table = one.routing.value.policy { _ = try Router(fabric, reading: one.routing.value) }
    }
  }

  /// Why `check` refuses what has this name, looked at once for each; nil where it doesn't.
  private mutating func refusal(
    of name: String, _ check: () throws -> Void
  ) throws(Failure) -> String? {
    if let known = checked[name] { return known }
    var reason: String?
    do {
      try check()
    } catch let error as FabricError {
      reason = error.description
    } catch let error as SimulationError {
      reason = error.description
    } catch let error as TopologyFileError {
      guard error.cause == .contents else { throw Failure(error) }
      reason = error.description
    } catch {
      throw Failure(.software, "\(error)")
    }
    checked[name] = .some(reason)
    return reason
  }

  private mutating func placement(
    _ word: SweepStudy.Word, _ seed: UInt64?
  ) throws(Failure) -> SweepCase.Choice<Placement> {
    let written: Placement
    do throws(QuantityError) { written = try Placement(parsing: word.text(seed: seed)) } catch {
      throw failure(word, error)
    }
    guard case .file(let path) = written else {
      return .init(pattern: word.text, text: written.description, value: written, digest: nil)
    }
    let found = study.resolved(path)
    return .init(
      pattern: word.text, text: written.description, value: .file(found), digest: try digest(of: found))
  }

  private mutating func routing(
    _ word: SweepStudy.Word, _ seed: UInt64?
  ) throws(Failure) -> SweepCase.Choice<Routing> {
    let written: Routing
    do throws(QuantityError) { written = try Routing(parsing: word.text(seed: seed)) } catch {
      throw failure(word, error)
    }
    guard case .table(let path) = written.policy else {
      return .init(pattern: word.text, text: written.description, value: written, digest: nil)
    }
    let found = study.resolved(path)
    return .init(
      pattern: word.text, text: written.description, value: Routing(.table(found)),
      digest: try digest(of: found))
  }

  /// The digest of a file, read once.
  private mutating func digest(of path: String) throws(Failure) -> String {
    if let known = digests[path] { return known }
    let digest = Digest.sha256(
      try Failure.asFailure { () throws(FileError) in try WholeFile.read(path) })
    digests[path] = digest
    return digest
  }

  private func failure(_ word: SweepStudy.Word, _ error: QuantityError) -> Failure {
    Failure(.data, "\(study.path):\(word.line): \(error)")
  }
}
