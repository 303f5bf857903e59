package import Collectives
package import Fabric
import Quantities

/// What limits collectives of ranks at given places of a fabric: found once, for all sizes.
///
///     let limits = PhysicalLimits(fabric, endpoints: endpoints)
///     let bound = limits.bound(on: schedule, elementSize: 4, host: .ideal)
///     try bound.check(simulation.run())
package struct PhysicalLimits: Sendable {
  private let fabric: Fabric
  private let endpoints: [Int]
  private let cuts: FabricCuts
  /// The least latencies of a way from one endpoint with a rank to another; zero where ranks share all
  /// endpoints.
  private let leastLatency: Time
  /// Whether there are messages that cross no link.
  private let sharesEndpoints: Bool
  /// From the root to the farthest rank, and from there to the root.
  private let reach: (root: Int, out: Time, into: Time)

  /// Near-linear in the links, for each tier.
  ///
  /// - Parameters:
  ///   - endpoints: for each rank, the index of its place in the fabric's endpoints.
  ///   - root: the rank that broadcasts or collects, in schedules that have one; else any.
  package init(_ fabric: Fabric, endpoints: [Int], root: Int = 0) {
    (self.fabric, self.endpoints) = (fabric, endpoints)
    cuts = FabricCuts(fabric, endpoints: endpoints)
    var hasRank = [Bool](repeating: false, count: fabric.nodes.count)
    for endpoint in endpoints { hasRank[fabric.endpoints[endpoint]] = true }
    var (out, into, direct) = (Time.never, Time.never, Time.never)
    for link in fabric.links {
      if hasRank[link.from] { out = min(out, link.latency) }
      if hasRank[link.to] { into = min(into, link.latency) }
      if hasRank[link.from], hasRank[link.to] { direct = min(direct, link.latency) }
    }
    let isAlone = cuts.divisions.isEmpty || out == .never || into == .never
    leastLatency = isAlone ? .zero : min(direct, out + into)
    sharesEndpoints = Set(endpoints).count < endpoints.count
    let nodes = endpoints.map { fabric.endpoints[$0] }
    let ways = LatencyReach(fabric)
    reach = (
      root, ways.farthest(.out, of: nodes[root], among: nodes),
      ways.farthest(.into, of: nodes[root], among: nodes)
    )
  }

  /// The greatest of all bounds; of equal ones the first of endpoints, hosts, leaves and so on.
  ///
  /// - Parameters:
  ///   - schedule: for its collective, size, root and blocks; its algorithm doesn't matter.
  ///   - elementSize: bytes of one element.
  ///   - host: what hosts add.
  ///   - reduction: who combines elements.
  package func bound(
    on schedule: Schedule, elementSize: Int, host: HostModel, reduction: ReductionPlace = .ranks
  ) -> PhysicalBound {
    let ranks = schedule.ranks
    precondition(endpoints.count == ranks, "each rank has a place")
    precondition(schedule.root == reach.root, "the root is the one that distances were found from")
    // With fewer elements than ranks, an all-to-all may have nothing for anyone else.
    let movesNothing = schedule.collective == .allToAll && schedule.count < ranks
    guard ranks > 1, schedule.count > 0, !movesNothing else {
      return PhysicalBound(name: "nothing to move", time: .zero)
    }
    let size = Double(schedule.count) * Double(elementSize)
    let message =
      host.regimes.map { $0.sendOverhead + $0.latency + $0.receiveOverhead }.min() ?? .zero
    // The first message that crosses and the last one may be of different regimes.
    let send = host.regimes.map(\.sendOverhead).min() ?? .zero
    let arrival = host.regimes.map { $0.latency + $0.receiveOverhead }.min() ?? .zero
    let crossing = send + arrival + leastLatency
    let first = sharesEndpoints ? message : message + leastLatency
    var best = Candidate(time: first, what: .latency)
    best.raise(to: message + farthest(schedule.collective), .reach)

    if schedule.collective.reduces, reduction == .ranks {
      let reduced = size * Double(ranks - 1) / Double(ranks)
      let gamma = host.regimes.map(\.reduction).min() ?? 0
      best.raise(to: first + .transfer(seconds: reduced * gamma), .reduction)
    }
    let demand = CutDemand(schedule.collective, size: size)
    for (index, division) in cuts.divisions.enumerated() {
      let parts = division.out.count
      let blocks = blockBytes(of: division, schedule, elementSize: elementSize)
      let exchanged = exchangedBytes(of: division, schedule, elementSize: elementSize)
      let root = Int(division.partOfRank[schedule.root])
      for part in 0..<parts {
        let (out, into) = demand.ofPart(
          blocks: blocks[part], exchanged: exchanged[part], hasRoot: part == root)
        best.raise(to: crossing, plus: out, at: division.out[part], .part(index, part, isOut: true))
        best.raise(to: crossing, plus: into, at: division.into[part], .part(index, part, isOut: false))
      }
      guard reduction == .ranks else { continue }
      let together = demand.together(parts: parts)
      best.raise(
        to: crossing, plus: together, at: division.out.reduce(0, +), .all(index, isOut: true))
      best.raise(
        to: crossing, plus: together, at: division.into.reduce(0, +), .all(index, isOut: false))
    }
    return PhysicalBound(name: name(of: best.what), time: best.time)
  }

  /// How far what every rank needs from one, or one from every rank, has to go at least.
  ///
  /// All ranks need the first block of an all-gather, which is never empty; rank 0 needs something of all
  /// ranks in a reduce-scatter; an all-reduce is both.
  private func farthest(_ collective: Collective) -> Time {
    switch collective {
    case .allReduce: max(reach.out, reach.into)
    case .allGather, .broadcast: reach.out
    case .reduceScatter, .reduce: reach.into
    // An all-to-all of a few elements may have nothing for the farthest.
    case .allToAll: .zero
    }
  }

  /// The least bytes that the ranks in each part have for those in others; nothing but for an all-to-all.
  ///
  /// A rank's blocks for others differ by an element at the most, so that a whole number of elements less than the
  /// quotient is sure.
  private func exchangedBytes(
    of division: FabricCuts.Division, _ schedule: Schedule, elementSize: Int
  ) -> [Double] {
    var ranks = [Int](repeating: 0, count: division.out.count)
    guard schedule.collective == .allToAll else { return ranks.map(Double.init) }
    for part in division.partOfRank { ranks[Int(part)] += 1 }
    let block = Double(schedule.count / schedule.ranks * elementSize)
    return ranks.map { Double($0) * Double(schedule.ranks - $0) * block }
  }

  /// The bytes of the blocks of the ranks in each part; nothing where the vector has no blocks.
  private func blockBytes(
    of division: FabricCuts.Division, _ schedule: Schedule, elementSize: Int
  ) -> [Double] {
    var bytes = [Double](repeating: 0, count: division.out.count)
    guard schedule.collective.isBlocked else { return bytes }
    for (rank, part) in division.partOfRank.enumerated() {
      bytes[Int(part)] += Double(schedule.ownElements(rank: rank).count) * Double(elementSize)
    }
    return bytes
  }
}

/// What a bound is about: a division is an index into ``FabricCuts/divisions``.
private enum Limit {
  case latency
  case reach
  case reduction
  case part(_ division: Int, _ part: Int, isOut: Bool)
  case all(_ division: Int, isOut: Bool)
}

/// The greatest bound so far.
private struct Candidate {
  var time: Time
  var what: Limit

  mutating func raise(to other: Time, _ limit: Limit) {
    if other > time { (time, what) = (other, limit) }
  }

  /// Where no link leads the way, there is no path, which the simulation says better.
  mutating func raise(to start: Time, plus bytes: Double, at rate: Double, _ limit: Limit) {
    guard bytes > 0, rate > 0 else { return }
    raise(to: start + .transfer(seconds: bytes / rate), limit)
  }
}

extension Time {
  /// Rounded down, so that a bound stays one; at most half of the range, so that a latency can be added.
  fileprivate static func transfer(seconds: Double) -> Time {
    Time(picoseconds: Int64(min((seconds * 1e12).rounded(.down), 0x1p62)))
  }
}

extension PhysicalLimits {
  private func name(of limit: Limit) -> String {
    switch limit {
    case .latency: return "one message's overheads and latency"
    case .reach:
      return "one message's overheads, and latency between rank \(reach.root) and the farthest rank"
    case .reduction: return "the reduction by the busiest processor"
    case .part(let index, let part, let isOut):
      let division = cuts.divisions[index]
      let rate = isOut ? division.out[part] : division.into[part]
      return "\(links(of: division, part, isOut: isOut)): \(Self.text(rate))"
    case .all(let index, let isOut):
      let division = cuts.divisions[index]
      let rate = (isOut ? division.out : division.into).reduce(0, +)
      let what =
        switch division.level {
        case .endpoints: "links of all \(division.out.count) endpoints"
        case .joined(tier: 0) where division.hostOfPart.allSatisfy { $0 >= 0 }:
          "links of all \(division.out.count) hosts"
        case .joined(tier: 0): "links of all \(division.out.count) NVLink domains"
        case .joined(let tier): "links above tier \(tier) of all \(division.out.count) groups of switches"
        }
      return "\(what), \(isOut ? "out" : "in"): \(Self.text(rate)) together"
    }
  }

  private func links(of division: FabricCuts.Division, _ part: Int, isOut: Bool) -> String {
    let direction = isOut ? "out" : "in"
    let rank = division.firstRank[part]
    switch division.level {
    case .endpoints:
      return "links of rank \(rank) (\(fabric.nodes[fabric.endpoints[endpoints[rank]]].id)), \(direction)"
    case .joined(tier: 0):
      let host = division.hostOfPart[part]
      return host >= 0
        ? "links of host \(host), \(direction)" : "links of the NVLink domain of rank \(rank), \(direction)"
    case .joined(let tier):
      let only = division.switchOfPart[part]
      return only >= 0
        ? "uplinks of \(fabric.nodes[only].id), \(direction)"
        : "links above the tier-\(tier) switches of rank \(rank), \(direction)"
    }
  }

  /// A rate as collectives have it.
  private static func text(_ bytesPerSecond: Double) -> String {
    for (unit, scale) in [("GB/s", 1e9), ("MB/s", 1e6), ("kB/s", 1e3)] where bytesPerSecond >= scale {
      return "\((bytesPerSecond / scale).significant()) \(unit)"
    }
    return "\(bytesPerSecond.significant()) B/s"
  }
}
