package import Verbs

/// What usually lies behind a failed completion, the likeliest first.
package struct LikelyCauses {
  private let status: CompletionStatus
  private let onEthernet: Bool
  /// The GID that packets come from, in words.
  package var gid: String?
  /// The most bytes in a packet.
  package var mtu = 0

  /// Causes of `status` on a port of this kind.
  package init(_ status: CompletionStatus, onEthernet: Bool) {
    (self.status, self.onEthernet) = (status, onEthernet)
  }

  /// IBV_WC_LOC_QP_OP_ERR; soft-RoCE has it for a packet that the interface doesn't take.
  private static let localOperation = CompletionStatus(rawValue: 2)

  /// One phrase a cause.
  package var list: [String] {
    switch status {
    case .retriesExceeded: unanswered
    case .receiverNotReady:
      ["the peer's process is stopped or starved", "another version of syncline runs there"]
    case .remoteAccess:
      ["the peer has ended and its memory is no longer registered", "another version of syncline runs there"]
    case Self.localOperation:
      ["the interface can't send: its link, its address or its route is gone (`syncline devices`, ip link)"]
    case .flushed: ["the queue pair had failed before, or the peer closed the connection"]
    default: ["a bug in syncline or in the device's driver: the kernel's log may say more"]
    }
  }

  private var unanswered: [String] {
    var causes = ["the peer's process or host is gone"]
    if onEthernet {
      causes.append(
        "a wrong GID (here \(gid ?? "none"); `syncline devices` lists the others, --gid-index picks one)")
      causes.append("a path with a smaller MTU than \(mtu) B of payload (--mtu)")
      causes.append(
        "a lossy fabric without PFC (--traffic-class picks the lossless queue, --qp-timeout waits longer)")
      causes.append("UDP port 4791 blocked by a firewall")
    } else {
      causes.append("a link on the path is down or in error (ibdiagnet)")
      causes.append("a service level without a path (--service-level)")
    }
    return causes
  }
}
