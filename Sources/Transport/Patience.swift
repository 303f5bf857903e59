/// Counts fruitless looks for a message, and looks at the clock now and then.
package struct Patience {
  private let rank: Int
  private let limit: Double
  private var looks = 0
  private var start: ContinuousClock.Instant?

  /// Patience of rank `rank` for `limit` seconds.
  package init(rank: Int, limit: Double) { (self.rank, self.limit) = (rank, limit) }

  /// Counts one look; `wasLong` where it slept.
  package mutating func goOn(wasLong: Bool = false) throws(TransportError) {
    looks += 1
    guard wasLong || looks.isMultiple(of: 256) else { return }
    let now = ContinuousClock.now
    guard let start else {
      self.start = now
      return
    }
    let waited = (now - start) / .seconds(1)
    guard waited < limit else { throw .timedOut(rank: rank, waited: waited) }
  }
}
