import Quantities

/// The arithmetic of a workload's microbatch: FLOPs, and how long they take.
///
/// A token's forward pass takes 2 FLOPs for each parameter that it is multiplied with, and for each token of
/// its sequence 2 FLOPs for each number of a key and of a value: `2 P + 2 s w` a layer, with `w = 2 h` for
/// plain attention. The backward pass takes twice that. Attention counts in full, not only its causal half,
/// as the published utilisations do.
///
/// - Source: Narayanan et al., "Efficient Large-Scale Language Model Training on GPU Clusters Using
///   Megatron-LM", SC 2021, section 5.1; Chowdhery et al., "PaLM", arXiv:2204.02311, appendix B.
package struct Compute: Sendable {
  private let workload: Workload
  private let gpusPerLayer: Double

  /// The arithmetic of `workload`.
  package init(_ workload: Workload) {
    self.workload = workload
    gpusPerLayer = Double(workload.parallelism.tensor * workload.parallelism.context)
  }

  /// Tokens of a microbatch, over all GPUs that share it.
  package var tokens: Double { Double(workload.microbatchSize * workload.sequenceLength) }

  /// FLOPs of an operation for one token's forward pass.
  package func flopsPerToken(_ operation: Operation) -> Double {
    switch operation {
    case .weight(let weight): weight.flopsPerToken
    case .scores: 2 * Double(workload.sequenceLength) * Double(workload.model.scoreWidth)
    }
  }

  /// FLOPs of a layer for one token's forward pass.
  package func flopsPerToken(layer: Int) -> Double {
    workload.model.operations(ofLayer: layer).reduce(0) { $0 + flopsPerToken($1) }
  }

  /// FLOPs of the output layer for one token's forward pass.
  package var headFlopsPerToken: Double {
    2 * Double(workload.model.hidden) * Double(workload.model.vocabulary)
  }

  /// FLOPs of the whole model for one token, forward and backward, without recomputation: what model FLOPs
  /// utilisation counts.
  package var modelFlopsPerToken: Double {
    3 * (0..<workload.model.layers).reduce(headFlopsPerToken) { $0 + flopsPerToken(layer: $1) }
  }

  /// How long a layer takes for one microbatch on one GPU, in seconds.
  package func seconds(layer: Int) -> (forward: Double, backward: Double) {
    switch workload.compute {
    case .measured(let forward, let backward, _): return (forward.seconds, backward.seconds)
    case .rate(let rate, let utilisation):
      let forward = flopsPerToken(layer: layer)
      let again =
        switch workload.recomputation {
        case .none: 0.0
        case .selective: flopsPerToken(.scores)
        case .full: forward
        }
      let scale = seconds(ofFlopPerToken: rate.flopsPerSecond * utilisation)
      return (forward * scale, (2 * forward + again) * scale)
    }
  }

  /// How long the output layer takes for one microbatch on one GPU, in seconds.
  package var headSeconds: (forward: Double, backward: Double) {
    switch workload.compute {
    case .measured(_, _, let head): return (head.seconds / 3, head.seconds * 2 / 3)
    case .rate(let rate, let utilisation):
      let forward = headFlopsPerToken * seconds(ofFlopPerToken: rate.flopsPerSecond * utilisation)
      return (forward, 2 * forward)
    }
  }

  /// How long a GPU takes at `rate` for its share of one FLOP for each token of a microbatch.
  private func seconds(ofFlopPerToken rate: Double) -> Double { tokens / (gpusPerLayer * rate) }
}
