public import Collectives
public import Quantities
public import Transport

/// One collective, by one algorithm, on one kind of vector: what a series of sizes has in common.
public struct BenchCase: Sendable {
  /// Whose algorithm runs.
  public enum Implementation: Sendable, Equatable {
    /// One of ours, over the transport's messages.
    case schedule(Algorithm)
    /// The library's own.
    case native

    /// The name in a record and on the command line.
    public var name: String {
      switch self {
      case .schedule(let algorithm): algorithm.rawValue
      case .native: "native"
      }
    }
  }

  /// What is done.
  public var collective: Collective
  /// By what.
  public var implementation: Implementation
  /// What an element is.
  public var type: DataType
  /// How elements are combined.
  public var operation: ReduceOperation
  /// The special rank of a rooted collective.
  public var root: Int
  /// Whether the result replaces the input.
  public var isInPlace: Bool
  /// Lanes that share the vector.
  public var channels: Int
  /// The most bytes in one message.
  public var chunk: ByteCount
  /// Pieces in flight a lane.
  public var depth: Int
  /// Neighbouring ranks that form a domain, for the hierarchical algorithm.
  public var domain: Int

  /// A case; 1 MiB messages, two in flight, in one channel unless said otherwise.
  public init(
    _ collective: Collective, _ implementation: Implementation, type: DataType = .float32,
    operation: ReduceOperation = .sum, root: Int = 0, isInPlace: Bool = false, channels: Int = 1,
    chunk: ByteCount = .mebibytes(1), depth: Int = 2, domain: Int = 8
  ) {
    (self.collective, self.implementation) = (collective, implementation)
    (self.type, self.operation, self.root, self.isInPlace) = (type, operation, root, isInPlace)
    (self.channels, self.chunk, self.depth, self.domain) = (channels, chunk, depth, domain)
  }

  /// The schedule for a vector of `count` elements over `ranks` ranks; nil for the library's own collective.
  public func schedule(count: Int, ranks: Int) throws(ScheduleError) -> Schedule? {
    guard case .schedule(let algorithm) = implementation else { return nil }
    let elements = max(1, min(chunk, .gibibytes(1)).bytes / type.size)
    return try Schedule(
      collective, algorithm, ranks: ranks, count: count, root: root,
      parameters: Schedule.Parameters(
        channels: channels, chunk: elements, depth: depth, domain: domain))
  }
}

/// When a size has been measured enough.
public enum Sampling: Sendable, Equatable {
  /// After a fixed number of iterations.
  case iterations(Int)
  /// After a span of time, and at least one iteration.
  case duration(Time)
  /// When the 95 % interval of the median lies within `relative` of it on both sides; at the latest after `limit`.
  case precision(relative: Double, limit: Time)
}
