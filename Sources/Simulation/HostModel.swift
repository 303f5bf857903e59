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
    /// The least time between the starts of two messages at the sender's adapter: the inverse of its message rate.
    public var gap: Time
    /// Whether a message asks first, and moves once the answer has come that its receive is posted (rendezvous).
    ///
    /// That is one more way there and back; after a receive that was late only the way back. MPI does so past its eager
    /// limit.
    public var asksFirst: Bool

    /// A regime; by default a host that costs nothing.
    public init(
      from: ByteCount = .zero, sendOverhead: Time = .zero, receiveOverhead: Time = .zero,
      latency: Time = .zero,
      bandwidth: Bandwidth? = nil, reduction: Double = 0, copying: Double = 0, gap: Time = .zero,
      asksFirst: Bool = false
    ) {
      (self.from, self.sendOverhead, self.receiveOverhead) = (from, sendOverhead, receiveOverhead)
      (self.latency, self.bandwidth, self.reduction, self.copying) = (latency, bandwidth, reduction, copying)
      (self.gap, self.asksFirst) = (gap, asksFirst)
    }

    /// Reads a regime; what is newer than its writer is as if it weren't there.
    public init(from decoder: any Decoder) throws {
      let fields = try decoder.container(keyedBy: CodingKeys.self)
      from = try fields.decode(ByteCount.self, forKey: .from)
      sendOverhead = try fields.decode(Time.self, forKey: .sendOverhead)
      receiveOverhead = try fields.decode(Time.self, forKey: .receiveOverhead)
      latency = try fields.decode(Time.self, forKey: .latency)
      bandwidth = try fields.decodeIfPresent(Bandwidth.self, forKey: .bandwidth)
      reduction = try fields.decode(Double.self, forKey: .reduction)
      copying = try fields.decode(Double.self, forKey: .copying)
      gap = try fields.decodeIfPresent(Time.self, forKey: .gap) ?? .zero
      asksFirst = try fields.decodeIfPresent(Bool.self, forKey: .asksFirst) ?? false
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
        ("latency", regime.latency), ("gap", regime.gap),
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
    /// The least time from one message's start to the next one's, at the sender's adapter.
    let gap: Int64
    /// Whether a message asks first whether its receive is posted.
    let asksFirst: Bool
  }

  /// Those of messages between hosts; as many for messages from a host to a switch, and from a switch to a host; and last the
  /// one for messages between switches.
  let regimes: [Regime]
  private let hostRegimes: Int
  /// Whether no processor time is ever spent.
  let isFree: Bool

  init(_ model: HostModel) {
    let hosts = model.regimes.map {
      Regime(
        from: $0.from.bytes, send: $0.sendOverhead.picoseconds, receive: $0.receiveOverhead.picoseconds,
        latency: $0.latency.picoseconds, cap: $0.bandwidth?.bytesPerSecond ?? .infinity,
        reduction: $0.reduction * 1e12, copying: $0.copying * 1e12, gap: $0.gap.picoseconds,
        asksFirst: $0.asksFirst)
    }
    isFree = hosts.allSatisfy {
      $0.send == 0 && $0.receive == 0 && $0.reduction == 0 && $0.copying == 0 && $0.gap == 0
    }
    hostRegimes = hosts.count
    let free = Regime(
      from: 0, send: 0, receive: 0, latency: 0, cap: .infinity, reduction: 0, copying: 0, gap: 0,
      asksFirst: false)
    regimes =
      hosts + hosts.map { Self.part(of: $0, toSwitch: true) }
      + hosts.map { Self.part(of: $0, toSwitch: false) }
      + [free]
  }

  /// What is left of a regime where one end is a switch.
  ///
  /// A host's latency is spent where a message reaches a host, so that the way up to the switches and down again has it once,
  /// as the way from host to host. Switches have set buffers aside: nobody asks them first.
  private static func part(of regime: Regime, toSwitch: Bool) -> Regime {
    Regime(
      from: regime.from, send: toSwitch ? regime.send : 0, receive: toSwitch ? 0 : regime.receive,
      latency: toSwitch ? 0 : regime.latency, cap: regime.cap, reduction: toSwitch ? 0 : regime.reduction,
      copying: regime.copying, gap: toSwitch ? regime.gap : 0, asksFirst: false)
  }

  /// The regime of a message, by its size and what is at its ends.
  func index(of bytes: Int, fromSwitch: Bool, toSwitch: Bool) -> Int {
    switch (fromSwitch, toSwitch) {
    case (false, false): index(of: bytes)
    case (false, true): hostRegimes + index(of: bytes)
    case (true, false): 2 * hostRegimes + index(of: bytes)
    case (true, true): 3 * hostRegimes
    }
  }

  func index(of bytes: Int) -> Int {
    var index = hostRegimes - 1
    while index > 0, regimes[index].from > bytes { index -= 1 }
    return index
  }
}
