public import Quantities
public import Records

/// What a machine's messages cost, fitted to measurements, with what is uncertain about it.
///
/// A message of *m* bytes takes *α + β m*, and *γ m* more where it is reduced, with parameters of the regime that its
/// size falls in. Collectives alone show only the sum α of send overhead, latency and receive overhead, and the sum β of
/// copying and transfer, unless messages are pipelined; ``processorShare`` says how much of both keeps processors busy.
///
/// The file format is documented in `docs/formats.md`.
public struct MachineModel: Sendable, Equatable, Codable {
  /// The schema's name and version; a reader refuses any other.
  public static let schema = "syncline.machine/1"

  /// A parameter with its 95 % interval.
  public struct Estimate: Sendable, Equatable, Codable {
    /// The fitted value.
    public var value: Double
    /// The interval's lower end, never above the value.
    public var low: Double
    /// The interval's upper end, never below the value.
    public var high: Double

    /// An estimate; an interval that misses the value is stretched to it.
    public init(value: Double, low: Double, high: Double) {
      (self.value, self.low, self.high) = (value, min(low, value), max(high, value))
    }
  }

  /// The parameters of messages from one size up to the next regime's.
  public struct Regime: Sendable, Equatable, Codable {
    /// The smallest message that it is for: the smallest that was measured in it; 0 for the first.
    public var from: ByteCount
    /// The largest message measured in the regime below, so that the true break lies above it; nil for the first.
    public var after: ByteCount?
    /// How many measured points have most of their messages in it.
    public var points: Int
    /// α: picoseconds a message.
    public var alpha: Estimate
    /// β: picoseconds a byte; 0 where the data show no cost of a byte.
    public var beta: Estimate
    /// γ: picoseconds a reduced byte; nil where no comparison of reducing and other collectives tells it from β, which
    /// then includes it.
    public var gamma: Estimate?

    /// A regime.
    public init(
      from: ByteCount, after: ByteCount?, points: Int, alpha: Estimate, beta: Estimate, gamma: Estimate?
    ) {
      (self.from, self.after, self.points) = (from, after, points)
      (self.alpha, self.beta, self.gamma) = (alpha, beta, gamma)
    }

    enum CodingKeys: String, CodingKey {
      case from = "from_bytes"
      case after = "after_bytes"
      case points
      case alpha = "alpha_ps"
      case beta = "beta_ps_per_byte"
      case gamma = "gamma_ps_per_byte"
    }
  }

  /// One measured point with what the model makes of it.
  public struct Residual: Sendable, Equatable, Codable {
    /// The series in words.
    public var series: String
    /// The whole vector's bytes.
    public var size: ByteCount
    /// The mean bytes of a message on the critical path.
    public var message: Double
    /// The measured median.
    public var measured: Time
    /// Its 95 % interval.
    public var low: Time
    /// The interval's upper end.
    public var high: Time
    /// The model's figure.
    public var fitted: Time
    /// Fitted over measured, less one.
    public var relativeError: Double

    /// Half of the measured interval's width over the median: how far that may be off by chance.
    public var jitter: Double { Double((high - low).picoseconds) / 2 / Double(measured.picoseconds) }

    enum CodingKeys: String, CodingKey {
      case series
      case size = "size_bytes"
      case message = "message_bytes"
      case measured = "measured_ps"
      case low = "measured_low_ps"
      case high = "measured_high_ps"
      case fitted = "fitted_ps"
      case relativeError = "relative_error"
    }
  }

  /// A record that the model was fitted to.
  public struct Source: Sendable, Equatable, Codable {
    /// Its file.
    public var path: String
    /// SHA-256 of the file's bytes.
    public var digest: String
    /// `measured` or `simulated`.
    public var origin: String
    /// When its run started.
    public var started: String
    /// The hosts' names.
    public var hosts: [String]
    /// The processors' models.
    public var processors: [String]
    /// What moved the messages.
    public var transport: String
    /// The library behind it.
    public var library: String?
    /// What the record warns of.
    public var warnings: [String]

    enum CodingKeys: String, CodingKey {
      case path
      case digest = "sha256"
      case origin, started, hosts, processors, transport, library, warnings
    }
  }

  /// What the parameters could have been, had the measurements come out otherwise; one number a regime.
  public struct Replicate: Sendable, Equatable, Codable {
    /// α in picoseconds.
    public var alpha: [Double]
    /// β in picoseconds a byte.
    public var beta: [Double]
    /// γ in picoseconds a byte; 0 where it is not known.
    public var gamma: [Double]

    enum CodingKeys: String, CodingKey {
      case alpha = "alpha_ps"
      case beta = "beta_ps_per_byte"
      case gamma = "gamma_ps_per_byte"
    }
  }

  /// ``schema``, as the file says it.
  public var schema = MachineModel.schema
  /// The version of Syncline that fitted it.
  public var version: String
  /// The records.
  public var sources: [Source]
  /// The fabric that the records were measured on, whose links are not in the parameters; nil where they are.
  public var fabric: String?
  /// What was read besides the records: the fabric's topology and so on; nil in models of earlier versions.
  public var inputs: [Record.Input]?
  /// The regimes, by message size.
  public var regimes: [Regime]
  /// The share of α and β that keeps the two processors busy.
  ///
  /// Half of it each, as overhead and copying. The rest is latency and a flow's bandwidth.
  public var processorShare: Double
  /// Whether the data tell that share; if not, it is 0, which gives the same times wherever a rank has one message in
  /// flight.
  public var isProcessorShareKnown: Bool
  /// The fit, point by point.
  public var residuals: [Residual]
  /// Series and points that were left out, and why.
  public var leftOut: [String]
  /// Refits to resampled data.
  public var replicates: [Replicate]

  enum CodingKeys: String, CodingKey {
    case schema, version, sources, fabric, inputs, regimes
    case processorShare = "processor_share"
    case isProcessorShareKnown = "processor_share_known"
    case residuals
    case leftOut = "left_out"
    case replicates
  }
}
