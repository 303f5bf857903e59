import CPlatform

/// Counts fruitless looks for a message, and looks at the clock now and then.
package struct Patience: BitwiseCopyable {
  @usableFromInline let rank: Int
  /// In nanoseconds.
  @usableFromInline let limit: Double
  @usableFromInline var looks = 0
  /// When the clock was first looked at, in nanoseconds; 0 before.
  @usableFromInline var start: Int64 = 0

  /// Patience of rank `rank` for `limit` seconds.
  @inlinable
  package init(rank: Int, limit: Double) {
    self.rank = rank
    self.limit = limit * 1e9
  }

  /// Counts one look; `wasLong` where it slept.
  @inlinable
  package mutating func goOn(wasLong: Bool = false) throws(TransportError) {
    looks += 1
    if wasLong || looks & 255 == 0 { try lookAtClock() }
  }

  @usableFromInline
  mutating func lookAtClock() throws(TransportError) {
    let now = syncline_monotonic_ns()
    guard start != 0 else {
      start = now
      return
    }
    let waited = Double(now - start)
    guard waited < limit else { throw .timedOut(rank: rank, waited: waited / 1e9) }
  }
}
