import Collectives
import Quantities
import Simulation

/// A replay that keeps every step, looks at all of them again whenever anything happens, and recomputes all rates.
///
/// Written from the rules of `Schedule` and of `HostModel`, and from the order of what happens in one picosecond, without
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
    /// A message asks whether it may move, and is told that it may.
    case enquiry
    case answer
  }

  private let ranks: Int
  private let lanes: Int
  let capacities: [Double]
  let latencies: [Time]
  let host: HostModel
  let path: (_ from: Int, _ to: Int, _ lane: Int) -> [Int32]

  private var programs: [[Step]] = []
  private var windows: [Int] = []
  private var heads: [Int]
  private var complete: Set<Position> = []
  private var started: Set<Position> = []
  private var posted: Set<Position> = []
  private var sendReady: Set<Position> = []
  private var moved: Set<Position> = []
  private var arrived: Set<Position> = []
  private var enquired: Set<Position> = []
  private var answering: Set<Position> = []
  private var answered: Set<Position> = []
  private var asked: Set<Position> = []
  private var jobs: Set<Position> = []
  private var flows: [Flow] = []
  /// Messages that may move and wait for those before them to the same receiver.
  private var waiting: [Flow] = []
  private var events: [(time: Int64, position: Position, what: Happening)] = []
  private var processorFree: [Int64]
  private var adapterFree: [Int64]
  private var completions: [Int64]

  /// A replay of programs, rank by rank and lane by lane.
  init(
    _ programs: [some StepSequence], lanes: Int, capacities: [Double], latencies: [Time], host: HostModel,
    path: @escaping (_ from: Int, _ to: Int, _ lane: Int) -> [Int32]
  ) {
    (self.lanes, self.capacities, self.latencies) = (lanes, capacities, latencies)
    (self.host, self.path) = (host, path)
    ranks = programs.count / lanes
    for program in programs {
      windows.append(program.window)
      self.programs.append((0..<program.count).map { program[$0] })
    }
    heads = programs.map { _ in 0 }
    processorFree = Array(repeating: 0, count: ranks)
    adapterFree = processorFree
    completions = Array(repeating: -1, count: ranks)
  }

  /// When each rank is done, in picoseconds, -1 for one that waits for ever; elements are single bytes.
  mutating func run() -> [Int64] {
    var now: Int64 = 0
    while true {
      for index in flows.indices.reversed() where flows[index].drain == now {
        let flow = flows.remove(at: index)
        finish(flow.sender, flow.receiver, at: now)
      }
      repeat {
        repeat {
          let due = events.filter { $0.time == now }
          events.removeAll { $0.time == now }
          for event in due {
            switch (event.what, step(event.position).action) {
            case (.arrival, _): arrived.insert(event.position)
            case (.jobEnd, .send): becomeReady(event.position, at: now)
            case (.jobEnd, _): complete.insert(event.position)
            case (.enquiry, _): enquired.insert(event.position)
            case (.answer, _): answered.insert(event.position)
            }
          }
          while lookAtEverything(at: now) {}
        } while events.contains { $0.time == now }
        serve(at: now)
      } while events.contains { $0.time == now }
      for rank in 0..<ranks where completions[rank] < 0 {
        let actors = rank * lanes..<(rank + 1) * lanes
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

  private func peer(of position: Position) -> Position {
    let step = step(position)
    return Position(actor: Int(step.peer) * lanes + position.actor % lanes, step: Int(step.peerStep))
  }

  /// The links of the message that comes in at a step.
  private func links(to position: Position) -> [Int32] {
    path(Int(step(position).peer), position.actor / lanes, position.actor % lanes)
  }

  /// One way of the message that comes in at a step.
  private func latency(to position: Position) -> Int64 {
    links(to: position).reduce(regime(step(position)).latency) { $0 + latencies[Int($1)] }.picoseconds
  }

  /// The overhead of a send is paid.
  private mutating func becomeReady(_ position: Position, at now: Int64) {
    sendReady.insert(position)
    guard regime(step(position)).asksFirst else { return }
    let receiver = peer(of: position)
    events.append((now + latency(to: receiver), receiver, .enquiry))
  }

  private func regime(_ step: Step) -> HostModel.Regime {
    host.regime(of: ByteCount(step.count)) ?? HostModel.Regime()
  }

  private mutating func lookAtEverything(at now: Int64) -> Bool {
    let before = (complete.count, started.count, posted.count, moved.count, asked.count)
    for actor in programs.indices {
      for index in head(of: actor)..<min(programs[actor].count, head(of: actor) + windows[actor]) {
        let position = Position(actor: actor, step: index)
        let (step, head) = (programs[actor][index], head(of: actor))
        guard !complete.contains(position), index < head + windows[actor] else { continue }
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
        let (peer, asksFirst) = (peer(of: position), regime(step).asksFirst)
        if asksFirst, posted.contains(position), enquired.contains(position),
          answering.insert(position).inserted
        {
          events.append((now + latency(to: position), position, .answer))
        }
        let mayMove = asksFirst ? answered.contains(position) : sendReady.contains(peer)
        if step.action != .send, posted.contains(position), mayMove, moved.insert(position).inserted {
          let links = links(to: position)
          let cap = regime(step).bandwidth?.bytesPerSecond ?? .infinity
          if links.isEmpty, cap == .infinity {
            finish(peer, position, at: now)
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

  private mutating func finish(_ sender: Position, _ receiver: Position, at now: Int64) {
    complete.insert(sender)
    events.append((now + latency(to: receiver), receiver, .arrival))
  }

  private mutating func serve(at now: Int64) {
    for job in jobs.sorted() {
      let (step, rank) = (step(job), job.actor / lanes)
      let regime = regime(step)
      var duration = (step.action == .send ? regime.sendOverhead : regime.receiveOverhead).picoseconds
      let perByte = regime.copying + (step.action == .reduce ? regime.reduction : 0)
      duration += Int64((Double(step.count) * perByte * 1e12).rounded())
      processorFree[rank] = max(now, processorFree[rank]) + duration
      var end = processorFree[rank]
      if step.action == .send, regime.gap > .zero {
        end = max(end, adapterFree[rank])
        adapterFree[rank] = end + regime.gap.picoseconds
      }
      events.append((end, job, .jobEnd))
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
