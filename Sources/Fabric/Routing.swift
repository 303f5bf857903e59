public import Quantities

/// How a flow's path is chosen among those that are equally short.
public enum Routing: Sendable, Equatable {
  /// By a hash of source, destination and flow, so that flows may collide.
  case ecmp(seed: UInt64)
  /// By the destination's number modulo the number of choices, so that neighbours take different spines.
  case destinationModulo
}

extension Routing {
  /// Reads `d-mod-k`, `ecmp:SEED` or `ecmp`, which is `ecmp:0`.
  ///
  /// - Throws: ``QuantityError`` for any other text, or a seed that is no whole number below 2^64.
  public init(parsing text: String) throws(QuantityError) {
    let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
    let detail = parts.count > 1 ? parts[1] : nil
    switch (parts[0], detail, detail.flatMap { UInt64($0) }) {
    case ("d-mod-k", nil, _): self = .destinationModulo
    case ("ecmp", nil, _): self = .ecmp(seed: 0)
    case ("ecmp", _, let seed?): self = .ecmp(seed: seed)
    default:
      throw QuantityError(found: text, expected: "a routing: d-mod-k, or ecmp:SEED such as ecmp:7")
    }
  }
}

extension Routing: CustomStringConvertible {
  /// The routing as it is read: `d-mod-k` or `ecmp:7`.
  public var description: String {
    switch self {
    case .ecmp(let seed): "ecmp:\(seed)"
    case .destinationModulo: "d-mod-k"
    }
  }
}
