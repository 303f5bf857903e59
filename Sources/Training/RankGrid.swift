/// How a job's ranks are numbered, and who forms a group with whom.
///
/// As in Megatron-LM, the tensor index runs fastest, then context, then data, then pipeline: `rank = t + T (c
/// + C (d + D p))`. Experts lie within data: with `x = c + C d`, a rank has the experts of index `x mod E`,
/// and copy `x / E` of them.
///
/// - Source: NVIDIA Megatron-LM, `megatron/core/parallel_state.py`, order `tp-cp-ep-dp-pp`.
package struct RankGrid: Sendable, Hashable {
  /// GPUs that share each matrix.
  package let tensor: Int
  /// GPUs that share each sequence.
  package let context: Int
  /// Copies of the model.
  package let data: Int
  /// Stages of the pipeline.
  package let pipeline: Int
  /// GPUs that share the experts of a layer.
  package let expert: Int

  /// A grid; sizes are 1 or more, and `expert` divides `data × context`.
  package init(tensor: Int = 1, context: Int = 1, data: Int = 1, pipeline: Int = 1, expert: Int = 1) {
    precondition([tensor, context, data, pipeline, expert].allSatisfy { $0 >= 1 }, "a dimension has a rank")
    precondition(data * context % expert == 0, "experts' groups lie within the data-parallel ones")
    (self.tensor, self.context, self.data) = (tensor, context, data)
    (self.pipeline, self.expert) = (pipeline, expert)
  }

  /// All ranks.
  package var ranks: Int { tensor * context * data * pipeline }

  /// Ranks of one group of `kind`.
  package func size(_ kind: GroupKind) -> Int {
    switch kind {
    case .tensor: tensor
    case .context: context
    case .data: data * context
    case .pipeline: pipeline
    case .expert: expert
    case .expertData: data * context / expert
    }
  }

  /// How many groups of `kind` there are.
  package func count(_ kind: GroupKind) -> Int { ranks / size(kind) }

  /// The ranks of each group of `kind`, in the group's own order; in O(ranks).
  package func groups(_ kind: GroupKind) -> [[Int]] {
    let replicas = data * context
    // A group is a run of `size` ranks `stride` apart; its first ranks are those with no index of its own.
    let (stride, size) =
      switch kind {
      case .tensor: (1, tensor)
      case .context: (tensor, context)
      case .data: (tensor, replicas)
      case .pipeline: (tensor * replicas, pipeline)
      case .expert: (tensor, expert)
      case .expertData: (tensor * expert, replicas / expert)
      }
    var groups: [[Int]] = []
    groups.reserveCapacity(ranks / size)
    for block in Swift.stride(from: 0, to: ranks, by: stride * size) {
      for first in block..<block + stride {
        groups.append((0..<size).map { first + $0 * stride })
      }
    }
    return groups
  }

  /// The stage that `rank` belongs to.
  package func stage(of rank: Int) -> Int { rank / (tensor * context * data) }
}
