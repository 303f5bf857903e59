import Statistics

/// Chooses among the equally short ways of one message.
struct Selector {
  private let isHashed: Bool
  /// The message's hash, to be mixed with each node on the way.
  private let hash: UInt64
  /// What a node's number is multiplied by before it is mixed in; 0 where all nodes hash alike.
  private let salt: UInt64
  /// D-mod-k: the destination's number.
  private let number: Int

  private static let nodeSalt: UInt64 = 0xD1B5_4A32_D192_ED03

  /// - Parameters:
  ///   - number: the destination's number within its rail, see ``Router``.
  ///   - message: how many messages of the flow were before.
  @inline(__always)
  init(_ routing: Routing, source: Int, destination: Int, number: Int, flow: UInt64, message: Int) {
    let pairs = routing.queuePairs
    let pair = pairs == 1 ? 0 : message % pairs
    switch routing.policy {
    case .ecmp(let seed, let isPolarised):
      let flow = flow &* UInt64(pairs) &+ UInt64(pair)
      self.init(hash: Self.hash(seed, source, destination, flow), salt: isPolarised ? 0 : Self.nodeSalt)
    case .flowlet(let seed):
      let flow = flow &* UInt64(Routing.flowletLimit) &+ UInt64(message % Routing.flowletLimit)
      self.init(hash: Self.hash(seed, source, destination, flow), salt: Self.nodeSalt)
    case .random(let seed):
      self.init(hash: Self.hash(seed, 0, destination, UInt64(pair)), salt: Self.nodeSalt)
    case .destinationModulo, .adaptive, .spray, .table:
      self.init(number: number * pairs + pair)
    }
  }

  private init(hash: UInt64, salt: UInt64) {
    (isHashed, self.hash, self.salt, number) = (true, hash, salt, 0)
  }

  private init(number: Int) { (isHashed, hash, salt, self.number) = (false, 0, 0, number) }

  @inline(__always)
  private static func hash(_ seed: UInt64, _ source: Int, _ destination: Int, _ flow: UInt64) -> UInt64 {
    var hash = SplitMix64.scattered(seed &+ 0x9E37_79B9_7F4A_7C15)
    hash = SplitMix64.scattered(hash ^ UInt64(truncatingIfNeeded: source) &* 0xA24B_AED4_963E_E407)
    hash = SplitMix64.scattered(hash ^ UInt64(truncatingIfNeeded: destination) &* 0x9FB2_1C65_1E98_DF25)
    return SplitMix64.scattered(hash ^ flow &* 0xD6E8_FEB8_6659_FD93)
  }

  /// The choice at `node` out of `count` ways up.
  ///
  /// - Parameter divisor: the product of the numbers of parents at the tiers below; parallel links count once.
  @inline(__always)
  func choice(of count: Int, at node: Int, divisor: Int) -> Int {
    guard count > 1 else { return 0 }
    return isHashed ? hashed(count, node) : number / divisor % count
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
    return isHashed ? hashed(count, node) : number / divisor % waysUp / max(1, waysUp / count) % count
  }

  /// The product of choices; past 2^31 no number has digits left to choose by.
  static func product(_ divisor: Int, _ choices: Int) -> Int {
    min(divisor * max(1, choices), 1 << 31)
  }

  /// Maps a hash to 0 up to `count - 1` by its high bits (Lemire 2019).
  @inline(__always)
  private func hashed(_ count: Int, _ node: Int) -> Int {
    let mixed = SplitMix64.scattered(hash ^ UInt64(truncatingIfNeeded: node) &* salt)
    return Int(truncatingIfNeeded: mixed.multipliedFullWidth(by: UInt64(truncatingIfNeeded: count)).high)
  }
}
