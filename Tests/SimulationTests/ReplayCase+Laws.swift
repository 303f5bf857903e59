import Collectives
import Fabric
import Quantities
import Simulation

/// What must hold of every case, whatever was drawn; each law gives the breaches that it found, none if it holds.
extension ReplayCase {
  /// All laws.
  func breaches() throws(SimulationError) -> [String] {
    var plain = simulation
    (plain.folds, plain.skips) = (false, false)
    let expected = try plain.run()
    return try differences(from: expected) + conservation(of: expected) + bounds(of: expected)
  }

  /// Folding, skipping and working ahead of the clock change no time, no byte and no number of flows.
  private func differences(from expected: Outcome) throws(SimulationError) -> [String] {
    var found: [String] = []
    for (folds, skips) in [(true, false), (false, true), (true, true)] {
      var other = simulation
      (other.folds, other.skips) = (folds, skips)
      let outcome = try other.run()
      let name = [folds ? "folded" : "", skips ? "skipped" : ""].filter { !$0.isEmpty }.joined(
        separator: " and ")
      found += Self.difference(between: expected, and: outcome).map { "\(name): \($0)" }
    }
    return found
  }

  private static func difference(between expected: Outcome, and outcome: Outcome) -> [String] {
    var found: [String] = []
    let times = zip(expected.completions, outcome.completions).map { abs($0.picoseconds - $1.picoseconds) }
    if let worst = times.max(), worst > 0 {
      let rank = times.firstIndex(of: worst) ?? 0
      found.append(
        "rank \(rank) is done at \(outcome.completions[rank].picoseconds) ps,"
          + " not \(expected.completions[rank].picoseconds)")
    }
    if let link = expected.links.indices.first(where: { expected.links[$0] != outcome.links[$0] }) {
      found.append(
        "link \(link) carries \(outcome.links[link].bytes) bytes, not \(expected.links[link].bytes)")
    }
    if expected.flows != outcome.flows { found.append("\(outcome.flows) flows, not \(expected.flows)") }
    return found
  }

  /// Every message of the schedules moves once, with its bytes, over its links, in its time; all on the clock.
  private func conservation(of expected: Outcome) throws(SimulationError) -> [String] {
    var found: [String] = []
    var flows: [SimulatedFlow] = []
    let observed = try simulation.run(observe: { flows.append($0) })
    found += Self.difference(between: expected, and: observed).map { "on the clock: \($0)" }
    if flows.count != observed.flows { found.append("\(flows.count) flows seen, \(observed.flows) counted") }

    var bytes = [Int](repeating: 0, count: fabric.links.count)
    for flow in flows { for link in flow.path { bytes[Int(link)] += flow.size.bytes } }
    if let link = bytes.indices.first(where: { Double(bytes[$0]) != observed.links[$0].bytes }) {
      found.append("link \(link) carries \(observed.links[link].bytes) bytes, its flows \(bytes[link])")
    }
    for (before, after) in zip(flows, flows.dropFirst()) where after.drained < before.drained {
      found.append("a flow that drains at \(after.drained) is seen after one at \(before.drained)")
    }
    return found + missing(from: flows) + timing(of: flows) + overloads(by: flows)
  }

  private struct Name: Hashable {
    let source: Int
    let lane: Int
    let step: Int
  }

  /// The sends of all programs against the flows.
  private func missing(from flows: [SimulatedFlow]) -> [String] {
    var found: [String] = []
    var seen: [Name: SimulatedFlow] = [:]
    for flow in flows {
      if seen.updateValue(flow, forKey: Name(source: flow.source, lane: flow.lane, step: flow.step)) != nil {
        found.append("rank \(flow.source) lane \(flow.lane) step \(flow.step) moves twice")
      }
    }
    var (base, sends) = (0, 0)
    for job in jobs {
      for rank in 0..<job.schedule.ranks {
        for lane in 0..<job.schedule.lanes {
          let program = job.schedule.program(rank: rank, lane: lane)
          for index in 0..<program.count {
            let step = program[index]
            guard step.action == .send, step.movesData else { continue }
            sends += 1
            let flow = seen[Name(source: base + rank, lane: lane, step: index)]
            guard let flow, flow.destination == base + Int(step.peer),
              flow.size.bytes == step.count * elementSize
            else {
              found.append("rank \(base + rank) lane \(lane) step \(index) moves nothing, or something else")
              continue
            }
          }
        }
      }
      base += job.schedule.ranks
    }
    if sends != flows.count { found.append("\(sends) sends, \(flows.count) flows") }
    return found
  }

  /// No flow is faster than its path and its host let it be, and it arrives after the latencies of both.
  private func timing(of flows: [SimulatedFlow]) -> [String] {
    flows.compactMap { flow in
      let regime = host.regime(of: flow.size) ?? HostModel.Regime()
      let rate = flow.path.reduce(regime.bandwidth?.bytesPerSecond ?? .infinity) {
        min($0, fabric.links[Int($1)].bandwidth.bytesPerSecond)
      }
      let least = Double(flow.size.bytes) / (rate * 1e-12)
      let taken = (flow.drained - flow.start).picoseconds
      let latency = flow.path.reduce(regime.latency) { $0 + fabric.links[Int($1)].latency }
      // A picosecond is what rounding up may hide.
      guard Double(taken) < least - 1 || flow.end != flow.drained + latency else { return nil }
      return "a flow of \(flow.size) takes \(taken) ps, at the least \(least), and arrives at \(flow.end)"
    }
  }

  /// Over any span of time a link carries no more than its capacity: no flows that are under way within it only have
  /// more bytes. (Each flow may end up to a picosecond early, by rounding.)
  private func overloads(by flows: [SimulatedFlow]) -> [String] {
    var ofLink: [[Int]] = Array(repeating: [], count: fabric.links.count)
    for (index, flow) in flows.enumerated() { for link in flow.path { ofLink[Int(link)].append(index) } }
    var found: [String] = []
    for (link, members) in ofLink.enumerated() where members.count > 1 {
      let capacity = fabric.links[link].bandwidth.bytesPerSecond * 1e-12
      // Flows come in the order of draining, so that those within a span from `start` on are counted as they drain.
      let starts = Set(members.map { flows[$0].start }).sorted().prefix(64)
      for start in starts {
        var (bytes, slack) = (0.0, 0.0)
        for member in members where flows[member].start >= start {
          bytes += Double(flows[member].size.bytes)
          slack += capacity
          let span = Double((flows[member].drained - start).picoseconds)
          guard bytes > capacity * span * (1 + 1e-12) + slack else { continue }
          found.append(
            "link \(link) carries \(bytes) bytes within \(span) ps from \(start), more than \(capacity * span)"
          )
          break
        }
      }
    }
    return found
  }

  /// Nobody beats the published lower bound over the ports that a rank has, nor any link's own.
  private func bounds(of outcome: Outcome) -> [String] {
    var found: [String] = []
    var ports = [Double](repeating: 0, count: fabric.nodes.count)
    var latency = Time.seconds(1)
    for link in fabric.links where fabric.nodes[link.from].kind == .endpoint {
      ports[link.from] += link.bandwidth.bytesPerSecond
      latency = min(latency, link.latency)
    }
    var base = 0
    for job in jobs {
      let schedule = job.schedule
      let widest = job.endpoints.map { ports[fabric.endpoints[$0]] }.max() ?? 0
      let bound = LowerBound(
        schedule.collective, ranks: schedule.ranks, bytes: Double(schedule.count * elementSize))
      let least = bound.time(alpha: latency.seconds, beta: 1 / widest, gamma: 0)
      let last = outcome.completions[base..<base + schedule.ranks].max() ?? .zero
      // Each of its messages may be rounded down by a thousandth of a picosecond.
      if (last - job.start).seconds < least * (1 - 1e-9) {
        found.append("done after \((last - job.start).seconds) s, which is below the bound of \(least) s")
      }
      base += schedule.ranks
    }
    for (link, use) in outcome.links.enumerated() {
      let least = use.bytes / fabric.links[link].bandwidth.bytesPerSecond
      if outcome.total.seconds < least * (1 - 1e-9) { found.append("link \(link) is used past its capacity") }
    }
    return found
  }
}

extension Simulation.Job {
  /// The schedule and the places of a case's job, in which no switch takes part.
  private var scheduled: (schedule: Schedule, endpoints: [Int]) {
    guard case .schedule(let schedule, let endpoints) = work else {
      preconditionFailure("cases are of schedules")
    }
    return (schedule, endpoints)
  }

  var schedule: Schedule { scheduled.schedule }

  var endpoints: [Int] { scheduled.endpoints }
}
