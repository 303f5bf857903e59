/// What one GPU does in a part of its stage: a layer, or what stands before the first or behind the last.
package struct LayerWork: Sendable, Hashable {
  /// Which part it is.
  package enum Part: Sendable, Hashable {
    case embedding
    /// The layer's place in the model.
    case layer(Int)
    /// The last norm and the output matrix.
    case head
  }

  /// A gradient tensor of this GPU.
  package struct Gradient: Sendable, Hashable {
    /// Its numbers.
    package let elements: Int
    /// Whether it is an expert's, and is reduced over the expert's copies only.
    package let isExpert: Bool
    /// The share of the part's backward pass after which it is there, from 0 to 1.
    package let share: Double
  }

  /// Which part it is.
  package let part: Part
  /// Seconds of the forward pass for one microbatch, with an infinitely fast network.
  package let forward: Double
  /// Seconds of the backward pass for one microbatch, recomputation included.
  package let backward: Double
  /// In the order of the backward pass.
  package let gradients: [Gradient]
  /// What the forward pass of a microbatch waits for, in order.
  package let forwardCalls: [Traffic]
  /// What the backward pass of a microbatch waits for, in order.
  package let backwardCalls: [Traffic]
  /// With shared parameters: what gathers the part's, before a pass; else empty.
  package let gathers: [Traffic]
  /// With shared parameters: what reduces the part's gradients, after the backward pass; else empty.
  package let reductions: [Traffic]

  /// Numbers of all gradients, experts' apart.
  package var elements: (experts: Int, others: Int) {
    gradients.reduce(into: (experts: 0, others: 0)) { sum, gradient in
      if gradient.isExpert { sum.experts += gradient.elements } else { sum.others += gradient.elements }
    }
  }
}
