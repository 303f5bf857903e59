/// What the copies of a model share rather than each hold in full.
///
/// - Source: Rajbhandari et al., "ZeRO: Memory Optimizations Toward Training Trillion Parameter Models",
///   2020.
package enum Sharding: String, CaseIterable, Sendable {
  /// Nothing: gradients are all-reduced, as PyTorch's DDP does.
  case zero0 = "zero-0"
  /// The optimizer's state: gradients are reduce-scattered once a step, parameters gathered once a step.
  case zero1 = "zero-1"
  /// Gradients too: they are reduce-scattered after each microbatch, since no rank has room for the whole
  /// sum.
  case zero2 = "zero-2"
  /// Parameters too: they are gathered layer by layer.
  case zero3 = "zero-3"
  /// PyTorch's name for the same as ``zero3``.
  case fsdp

  /// Whether parameters are gathered layer by layer.
  package var sharesParameters: Bool { self == .zero3 || self == .fsdp }
}
