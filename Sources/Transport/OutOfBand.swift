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

  /// Throws where the channel knows that a rank is lost; waits for nothing.
  ///
  /// For those who wait for a rank by other means. A channel that can't know, or whose launcher ends all ranks when
  /// one is lost, does nothing.
  mutating func check() throws(TransportError)
}

extension OutOfBand where Self: ~Copyable {
  /// Knows of no lost rank.
  public mutating func check() throws(TransportError) {}

  /// Lets all ranks end where one can't go on; every rank calls it, with what keeps itself from going on.
  ///
  /// - Throws: at every rank the same ``TransportError/agreed(_:)``, in the words of the lowest rank that can't.
  package mutating func agree(_ refusal: TransportError?) throws(TransportError) {
    guard try greatest(refusal == nil ? 0 : 1) > 0 else { return }
    let told = try gather(bytes: Array((refusal?.description ?? "").utf8))
      .map { String(decoding: $0, as: UTF8.self) }
    guard let first = told.firstIndex(where: { !$0.isEmpty }) else { return }
    // What every rank says needs no rank's name.
    if told.allSatisfy({ $0 == told[first] }) { throw .agreed(told[first]) }
    let others = told.count { !$0.isEmpty } - 1
    let more = others == 0 ? "" : others == 1 ? " (and another rank)" : " (and \(others) other ranks)"
    throw .agreed("rank \(first)\(more): \(told[first])")
  }

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
