#if RDMA
  internal import CVerbs
  internal import Foundation

  /// Which queue pairs may use which memory: those of the same domain (`ibv_pd`).
  package struct ProtectionDomain: ~Copyable {
    let node: ProtectionDomainNode

    /// An empty domain on a device.
    package init(_ context: borrowing Context) throws(VerbsError) {
      node = try ProtectionDomainNode(context.node)
    }
  }

  /// Owns one `ibv_pd`.
  @safe
  final class ProtectionDomainNode {
    let pointer: UnsafeMutablePointer<ibv_pd>
    let context: ContextNode

    init(_ context: ContextNode) throws(VerbsError) {
      guard let pointer = unsafe ibv_alloc_pd(context.pointer) else {
        throw VerbsError("ibv_alloc_pd", code: errno, device: context.name)
      }
      unsafe self.pointer = pointer
      self.context = context
    }

    deinit {
      VerbsError.checkRelease("ibv_dealloc_pd", on: context.name, unsafe ibv_dealloc_pd(pointer))
    }
  }
#endif
