/// A tensor of parameters, or several alike.
package struct Weight: Sendable, Hashable {
  /// What it is called, as `query` or `gate`.
  package let name: String
  /// Parameters of one.
  package let elements: Int
  /// How many there are: the experts of a layer, else 1.
  package let copies: Int
  /// How many of them a token passes.
  package let activeCopies: Int
  /// Whether a token's vector is multiplied with it; a norm, a bias or a table has no FLOPs to speak of.
  package let isMatrix: Bool
  /// Whether tensor-parallel GPUs each hold a part; else each holds all of it.
  package let isSplit: Bool
  /// Whether it belongs to a routed expert.
  package let isExpert: Bool

  /// A weight.
  package init(
    _ name: String, elements: Int, copies: Int = 1, activeCopies: Int = 1, isMatrix: Bool = true,
    isSplit: Bool = true, isExpert: Bool = false
  ) {
    (self.name, self.elements, self.copies, self.activeCopies) = (name, elements, copies, activeCopies)
    (self.isMatrix, self.isSplit, self.isExpert) = (isMatrix, isSplit, isExpert)
  }

  /// A norm's scale, and its shift where the model has biases.
  static func norm(_ name: String, width: Int, hasBias: Bool) -> Weight {
    Weight(name, elements: hasBias ? 2 * width : width, isMatrix: false, isSplit: false)
  }

  /// All its parameters.
  package var parameters: Int { elements * copies }

  /// Those that a token passes.
  package var activeParameters: Int { elements * activeCopies }

  /// FLOPs of a token's forward pass: a multiplication and an addition for each parameter.
  package var flopsPerToken: Double { isMatrix ? 2 * Double(activeParameters) : 0 }
}

/// One operation of a layer.
package enum Operation: Sendable, Hashable {
  /// The product with a weight.
  case weight(Weight)
  /// Attention's scores, and the values that they weigh.
  case scores
}
