extension StepRecord {
  /// What is trained, and how it is spread over GPUs.
  public struct Workload: Sendable, Equatable, Codable {
    /// The workload's name.
    public var name: String
    /// The model's name.
    public var model: String
    /// All parameters.
    public var parameters: Double
    /// Parameters that a token passes; fewer than ``parameters`` for a mixture of experts.
    public var activeParameters: Double
    /// Layers of the model.
    public var layers: Int
    /// GPUs that take part.
    public var gpus: Int
    /// GPUs that share one layer's matrices.
    public var tensor: Int
    /// GPUs that share one sequence.
    public var context: Int
    /// Stages of the pipeline.
    public var pipeline: Int
    /// GPUs that share the experts of a layer.
    public var expert: Int
    /// Copies of the model.
    public var data: Int
    /// Whether tensor-parallel GPUs also share the sequence between their collectives.
    public var isSequenceParallel: Bool
    /// What data-parallel copies share: `zero-0` to `zero-3`, or `fsdp`.
    public var sharding: String
    /// `bfloat16`, `float32` and so on: of parameters and activations.
    public var precision: String
    /// Of gradients, as they are reduced.
    public var gradientPrecision: String
    /// Tokens of one sequence.
    public var sequenceLength: Int
    /// Sequences in a microbatch of one copy.
    public var microbatchSize: Int
    /// Microbatches of one copy in a step.
    public var microbatches: Int
    /// Tokens of all copies in a step.
    public var tokens: Int
    /// The bytes of a gradient bucket.
    public var bucketBytes: Int
    /// The algorithm of the data-parallel collective.
    public var algorithm: String
    /// Where the model's figures and the compute times come from, in words.
    public var sources: [String]

    /// All of it.
    public init(
      name: String, model: String, parameters: Double, activeParameters: Double, layers: Int, gpus: Int,
      tensor: Int, context: Int, pipeline: Int, expert: Int, data: Int, isSequenceParallel: Bool,
      sharding: String, precision: String, gradientPrecision: String, sequenceLength: Int,
      microbatchSize: Int, microbatches: Int, tokens: Int, bucketBytes: Int, algorithm: String,
      sources: [String]
    ) {
      (self.name, self.model, self.parameters) = (name, model, parameters)
      (self.activeParameters, self.layers, self.gpus) = (activeParameters, layers, gpus)
      (self.tensor, self.context, self.pipeline) = (tensor, context, pipeline)
      (self.expert, self.data, self.isSequenceParallel) = (expert, data, isSequenceParallel)
      (self.sharding, self.precision, self.gradientPrecision) = (sharding, precision, gradientPrecision)
      (self.sequenceLength, self.microbatchSize) = (sequenceLength, microbatchSize)
      (self.microbatches, self.tokens, self.bucketBytes) = (microbatches, tokens, bucketBytes)
      (self.algorithm, self.sources) = (algorithm, sources)
    }

    enum CodingKeys: String, CodingKey {
      case name, model, parameters
      case activeParameters = "active_parameters"
      case layers, gpus, tensor, context, pipeline, expert, data
      case isSequenceParallel = "sequence_parallel"
      case sharding, precision
      case gradientPrecision = "gradient_precision"
      case sequenceLength = "sequence_length"
      case microbatchSize = "microbatch_size"
      case microbatches, tokens
      case bucketBytes = "bucket_bytes"
      case algorithm, sources
    }
  }

  /// What is known of the fabric without running anything on it.
  public struct FabricFacts: Sendable, Equatable, Codable {
    /// One thing that is counted or measured, in its unit: `switches`, 24, `count`.
    public struct Fact: Sendable, Equatable, Codable {
      /// What it is, for people.
      public var title: String
      /// `count`, `ratio`, `bytes_per_second`, `fraction`, `money` or `watts`.
      public var unit: String
      /// How much.
      public var value: Figure

      /// A fact.
      public init(title: String, unit: String, value: Figure) {
        (self.title, self.unit, self.value) = (title, unit, value)
      }
    }

    /// Hosts, switches, links, oversubscription and so on.
    public var counts: [Fact]
    /// Parts to buy, with their number.
    public var parts: [Fact]
    /// The bisection figures, each of which says another thing.
    public var bisection: [Fact]
    /// What the network costs, as far as the price list has it.
    public var price: Fact?
    /// What the network draws, as far as the price list has it.
    public var power: Fact?
    /// The price list's currency.
    public var currency: String?
    /// Parts that ``price`` or ``power`` leave out, in words.
    public var unlisted: [String]

    /// All that is known.
    public init(
      counts: [Fact], parts: [Fact], bisection: [Fact], price: Fact? = nil, power: Fact? = nil,
      currency: String? = nil, unlisted: [String] = []
    ) {
      (self.counts, self.parts, self.bisection) = (counts, parts, bisection)
      (self.price, self.power, self.currency, self.unlisted) = (price, power, currency, unlisted)
    }
  }

  /// What one kind of collective moves in a step.
  public struct Volume: Sendable, Equatable, Codable {
    /// `data`, `tensor`, `pipeline`, `context` or `expert`: whose groups do it.
    public var group: String
    /// `gradients`, `parameters`, `activations`, `keys and values`, `dispatch and combine`.
    public var content: String
    /// The collective, or `send`.
    public var collective: String
    /// Ranks of one group.
    public var ranks: Int
    /// Groups that do it at the same time.
    public var groups: Int
    /// The whole vector of one call, as nccl-tests counts it.
    public var bytesPerCall: Double
    /// Calls of one GPU in a step.
    public var calls: Double
    /// What one GPU sends in a step.
    public var sentBytes: Double
    /// The time of one call with its own kind running in all groups; nil where nothing is moved.
    public var time: Figure?

    /// A volume.
    public init(
      group: String, content: String, collective: String, ranks: Int, groups: Int, bytesPerCall: Double,
      calls: Double, sentBytes: Double, time: Figure? = nil
    ) {
      (self.group, self.content, self.collective) = (group, content, collective)
      (self.ranks, self.groups, self.bytesPerCall) = (ranks, groups, bytesPerCall)
      (self.calls, self.sentBytes, self.time) = (calls, sentBytes, time)
    }

    enum CodingKeys: String, CodingKey {
      case group, content, collective, ranks, groups
      case bytesPerCall = "bytes_per_call"
      case calls
      case sentBytes = "sent_bytes"
      case time = "time_s"
    }
  }

  /// What one step takes.
  public struct Step: Sendable, Equatable, Codable {
    /// Start to end.
    public var time: Figure
    /// The same with an infinitely fast network.
    public var computeTime: Double
    /// Of ``computeTime``, the pipeline's idle time.
    public var bubble: Double
    /// What is waited for the network: ``time`` less ``computeTime`` and jitter.
    public var exposed: Figure
    /// Each kind's part of ``exposed``; they add up to it.
    public var exposedBy: [Share]
    /// (step time - step time with an infinitely fast network) / step time.
    public var syncExposure: Figure
    /// Step time / step time on one node - 1, with the same work for each GPU.
    public var scalingOverhead: Figure
    /// The step time on one node.
    public var oneNodeTime: Figure
    /// What waiting for the slowest of all ranks adds; zero without jitter.
    public var jitter: Double
    /// The model's FLOPs over what the GPUs could have done; nil where their rate isn't known.
    public var modelFlopsUtilisation: Figure?

    /// A kind's part.
    public struct Share: Sendable, Equatable, Codable {
      /// The group, and what it moves.
      public var kind: String
      /// Seconds.
      public var time: Double

      /// A part.
      public init(kind: String, time: Double) { (self.kind, self.time) = (kind, time) }

      enum CodingKeys: String, CodingKey {
        case kind
        case time = "time_s"
      }
    }

    /// All of it.
    public init(
      time: Figure, computeTime: Double, bubble: Double, exposed: Figure, exposedBy: [Share],
      syncExposure: Figure, scalingOverhead: Figure, oneNodeTime: Figure, jitter: Double,
      modelFlopsUtilisation: Figure?
    ) {
      (self.time, self.computeTime, self.bubble) = (time, computeTime, bubble)
      (self.exposed, self.exposedBy, self.syncExposure) = (exposed, exposedBy, syncExposure)
      (self.scalingOverhead, self.oneNodeTime, self.jitter) = (scalingOverhead, oneNodeTime, jitter)
      self.modelFlopsUtilisation = modelFlopsUtilisation
    }

    enum CodingKeys: String, CodingKey {
      case time = "time_s"
      case computeTime = "compute_time_s"
      case bubble = "bubble_s"
      case exposed = "exposed_s"
      case exposedBy = "exposed_by"
      case syncExposure = "sync_exposure"
      case scalingOverhead = "scaling_overhead"
      case oneNodeTime = "one_node_time_s"
      case jitter = "jitter_s"
      case modelFlopsUtilisation = "mfu"
    }
  }

  /// A gradient bucket.
  public struct Bucket: Sendable, Equatable, Codable {
    /// Its place in the order of the backward pass.
    public var index: Int
    /// Its bytes.
    public var bytes: Int
    /// When its last gradient is there, from the start of the step.
    public var ready: Double
    /// When its collective begins.
    public var start: Double
    /// When its collective is done.
    public var end: Double
    /// How long the step waits for it alone.
    public var exposed: Double

    /// A bucket.
    public init(index: Int, bytes: Int, ready: Double, start: Double, end: Double, exposed: Double) {
      (self.index, self.bytes, self.ready) = (index, bytes, ready)
      (self.start, self.end, self.exposed) = (start, end, exposed)
    }

    enum CodingKeys: String, CodingKey {
      case index, bytes
      case ready = "ready_s"
      case start = "start_s"
      case end = "end_s"
      case exposed = "exposed_s"
    }
  }

  /// A link that bounds an exposed collective.
  public struct Link: Sendable, Equatable, Codable {
    /// Its id in the fabric.
    public var id: String
    /// Whose collective it bounds.
    public var kind: String
    /// What it carried in one call.
    public var bytes: Double
    /// Of its capacity, while the call lasted.
    public var utilisation: Double

    /// A link.
    public init(id: String, kind: String, bytes: Double, utilisation: Double) {
      (self.id, self.kind, self.bytes, self.utilisation) = (id, kind, bytes, utilisation)
    }
  }

  /// The step with one thing changed.
  public struct Variation: Sendable, Equatable, Codable {
    /// `bucket`, `algorithm`, `oversubscription`, `failure` or `gpus`.
    public var axis: String
    /// What it was changed to, in words: `100 MiB`, `double-tree`, `4:1`, `one spine`, `1024`.
    public var value: String
    /// The same as a number, for an axis of a chart; nil for names.
    public var number: Double?
    /// Whether this is the step as it was asked for.
    public var isBase: Bool
    /// The step's time; nil where it can't run.
    public var time: Figure?
    /// The share of it that is waited for the network; nil where it can't run.
    public var syncExposure: Figure?
    /// Why it can't run.
    public var refused: String?

    /// A variation.
    public init(
      axis: String, value: String, number: Double? = nil, isBase: Bool = false, time: Figure? = nil,
      syncExposure: Figure? = nil, refused: String? = nil
    ) {
      (self.axis, self.value, self.number, self.isBase) = (axis, value, number, isBase)
      (self.time, self.syncExposure, self.refused) = (time, syncExposure, refused)
    }

    enum CodingKeys: String, CodingKey {
      case axis, value, number
      case isBase = "base"
      case time = "time_s"
      case syncExposure = "sync_exposure"
      case refused
    }
  }

  /// A training run.
  public struct Run: Sendable, Equatable, Codable {
    /// Tokens to be trained on.
    public var tokens: Double
    /// Steps that this takes.
    public var steps: Double
    /// The share of time that makes progress, by checkpoints and failures; 1 without a failure rate.
    public var goodput: Double
    /// The time between failures of the whole; nil without a failure rate.
    public var meanTimeBetweenFailures: Double?
    /// The time between checkpoints that loses least (Young 1974, Daly 2006); nil without a failure rate.
    public var checkpointInterval: Double?
    /// From the first step to the last.
    public var time: Figure

    /// A run.
    public init(
      tokens: Double, steps: Double, goodput: Double, meanTimeBetweenFailures: Double? = nil,
      checkpointInterval: Double? = nil, time: Figure
    ) {
      (self.tokens, self.steps, self.goodput) = (tokens, steps, goodput)
      (self.meanTimeBetweenFailures, self.checkpointInterval) = (meanTimeBetweenFailures, checkpointInterval)
      self.time = time
    }

    enum CodingKeys: String, CodingKey {
      case tokens, steps, goodput
      case meanTimeBetweenFailures = "mean_time_between_failures_s"
      case checkpointInterval = "checkpoint_interval_s"
      case time = "time_s"
    }
  }

  /// What a step draws, in joules.
  public struct Energy: Sendable, Equatable, Codable {
    /// GPUs while they compute.
    public var compute: Double
    /// GPUs while they wait.
    public var waiting: Figure
    /// The network; nil where the price list doesn't know its power.
    public var network: Figure?
    /// What the building adds, of the above: PUE - 1.
    public var overhead: Figure
    /// All of it.
    public var perStep: Figure
    /// The same for 1,000 tokens.
    public var perThousandTokens: Figure

    /// A step's energy.
    public init(
      compute: Double, waiting: Figure, network: Figure?, overhead: Figure, perStep: Figure,
      perThousandTokens: Figure
    ) {
      (self.compute, self.waiting, self.network) = (compute, waiting, network)
      (self.overhead, self.perStep, self.perThousandTokens) = (overhead, perStep, perThousandTokens)
    }

    enum CodingKeys: String, CodingKey {
      case compute = "compute_j"
      case waiting = "waiting_j"
      case network = "network_j"
      case overhead = "overhead_j"
      case perStep = "step_j"
      case perThousandTokens = "thousand_tokens_j"
    }
  }

  /// What tokens cost.
  public struct Cost: Sendable, Equatable, Codable {
    /// The price list's currency.
    public var currency: String
    /// GPU hours, for 1,000 tokens.
    public var gpus: Figure
    /// Electricity, for 1,000 tokens; nil where the list has no price of it, or no power is known.
    public var electricity: Figure?
    /// All of it.
    public var perThousandTokens: Figure

    /// A cost.
    public init(currency: String, gpus: Figure, electricity: Figure?, perThousandTokens: Figure) {
      (self.currency, self.gpus, self.electricity) = (currency, gpus, electricity)
      self.perThousandTokens = perThousandTokens
    }

    enum CodingKeys: String, CodingKey {
      case currency
      case gpus = "gpu_hours"
      case electricity
      case perThousandTokens = "thousand_tokens"
    }
  }
}
