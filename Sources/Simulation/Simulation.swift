public import Collectives
public import Fabric
package import Quantities

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
/// same times on every run and machine. Time grows with the number of messages, memory with ranks × lanes × window.
public struct Simulation {
  private let schedule: Schedule
  private let elementSize: Int
  private let host: HostModel
  private let processors: Processors?
  private let capacities: [Double]
  private let latencies: [Int64]
  private let turns: Turns
  private let findPath: PathFinder

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
    guard endpoints.count == schedule.ranks else {
      throw .placement("\(endpoints.count) endpoints for \(schedule.ranks) ranks: each rank has one")
    }
    if let missing = endpoints.first(where: { !fabric.endpoints.indices.contains($0) }) {
      throw .placement("endpoint \(missing): the fabric has endpoints 0 to \(fabric.endpoints.count - 1)")
    }
    try self.init(
      schedule: schedule, elementSize: elementSize, capacities: fabric.links.map(\.bandwidth.bytesPerSecond),
      latencies: fabric.links.map(\.latency), host: host, processors: processors, turns: Turns(router.routing)
    ) { from, to, lane, turn throws(SimulationError) in
      var path: [Int32] = []
      let (source, destination) = (endpoints[from], endpoints[to])
      router.appendPath(from: source, to: destination, flow: UInt64(lane), message: turn, to: &path)
      guard source == destination || !path.isEmpty else {
        throw .noPath(
          from: fabric.nodes[fabric.endpoints[source]].id, to: fabric.nodes[fabric.endpoints[destination]].id)
      }
      return path
    }
  }

  /// Finds the links from rank to rank in a lane and turn; asked once for each that is used.
  package typealias PathFinder =
    (_ from: Int, _ to: Int, _ lane: Int, _ turn: Int) throws(SimulationError) -> [Int32]

  /// A run over links without a fabric, with paths from rank to rank in a lane and turn.
  package init(
    schedule: Schedule, elementSize: Int, capacities: [Double], latencies: [Time], host: HostModel = .ideal,
    processors: Processors? = nil, turns: Turns = .one, findPath: @escaping PathFinder
  ) throws(SimulationError) {
    precondition((1...16).contains(elementSize), "an element has 1 to 16 bytes")
    if let flaw = host.flaw { throw .host(flaw) }
    if let processors, processors.hostOfRank.count != schedule.ranks {
      throw .placement(
        "processors for \(processors.hostOfRank.count) ranks: the schedule has \(schedule.ranks)")
    }
    (self.processors, self.turns) = (processors, turns)
    (self.schedule, self.elementSize, self.host) = (schedule, elementSize, host)
    (self.capacities, self.latencies, self.findPath) = (capacities, latencies.map(\.picoseconds), findPath)
  }

  /// Runs to the end.
  ///
  /// - Parameters:
  ///   - progress: called now and then, every few thousand times that something happens.
  ///   - observe: called for each message when it drains; the order is that of draining.
  /// - Throws: ``SimulationError`` if ranks wait for ever, have no path, or the time leaves the clock's range.
  public func run(
    progress: ((SimulationProgress) -> Void)? = nil, observe: ((SimulatedFlow) -> Void)? = nil
  ) throws(SimulationError) -> Outcome {
    var programs: [Program] = []
    programs.reserveCapacity(schedule.ranks * schedule.lanes)
    for rank in 0..<schedule.ranks {
      for lane in 0..<schedule.lanes { programs.append(schedule.program(rank: rank, lane: lane)) }
    }
    return try run(programs: programs, progress: progress, observe: observe)
  }

  /// Runs programs that come from elsewhere, rank by rank and lane by lane, in place of the schedule's.
  package func run<Steps: StepSequence>(
    programs: [Steps], progress: ((SimulationProgress) -> Void)? = nil,
    observe: ((SimulatedFlow) -> Void)? = nil
  ) throws(SimulationError) -> Outcome {
    var replay = try Replay(
      programs: programs, lanes: schedule.lanes, elementSize: elementSize, costs: HostCosts(host),
      processors: processors, capacities: capacities, latencies: latencies, turns: turns, findPath: findPath,
      observe: observe)
    try replay.run(progress: progress)
    return replay.outcome
  }
}
