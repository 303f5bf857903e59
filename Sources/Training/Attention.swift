/// How tokens of a sequence look at each other.
package enum Attention: Sendable, Hashable {
  /// Each group of query heads shares one head of keys and values; as many groups as heads is the plain form.
  case grouped(heads: Int, keyValueHeads: Int, width: Int)
  /// Queries, and keys with values, pass through a narrow vector each (DeepSeek-V2's multi-head latent
  /// attention); `rotary` numbers of a key carry the position, and all heads share them.
  case latent(heads: Int, queryRank: Int, keyValueRank: Int, content: Int, rotary: Int, value: Int)

  /// Heads of queries.
  package var heads: Int {
    switch self {
    case .grouped(let heads, _, _): heads
    case .latent(let heads, _, _, _, _, _): heads
    }
  }

  /// Heads of keys and values.
  package var keyValueHeads: Int {
    switch self {
    case .grouped(_, let heads, _): heads
    case .latent(let heads, _, _, _, _, _): heads
    }
  }

  /// Numbers of keys and values that a token has, as the scores need them.
  package var keyValueWidth: Int {
    switch self {
    case .grouped(_, let heads, let width): 2 * heads * width
    case .latent(let heads, _, _, let content, let rotary, let value): heads * (content + rotary + value)
    }
  }

  /// The widths of a key and of a value, over all heads of queries.
  package var scoreWidth: Int {
    switch self {
    case .grouped(let heads, _, let width): 2 * heads * width
    case .latent(let heads, _, _, let content, let rotary, let value): heads * (content + rotary + value)
    }
  }

  /// The operations in the order of the forward pass.
  func operations(hidden: Int, hasBiases: Bool) -> [Operation] {
    func matrix(_ name: String, _ input: Int, _ output: Int, isSplit: Bool = true) -> Operation {
      .weight(Weight(name, elements: input * output, isSplit: isSplit))
    }
    func bias(_ name: String, _ width: Int, isSplit: Bool = true) -> [Operation] {
      hasBiases ? [.weight(Weight(name, elements: width, isMatrix: false, isSplit: isSplit))] : []
    }
    switch self {
    case .grouped(let heads, let keyValueHeads, let width):
      let (query, key) = (heads * width, keyValueHeads * width)
      return [matrix("query", hidden, query)] + bias("query bias", query)
        + [matrix("key", hidden, key)] + bias("key bias", key)
        + [matrix("value", hidden, key)] + bias("value bias", key)
        + [.scores, matrix("attention output", query, hidden)]
        // It is added once, after the partial products are summed.
        + bias("attention output bias", hidden, isSplit: false)
    case .latent(let heads, let queryRank, let keyValueRank, let content, let rotary, let value):
      return [
        matrix("query down", hidden, queryRank, isSplit: false),
        .weight(.norm("query norm", width: queryRank, hasBias: hasBiases)),
        matrix("query up", queryRank, heads * (content + rotary)),
        matrix("key-value down", hidden, keyValueRank + rotary, isSplit: false),
        .weight(.norm("key-value norm", width: keyValueRank, hasBias: hasBiases)),
        matrix("key-value up", keyValueRank, heads * (content + value)),
        .scores, matrix("attention output", heads * value, hidden),
      ]
    }
  }
}
