import Statistics

/// Chooses among the equally short ways of one flow.
struct Selector {
  private let routing: Routing
  /// ECMP: the flow's hash, to be mixed with each node on the way.
  private let hash: UInt64
  /// D-mod-k: the destination's number.
  private let number: Int

  /// - Parameter number: the destination's number within its rail, see ``Router``.
  @inline(__always)
  init(_ routing: Routing, source: Int, destination: Int, number: Int, flow: UInt64) {
    self.routing = routing
    self.number = number
    if case .ecmp(let seed) = routing {
      var hash = SplitMix64.scattered(seed &+ 0x9E37_79B9_7F4A_7C15)
      hash = SplitMix64.scattered(hash ^ UInt64(truncatingIfNeeded: source) &* 0xA24B_AED4_963E_E407)
      hash = SplitMix64.scattered(hash ^ UInt64(truncatingIfNeeded: destination) &* 0x9FB2_1C65_1E98_DF25)
      self.hash = SplitMix64.scattered(hash ^ flow &* 0xD6E8_FEB8_6659_FD93)
    } else {
      hash = 0
    }
  }

  /// The choice at `node` out of `count` ways up.
  ///
  /// - Parameter divisor: the product of the numbers of choices at the tiers below.
  @inline(__always)
  func choice(of count: Int, at node: Int, divisor: Int) -> Int {
    guard count > 1 else { return 0 }
    switch routing {
    case .ecmp: return hashed(count, node)
    case .destinationModulo: return number / divisor % count
    }
  }

  /// The choice at `node` out of `count` parallel links down to one switch.
  ///
  /// - Parameters:
  ///   - waysUp: how many ways up the lower switch has; the links mirror them, so that d-mod-k comes down on the cable
  ///     that the destination itself would go up by.
  ///   - divisor: that of the lower switch.
  @inline(__always)
  func parallel(of count: Int, at node: Int, waysUp: Int, divisor: Int) -> Int {
    guard count > 1 else { return 0 }
    switch routing {
    case .ecmp: return hashed(count, node)
    case .destinationModulo: return number / divisor % waysUp / (waysUp / count) % count
    }
  }

  /// Maps a hash to 0 up to `count - 1` by its high bits (Lemire 2019).
  @inline(__always)
  private static func pick(_ hash: UInt64, of count: Int) -> Int {
    Int(truncatingIfNeeded: hash.multipliedFullWidth(by: UInt64(truncatingIfNeeded: count)).high)
  }

  @inline(__always)
  private func hashed(_ count: Int, _ node: Int) -> Int {
    let salt = UInt64(truncatingIfNeeded: node) &* 0xD1B5_4A32_D192_ED03
    return Self.pick(SplitMix64.scattered(hash ^ salt), of: count)
  }
}
