public import Collectives
public import Fabric
public import Quantities

/// A schedule replayed over a fabric: the collective's time before the fabric is built.
///
///     let schedule = try Schedule(.allReduce, .ring, ranks: 4, count: 1 << 20)
///     let router = Router(fabric, routing: .destinationModulo)
///     let simulation = try Simulation(
///       schedule: schedule, elementSize: 4, fabric: fabric, router: router, endpoints: [0, 1, 2, 3])
///     print(try simulation.run().total)
///
/// Messages are fluid: a flow has a rate at every moment, max-min fair among the flows that share its links, and no
/// packets, queues or congestion control. That is exact for long messages on lossless fabrics with fair switches, and
/// leaves out what retransmission, head-of-line blocking and pause frames add.
///
/// A message's flow starts when its send's overhead is paid, its receive is posted, and the message before it from the
/// same rank to the same rank in the same lane has drained, as on one connection (a queue pair, where the routing has
/// several, which whole messages take in turn, as NCCL gives them unless told to split them); it drains when its last byte has
/// left, which completes the send; it arrives after the latencies of its path's links. The same input gives the
/// same times on every run and machine.
///
/// What no one could tell apart is simulated once (``folds``), and what repeats is skipped (``skips``); neither changes a
/// time. Without them time grows with the number of messages, memory with ranks × lanes × window.
public struct Simulation: Sendable {
  /// One collective among those that run at the same time.
  public struct Job: Sendable {
    /// What is done, and where.
    public enum Work: Sendable {
      /// Ranks alone take part: for each the index of its place in the fabric's endpoints; ranks may share one.
      case schedule(Schedule, endpoints: [Int])
      /// Switches take part: those of a tree of the same fabric, whose ``SwitchTree/tree`` the schedule is over.
      case aggregation(AggregationSchedule, over: SwitchTree)

      /// How many ranks take part.
      public var ranks: Int {
        switch self {
        case .schedule(let schedule, _): schedule.ranks
        case .aggregation(let schedule, _): schedule.tree.ranks
        }
      }
    }

    /// What is done, and where.
    public var work: Work
    /// When its ranks may begin.
    public var start: Time
    /// How many times as long as the host model says each rank's processor takes; all as long where it is empty.
    public var slowdowns: [Double]
    /// How often it is done, 1 to 1,000 times: each rank begins anew when it is done with the time before.
    public var repetitions: Int

    /// A collective whose ranks begin at `start`.
    public init(
      _ schedule: Schedule, endpoints: [Int], start: Time = .zero, slowdowns: [Double] = [],
      repetitions: Int = 1
    ) {
      (work, self.start, self.slowdowns) = (.schedule(schedule, endpoints: endpoints), start, slowdowns)
      self.repetitions = repetitions
    }

    /// A collective that the switches of `tree` take part in.
    ///
    /// A message goes over the one link between a node of the tree and the next. Hosts cost what their model says where
    /// they send and where messages reach them; switches combine and copy at the rate of their links.
    public init(
      _ aggregation: AggregationSchedule, over tree: SwitchTree, start: Time = .zero, slowdowns: [Double] = []
    ) {
      (work, self.start, self.slowdowns) = (.aggregation(aggregation, over: tree), start, slowdowns)
      repetitions = 1
    }
  }

  /// Finds the links from rank to rank in a lane and turn; asked once for each that is used.
  package typealias PathFinder =
    @Sendable (_ from: Int, _ to: Int, _ lane: Int, _ turn: Int) throws(SimulationError) -> [Int32]

  /// Whether ranks, connections and links that no one could tell apart are simulated once; the times are the same.
  public var folds = true
  /// Whether a state that comes again ends the work, up to where the steps to come are others; the times are the same.
  public var skips = true
  /// How many processors may work on parts that take no notice of each other; the times are the same.
  public var threads = 1
  /// What is added to each message; nothing unless said otherwise.
  ///
  /// With it no two ranks are alike.
  public var jitter: Jitter?
  /// For each link, whether each message has it to itself, which no fabric gives; empty where all are shared.
  package var unshared: [Bool] = []
  /// Whether links have the latencies that they have.
  package var hasLatency = true
  /// The schedule of each job, how its messages find their way, and when and how fast its ranks work.
  let parties: [Party]
  let elementSize: Int
  let host: HostModel
  let processors: Processors?
  let capacities: [Double]
  let latencies: [Int64]
  let turns: Turns
  /// The links up to here are those of the fabric; what comes after them is not shown.
  private(set) var seenLinks: Int

  struct Party: Sendable {
    let program: @Sendable (_ node: Int, _ lane: Int) -> JobProgram
    let ranks: Int
    let switches: Int
    let lanes: Int
    let switchName: @Sendable (_ place: Int) -> String
    let start: Int64
    let slowdowns: [Double]
    let findPath:
      @Sendable (_ from: Int, _ to: Int, _ lane: Int, _ turn: Int, _ path: inout [Int32])
        throws(SimulationError) -> Void
  }

  /// A run of `schedule` over `fabric`.
  ///
  /// - Parameters:
  ///   - schedule: what is done.
  ///   - elementSize: bytes of one element, 1 to 16.
  ///   - fabric: what it is done over.
  ///   - router: chooses the path of each pair of ranks, lane and message; the lane is its number of the flow.
  ///   - endpoints: for each rank, the index of its place in `fabric.endpoints`; ranks may share one.
  ///   - host: overheads, caps and reduction cost.
  ///   - processors: which ranks take turns on which processors; nil where each has its own.
  /// - Throws: ``SimulationError`` for a placement or host model that is none, and a routing under which a message has no
  ///   path of its own.
  public init(
    schedule: Schedule, elementSize: Int, fabric: Fabric, router: Router, endpoints: [Int],
    host: HostModel = .ideal, processors: Processors? = nil
  ) throws(SimulationError) {
    try self.init(
      [Job(schedule, endpoints: endpoints)], elementSize: elementSize, fabric: fabric, router: router,
      host: host, processors: processors)
  }

  /// A run of several collectives at the same time over `fabric`.
  ///
  /// Their ranks are numbered one job after the other. Ranks of different jobs share links, and nothing else.
  ///
  /// - Parameters:
  ///   - jobs: what is done, by whom and when.
  ///   - hostLimit: what a host lets each endpoint send over the network, and receive, apart from NVLink; nil where only
  ///     links limit it.
  ///
  ///   The others are as for one schedule.
  public init(
    _ jobs: [Job], elementSize: Int, fabric: Fabric, router: Router, host: HostModel = .ideal,
    processors: Processors? = nil, hostLimit: Bandwidth? = nil
  ) throws(SimulationError) {
    let limits = hostLimit.map { HostLimits($0, on: fabric) }
    var parties: [Party] = []
    for job in jobs {
      try Self.check(job)
      switch job.work {
      case .schedule(let schedule, let endpoints):
        parties.append(
          try Self.party(
            job, schedule, fabric: fabric, router: router, endpoints: endpoints, limits: limits))
      case .aggregation(let schedule, let tree):
        parties.append(try Self.party(job, schedule, fabric: fabric, tree: tree))
      }
    }
    let extra = limits?.capacities ?? []
    try self.init(
      parties, elementSize: elementSize, capacities: fabric.links.map(\.bandwidth.bytesPerSecond) + extra,
      latencies: fabric.links.map(\.latency) + extra.map { _ in .zero }, host: host, processors: processors,
      turns: try Turns(router.routing))
    seenLinks = fabric.links.count
  }

  private static func party(
    _ job: Job, _ schedule: Schedule, fabric: Fabric, router: Router, endpoints: [Int], limits: HostLimits?
  ) throws(SimulationError) -> Party {
    guard endpoints.count == schedule.ranks else {
      throw .placement("\(endpoints.count) endpoints for \(schedule.ranks) ranks: each rank has one")
    }
    if let missing = endpoints.first(where: { !fabric.endpoints.indices.contains($0) }) {
      throw .placement("endpoint \(missing): the fabric has endpoints 0 to \(fabric.endpoints.count - 1)")
    }
    let times = job.repetitions
    let stride = times > 1 ? RepeatedProgram.stride(of: schedule) : 0
    guard stride.multipliedReportingOverflow(by: times).partialValue < Int(Int32.max) else {
      throw .tooLarge(steps: Double(stride) * Double(times))
    }
    return Party(
      program: { rank, lane in
        let program = schedule.program(rank: rank, lane: lane)
        return times == 1
          ? .schedule(program) : .repeated(RepeatedProgram(program, times: times, every: stride))
      }, ranks: schedule.ranks, switches: 0,
      lanes: schedule.lanes, switchName: { "\($0)" }, start: job.start.picoseconds, slowdowns: job.slowdowns
    ) { from, to, lane, turn, path throws(SimulationError) in
      let (source, destination, before) = (endpoints[from], endpoints[to], path.count)
      router.appendPath(from: source, to: destination, flow: UInt64(lane), message: turn, to: &path)
      guard source == destination || path.count > before else {
        throw .noPath(
          from: fabric.nodes[fabric.endpoints[source]].id, to: fabric.nodes[fabric.endpoints[destination]].id)
      }
      limits?.append(to: &path, from: before)
    }
  }

  private static func party(
    _ job: Job, _ schedule: AggregationSchedule, fabric: Fabric, tree: SwitchTree
  ) throws(SimulationError) -> Party {
    guard schedule.tree == tree.tree else {
      throw .placement("a schedule over another tree than the one that its switches form")
    }
    let isOfFabric = tree.nodes.indices.allSatisfy { node in
      let (place, link) = (tree.nodes[node], tree.links[node])
      return fabric.nodes.indices.contains(place)
        && (link < 0 || fabric.links.indices.contains(link) && fabric.links[link].from == place)
    }
    guard isOfFabric else { throw .placement("a tree of another fabric than '\(fabric.name)'") }
    let (nodes, links, ranks) = (tree.nodes, tree.links, tree.tree.ranks)
    let parents = tree.tree.parents
    return Party(
      program: { node, _ in .aggregation(schedule.program(node: node)) }, ranks: ranks,
      switches: nodes.count - ranks, lanes: 1, switchName: { fabric.nodes[nodes[ranks + $0]].id },
      start: job.start.picoseconds, slowdowns: job.slowdowns
    ) { from, to, _, _, path throws(SimulationError) in
      path.append(Int32(parents[from] == to ? links[from] : links[to] ^ 1))
    }
  }

  private static func check(_ job: Job) throws(SimulationError) {
    guard job.start >= .zero, job.start < .seconds(1_000_000) else {
      throw .placement("a job that starts at \(job.start): it starts at 0 s or later, within 1,000,000 s")
    }
    guard job.slowdowns.isEmpty || job.slowdowns.count == job.work.ranks else {
      throw .placement("\(job.slowdowns.count) slowdowns for \(job.work.ranks) ranks: each rank has one")
    }
    guard (1...1_000).contains(job.repetitions) else {
      throw .placement("\(job.repetitions) repetitions of a job: 1 to 1,000 are possible")
    }
    if let odd = job.slowdowns.first(where: { !($0 > 0 && $0 <= 1e6) }) {
      throw .placement("a slowdown of \(odd): a processor takes above 0 and up to 1,000,000 times as long")
    }
  }

  /// A run over links without a fabric, with paths from rank to rank in a lane and turn.
  package init(
    schedule: Schedule, elementSize: Int, capacities: [Double], latencies: [Time], host: HostModel = .ideal,
    processors: Processors? = nil, turns: Turns = .one, findPath: @escaping PathFinder
  ) throws(SimulationError) {
    let party = Party(
      program: { .schedule(schedule.program(rank: $0, lane: $1)) }, ranks: schedule.ranks, switches: 0,
      lanes: schedule.lanes, switchName: { "\($0)" }, start: 0, slowdowns: []
    ) {
      from, to, lane, turn, path throws(SimulationError) in
      path += try findPath(from, to, lane, turn)
    }
    try self.init(
      [party], elementSize: elementSize, capacities: capacities, latencies: latencies, host: host,
      processors: processors, turns: turns)
  }

  private init(
    _ parties: [Party], elementSize: Int, capacities: [Double], latencies: [Time], host: HostModel,
    processors: Processors?, turns: Turns
  ) throws(SimulationError) {
    precondition((1...16).contains(elementSize), "an element has 1 to 16 bytes")
    if let flaw = host.flaw { throw .host(flaw) }
    let ranks = parties.reduce(0) { $0 + $1.ranks }
    if let processors, processors.hostOfRank.count != ranks {
      throw .placement("processors for \(processors.hostOfRank.count) ranks: there are \(ranks)")
    }
    (self.parties, self.elementSize, self.host, self.processors) = (parties, elementSize, host, processors)
    (self.capacities, self.latencies, self.turns) = (capacities, latencies.map(\.picoseconds), turns)
    seenLinks = capacities.count
  }

  /// Runs to the end.
  ///
  /// - Parameters:
  ///   - progress: asked now and then whether to go on.
  ///   - observe: called for each message when it drains; the order is that of draining. Nothing is folded or skipped then.
  /// - Throws: ``SimulationError`` if ranks wait for ever, have no path, or the time leaves the clock's range; or the
  ///   interruption that `progress` asked for.
  public func run(
    progress: ((SimulationProgress) -> Bool)? = nil, observe: ((SimulatedFlow) -> Void)? = nil
  ) throws(SimulationError) -> Outcome {
    try run(progress: progress, observe: observe) { party, rank, lane in
      parties[party].program(rank, lane)
    }
  }

  /// Runs programs that come from elsewhere, rank by rank and lane by lane, in place of the schedule's.
  package func run<Steps: StepSequence & Sendable>(
    programs: [Steps], progress: ((SimulationProgress) -> Bool)? = nil,
    observe: ((SimulatedFlow) -> Void)? = nil
  ) throws(SimulationError) -> Outcome {
    precondition(parties.count == 1, "programs of one job")
    let lanes = parties[0].lanes
    return try run(progress: progress, observe: observe) { _, rank, lane in programs[rank * lanes + lane] }
  }
}
