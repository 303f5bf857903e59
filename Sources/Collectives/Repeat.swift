/// A run of steps that repeats itself.
///
/// Step `i + period` is step `i` with every index that it names (`after`, `peerStep` and a `barrier` above 0)
/// `period` higher, the same action, the same peer and, if ``hasSameCounts``, the same count; only the offset may
/// differ at will. It spans `start ..< start + period * count`; the law holds for every *i* where both are inside.
///
/// What has settled into a rhythm can so be told from a few numbers, without a look at each step.
public struct Repeat: Sendable, Hashable {
  /// The first step of the first period.
  public let start: Int
  /// How many steps there are in a period.
  public let period: Int
  /// How many periods there are, two or more.
  public let count: Int
  /// Whether a step has as many elements as the one a period before.
  public let hasSameCounts: Bool
  /// Whether peers take as many steps in a period, which is so in every ``Program``.
  ///
  /// If not (``AggregationProgram``, where a node takes as many as it has neighbours), `peerStep` rises by the peer's period
  /// in place of `period`: by a number that the steps of a period each have, the same every time.
  public let peersKeepStep: Bool

  package init(start: Int, period: Int, count: Int, hasSameCounts: Bool, peersKeepStep: Bool = true) {
    (self.start, self.period, self.count) = (start, period, count)
    (self.hasSameCounts, self.peersKeepStep) = (hasSameCounts, peersKeepStep)
  }

  /// Where the last period ends.
  public var end: Int { start + period * count }

  /// The same where all steps come `distance` later, without the periods that begin before step `first`; nil if fewer
  /// than two are left.
  package func moved(by distance: Int, from first: Int = 0) -> Repeat? {
    let skipped = max(0, (first - start + period - 1) / period)
    guard count - skipped >= 2 else { return nil }
    return Repeat(
      start: start + skipped * period + distance, period: period, count: count - skipped,
      hasSameCounts: hasSameCounts)
  }

  /// Idle steps that name no others; nil for fewer than two.
  package static func idle(_ steps: Range<Int>) -> Repeat? {
    steps.count < 2
      ? nil : Repeat(start: steps.lowerBound, period: 1, count: steps.count, hasSameCounts: true)
  }
}

extension [Repeat] {
  /// Adds `periods` of `period` steps from `start` on, if that is a repetition at all.
  mutating func add(
    _ periods: Int, of period: Int, from start: Int, sameCounts: Bool = true, peersKeepStep: Bool = true
  ) {
    guard periods >= 2 else { return }
    append(
      Repeat(
        start: start, period: period, count: periods, hasSameCounts: sameCounts, peersKeepStep: peersKeepStep)
    )
  }

  /// Adds what repeats between neighbouring `cuts`: numbers of periods, counted from step 0, where the law is broken.
  mutating func add(
    between cuts: Set<Int>, of period: Int, sameCounts: Bool = true, peersKeepStep: Bool = true
  ) {
    let cuts = cuts.sorted()
    for (start, end) in zip(cuts, cuts.dropFirst()) {
      add(
        end - start, of: period, from: start * period, sameCounts: sameCounts, peersKeepStep: peersKeepStep)
    }
  }
}
