public import Quantities

extension Routing {
  /// Reads `d-mod-k`, `ecmp:SEED`, `random:SEED`, `flowlet:SEED`, `adaptive`, `spray` or `table:FILE`.
  ///
  /// Options follow, each after a comma: `qps=4` (queue pairs; of `ecmp`, `random`, `d-mod-k`), `polarised` (of `ecmp`)
  /// and `pxn`. A table has none: all that follows `table:` is the file's path. `ecmp` alone is `ecmp:0`, `random` and
  /// `flowlet` likewise.
  ///
  /// - Throws: ``QuantityError`` for any other text, a seed that is no whole number below 2^64, or queue pairs that
  ///   aren't 1 to 256.
  public init(parsing text: String) throws(QuantityError) {
    if text.hasPrefix("table:") {
      let path = String(text.dropFirst("table:".count))
      guard !path.isEmpty else {
        throw Self.error(text, "table:FILE, with the path of the forwarding tables")
      }
      self.init(.table(path))
      return
    }
    let parts = text.split(separator: ",", omittingEmptySubsequences: false)
    let isPolarised = parts.dropFirst().contains("polarised")
    let policy = try Self.policy(parts[0], isPolarised: isPolarised, text: text)
    var (queuePairs, usesPXN) = (1, false)
    var seen = Set<Substring>()
    for option in parts.dropFirst() {
      let word = option.prefix { $0 != "=" }
      guard seen.insert(word).inserted else { throw Self.error(text, "each option once") }
      switch word {
      case "pxn" where option == word: usesPXN = true
      case "polarised" where option == word:
        guard case .ecmp = policy else { throw Self.error(text, "'polarised' after ecmp:SEED only") }
      case "qps":
        guard policy.hasQueuePairs else {
          throw Self.error(text, "'qps' after ecmp:SEED, random:SEED or d-mod-k only")
        }
        guard let count = Int(option.dropFirst(word.count + 1)), (1...Self.queuePairLimit).contains(count)
        else {
          throw Self.error(text, "1 to \(Self.queuePairLimit) queue pairs, as in qps=4")
        }
        queuePairs = count
      default: throw Self.error(text, "qps=COUNT, polarised or pxn after the commas")
      }
    }
    self.init(policy, queuePairs: queuePairs, usesPXN: usesPXN)
  }

  /// What may be given, for help.
  public static let forms =
    "d-mod-k, ecmp:SEED, random:SEED, flowlet:SEED, adaptive, spray or table:FILE; options after commas, as in"
    + " ecmp:7,qps=4,pxn"

  private static func policy(
    _ word: Substring, isPolarised: Bool, text: String
  ) throws(QuantityError) -> Policy {
    let parts = word.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
    let detail = parts.count > 1 ? parts[1] : nil
    switch (parts.first, detail, detail.map { UInt64($0) } ?? 0) {
    case ("d-mod-k", nil, _): return .destinationModulo
    case ("adaptive", nil, _): return .adaptive
    case ("spray", nil, _): return .spray
    case ("ecmp", _, let seed?): return .ecmp(seed: seed, isPolarised: isPolarised)
    case ("random", _, let seed?): return .random(seed: seed)
    case ("flowlet", _, let seed?): return .flowlet(seed: seed)
    default: throw error(text, "a routing: \(forms)")
    }
  }

  private static func error(_ found: String, _ expected: String) -> QuantityError {
    QuantityError(found: found, expected: expected)
  }
}

extension Routing: CustomStringConvertible {
  /// The routing as it is read: `d-mod-k` or `ecmp:7,qps=4`.
  public var description: String {
    let name: String
    switch policy {
    case .ecmp(let seed, let isPolarised): name = "ecmp:\(seed)" + (isPolarised ? ",polarised" : "")
    case .random(let seed): name = "random:\(seed)"
    case .destinationModulo: name = "d-mod-k"
    case .flowlet(let seed): name = "flowlet:\(seed)"
    case .adaptive: name = "adaptive"
    case .spray: name = "spray"
    case .table(let path): name = "table:\(path)"
    }
    return name + (queuePairs > 1 ? ",qps=\(queuePairs)" : "") + (usesPXN ? ",pxn" : "")
  }
}
