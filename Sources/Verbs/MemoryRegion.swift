/// What may be done with a ``MemoryRegion`` beside reading it locally (`ibv_access_flags`).
package struct Access: OptionSet, Sendable {
  package let rawValue: UInt32

  package init(rawValue: UInt32) { self.rawValue = rawValue }

  /// IBV_ACCESS_LOCAL_WRITE: the device may write it; remote writes need this too.
  package static let localWrite = Access(rawValue: 1 << 0)
  /// IBV_ACCESS_REMOTE_WRITE: others may write it.
  package static let remoteWrite = Access(rawValue: 1 << 1)
  /// IBV_ACCESS_RELAXED_ORDERING: bytes may arrive in any order before the completion; a device that can't, doesn't.
  package static let relaxedOrdering = Access(rawValue: 1 << 20)
}

#if RDMA
  internal import CVerbs
  internal import Foundation

  /// Memory that a device may reach: pinned, and known to it by two keys (`ibv_mr`).
  ///
  /// It does not own the memory: whoever makes one keeps the memory allocated for as long as this is there.
  package struct MemoryRegion: ~Copyable {
    let node: MemoryRegionNode
    /// For requests of this process.
    package let localKey: UInt32
    /// For requests of others.
    package let remoteKey: UInt32

    /// Pins `bytes` from `address`.
    ///
    /// - Throws: where the device or the kernel refuses; of a limit on locked memory, with what lifts it.
    @unsafe
    package init(
      address: UnsafeMutableRawPointer, bytes: Int, access: Access, in domain: borrowing ProtectionDomain
    ) throws(VerbsError) {
      node = try unsafe MemoryRegionNode(address, bytes, access, domain.node)
      localKey = unsafe node.pointer.pointee.lkey
      remoteKey = unsafe node.pointer.pointee.rkey
    }

    /// Refuses what this process may not pin, before it is tried.
    ///
    /// - Parameter bytes: what all regions that are yet to be made have together.
    package static func checkLimit(bytes: Int) throws(VerbsError) {
      guard let shortage = MemoryLimit.now().shortage(for: bytes) else { return }
      throw VerbsError("ibv_reg_mr", code: ENOMEM, detail: shortage)
    }
  }

  /// Owns one `ibv_mr`.
  @safe
  final class MemoryRegionNode {
    let pointer: UnsafeMutablePointer<ibv_mr>
    private let domain: ProtectionDomainNode

    @unsafe
    init(
      _ address: UnsafeMutableRawPointer, _ bytes: Int, _ access: Access, _ domain: ProtectionDomainNode
    ) throws(VerbsError) {
      guard let pointer = unsafe syncline_reg_mr(domain.pointer, address, bytes, access.rawValue) else {
        let code = errno
        var detail = "\(bytes) bytes"
        if code == ENOMEM { detail += "; \(MemoryLimit.now())" }
        throw VerbsError("ibv_reg_mr", code: code, device: domain.context.name, detail: detail)
      }
      unsafe self.pointer = pointer
      self.domain = domain
    }

    deinit {
      VerbsError.checkRelease("ibv_dereg_mr", on: domain.context.name, unsafe ibv_dereg_mr(pointer))
    }
  }
#endif
