public import Quantities

/// What is taken where a file doesn't tell.
public struct Assumptions: Sendable, Equatable {
  /// The rate of a link; nil where a file that has none is to be refused.
  public var rate: Bandwidth?
  /// From the first bit's leaving a link to its arrival.
  public var linkLatency: Time
  /// From a bit's arrival at a network switch to its leaving.
  public var switchLatency: Time

  /// Latencies of 20 m of fibre, 100 ns, and of a switch of today, 500 ns, unless something else is said.
  ///
  /// - Source: 5 ns a metre of fibre; cut-through switches for 400 Gbit/s are specified at 250 ns (InfiniBand, port to port)
  ///   to 800 ns (Ethernet).
  public init(
    rate: Bandwidth? = nil, linkLatency: Time = .nanoseconds(100), switchLatency: Time = .nanoseconds(500)
  ) {
    (self.rate, self.linkLatency, self.switchLatency) = (rate, linkLatency, switchLatency)
  }
}
