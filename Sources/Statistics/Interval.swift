/// The two ends of an interval, both included.
public struct Interval: Sendable, Hashable, Codable {
  /// The lower end.
  public var low: Double
  /// The upper end; never below the lower.
  public var high: Double

  /// An interval between `low` and `high`; ends in the wrong order, or NaN, are the caller's bug.
  public init(low: Double, high: Double) {
    precondition(low <= high, "an interval's ends are in order")
    (self.low, self.high) = (low, high)
  }

  /// Whether `value` lies inside, the ends included.
  public func contains(_ value: Double) -> Bool { low <= value && value <= high }

  /// Whether the two have a value in common.
  public func overlaps(_ other: Interval) -> Bool { low <= other.high && other.low <= high }
}
