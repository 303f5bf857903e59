private import Foundation

extension Record {
  /// How RDMA connections were made and used: each knob as it was in force, the device's own choice included.
  public struct RDMA: Sendable, Equatable, Codable {
    /// How queue pairs found each other: `out-of-band over mpi`, `out-of-band over tcp`, `rdma-cm`.
    public var exchange: String
    /// `all` or `by-rank`: how ranks shared a host's devices.
    public var rails: String
    /// The devices that were asked for, as `mlx5_0:1`; empty for the first active port.
    public var devices: [String]
    /// The entry of the GID table that was asked for; nil where it was chosen.
    public var gidIndex: Int?
    /// The RoCE version that was asked for.
    public var roceVersion: Int?
    /// `any`, `ipv4` or `ipv6`.
    public var addressFamily: String
    /// The IP header's traffic class.
    public var trafficClass: Int
    /// The service level.
    public var serviceLevel: Int
    /// The MTU that was asked for; nil for what the ports do.
    public var mtu: Int?
    /// Queue pairs that two ranks had on each rail.
    public var queuePairs: Int
    /// Writes that a queue pair could have under way.
    public var sendDepth: Int
    /// Large messages for which one completion was asked.
    public var completionModeration: Int
    /// The most bytes that went with their work request.
    public var inlineSize: Int
    /// An answer could take 4.096 us times 2 to this power.
    public var qpTimeout: Int
    /// How often a packet without an answer was sent again.
    public var retryCount: Int
    /// The same for a receiver that was not ready.
    public var rnrRetry: Int
    /// The code of how long a sender then waited.
    public var minRNRTimer: Int
    /// The partition's key; nil where it was not asked for by value.
    public var pkey: Int?
    /// The key's place in the port's table; nil where it was not asked for.
    public var pkeyIndex: Int?
    /// How many routers a packet could pass.
    public var hopLimit: Int
    /// Whether relaxed ordering was asked of the device.
    public var relaxedOrdering: Bool
    /// `standard` or `huge`.
    public var pages: String
    /// `polling` or `events`.
    public var waiting: String
    /// The most bytes of a message that was copied through the ring.
    public var eagerLimit: Int
    /// Such messages that a sender could be ahead.
    public var ringSlots: Int
    /// `immediate` or `polled`: how a receiver learnt of such a message.
    public var smallMessages: String

    /// The knobs of a run.
    public init(
      exchange: String, rails: String, devices: [String], gidIndex: Int?, roceVersion: Int?,
      addressFamily: String, trafficClass: Int, serviceLevel: Int, mtu: Int?, queuePairs: Int, sendDepth: Int,
      completionModeration: Int, inlineSize: Int, qpTimeout: Int, retryCount: Int, rnrRetry: Int,
      minRNRTimer: Int, pkey: Int?, pkeyIndex: Int?, hopLimit: Int, relaxedOrdering: Bool, pages: String,
      waiting: String, eagerLimit: Int, ringSlots: Int, smallMessages: String
    ) {
      (self.exchange, self.rails, self.devices) = (exchange, rails, devices)
      (self.gidIndex, self.roceVersion, self.addressFamily) = (gidIndex, roceVersion, addressFamily)
      (self.trafficClass, self.serviceLevel, self.mtu) = (trafficClass, serviceLevel, mtu)
      (self.queuePairs, self.sendDepth) = (queuePairs, sendDepth)
      (self.completionModeration, self.inlineSize) = (completionModeration, inlineSize)
      (self.qpTimeout, self.retryCount) = (qpTimeout, retryCount)
      (self.rnrRetry, self.minRNRTimer) = (rnrRetry, minRNRTimer)
      (self.pkey, self.pkeyIndex, self.hopLimit) = (pkey, pkeyIndex, hopLimit)
      (self.relaxedOrdering, self.pages, self.waiting) = (relaxedOrdering, pages, waiting)
      (self.eagerLimit, self.ringSlots, self.smallMessages) = (eagerLimit, ringSlots, smallMessages)
    }

    enum CodingKeys: String, CodingKey {
      case exchange, rails, devices
      case gidIndex = "gid_index"
      case roceVersion = "roce_version"
      case addressFamily = "address_family"
      case trafficClass = "traffic_class"
      case serviceLevel = "service_level"
      case mtu = "mtu_bytes"
      case queuePairs = "queue_pairs"
      case sendDepth = "send_depth"
      case completionModeration = "completion_moderation"
      case inlineSize = "inline_bytes"
      case qpTimeout = "qp_timeout"
      case retryCount = "retry_count"
      case rnrRetry = "rnr_retry"
      case minRNRTimer = "min_rnr_timer"
      case pkey
      case pkeyIndex = "pkey_index"
      case hopLimit = "hop_limit"
      case relaxedOrdering = "relaxed_ordering"
      case pages, waiting
      case eagerLimit = "eager_bytes"
      case ringSlots = "ring_slots"
      case smallMessages = "small_messages"
    }
  }
}

extension Record.RDMA {
  /// Each knob in the file's words, with its value; those that were not asked for are left out.
  package var knobs: [String: String] {
    guard let data = try? JSONEncoder().encode(self),
      let fields = try? JSONSerialization.jsonObject(with: data) as? [String: Any]
    else { return [:] }
    return fields.mapValues { "\($0)" }
  }
}
