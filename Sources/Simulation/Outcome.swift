public import Quantities

/// What a simulated collective took, and what it asked of every link.
public struct Outcome: Sendable, Equatable {
  /// What one link did.
  public struct LinkUse: Sendable, Equatable {
    /// The bytes that it carried.
    public let bytes: Double
    /// How long it had at least one flow.
    public let busy: Time

    /// The share of its capacity that it carried from the start to `end`; 0 if that is the start.
    public func utilisation(of bandwidth: Bandwidth, until end: Time) -> Double {
      end > .zero ? bytes / (bandwidth.bytesPerSecond * end.seconds) : 0
    }
  }

  /// When each rank was done, from the common start.
  public let completions: [Time]
  /// What each link did, in the order of the fabric's links.
  public let links: [LinkUse]
  /// How many messages took a flow.
  public let flows: Int
  /// How many drains, arrivals and ends of processor jobs there were.
  public let events: Int

  /// When the last rank was done: the collective's time.
  public var total: Time { completions.max() ?? .zero }
}

/// One message's way through the network.
public struct SimulatedFlow: Sendable, Equatable {
  /// The sending rank.
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
}

/// How far a simulation is, for those who wait for it.
public struct SimulationProgress: Sendable {
  /// The simulated time.
  public let now: Time
  /// Events so far.
  public let events: Int
  /// The share of the first rank's steps that are complete, from 0 to 1.
  public let fraction: Double
}
