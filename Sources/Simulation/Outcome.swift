package import Fabric
public import Quantities

/// What a simulated collective took, and what it asked of every link.
public struct Outcome: Sendable, Equatable {
  /// What one link did.
  public struct LinkUse: Sendable, Equatable {
    /// The bytes that it carried; where each connection had it to itself, the most that one had.
    public let bytes: Double

    /// The share of its capacity that it carried from the start to `end`; 0 if that is the start.
    public func utilisation(of bandwidth: Bandwidth, until end: Time) -> Double {
      end > .zero ? bytes / (bandwidth.bytesPerSecond * end.seconds) : 0
    }
  }

  /// What ranks below the middle and from the middle on sent each other.
  public struct Halves: Sendable, Equatable {
    /// The bytes from the lower half of the ranks to the upper.
    public var up = 0.0
    /// The bytes from the upper half to the lower.
    public var down = 0.0

    package init(up: Double = 0, down: Double = 0) { (self.up, self.down) = (up, down) }
  }

  /// When each rank was done, from the common start.
  public let completions: [Time]
  /// When all was done that went over the links: ``total``, or later where other jobs took longer.
  public let end: Time
  /// What each link did up to ``end``, in the order of the fabric's links.
  public let links: [LinkUse]
  /// What went between the two halves of the first job's ranks; nil where switches take part in it.
  public let halves: Halves?
  /// How many messages took a flow.
  public let flows: Int
  /// How many drains, arrivals and processor jobs were worked out: not those of what was folded or skipped.
  public let events: Int

  /// An outcome that no run gave, for tests of what is said about one.
  package init(
    completions: [Time], links: [LinkUse], halves: Halves? = nil, flows: Int, events: Int, end: Time? = nil
  ) {
    (self.completions, self.links, self.flows, self.events) = (completions, links, flows, events)
    self.halves = halves
    self.end = end ?? completions.max() ?? .zero
  }

  /// The same with the completions of these ranks only, as of one job among several.
  package func ofRanks(_ ranks: Range<Int>) -> Outcome {
    Outcome(
      completions: Array(completions[ranks]), links: links, halves: halves, flows: flows, events: events,
      end: end)
  }

  /// When the last rank was done: the collective's time.
  public var total: Time { completions.max() ?? .zero }
}

/// One message's way through the network.
public struct SimulatedFlow: Sendable, Equatable {
  /// The sending rank; the switches of all jobs are numbered after all ranks.
  public let source: Int
  /// The receiving rank.
  public let destination: Int
  /// The lane of the schedule that it belongs to.
  public let lane: Int
  /// The sender's step.
  public let step: Int
  /// The bytes moved.
  public let size: ByteCount
  /// When it began to occupy its links.
  public let start: Time
  /// When its last byte had left.
  public let drained: Time
  /// When its last byte had arrived: drained, plus the latency of the path and of the host model.
  public let end: Time
  /// The links on its path, as indices into the fabric's links; none between ranks on one endpoint.
  public let path: ArraySlice<Int32>

  /// A message between ranks that some run moved, or that a test makes up.
  package init(
    source: Int, destination: Int, lane: Int, step: Int, size: ByteCount, start: Time, drained: Time,
    end: Time,
    path: ArraySlice<Int32>
  ) {
    (self.source, self.destination, self.lane, self.step) = (source, destination, lane, step)
    (self.size, self.start, self.drained, self.end, self.path) = (size, start, drained, end, path)
  }
}

/// How far a simulation is, for those who wait for it.
public struct SimulationProgress: Sendable, Equatable {
  /// The simulated time.
  public let now: Time
  /// Events so far.
  public let events: Int
  /// The share of the steps that are complete, from 0 to 1.
  public let fraction: Double
  /// How many ranks are done.
  public let ranksDone: Int
  /// How many ranks there are.
  public let ranks: Int
}

extension Outcome {
  /// The links that carried the greatest share of what they could, the busiest first; equal ones in the fabric's order.
  ///
  /// - Parameter most: how many at the most; links that carried nothing are never among them.
  package func busiestLinks(on fabric: Fabric, most: Int) -> [(link: Int, share: Double)] {
    let used = links.enumerated().compactMap { index, use in
      let share = use.utilisation(of: fabric.links[index].bandwidth, until: end)
      return share > 0 ? (link: index, share: share) : nil
    }
    return Array(used.sorted { ($1.share, $0.link) < ($0.share, $1.link) }.prefix(most))
  }
}
