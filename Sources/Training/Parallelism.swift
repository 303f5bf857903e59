/// How a model is spread over GPUs, before it is known how many there are.
package struct Parallelism: Sendable, Hashable {
  /// GPUs that share each matrix of a layer.
  package var tensor = 1
  /// GPUs that share each sequence.
  package var context = 1
  /// Stages of the pipeline.
  package var pipeline = 1
  /// Runs of layers of one stage: above 1, the pipeline is interleaved.
  package var virtualStages = 1
  /// GPUs that share the experts of a layer.
  package var expert = 1
  /// Copies of the model; nil for as many as the fabric has GPUs for.
  package var data: Int?
  /// Whether tensor-parallel GPUs share the sequence between their collectives.
  package var isSequenceParallel = false
  /// Whether a tensor-parallel GPU sends its share of a boundary's activations to the next stage, which
  /// gathers them.
  package var scattersBoundary = false
  /// Whether the embedding and the output layer count as a layer each where layers are dealt out to stages.
  package var countsEndsAsLayers = false
  /// What copies share.
  package var sharding = Sharding.zero0
  /// With shared parameters: whether they are dropped after the forward pass and gathered again for the
  /// backward pass, in each microbatch; false keeps them for the whole step, as Llama 3 was trained.
  package var reshards = true

  /// One GPU, or copies of one.
  package init() {}

  /// GPUs of one copy of the model.
  package var gpusPerCopy: Int { tensor * context * pipeline }
}
