import Collectives
import Quantities
import Simulation

/// A replay that keeps every step, looks at all of them again whenever anything happens, and recomputes all rates.
///
/// Written from the rules of `Schedule` and of `HostModel`, and from the order of waves in one picosecond, without
/// anything of the replay under test but its links, paths and host model.
struct NaiveReplay {
  private struct Position: Hashable, Comparable {
    let actor: Int
    let step: Int

    static func < (left: Position, right: Position) -> Bool {
      (left.actor, left.step) < (right.actor, right.step)
    }
  }

  private struct Flow {
    let receiver: Position
    let sender: Position
    let path: [Int32]
    let cap: Double
    var remaining: Double
    var rate = 0.0
    var since: Int64
    var drain = Int64.max
  }

  private enum Happening {
    case arrival
    case jobEnd
  }

  let schedule: Schedule
  let capacities: [Double]
  let latencies: [Time]
  let host: HostModel
  let path: (_ from: Int, _ to: Int, _ lane: Int) -> [Int32]

  private var programs: [[Step]] = []
  private var window = 1
  private var heads: [Int]
  private var complete: Set<Position> = []
  private var started: Set<Position> = []
  private var posted: Set<Position> = []
  private var sendReady: Set<Position> = []
  private var moved: Set<Position> = []
  private var arrived: Set<Position> = []
  private var asked: Set<Position> = []
  private var jobs: Set<Position> = []
  private var flows: [Flow] = []
  /// Messages that may move and wait for those before them to the same receiver.
  private var waiting: [Flow] = []
  private var events: [(time: Int64, position: Position, what: Happening)] = []
  private var processorFree: [Int64]
  private var completions: [Int64]

  init(
    _ schedule: Schedule, capacities: [Double], latencies: [Time], host: HostModel,
    path: @escaping (_ from: Int, _ to: Int, _ lane: Int) -> [Int32]
  ) {
    (self.schedule, self.capacities, self.latencies) = (schedule, capacities, latencies)
    (self.host, self.path) = (host, path)
    for rank in 0..<schedule.ranks {
      for lane in 0..<schedule.lanes {
        let program = schedule.program(rank: rank, lane: lane)
        window = program.window
        programs.append((0..<program.count).map { program[$0] })
      }
    }
    heads = programs.map { _ in 0 }
    processorFree = Array(repeating: 0, count: schedule.ranks)
    completions = Array(repeating: -1, count: schedule.ranks)
  }

  /// When each rank is done, in picoseconds; elements are single bytes.
  mutating func run() -> [Int64] {
    var now: Int64 = 0
    while true {
      for index in flows.indices.reversed() where flows[index].drain == now {
        let flow = flows.remove(at: index)
        finish(flow.sender, flow.receiver, path: flow.path, at: now)
      }
      repeat {
        for event in events where event.time == now {
          switch (event.what, step(event.position).action) {
          case (.arrival, _): arrived.insert(event.position)
          case (.jobEnd, .send): sendReady.insert(event.position)
          case (.jobEnd, _): complete.insert(event.position)
          }
        }
        events.removeAll { $0.time == now }
        while lookAtEverything(at: now) {}
        serve(at: now)
      } while events.contains { $0.time == now }
      for rank in 0..<schedule.ranks where completions[rank] < 0 {
        let actors = rank * schedule.lanes..<(rank + 1) * schedule.lanes
        let left = actors.reduce(0) { $0 + programs[$1].count - head(of: $1) }
        if left == 0 { completions[rank] = now }
      }
      beginFlows(at: now)
      setRates(at: now)
      guard let next = (events.map(\.time) + flows.map(\.drain)).min() else { return completions }
      now = next
    }
  }

  private func step(_ position: Position) -> Step { programs[position.actor][position.step] }

  /// The first step that is not complete.
  private mutating func head(of actor: Int) -> Int {
    while heads[actor] < programs[actor].count, complete.contains(Position(actor: actor, step: heads[actor]))
    {
      heads[actor] += 1
    }
    return heads[actor]
  }

  private func regime(_ step: Step) -> HostModel.Regime {
    host.regime(of: ByteCount(step.count)) ?? HostModel.Regime()
  }

  private mutating func lookAtEverything(at now: Int64) -> Bool {
    let before = (complete.count, started.count, posted.count, moved.count, asked.count)
    for actor in programs.indices {
      for index in head(of: actor)..<min(programs[actor].count, head(of: actor) + window) {
        let position = Position(actor: actor, step: index)
        let (step, head) = (programs[actor][index], head(of: actor))
        guard !complete.contains(position), index < head + window else { continue }
        let ready =
          head >= step.barrier
          && [step.after.0, step.after.1].allSatisfy {
            $0 < 0 || complete.contains(Position(actor: actor, step: Int($0)))
          }
        guard step.movesData else {
          if ready { complete.insert(position) }
          continue
        }
        if ready { started.insert(position) }
        if ready && step.action == .receive || step.action == .reduce { posted.insert(position) }
        if started.contains(position), step.action == .send || arrived.contains(position),
          asked.insert(position).inserted
        {
          jobs.insert(position)
        }
        let peer = Position(
          actor: Int(step.peer) * schedule.lanes + actor % schedule.lanes, step: Int(step.peerStep))
        if posted.contains(position), sendReady.contains(peer), moved.insert(position).inserted {
          let links = path(Int(step.peer), actor / schedule.lanes, actor % schedule.lanes)
          let cap = regime(step).bandwidth?.bytesPerSecond ?? .infinity
          if links.isEmpty, cap == .infinity {
            finish(peer, position, path: links, at: now)
          } else {
            waiting.append(
              Flow(
                receiver: position, sender: peer, path: links, cap: cap, remaining: Double(step.count),
                since: now))
          }
        }
      }
    }
    return before != (complete.count, started.count, posted.count, moved.count, asked.count)
  }

  private mutating func finish(_ sender: Position, _ receiver: Position, path: [Int32], at now: Int64) {
    complete.insert(sender)
    let latency = path.reduce(regime(step(receiver)).latency) { $0 + latencies[Int($1)] }
    events.append((now + latency.picoseconds, receiver, .arrival))
  }

  private mutating func serve(at now: Int64) {
    for job in jobs.sorted() {
      let (step, rank) = (step(job), job.actor / schedule.lanes)
      let regime = regime(step)
      var duration = (step.action == .send ? regime.sendOverhead : regime.receiveOverhead).picoseconds
      let perByte = regime.copying + (step.action == .reduce ? regime.reduction : 0)
      duration += Int64((Double(step.count) * perByte * 1e12).rounded())
      processorFree[rank] = max(now, processorFree[rank]) + duration
      events.append((processorFree[rank], job, .jobEnd))
    }
    jobs.removeAll()
  }

  /// Of the messages from one actor to another only one moves at a time, that for the earliest step first.
  private mutating func beginFlows(at now: Int64) {
    for flow in waiting.sorted(by: { $0.receiver < $1.receiver }) {
      let isBusy = flows.contains {
        $0.receiver.actor == flow.receiver.actor && $0.sender.actor == flow.sender.actor
      }
      guard !isBusy else { continue }
      var begun = flow
      begun.since = now
      flows.append(begun)
      waiting.removeAll { $0.receiver == flow.receiver }
    }
  }

  private mutating func setRates(at now: Int64) {
    var whole = FlowCase(seed: 0)
    whole.capacities = capacities
    whole.flows = flows.map { FlowCase.Flow(start: 0, bytes: 1, path: $0.path, cap: $0.cap) }
    let rates = whole.naiveRates(of: Array(flows.indices))
    for (index, rate) in rates.enumerated() where abs(rate - flows[index].rate) > 1e-12 * flows[index].rate {
      flows[index].remaining -= flows[index].rate * Double(now - flows[index].since) * 1e-12
      (flows[index].rate, flows[index].since) = (rate, now)
      flows[index].drain = now + Int64(max(1, (flows[index].remaining / rate * 1e12 - 1e-3).rounded(.up)))
    }
  }
}
