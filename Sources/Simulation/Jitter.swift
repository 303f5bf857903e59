public import Quantities

/// What is added to each message before it may move, drawn from delays that were measured.
///
/// A message's delay hangs on the seed, its sender, lane and step, and on nothing else: the same seed gives the same delays
/// on every machine and whatever else is changed. It is the quantile of the measured delays at a number that is as good as
/// drawn evenly, between two of them on the straight line (Hyndman and Fan 1996, definition 7).
public struct Jitter: Sendable, Hashable {
  /// Sorted, in picoseconds.
  private let delays: [Int64]
  private let seed: UInt64

  /// Delays like these, one or more, all of them zero or more.
  public init(delays: [Time], seed: UInt64) {
    precondition(
      !delays.isEmpty && delays.allSatisfy { $0 >= .zero }, "delays are measured, and never negative")
    (self.delays, self.seed) = (delays.map(\.picoseconds).sorted(), seed)
  }

  /// The delay of one message.
  func delay(actor: Int, step: Int) -> Int64 {
    let drawn = Self.mixed(Self.mixed(seed ^ UInt64(actor) &* 0x9E37_79B9_7F4A_7C15) &+ UInt64(step))
    let place = Double(drawn >> 11) * 0x1p-53 * Double(delays.count - 1)
    let below = delays[Int(place)]
    let above = delays[min(Int(place) + 1, delays.count - 1)]
    return below + Int64((Double(above - below) * (place - place.rounded(.down))).rounded())
  }

  /// The mixing function of SplitMix64 (Steele, Lea and Flood 2014).
  private static func mixed(_ state: UInt64) -> UInt64 {
    var mixed = state &+ 0x9E37_79B9_7F4A_7C15
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }
}
