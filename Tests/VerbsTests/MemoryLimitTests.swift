import Foundation
import Testing
import Verbs

@Suite("The limit on locked memory")
struct MemoryLimitTests {
  private static let limits = """
    Limit                     Soft Limit           Hard Limit           Units
    Max processes             63492                63492                processes
    Max locked memory         65536                131072               bytes
    """

  @Test("is the soft limit, less what is pinned already")
  func limited() throws {
    let limit = MemoryLimit(
      limits: Self.limits, status: "VmLck:\t      16 kB\nVmPin:\t      60 kB\nCapEff:\t0000000000000000\n")
    #expect(limit == MemoryLimit(limit: 65_536, pinned: 61_440, isPrivileged: false))
    // 64 KiB less 60 KiB.
    #expect(limit.shortage(for: 4_096) == nil)
    let shortage = try #require(limit.shortage(for: 4_097))
    #expect(shortage.hasPrefix("4097 bytes to pin, 61440 pinned already; RLIMIT_MEMLOCK is 65536 bytes: "))
    for remedy in ["ulimit -l unlimited", "/etc/security/limits.conf", "LimitMEMLOCK=infinity"] {
      #expect(shortage.contains(remedy))
    }
  }

  @Test("does not hold for who may lock memory, nor where there is none")
  func unlimited() {
    // CAP_IPC_LOCK is bit 14.
    let root = MemoryLimit(limits: Self.limits, status: "CapEff:\t0000000000004000\n")
    #expect(root.isPrivileged && root.shortage(for: 1 << 40) == nil)
    let other = MemoryLimit(limits: Self.limits, status: "CapEff:\t000001ffffffbfff\n")
    #expect(!other.isPrivileged && other.shortage(for: 1 << 40) != nil)
    let none = MemoryLimit(
      limits: "Max locked memory         unlimited            unlimited            bytes", status: "")
    #expect(none.limit == nil && none.shortage(for: 1 << 40) == nil)
  }

  @Test("is read of this process")
  func own() throws {
    let status = try #require(try? String(contentsOfFile: "/proc/self/status", encoding: .utf8))
    #expect(MemoryLimit.now().isPrivileged == MemoryLimit(limits: "", status: status).isPrivileged)
  }
}
