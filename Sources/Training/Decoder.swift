/// A decoder-only transformer's layers, with what stands before and behind them.
package struct Decoder: Sendable, Hashable {
  /// How tokens look at each other.
  package var attention: Attention
  /// The width inside of a dense layer's feed-forward part.
  package var feedForward: Int
  /// Whether the feed-forward part is gated (SwiGLU: three matrices) or not (two).
  package var isGated: Bool
  /// Whether matrices and norms have biases, as in GPT-2 and GPT-3.
  package var hasBiases: Bool
  /// Tokens that there are.
  package var vocabulary: Int
  /// Learned positions; zero where positions are computed.
  package var positions: Int
  /// Whether the output matrix is the embedding's.
  package var tiesEmbeddings: Bool
  /// The mixture of experts that takes the feed-forward part's place; nil for a dense model.
  package var experts: Experts?

  /// A decoder.
  package init(
    attention: Attention, feedForward: Int, isGated: Bool = true, hasBiases: Bool = false, vocabulary: Int,
    positions: Int = 0, tiesEmbeddings: Bool = false, experts: Experts? = nil
  ) {
    (self.attention, self.feedForward, self.isGated) = (attention, feedForward, isGated)
    (self.hasBiases, self.vocabulary, self.positions) = (hasBiases, vocabulary, positions)
    (self.tiesEmbeddings, self.experts) = (tiesEmbeddings, experts)
  }

  /// A layer's operations in the order of the forward pass.
  func operations(hidden: Int, isDense: Bool) -> [Operation] {
    var operations = [Operation.weight(.norm("attention norm", width: hidden, hasBias: hasBiases))]
    operations += attention.operations(hidden: hidden, hasBiases: hasBiases)
    operations.append(.weight(.norm("feed-forward norm", width: hidden, hasBias: hasBiases)))
    guard let experts, !isDense else {
      return operations + feedForward(hidden: hidden, width: feedForward).map { .weight($0) }
    }
    operations.append(.weight(Weight("router", elements: hidden * experts.count, isSplit: false)))
    if experts.sharedWidth > 0 {
      operations += feedForward(hidden: hidden, width: experts.sharedWidth).map { .weight($0) }
    }
    return operations
      + feedForward(hidden: hidden, width: experts.width).map { one in
        .weight(
          Weight(
            "experts' \(one.name)", elements: one.elements, copies: experts.count,
            activeCopies: experts.active, isMatrix: one.isMatrix, isSplit: one.isSplit, isExpert: true))
      }
  }

  /// The matrices of a feed-forward part, and their biases.
  private func feedForward(hidden: Int, width: Int) -> [Weight] {
    var weights: [Weight] = []
    if isGated { weights.append(Weight("gate", elements: hidden * width)) }
    weights.append(Weight("up", elements: hidden * width))
    if hasBiases { weights.append(Weight("up bias", elements: width, isMatrix: false)) }
    weights.append(Weight("down", elements: width * hidden))
    if hasBiases {
      // It is added once, after the partial products are summed.
      weights.append(Weight("down bias", elements: hidden, isMatrix: false, isSplit: false))
    }
    return weights
  }
}

/// A layer's mixture of experts.
package struct Experts: Sendable, Hashable {
  /// How many there are.
  package var count: Int
  /// How many a token is sent to: top-k.
  package var active: Int
  /// The width inside of one.
  package var width: Int
  /// The width of the experts that every token passes, all together; zero for none.
  package var sharedWidth: Int
  /// Layers at the start that have no experts.
  package var denseLayers: Int

  /// A mixture.
  package init(count: Int, active: Int, width: Int, sharedWidth: Int = 0, denseLayers: Int = 0) {
    (self.count, self.active, self.width) = (count, active, width)
    (self.sharedWidth, self.denseLayers) = (sharedWidth, denseLayers)
  }
}
