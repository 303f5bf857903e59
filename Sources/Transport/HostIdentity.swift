private import Foundation

/// Tells hosts apart, by a number that is the same for all processes of one host since it was started.
package enum HostIdentity {
  /// This host's.
  package static var ownHost: Int64 {
    let boot = (try? String(contentsOfFile: "/proc/sys/kernel/random/boot_id", encoding: .utf8)) ?? ""
    return (boot + ProcessInfo.processInfo.hostName).utf8.reduce(0x1465_0fb0_739d_0383) { hash, byte in
      (hash ^ Int64(byte)) &* 0x100_0000_01b3
    }
  }

  /// Processors that this host has.
  static var processors: Int { ProcessInfo.processInfo.activeProcessorCount }
}

extension OutOfBand where Self: ~Copyable {
  /// Which of its host's ranks this one is, from 0 on, and whether there are more of them than processors; every rank
  /// calls it.
  package mutating func placeOnHost() throws(TransportError) -> (index: Int, sharesProcessors: Bool) {
    let hosts = try gather([HostIdentity.ownHost])
    let mine = hosts[rank]
    return (hosts.prefix(rank).count { $0 == mine }, hosts.count { $0 == mine } > HostIdentity.processors)
  }
}
