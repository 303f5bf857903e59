private import Foundation

/// How much memory this process may lock, and has locked.
///
/// The kernel holds what is pinned for RDMA against RLIMIT_MEMLOCK, unless the process has CAP_IPC_LOCK.
package struct MemoryLimit: Sendable, Equatable, CustomStringConvertible {
  /// RLIMIT_MEMLOCK in bytes; nil where nothing is limited.
  package let limit: Int?
  /// Bytes that are pinned already.
  package let pinned: Int
  /// Whether the process may lock as much as it likes.
  package let isPrivileged: Bool

  package init(limit: Int?, pinned: Int, isPrivileged: Bool) {
    self.limit = limit
    self.pinned = pinned
    self.isPrivileged = isPrivileged
  }

  /// From the text of /proc/self/limits and /proc/self/status, as proc(5) has them.
  ///
  /// Pinned is VmPin, which is what the kernel compares; VmLck is what mlock(2) holds, and counted apart.
  package init(limits: String, status: String) {
    let line = limits.split(separator: "\n").first { $0.hasPrefix(Self.row) }
    // The soft limit stands before the hard one; it is a number or `unlimited`.
    let limit = line.flatMap { $0.dropFirst(Self.row.count).split(separator: " ").first }.flatMap { Int($0) }
    var fields: [Substring: Substring] = [:]
    for line in status.split(separator: "\n") {
      let halves = line.split(separator: ":", maxSplits: 1)
      if halves.count == 2 { fields[halves[0]] = halves[1].drop { $0 == "\t" || $0 == " " } }
    }
    let kibibytes = fields["VmPin"]?.split(separator: " ").first.flatMap { Int($0) } ?? 0
    let capabilities = fields["CapEff"].flatMap { UInt64($0, radix: 16) } ?? 0
    let ipcLock: UInt64 = 1 << 14
    self.init(limit: limit, pinned: kibibytes << 10, isPrivileged: capabilities & ipcLock != 0)
  }

  private static let row = "Max locked memory"

  /// That of this process; no limit where the kernel says nothing of one.
  package static func now() -> MemoryLimit {
    func text(_ name: String) -> String {
      (try? String(contentsOfFile: "/proc/self/\(name)", encoding: .utf8)) ?? ""
    }
    return MemoryLimit(limits: text("limits"), status: text("status"))
  }

  /// Why `bytes` more can't be pinned, and what helps; nil where they can.
  package func shortage(for bytes: Int) -> String? {
    guard !isPrivileged, let limit, bytes > limit - pinned else { return nil }
    return "\(bytes) bytes to pin, \(pinned) pinned already; \(self)"
  }

  /// The limit, and what lifts it.
  package var description: String {
    guard let limit, !isPrivileged else {
      return "locked memory is not limited (RLIMIT_MEMLOCK); the device or the machine has no more"
    }
    return "RLIMIT_MEMLOCK is \(limit) bytes: lift it by `ulimit -l unlimited`, "
      + "`* - memlock unlimited` in /etc/security/limits.conf, or LimitMEMLOCK=infinity for systemd and Slurm"
  }
}
