import Collectives
import Quantities

extension Simulation {
  /// The whole of what is run: who is wired to whom, and which actors belong to which rank.
  private struct Stage: Sendable {
    let builder: WiringBuilder
    let conditions: RankConditions
    /// Of all jobs.
    let ranks: Int
    /// For each job, its first rank, the number of its first switch, which is past all ranks, and its first actor.
    let firstRanks: [Int]
    let firstSwitches: [Int]
    let firstActors: [Int]

    /// The job, rank and lane of an actor.
    func place(of actor: Int, in parties: [Party]) -> (party: Int, rank: Int, lane: Int) {
      // By halves: there may be as many jobs as ranks.
      var (party, end) = (0, firstActors.count)
      while end - party > 1 {
        let middle = (party + end) / 2
        if firstActors[middle] <= actor { party = middle } else { end = middle }
      }
      let (rank, lane) = (actor - firstActors[party])
        .quotientAndRemainder(dividingBy: parties[party].lanes)
      return (party, rank, lane)
    }
  }

  func run<Steps: StepSequence & Sendable>(
    progress: ((SimulationProgress) -> Bool)?, observe: ((SimulatedFlow) -> Void)?,
    program: @escaping @Sendable (_ party: Int, _ rank: Int, _ lane: Int) -> Steps
  ) throws(SimulationError) -> Outcome {
    let stage = try stage(program)
    let whole = stage.builder.wiring
    let costs = HostCosts(host)
    // Where ranks take turns on processors or messages have delays of their own, all can be told apart.
    let folds = folds && observe == nil && jitter == nil && processors == nil
    let folding = folds ? Folding(whole, keepingRanks: !costs.isFree) : nil
    let origins = folding?.representatives ?? whole.actors.indices.map { Int32($0) }
    let shares = origins.enumerated().map { number, actor in
      // Who watches a run is told of ranks.
      whole.actors[Int(actor)].isSwitch
        ? 0
        : Double(folding?.sizes[number] ?? 1)
          / Double(parties[stage.place(of: Int(actor), in: parties).party].lanes)
    }
    @Sendable func count(_ actor: Int, _ step: Int) -> Int {
      let place = stage.place(of: actor, in: parties)
      return program(place.party, place.rank, place.lane)[step].count
    }
    let conditions = folding.map { stage.conditions.folded($0, of: whole) } ?? stage.conditions
    let wiring = folding?.wiring ?? whole
    // What is observed comes in the order of time, and so from one component.
    let components =
      observe == nil && processors == nil
      ? wiring.components(joiningRanks: !costs.isFree)
      : [WiringComponent(whole: wiring)]
    // Where there is an observer there is one component, and so one thread.
    nonisolated(unsafe) let observe = observe
    let runs = ComponentRuns(
      components: components, threads: threads,
      board: ProgressBoard(components: components.count, ranks: stage.ranks, goesOn: progress)
    ) { component, clocksEverything throws(SimulationError) in
      try Replay(
        wiring: component.wiring, roles: stage.builder.roles, elementSize: elementSize, costs: costs,
        conditions: conditions, processors: processors,
        origins: component.actors.map { origins[Int($0)] }, shares: component.actors.map { shares[Int($0)] },
        clocksEverything: unsafe clocksEverything || observe != nil,
        skips: unsafe skips && observe == nil && jitter == nil, countElements: count,
        observe: unsafe observe.map { observe in { observe(flow($0, on: stage)) } })
    }
    let result = try runs.run(of: wiring)
    guard result.stuck.isEmpty else {
      throw deadlock(result.stuck, origins: origins, folding: folding, on: stage)
    }
    return outcome(of: result, folding: folding, on: stage)
  }

  private func stage<Steps: StepSequence & Sendable>(
    _ program: (_ party: Int, _ rank: Int, _ lane: Int) -> Steps
  ) throws(SimulationError) -> Stage {
    var builder = WiringBuilder(elementSize: elementSize)
    let all = parties.reduce(0) { $0 + $1.ranks }
    let conditions = conditions
    let colours = conditions.colours
    var (firstRanks, firstSwitches, firstActors) = ([Int](), [Int](), [Int]())
    var (ranks, switches) = (0, all)
    for (number, party) in parties.enumerated() {
      firstRanks.append(ranks)
      firstSwitches.append(switches)
      firstActors.append(builder.wiring.actors.count)
      let numbers = Array(ranks..<ranks + party.ranks) + Array(switches..<switches + party.switches)
      try builder.add(
        seats: numbers.map {
          WiringBuilder.Seat(number: $0, colour: colours.isEmpty ? 0 : colours[$0], isSwitch: $0 >= all)
        },
        lanes: party.lanes, program: { rank, lane in program(number, rank, lane) }, findPath: party.findPath)
      (ranks, switches) = (ranks + party.ranks, switches + party.switches)
    }
    try builder.connect(
      capacities: capacities,
      latencies: hasLatency ? latencies : Array(repeating: 0, count: latencies.count), turns: turns,
      unshared: unshared)
    return Stage(
      builder: builder, conditions: conditions, ranks: all, firstRanks: firstRanks,
      firstSwitches: firstSwitches,
      firstActors: firstActors)
  }

  /// When ranks begin and how they work: those of all jobs, and then all switches, which begin with their job.
  private var conditions: RankConditions {
    let switches = parties.reduce(0) { $0 + $1.switches }
    var conditions = RankConditions(ranks: parties.reduce(switches) { $0 + $1.ranks })
    conditions.jitter = jitter
    if parties.contains(where: { $0.start > 0 }) {
      conditions.starts =
        parties.flatMap { Array(repeating: $0.start, count: $0.ranks) }
        + parties.flatMap { Array(repeating: $0.start, count: $0.switches) }
    }
    if parties.contains(where: { !$0.slowdowns.isEmpty }) {
      conditions.slowdowns =
        parties.flatMap { $0.slowdowns.isEmpty ? Array(repeating: 1, count: $0.ranks) : $0.slowdowns }
        + Array(repeating: 1, count: switches)
    }
    return conditions
  }

  private func deadlock(
    _ stuck: [Replay.Complaint], origins: [Int32], folding: Folding?, on stage: Stage
  ) -> SimulationError {
    let whole = stage.builder.wiring
    func name(_ actor: Int) -> String {
      let place = stage.place(of: actor, in: parties)
      let party = parties[place.party]
      return place.rank < party.ranks
        ? "rank \(stage.firstRanks[place.party] + place.rank)"
        : "switch \(party.switchName(place.rank - party.ranks))"
    }
    let waiting = stuck.prefix(8).map { complaint in
      // In a fold a peer is a class; the rank that waits waits for one of it.
      let origin = Int(origins[complaint.actor])
      let ports = whole.ports(of: origin)
      func peer(_ port: Int) -> String { name(Int(whole.ports[ports.lowerBound + port].peer)) }
      let reason =
        switch complaint.reason {
        case .sends(let port): "send to \(peer(port))"
        case .receives(let port): "receive from \(peer(port))"
        case .waits(let step): "wait for step \(step)"
        }
      let lane = stage.place(of: origin, in: parties).lane
      return "\(name(origin)) lane \(lane) step \(complaint.step) (\(reason))"
    }
    let isStuck = Set(stuck.map { Int32($0.actor) })
    let ranks = Set(
      whole.actors.indices.lazy
        .filter { isStuck.contains(folding?.actorClasses[$0] ?? Int32($0)) }
        .map { whole.actors[$0].rank }.filter { Int($0) < stage.ranks })
    return .deadlock(waiting: waiting, ranks: ranks.count)
  }

  private func outcome(of result: ReplayResult, folding: Folding?, on stage: Stage) -> Outcome {
    let whole = stage.builder.wiring
    var completions = [Int64](repeating: 0, count: stage.conditions.ranks)
    for (actor, own) in whole.actors.enumerated() {
      let time = result.completions[folding.map { Int($0.actorClasses[actor]) } ?? actor]
      completions[Int(own.rank)] = max(completions[Int(own.rank)], time)
    }
    var (bytes, flows) = ([Int](repeating: 0, count: capacities.count), 0)
    var halves = parties[0].switches == 0 ? Outcome.Halves() : nil
    let middle = parties[0].ranks / 2
    for connection in whole.connections.indices {
      let number = folding.map { Int($0.connectionClasses[connection]) } ?? connection
      for turn in 0..<whole.turns {
        let load = result.carried[number * whole.turns + turn]
        guard load.messages > 0 else { continue }
        flows += load.messages
        add(load, of: whole.connections[connection], to: &halves, middle: middle, on: stage)
        for link in stage.builder.path(of: connection * whole.turns + turn).lazy.map(Int.init) {
          bytes[link] =
            !unshared.isEmpty && unshared[link] ? max(bytes[link], load.bytes) : bytes[link] + load.bytes
        }
      }
    }
    return Outcome(
      completions: completions.prefix(stage.ranks).map { Time(picoseconds: $0) },
      links: bytes.prefix(seenLinks).map { Outcome.LinkUse(bytes: Double($0)) }, halves: halves, flows: flows,
      events: result.events)
  }

  /// Counts what the first job's connection carried if it leads from one half of the ranks to the other.
  private func add(
    _ load: Replay.Load, of connection: Wiring.Connection, to halves: inout Outcome.Halves?, middle: Int,
    on stage: Stage
  ) {
    guard halves != nil else { return }
    let (from, to) = (
      stage.place(of: Int(connection.sender), in: parties),
      stage.place(of: Int(connection.receiver), in: parties)
    )
    guard from.party == 0, (from.rank < middle) != (to.rank < middle) else { return }
    if from.rank < middle {
      halves?.up += Double(load.bytes)
    } else {
      halves?.down += Double(load.bytes)
    }
  }

  private func flow(_ observed: ObservedFlow, on stage: Stage) -> SimulatedFlow {
    let (from, to) = (
      stage.place(of: observed.sender, in: parties), stage.place(of: observed.receiver, in: parties)
    )
    let path = stage.builder.path(of: observed.route)
    func number(_ place: (party: Int, rank: Int, lane: Int)) -> Int {
      let ranks = parties[place.party].ranks
      return place.rank < ranks
        ? stage.firstRanks[place.party] + place.rank : stage.firstSwitches[place.party] + place.rank - ranks
    }
    return SimulatedFlow(
      source: number(from), destination: number(to),
      lane: from.lane, step: observed.step, size: ByteCount(observed.bytes),
      start: Time(picoseconds: observed.began), drained: Time(picoseconds: observed.drained),
      end: Time(picoseconds: observed.arrived),
      path: seenLinks == capacities.count ? path : path.filter { $0 < seenLinks }[...])
  }
}

/// A message's way through the network, by actors and routes; times in picoseconds.
struct ObservedFlow {
  let sender: Int
  let receiver: Int
  let step: Int
  let bytes: Int
  let began: Int64
  let drained: Int64
  let arrived: Int64
  let route: Int
}
