/// Which of a training job's groups a rank acts in.
package enum GroupKind: String, CaseIterable, Sendable {
  /// The GPUs that share each matrix of a layer.
  case tensor
  /// The GPUs that share each sequence.
  case context
  /// The GPUs that hold the same parameters, experts apart: gradients are reduced over data × context.
  case data
  /// The stages of one copy of the model, in order.
  case pipeline
  /// The GPUs that share the experts of a layer; they lie within ``data``.
  case expert
  /// The GPUs that hold the same experts: an expert's gradients are reduced over them.
  case expertData = "expert-data"
}
