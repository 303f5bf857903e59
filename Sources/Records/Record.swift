public import Quantities

/// What one run gave, measured or simulated: enough for a reviewer to trust it, or to run it again.
///
/// The file format is documented in `docs/formats.md`.
public struct Record: Sendable, Equatable, Codable {
  /// The schema's name and version; a reader refuses any other.
  public static let schema = "syncline.record/1"

  /// Where the figures come from.
  public enum Origin: String, Sendable, Codable {
    /// A clock on real ranks.
    case measured
    /// The simulator.
    case simulated
  }

  /// ``schema``, as the file says it.
  public var schema: String
  /// Measured or simulated.
  public var origin: Origin
  /// Whether the run ended before all that it was asked for.
  public var isPartial: Bool
  /// Why the run ended early, where it did.
  public var endedBecause: String?
  /// Where, when and by what the record was made.
  public var environment: Environment
  /// One entry for each collective, algorithm and placing of buffers.
  public var series: [Series]

  /// A record of `series`, complete unless said otherwise.
  public init(
    origin: Origin, environment: Environment, series: [Series], isPartial: Bool = false,
    endedBecause: String? = nil
  ) {
    schema = Self.schema
    (self.origin, self.environment, self.series) = (origin, environment, series)
    (self.isPartial, self.endedBecause) = (isPartial, endedBecause)
  }

  enum CodingKeys: String, CodingKey {
    case schema, origin
    case isPartial = "partial"
    case endedBecause = "ended_because"
    case environment, series
  }
}

extension Record {
  /// One collective by one algorithm over one group of ranks, at several sizes.
  public struct Series: Sendable, Equatable, Codable {
    /// `all-reduce`, `all-gather`, …, as `Collective` spells them.
    public var collective: String
    /// `ring`, `tree`, …, as `Algorithm` spells them, or `native`: the MPI library's own.
    public var algorithm: String
    /// How many ranks took part.
    public var ranks: Int
    /// `float32`, `bfloat16` and so on.
    public var datatype: String
    /// `sum`, …; empty where nothing is reduced.
    public var operation: String
    /// Whether the result replaced the input.
    public var isInPlace: Bool
    /// The special rank of a rooted collective.
    public var root: Int
    /// Lanes that share the vector.
    public var channels: Int
    /// The most bytes in one message; nil for whole runs.
    public var chunk: ByteCount?
    /// Pieces in flight a lane.
    public var depth: Int
    /// Neighbouring ranks that form a domain; nil for algorithms that know none.
    public var domain: Int?
    /// The sizes, ascending.
    public var points: [Point]

    /// A series of `points`.
    public init(
      collective: String, algorithm: String, ranks: Int, datatype: String, operation: String, isInPlace: Bool,
      root: Int, channels: Int, chunk: ByteCount?, depth: Int, domain: Int? = nil,
      points: [Point]
    ) {
      (self.collective, self.algorithm, self.ranks) = (collective, algorithm, ranks)
      (self.datatype, self.operation, self.isInPlace, self.root) = (datatype, operation, isInPlace, root)
      (self.channels, self.chunk, self.depth, self.points) = (channels, chunk, depth, points)
      self.domain = domain
    }

    enum CodingKeys: String, CodingKey {
      case collective, algorithm, ranks, datatype, operation
      case isInPlace = "in_place"
      case root, channels
      case chunk = "chunk_bytes"
      case depth, domain, points
    }
  }

  /// One size of a series.
  public struct Point: Sendable, Equatable, Codable {
    /// The whole vector's bytes, as nccl-tests counts them.
    public var size: ByteCount
    /// The whole vector's elements.
    public var count: Int
    /// Each iteration's time, of the slowest rank, in the order of the run; for a prediction its median alone.
    public var samples: [Time]
    /// For each iteration, each rank's own end, counted from the start of the rank that started last (0 for one that had
    /// ended by then); empty for a prediction.
    public var rankTimes: [[Time]]
    /// For each iteration, how far apart the ranks' starts were; empty for a prediction.
    public var startSkews: [Time]
    /// The interval of a prediction at 95 %, where the machine model has one; nil for a measurement, whose interval
    /// follows from its samples.
    public var predicted: Interval?
    /// Elements that were checked against their exact expected value; nil where nothing was.
    public var checkedElements: Int?

    /// One size's samples.
    public init(
      size: ByteCount, count: Int, samples: [Time], rankTimes: [[Time]] = [], startSkews: [Time] = [],
      predicted: Interval? = nil, checkedElements: Int? = nil
    ) {
      (self.size, self.count, self.samples, self.rankTimes) = (size, count, samples, rankTimes)
      (self.startSkews, self.predicted, self.checkedElements) = (startSkews, predicted, checkedElements)
    }

    enum CodingKeys: String, CodingKey {
      case size = "size_bytes"
      case count
      case samples = "samples_ps"
      case rankTimes = "rank_times_ps"
      case startSkews = "start_skews_ps"
      case predicted
      case checkedElements = "checked_elements"
    }
  }

  /// The two ends of an interval.
  public struct Interval: Sendable, Equatable, Codable {
    /// The lower end.
    public var low: Time
    /// The upper end.
    public var high: Time

    /// An interval from `low` to `high`.
    public init(low: Time, high: Time) { (self.low, self.high) = (low, high) }

    enum CodingKeys: String, CodingKey {
      case low = "low_ps"
      case high = "high_ps"
    }
  }
}
