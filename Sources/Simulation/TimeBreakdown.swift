package import Fabric
public import Quantities

/// Where the time of a run went: its costs are taken away one after the other, and each is what the run gets
/// shorter by.
///
/// The parts add up to the whole, to the picosecond. They depend on the order in which costs are taken away,
/// which is always the same; a part below zero says that the run got longer without that cost, as may happen
/// where messages then come in another order.
public struct TimeBreakdown: Sendable, Equatable {
  /// What time is spent on.
  public enum Part: String, CaseIterable, Sendable {
    /// Combining elements.
    case reduction
    /// Processor time to post, take in and copy messages.
    case overhead
    /// The way through links and hosts.
    case latency
    /// Links between switches that flows share.
    case contention
    /// Hosts that cap a flow below what its route allows.
    case hostBandwidth = "host bandwidth"
    /// Ranks that wait for what others have not sent yet: pipelines that fill, messages that are not even.
    case waiting = "waiting for the slowest"
    /// The bytes of the busiest link at an endpoint, or of the busiest route between two, over its rate.
    case serialisation

    /// In one sentence.
    public var meaning: String {
      switch self {
      case .reduction: "what the run gets shorter by where combining elements takes no time"
      case .overhead: "and where posting, taking in and copying messages takes no processor time"
      case .latency: "and where links and hosts have no latency"
      case .contention: "and where flows share no links but those of endpoints"
      case .hostBandwidth: "and where no host caps a flow"
      case .waiting: "what is then left above serialisation: ranks wait for what others have not sent yet"
      case .serialisation:
        "the bytes of the busiest link at an endpoint or of the busiest route, over its rate"
      }
    }
  }

  /// The collective's time.
  public let total: Time
  /// In the order of ``Part``.
  private let times: [Time]

  /// The time of one part.
  public subscript(part: Part) -> Time { times[Part.allCases.firstIndex(of: part) ?? 0] }

  /// Takes apart a run whose outcome is known, by up to five more.
  ///
  /// - Parameters:
  ///   - outcome: of the run with all its costs.
  ///   - progress: as ``Simulation/run(progress:observe:)`` has it, for each run.
  /// - Throws: ``SimulationError``, as a run.
  package init(
    of outcome: Outcome, job: Simulation.Job, elementSize: Int, fabric: Fabric, router: Router,
    host: HostModel, progress: ((SimulationProgress) -> Bool)? = nil
  ) throws(SimulationError) {
    var times: [Time] = []
    var before = (
      total: outcome.total,
      serialisation: outcome.serialisation(over: fabric.links.map(\.bandwidth.bytesPerSecond))
    )
    for relief in Relief.allCases where relief > .nothing {
      var after = before
      if Self.changes(relief, fabric: fabric, host: host) {
        after = try RelievedRun(
          job, elementSize: elementSize, fabric: fabric, router: router,
          host: host, relief: relief
        ).run(progress: progress)
      }
      times.append(before.total - after.total)
      before = after
    }
    self.times = times + [before.total - before.serialisation, before.serialisation]
    total = outcome.total
  }

  /// Whether a run is another one with one relief more.
  private static func changes(_ relief: Relief, fabric: Fabric, host: HostModel) -> Bool {
    let previous = Relief(rawValue: relief.rawValue - 1) ?? .nothing
    return switch relief {
    case .contention: !fabric.links.allSatisfy(fabric.isPort)
    case .latency where fabric.links.contains { $0.latency > .zero }: true
    default: host.relieved(by: relief) != host.relieved(by: previous)
    }
  }
}

extension Outcome {
  /// The longest that one link needs for its bytes, at these capacities in bytes a second.
  ///
  /// Rounded down but for a thousandth of a picosecond, by which the arithmetic may be short.
  func serialisation(over capacities: [Double]) -> Time {
    let longest = zip(links, capacities).reduce(0) { max($0, $1.0.bytes / $1.1) }
    return Time(picoseconds: Int64((longest * 1e12 + 1e-3).rounded(.down)))
  }
}
