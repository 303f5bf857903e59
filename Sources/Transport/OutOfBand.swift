/// The slow channel over which ranks find each other and agree, beside the one that is measured.
///
/// Every rank makes the same calls in the same order, from one thread.
public protocol OutOfBand: ~Copyable {
  /// This rank.
  var rank: Int { get }
  /// How many ranks there are.
  var ranks: Int { get }

  /// How long a call waits for other ranks, in seconds.
  var timeLimit: Double { get set }

  /// Gives every rank the greatest of all ranks' values; none returns before all have called.
  mutating func greatest(_ value: Int64) throws(TransportError) -> Int64

  /// Gives every rank all ranks' values, in the order of ranks; all have equally many.
  mutating func gather(_ values: [Int64]) throws(TransportError) -> [[Int64]]
}

extension OutOfBand where Self: ~Copyable {
  /// Gives every rank all ranks' bytes, which need not be equally many.
  package mutating func gather(bytes: [UInt8]) throws(TransportError) -> [[UInt8]] {
    let lengths = try gather([Int64(bytes.count)]).map { Int($0[0]) }
    let words = ((lengths.max() ?? 0) + 7) / 8
    let padded = bytes + [UInt8](repeating: 0, count: words * 8 - bytes.count)
    let packed = (0..<words).map { word in
      Int64(bitPattern: padded[word * 8..<word * 8 + 8].reduce(0) { $0 << 8 | UInt64($1) })
    }
    return zip(try gather(packed), lengths).map { words, length in
      let bytes = words.flatMap { word in
        (0..<8).reversed().map { UInt8(truncatingIfNeeded: word >> (8 * $0)) }
      }
      return Array(bytes.prefix(length))
    }
  }
}
