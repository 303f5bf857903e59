package import Collectives
package import Fabric
package import Quantities
package import Simulation

/// Times of calls on a fabric: each kind with all of its groups at once, and two kinds at once.
///
/// Every figure comes from a simulation of all groups of all GPUs that take part. A kind, or a pair of kinds, is simulated
/// once.
package final class CallTimes {
  /// The network.
  package let fabric: Fabric
  /// What hosts add to messages.
  package let host: HostModel
  /// The groups of each kind; a group is the endpoints of its ranks, in their order.
  package let groups: [GroupKind: [[Int]]]
  private let router: Router
  private let threads: Int
  private let goesOn: (SimulationProgress) -> Bool
  private let say: (String) -> Void
  private var alone: [CallKind: Outcome] = [:]
  private var pairs: [Pair: Slowdowns] = [:]

  private struct Pair: Hashable {
    let first, second: CallKind
  }

  /// How many times as long two kinds take while both go on.
  package struct Slowdowns: Sendable, Equatable {
    /// Of the first kind beside the second, 1 or more.
    package var first = 1.0
    /// Of the second kind beside the first, 1 or more.
    package var second = 1.0

    package init(first: Double = 1, second: Double = 1) { (self.first, self.second) = (first, second) }
  }

  /// The most bytes of a message where an algorithm passes pieces on, as a pipeline; rings and pairs send whole blocks.
  package static let piece = 1 << 20

  /// Nothing is simulated yet.
  ///
  /// - Parameters:
  ///   - groups: see ``groups``; a kind without any has nothing to do.
  ///   - goesOn: asked now and then whether to go on.
  ///   - say: told what is simulated.
  package init(
    _ fabric: Fabric, router: Router, host: HostModel, groups: [GroupKind: [[Int]]], threads: Int = 1,
    goesOn: @escaping (SimulationProgress) -> Bool = { _ in true }, say: @escaping (String) -> Void = { _ in }
  ) {
    (self.fabric, self.router, self.host, self.groups) = (fabric, router, host, groups)
    (self.threads, self.goesOn, self.say) = (threads, goesOn, say)
  }

  /// One call of a kind, with nothing else on the network; no time where its groups have one rank.
  ///
  /// - Throws: ``CallError`` for an algorithm that can't do it, or ``SimulationError``.
  package func alone(_ kind: CallKind) throws -> Outcome {
    if let known = alone[kind.unnamed] { return known }
    say("simulate \(kind.name), \(ByteCount(kind.bytes))")
    let jobs = try jobs(kind, times: 1)
    let found = jobs.isEmpty ? Outcome(completions: [], links: [], flows: 0, events: 0) : try run(jobs)
    alone[kind.unnamed] = found
    return found
  }

  /// What two kinds make of each other while both go on.
  ///
  /// The shorter one is repeated, about as long as the longer one takes. Of two that begin together, let one end at *W* and
  /// the other one later, at *E*, where it would have taken *T* alone. It has then lost *E* - *T* in the time *W*, so that
  /// beside the other it is slower by *W* / (*W* - (*E* - *T*)); the one that ends first by *W* over its time alone. Kinds
  /// that have no link in common leave each other alone.
  package func together(_ first: CallKind, _ second: CallKind) throws -> Slowdowns {
    let pair = Pair(first: first.unnamed, second: second.unnamed)
    if let known = pairs[pair] { return known }
    let found = try together(first, alone(first), second, alone(second))
    pairs[pair] = found
    pairs[Pair(first: pair.second, second: pair.first)] = Slowdowns(first: found.second, second: found.first)
    return found
  }

  private func together(
    _ first: CallKind, _ own: Outcome, _ second: CallKind, _ other: Outcome
  ) throws -> Slowdowns {
    guard own.total > .zero, other.total > .zero,
      zip(own.links, other.links).contains(where: { $0.bytes > 0 && $1.bytes > 0 })
    else { return Slowdowns() }
    say("simulate \(first.name) beside \(second.name)")
    let (short, long) = own.total <= other.total ? (first, second) : (second, first)
    let ratio = max(own.total, other.total).seconds / min(own.total, other.total).seconds
    // Switches know no repetition.
    let times =
      short.algorithm == .inNetwork ? 1 : Int(min(ratio.rounded(.up), Double(Self.mostRepetitions)))
    let repeated = try jobs(short, times: times)
    let whole = try jobs(long, times: 1)
    let outcome = try run(repeated + whole)
    let ranks = repeated.reduce(0) { $0 + $1.work.ranks }
    let ends = (
      (outcome.completions[..<ranks].max() ?? .zero).seconds,
      (outcome.completions[ranks...].max() ?? .zero).seconds
    )
    let alone = (Double(times) * min(own.total, other.total).seconds, max(own.total, other.total).seconds)
    let overlap = min(ends.0, ends.1)
    func slowdown(_ end: Double, alone: Double) -> Double {
      let progress = overlap - (end - alone)
      // What hardly moves has no rate that a window of this length could tell.
      return max(1, overlap / max(progress, overlap / Self.greatestSlowdown))
    }
    let (ofShort, ofLong) = (slowdown(ends.0, alone: alone.0), slowdown(ends.1, alone: alone.1))
    return own.total <= other.total
      ? Slowdowns(first: ofShort, second: ofLong) : Slowdowns(first: ofLong, second: ofShort)
  }

  private static let mostRepetitions = 256
  private static let greatestSlowdown = 1_000.0

  /// The time of one call with other hosts, for intervals.
  package func time(_ kind: CallKind, host: HostModel) throws -> Time {
    try run(jobs(kind, times: 1), host: host).total
  }

  private func run(_ jobs: [Simulation.Job], host: HostModel? = nil) throws(SimulationError) -> Outcome {
    var simulation = try Simulation(
      jobs, elementSize: 1, fabric: fabric, router: router, host: host ?? self.host)
    simulation.threads = threads
    return try simulation.run(progress: goesOn)
  }

  /// The schedule that each group of a kind keeps, in bytes; nil where a group is alone.
  package func schedule(_ kind: CallKind) throws -> Schedule? {
    guard let group = groups[kind.groups]?.first, group.count > 1, kind.bytes > 0 else { return nil }
    guard let collective = kind.collective else {
      return try Schedule(.broadcast, .ring, ranks: 2, count: kind.bytes)
    }
    guard case .ranks(let algorithm) = kind.algorithm else {
      return try Schedule(collective, .ring, ranks: group.count, count: kind.bytes)
    }
    var parameters = Schedule.Parameters()
    switch algorithm {
    case .tree, .doubleTree, .hierarchical: parameters.chunk = Self.piece
    case .ring, .recursiveDoubling, .halvingDoubling, .pairwise: break
    }
    if algorithm == .hierarchical { parameters.domain = try domain(kind) }
    return try Schedule(
      collective, algorithm, ranks: group.count, count: kind.bytes, parameters: parameters)
  }

  /// How many neighbours in every group share a host.
  private func domain(_ kind: CallKind) throws(CallError) -> Int {
    var domain = 0
    for group in groups[kind.groups] ?? [] {
      let hosts = group.map { fabric.host(of: $0) }
      var start = 0
      while start < hosts.count {
        let end = hosts[start...].firstIndex { $0 != hosts[start] } ?? hosts.count
        if domain == 0 { domain = end - start }
        guard end - start == domain else { throw CallError.unevenDomains(kind.name) }
        start = end
      }
    }
    guard domain > 1 else { throw CallError.noDomains(kind.name) }
    return domain
  }

  private func jobs(_ kind: CallKind, times: Int) throws -> [Simulation.Job] {
    guard let schedule = try schedule(kind) else { return [] }
    let groups = groups[kind.groups] ?? []
    guard kind.collective != nil else {
      return groups.flatMap { chain in
        zip(chain, chain.dropFirst()).flatMap { one, next in
          [[one, next], [next, one]].map { Simulation.Job(schedule, endpoints: $0, repetitions: times) }
        }
      }
    }
    guard kind.algorithm == .inNetwork else {
      return groups.map { Simulation.Job(schedule, endpoints: $0, repetitions: times) }
    }
    return try groups.enumerated().map { number, group in
      let tree = try SwitchTree(fabric, endpoints: group, seed: number)
      let schedule = try AggregationSchedule(
        schedule.collective, tree: tree.tree, count: schedule.count, chunk: Self.piece)
      return Simulation.Job(schedule, over: tree)
    }
  }
}

/// Calls that an algorithm can't do.
package enum CallError: Error, Equatable, CustomStringConvertible {
  /// No group has two ranks on one host.
  case noDomains(String)
  /// Groups have hosts with unequal numbers of ranks.
  case unevenDomains(String)

  /// One line.
  package var description: String {
    switch self {
    case .noDomains(let kind):
      "\(kind): hierarchical needs several ranks of a group on a host, and each is on another"
    case .unevenDomains(let kind):
      "\(kind): hierarchical needs as many ranks of each group on every host"
    }
  }
}
