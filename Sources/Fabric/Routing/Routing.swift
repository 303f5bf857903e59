/// How a flow's path is chosen among those that are equally short.
public struct Routing: Sendable, Equatable {
  /// What chooses at each node of the way.
  public enum Policy: Sendable, Equatable {
    /// A hash of source, destination, flow and node, so that flows may collide.
    ///
    /// Polarised: of source, destination and flow only, as where all switches hash alike. A switch then gets flows that
    /// have chosen alike below it, and uses a part of its ways.
    case ecmp(seed: UInt64, isPolarised: Bool)
    /// A hash of destination and node: static, so that flows to one destination never part once they have met.
    case random(seed: UInt64)
    /// The destination's number by digits (Zahavi 2012), so that neighbours take different spines.
    case destinationModulo
    /// ECMP, chosen anew for each message, as after a gap between packets.
    case flowlet(seed: UInt64)
    /// The least loaded link at each node; the d-mod-k choice among those, or the next after it.
    case adaptive
    /// All of them: the bytes are split evenly at each node.
    case spray
    /// The forwarding tables in the file of that path.
    case table(String)
  }

  /// What chooses.
  public let policy: Policy
  /// How many paths the messages of a flow take in turn, 1 to 256.
  ///
  /// A queue pair has a hash of its own, or, under d-mod-k and random, the destination a number of its own for each,
  /// as with several LIDs.
  public let queuePairs: Int
  /// Whether traffic to another rail changes rail over the source's NVSwitch even where the network joins the two.
  public let usesPXN: Bool

  /// The most queue pairs.
  public static let queuePairLimit = 256
  /// How many messages of a flow have flowlets of their own before the first one's comes again.
  static let flowletLimit = 1_024

  /// A routing; a caller's bug if `queuePairs` are out of range, or more than 1 under a policy that has no use for them.
  public init(_ policy: Policy, queuePairs: Int = 1, usesPXN: Bool = false) {
    precondition((1...Self.queuePairLimit).contains(queuePairs), "1 to 256 queue pairs")
    precondition(queuePairs == 1 || policy.hasQueuePairs, "queue pairs are for ECMP, random and d-mod-k")
    (self.policy, self.queuePairs, self.usesPXN) = (policy, queuePairs, usesPXN)
  }

  /// By a hash of source, destination, flow and node.
  public static func ecmp(seed: UInt64) -> Routing { Routing(.ecmp(seed: seed, isPolarised: false)) }
  /// By the destination's number modulo the number of choices.
  public static let destinationModulo = Routing(.destinationModulo)
  /// The least loaded link at each node.
  public static let adaptive = Routing(.adaptive)
  /// Evenly over all shortest paths.
  public static let spray = Routing(.spray)

  /// Whether each message takes one path, which nothing but the routing and the message's number decides.
  ///
  /// Not so under adaptive routing, which needs the links' loads, and spray, which takes all paths.
  public var hasPaths: Bool {
    switch policy {
    case .adaptive, .spray: false
    case .ecmp, .random, .destinationModulo, .flowlet, .table: true
    }
  }

  /// After how many messages of a flow the paths come again.
  public var period: Int {
    if case .flowlet = policy { Self.flowletLimit } else { queuePairs }
  }
}

extension Routing.Policy {
  /// Whether several queue pairs may take different paths.
  var hasQueuePairs: Bool {
    switch self {
    case .ecmp, .random, .destinationModulo: true
    case .flowlet, .adaptive, .spray, .table: false
    }
  }
}
