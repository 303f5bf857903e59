public import Quantities

/// What a host adds to the network: overheads of a message, its own latency and limit, and the cost of reducing.
///
/// A rank's processor is one server, first come, first served (where ranks share processors, see ``Processors``).
/// Posting a send costs `sendOverhead` and `copying` times the bytes; then the flow starts, as soon as its receive is
/// posted too. The last byte arrives `latency` after the path's own latency. Then the receiver's processor spends
/// `receiveOverhead`, `copying` times the bytes and, for a reduction, `reduction` times the bytes. A message takes its
/// parameters from the regime that its size falls in, as measured curves have breaks.
public struct HostModel: Sendable, Hashable, Codable {
  /// The parameters of messages from one size up to the next regime's.
  public struct Regime: Sendable, Hashable, Codable {
    /// The smallest message that it is for.
    public var from: ByteCount
    /// The sender's processor time for a message.
    public var sendOverhead: Time
    /// The receiver's processor time for a message, without reducing.
    public var receiveOverhead: Time
    /// What is added to the latency of the path.
    public var latency: Time
    /// The most that one flow gets out of the host's software and adapter; nil if only links limit it.
    public var bandwidth: Bandwidth?
    /// Seconds to reduce one received byte; the inverse of a reduction rate.
    public var reduction: Double
    /// Seconds of processor time that each end spends on one byte besides reducing it, as where memory is copied.
    public var copying: Double

    /// A regime; by default a host that costs nothing.
    public init(
      from: ByteCount = .zero, sendOverhead: Time = .zero, receiveOverhead: Time = .zero,
      latency: Time = .zero,
      bandwidth: Bandwidth? = nil, reduction: Double = 0, copying: Double = 0
    ) {
      (self.from, self.sendOverhead, self.receiveOverhead) = (from, sendOverhead, receiveOverhead)
      (self.latency, self.bandwidth, self.reduction, self.copying) = (latency, bandwidth, reduction, copying)
    }
  }

  /// In order of `from`; the first starts at zero bytes.
  public var regimes: [Regime]

  /// A model of these regimes; ``Simulation`` refuses one that is out of order or negative.
  public init(regimes: [Regime]) { self.regimes = regimes }

  /// A host that costs nothing.
  public static let ideal = HostModel(regimes: [Regime()])

  /// The regime of messages of `size`; the first if even that starts higher.
  public func regime(of size: ByteCount) -> Regime? { regimes.last { $0.from <= size } ?? regimes.first }

  /// What makes this no model: a line that names the regime and the field; nil for a sound one.
  package var flaw: String? {
    guard let first = regimes.first else { return "a host model has at least one regime, found none" }
    guard first.from == .zero else { return "the first regime starts at \(first.from), expected 0 bytes" }
    for (index, regime) in regimes.enumerated() {
      if index > 0, regime.from <= regimes[index - 1].from {
        return "regime \(index) starts at \(regime.from), expected more than \(regimes[index - 1].from)"
      }
      let times = [
        ("send overhead", regime.sendOverhead), ("receive overhead", regime.receiveOverhead),
        ("latency", regime.latency),
      ]
      for (name, time) in times where time < .zero || time > Self.longest {
        return "regime \(index) has a \(name) of \(time), expected 0 to \(Self.longest)"
      }
      if let rate = regime.bandwidth?.bytesPerSecond, !(rate > 0 && rate.isFinite) {
        return "regime \(index) has a bandwidth of \(rate) bytes a second, expected one above zero"
      }
      guard regime.reduction >= 0, regime.reduction < 1 else {
        return "regime \(index) takes \(regime.reduction) seconds to reduce a byte, expected 0 up to 1"
      }
      guard regime.copying >= 0, regime.copying < 1 else {
        return "regime \(index) takes \(regime.copying) seconds to copy a byte, expected 0 up to 1"
      }
    }
    return nil
  }

  /// The longest overhead or latency that makes sense.
  private static let longest = Time.seconds(1_000)
}

/// A ``HostModel`` in the units of the event loop: picoseconds and bytes.
struct HostCosts {
  struct Regime {
    let from: Int
    let send: Int64
    let receive: Int64
    let latency: Int64
    /// Bytes a second; infinite for no cap.
    let cap: Double
    /// Picoseconds a byte.
    let reduction: Double
    /// Picoseconds a byte, at each end.
    let copying: Double
  }

  let regimes: [Regime]
  /// Whether no processor time is ever spent.
  let isFree: Bool

  init(_ model: HostModel) {
    regimes = model.regimes.map {
      Regime(
        from: $0.from.bytes, send: $0.sendOverhead.picoseconds, receive: $0.receiveOverhead.picoseconds,
        latency: $0.latency.picoseconds, cap: $0.bandwidth?.bytesPerSecond ?? .infinity,
        reduction: $0.reduction * 1e12, copying: $0.copying * 1e12)
    }
    isFree = regimes.allSatisfy { $0.send == 0 && $0.receive == 0 && $0.reduction == 0 && $0.copying == 0 }
  }

  func index(of bytes: Int) -> Int {
    var index = regimes.count - 1
    while index > 0, regimes[index].from > bytes { index -= 1 }
    return index
  }
}
