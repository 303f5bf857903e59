package import Collectives
package import Quantities

/// What is trained and how, as a file says it: see `docs/training.md`.
package struct Workload: Sendable {
  /// How many sequences are in a step.
  package enum Batch: Sendable, Hashable {
    /// Microbatches of one copy of the model.
    case microbatches(Int)
    /// Sequences of all copies.
    case global(Int)
  }

  /// What the backward pass computes anew, since memory holds no more.
  package enum Recomputation: String, CaseIterable, Sendable {
    case none
    /// Attention's scores.
    case selective
    /// The whole forward pass of each layer.
    case full
  }

  /// The sizes at which gradient buckets close, in bytes.
  package struct BucketSizes: Sendable, Hashable {
    /// Of the first, which the backward pass fills first.
    package var first: ByteCount
    /// Of all others.
    package var rest: ByteCount

    /// PyTorch's defaults (`_DEFAULT_FIRST_BUCKET_BYTES`, `bucket_cap_mb`).
    package static let pyTorch = BucketSizes(first: .mebibytes(1), rest: .mebibytes(25))
  }

  /// How each kind of group runs its collectives.
  package struct Algorithms: Sendable, Hashable {
    /// Of gradients and parameters, experts' too.
    package var data = Algorithm.ring
    package var tensor = Algorithm.ring
    package var context = Algorithm.ring
    package var expert = Algorithm.pairwise

    /// The algorithm of a kind's groups; a pipeline has none, since its sends are no collective.
    package subscript(kind: GroupKind) -> Algorithm? {
      switch kind {
      case .data, .expertData: data
      case .tensor: tensor
      case .context: context
      case .expert: expert
      case .pipeline: nil
      }
    }
  }

  /// What it is called.
  package var name: String
  /// What is trained.
  package var model: Model
  /// How it is spread.
  package var parallelism: Parallelism
  /// Of parameters and activations.
  package var precision: Precision
  /// Of gradients, as they are reduced.
  package var gradientPrecision: Precision
  /// Tokens of a sequence.
  package var sequenceLength: Int
  /// Sequences of a microbatch.
  package var microbatchSize: Int
  /// How many sequences are in a step.
  package var batch: Batch
  /// When a gradient bucket closes.
  package var buckets: BucketSizes
  /// What the backward pass computes anew.
  package var recomputation: Recomputation
  /// How long a layer computes.
  package var compute: ComputeSource
  /// How each kind of group runs its collectives.
  package var algorithms: Algorithms
  /// With shared parameters: layers gathered ahead of the one that computes.
  package var prefetch: Int
  /// Whether gradients are reduced during the backward pass, or after it.
  package var overlapsReduction: Bool
  /// Whether parameters are gathered during the next forward pass, or before it: ``Sharding/zero1`` and
  /// `zero2`.
  package var overlapsGather: Bool
  /// How ranks' compute times differ; nil for not at all.
  package var jitter: ComputeJitter?
  /// Tokens to be trained on; nil without a budget.
  package var tokens: Double?
  /// How often a GPU fails and what that costs; nil for never.
  package var failures: Failures?
  /// What a GPU draws; nil where it isn't known.
  package var power: GPUPower?
  /// The name under which a price list has the GPU's hour; nil for the list's only one.
  package var gpu: String?
  /// The file's text, for a digest.
  package let text: String
  /// The file's name, for messages.
  package let path: String
  /// Where in it `parallelism` and the batch stand, for messages about the fabric's GPUs.
  let parallelismLine: Int
  let batchLine: Int
  let gpuLine: Int
}

/// How long a layer computes.
package enum ComputeSource: Sendable, Hashable {
  /// From its FLOPs: what a GPU can do at the most, and which share of it the layer's kernels reach.
  case rate(ComputeRate, utilisation: Double)
  /// As measured, of one microbatch on one GPU: a layer's passes, and both passes of the output layer.
  case measured(forward: Time, backward: Time, head: Time)
}

/// What a GPU draws.
package struct GPUPower: Sendable, Hashable {
  /// While it computes.
  package var computing: Power
  /// While it waits for the network.
  package var waiting: Power
  /// What the building draws for each watt of its machines: power usage effectiveness, 1 or more.
  package var effectiveness: Double

  /// What a GPU draws.
  package init(computing: Power, waiting: Power, effectiveness: Double = 1) {
    (self.computing, self.waiting, self.effectiveness) = (computing, waiting, effectiveness)
  }
}

/// How often a job fails, and what that costs.
package struct Failures: Sendable, Hashable {
  /// The mean time to failure of one GPU, with its share of host and network.
  package var gpuMeanTime: LongTime
  /// What writing a checkpoint takes away from training.
  package var checkpoint: LongTime
  /// From a failure to the first step after it.
  package var restart: LongTime

  /// Failures; all times are above zero.
  package init(gpuMeanTime: LongTime, checkpoint: LongTime, restart: LongTime) {
    (self.gpuMeanTime, self.checkpoint, self.restart) = (gpuMeanTime, checkpoint, restart)
  }
}
