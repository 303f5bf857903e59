/// A model's shape: how many parameters it has and where, and what a token's pass through them takes.
package struct Model: Sendable, Hashable {
  /// What is known of the layers.
  package enum Body: Sendable, Hashable {
    /// All of it.
    case decoder(Decoder)
    /// The number of all parameters; they are spread evenly over the layers.
    case count(Int)
  }

  /// What it is called.
  package let name: String
  /// Where its shape was read.
  package let source: String
  /// How many layers it has.
  package let layers: Int
  /// The width of a token's vector between layers.
  package let hidden: Int
  /// What is known of the layers.
  package let body: Body

  /// A model; all sizes are 1 or more.
  package init(name: String, source: String, layers: Int, hidden: Int, body: Body) {
    precondition(layers >= 1 && hidden >= 1, "a model has a layer, and a layer has a width")
    (self.name, self.source, self.layers) = (name, source, layers)
    (self.hidden, self.body) = (hidden, body)
  }

  /// All parameters.
  package var parameters: Int { count(\.parameters) }

  /// Parameters that a token passes: all but the experts that it isn't sent to.
  package var activeParameters: Int { count(\.activeParameters) }

  private func count(_ number: KeyPath<Weight, Int>) -> Int {
    let ends = embedding + head
    // All but the first few layers are alike.
    return (0..<layers).reduce(ends.reduce(0) { $0 + $1[keyPath: number] }) { sum, layer in
      weights(ofLayer: layer).reduce(sum) { $0 + $1[keyPath: number] }
    }
  }

  /// Parameters of a layer, those of its routed experts apart.
  package func parameters(ofLayer layer: Int) -> (experts: Int, others: Int) {
    weights(ofLayer: layer).reduce(into: (experts: 0, others: 0)) { sum, weight in
      if weight.isExpert { sum.experts += weight.parameters } else { sum.others += weight.parameters }
    }
  }

  /// The routed experts of a layer; nil for a dense one.
  package func experts(ofLayer layer: Int) -> Experts? {
    guard case .decoder(let decoder) = body, let experts = decoder.experts, layer >= experts.denseLayers
    else { return nil }
    return experts
  }

  /// A layer's operations in the order of the forward pass.
  package func operations(ofLayer layer: Int) -> [Operation] {
    switch body {
    case .decoder(let decoder):
      decoder.operations(hidden: hidden, isDense: experts(ofLayer: layer) == nil)
    case .count(let parameters): evenOperations(layer, of: parameters)
    }
  }

  /// A layer's even share of `parameters`, cut into squares of the width: any cut would do for the sum, and
  /// this is what layers are made of.
  private func evenOperations(_ layer: Int, of parameters: Int) -> [Operation] {
    let (each, left) = parameters.quotientAndRemainder(dividingBy: layers)
    let share = each + (layer < left ? 1 : 0)
    let square = max(hidden * hidden, share / Self.mostPieces)
    let (squares, rest) = share.quotientAndRemainder(dividingBy: square)
    let sizes = Array(repeating: square, count: squares) + (rest > 0 ? [rest] : [])
    let weights = sizes.map { Operation.weight(Weight("weights", elements: $0)) }
    // A third of a layer's parameters are attention's; the scores stand between its matrices and the others.
    let attention = weights.count / 3
    return weights[..<attention] + [.scores] + weights[attention...]
  }

  /// A count that doesn't go with its width must not become a layer of a million pieces.
  private static let mostPieces = 256

  /// A layer's weights in the order of the forward pass.
  package func weights(ofLayer layer: Int) -> [Weight] {
    operations(ofLayer: layer).compactMap { if case .weight(let weight) = $0 { weight } else { nil } }
  }

  /// What stands before the first layer.
  package var embedding: [Weight] {
    guard case .decoder(let decoder) = body else { return [] }
    var weights = [
      Weight("embedding", elements: decoder.vocabulary * hidden, isMatrix: false, isSplit: true)
    ]
    if decoder.positions > 0 {
      weights.append(
        Weight("positions", elements: decoder.positions * hidden, isMatrix: false, isSplit: false))
    }
    return weights
  }

  /// What stands behind the last layer; without the output matrix where that is the embedding's.
  package var head: [Weight] {
    guard case .decoder(let decoder) = body else { return [] }
    let norm = Weight.norm("final norm", width: hidden, hasBias: decoder.hasBiases)
    return decoder.tiesEmbeddings
      ? [norm] : [norm, Weight("output", elements: decoder.vocabulary * hidden)]
  }

  /// Whether the output matrix is the embedding's.
  package var tiesEmbeddings: Bool {
    if case .decoder(let decoder) = body { decoder.tiesEmbeddings } else { false }
  }

  /// Rows of the output matrix; zero where only a count of parameters is known.
  package var vocabulary: Int {
    if case .decoder(let decoder) = body { decoder.vocabulary } else { 0 }
  }

  /// Numbers of keys and values that a token has in one layer; as many as without sharing where heads are
  /// unknown.
  package var keyValueWidth: Int {
    if case .decoder(let decoder) = body { decoder.attention.keyValueWidth } else { 2 * hidden }
  }

  /// The width over all heads of what a score multiplies, and of what it weighs: keys and values.
  package var scoreWidth: Int {
    if case .decoder(let decoder) = body { decoder.attention.scoreWidth } else { 2 * hidden }
  }
}
