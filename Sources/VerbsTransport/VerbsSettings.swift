/// How verbs connections are made and used: every knob, with the names that perftest and NCCL have for it.
///
/// A value out of range is refused by ``complaint``, with the range; one that a device can't do, when it is opened.
public struct VerbsSettings: Sendable, Equatable {
  /// A device, and one of its ports.
  public struct DevicePort: Sendable, Equatable {
    /// The kernel's name for the device.
    public var device: String
    /// From 1 on.
    public var port: Int

    /// Port `port` of `device`.
    public init(device: String, port: Int = 1) { (self.device, self.port) = (device, port) }
  }

  /// Which addresses are taken, where no GID index is given.
  public enum AddressFamily: String, Sendable, CaseIterable {
    /// IPv4 where there is one, else IPv6.
    case any
    case ipv4, ipv6
  }

  /// How a rank learns that something is complete.
  public enum Waiting: String, Sendable, CaseIterable {
    /// By looking, and where that has been in vain for long by sleeping until the device says so.
    ///
    /// Long is about a millisecond; on a device made in software, which works on these processors too, about 10 us.
    case adaptive
    /// By looking again and again: the lowest latency, a whole processor.
    case polling
    /// By sleeping until the device says so.
    case events
  }

  /// How a receiver learns of a small message.
  public enum SmallMessages: String, Sendable, CaseIterable {
    /// By the immediate that comes with it: what the standard guarantees.
    case immediate
    /// By looking at the ring's memory, as perftest's `ib_write_lat` does: a little sooner, where the device writes the
    /// bytes of a message in order. Common ones do; InfiniBand's standard does not promise it.
    case polled
  }

  /// How queue pairs find each other.
  public enum Exchange: String, Sendable, CaseIterable {
    /// Their numbers go over the out-of-band channel.
    case outOfBand = "out-of-band"
    /// The RDMA connection manager resolves addresses and connects them.
    case connectionManager = "rdma-cm"
  }

  /// The device ports (perftest `--ib-dev`, `--ib-port`; NCCL_IB_HCA).
  ///
  /// They are rails: the i-th of one rank speaks with the i-th of another. Empty: the first active port.
  public var devices: [DevicePort] = []
  /// Whether a host's i-th rank uses the i-th of ``devices`` only, by turns, instead of all of them.
  public var isByRank = false
  /// Which entry of the GID table packets come from; nil: chosen. (perftest `--gid-index`, NCCL_IB_GID_INDEX)
  public var gidIndex: Int?
  /// 1 or 2, where no GID index is given; nil: 2 where there is one. (NCCL_IB_ROCE_VERSION_NUM)
  public var roceVersion: Int?
  /// Which addresses are taken, where no GID index is given. (perftest `--ipv6`, NCCL_IB_ADDR_FAMILY)
  public var addressFamily = AddressFamily.any
  /// The IP header's traffic class: DSCP times 4, plus ECN. (perftest `--tclass`, NCCL_IB_TC)
  public var trafficClass = 0
  /// InfiniBand's service level. (perftest `--sl`, NCCL_IB_SL)
  public var serviceLevel = 0
  /// The most bytes in a packet; nil: what both ports do. (perftest `--mtu`)
  public var mtu: Int?
  /// Queue pairs that a pair of ranks has on each rail. (perftest `--qp`, NCCL_IB_QPS_PER_CONNECTION)
  public var queuePairs = 1
  /// Writes that a queue pair may have under way. (perftest `--tx-depth`)
  public var sendDepth = 128
  /// Large messages for which one completion is asked. (perftest `--cq-mod`)
  public var moderation = 1
  /// The most bytes that a write carries in its request. (perftest `--inline_size`)
  public var inline = 220
  /// How long an answer may take: 4.096 us times 2 to this power. (perftest `--qp-timeout`, NCCL_IB_TIMEOUT)
  public var timeout = 14
  /// How often a packet without an answer is sent again. (perftest `--retry_count`, NCCL_IB_RETRY_CNT)
  public var retryCount = 7
  /// The same where the receiver was not ready; 7: for ever.
  public var rnrRetry = 7
  /// How long a sender then waits: a code of InfiniBand's table 45.
  public var minRNRTimer = 12
  /// The partition's key; nil: the first of the port's table. (perftest `--pkey_index` and NCCL_IB_PKEY name its place)
  public var pkey: UInt16?
  /// The key's place in the port's table, where it isn't named by value.
  public var pkeyIndex: Int?
  /// How many routers a packet may pass. (perftest `--hop_limit`)
  public var hopLimit = 64
  /// Whether bytes may arrive in any order before a completion. (perftest `--disable_pcie_relaxed`,
  /// NCCL_IB_PCI_RELAXED_ORDERING)
  public var relaxedOrdering = true
  /// Polling, events, or first the one and then the other. (perftest `--events`)
  public var waiting = Waiting.adaptive
  /// Out of band or by rdma_cm. (perftest `--rdma_cm`)
  public var exchange = Exchange.outOfBand
  /// The most bytes of a message that is copied through the ring.
  public var eagerLimit = 8_192
  /// Such messages that a sender may be ahead of its receiver.
  public var ringSlots = 32
  /// How a receiver learns of such a message.
  public var smallMessages = SmallMessages.immediate

  /// What suits most fabrics.
  public init() {}

  /// The first knob that is out of its range, in words; nil where all are within.
  public var complaint: String? {
    let ranges: [(String, Int?, ClosedRange<Int>, String)] = [
      ("GID index", gidIndex, 0...255, ""),
      ("RoCE version", roceVersion, 1...2, ""),
      ("traffic class", trafficClass, 0...255, " (the DSCP times 4)"),
      ("service level", serviceLevel, 0...15, ""),
      ("queue pairs per connection", queuePairs, 1...128, ""),
      ("send depth", sendDepth, 8...32_768, ""),
      ("completion moderation", moderation, 1...sendDepth, " (the send depth)"),
      ("inline size", inline, 0...4_096, ""),
      ("QP timeout", timeout, 1...31, " (4.096 us times 2 to this power)"),
      ("retry count", retryCount, 0...7, ""),
      ("RNR retry count", rnrRetry, 0...7, " (7 is for ever)"),
      ("minimum RNR timer", minRNRTimer, 0...31, ""),
      ("P_Key index", pkeyIndex, 0...65_535, ""),
      ("hop limit", hopLimit, 1...255, ""),
      ("eager limit", eagerLimit, 0...1 << 20, ""),
      ("ring slots", ringSlots, 1...4_096, ""),
    ]
    for (name, value, range, note) in ranges {
      guard let value, !range.contains(value) else { continue }
      return "\(name) \(value): \(range.lowerBound) to \(range.upperBound) are possible\(note)"
    }
    if let mtu, ![256, 512, 1_024, 2_048, 4_096].contains(mtu) {
      return "MTU \(mtu): it is 256, 512, 1024, 2048 or 4096"
    }
    guard devices.count <= 8 else { return "\(devices.count) device ports: at most 8 are possible" }
    if smallMessages == .polled, waiting == .events {
      return "small messages can't be polled for and waited for by events: leave one of them out"
    }
    return exchange == .connectionManager ? managerComplaint : nil
  }

  /// What rdma_cm finds out by itself, from the route, and takes from nobody.
  private var managerComplaint: String? {
    let given = [
      ("an MTU", mtu != nil), ("a P_Key", pkey != nil || pkeyIndex != nil),
      ("a service level", serviceLevel != 0), ("a hop limit", hopLimit != Self().hopLimit),
    ]
    guard let (name, _) = given.first(where: { $0.1 }) else { return nil }
    return "rdma_cm takes \(name) from the route: leave it out, or connect out of band"
  }

  /// The longest that a write waits for an answer before its connection is given up, in seconds.
  ///
  /// InfiniBand lets a device take up to four times as long.
  public var patience: Double { 4.096e-6 * Double(1 << min(timeout, 31)) * Double(retryCount + 1) }
}
