#if RDMA
  internal import CVerbs
  internal import Foundation

  /// Where completion queues say that something is there, for those who sleep until then (`ibv_comp_channel`).
  @safe
  package struct CompletionChannel: ~Copyable {
    let node: CompletionChannelNode

    /// A channel for queues on this device; its descriptor never blocks.
    package init(_ context: borrowing Context) throws(VerbsError) {
      node = try CompletionChannelNode(context.node)
    }

    /// Readable where an event is there; for poll(2).
    package var descriptor: Int32 { unsafe node.pointer.pointee.fd }

    /// Takes and acknowledges all events that are there.
    ///
    /// A queue's next event comes only after it was asked for again.
    ///
    /// - Returns: how many there were.
    @discardableResult
    package func takeEvents() throws(VerbsError) -> Int {
      var taken = 0
      while true {
        var queue: UnsafeMutablePointer<ibv_cq>?
        var own: UnsafeMutableRawPointer?
        guard unsafe ibv_get_cq_event(node.pointer, &queue, &own) == 0 else {
          let code = errno
          if code == EAGAIN { return taken }
          throw VerbsError("ibv_get_cq_event", code: code, device: node.context.name)
        }
        unsafe ibv_ack_cq_events(queue, 1)
        taken += 1
      }
    }
  }

  /// Owns one `ibv_comp_channel`.
  @safe
  final class CompletionChannelNode {
    let pointer: UnsafeMutablePointer<ibv_comp_channel>
    let context: ContextNode

    init(_ context: ContextNode) throws(VerbsError) {
      guard let pointer = unsafe ibv_create_comp_channel(context.pointer) else {
        throw VerbsError("ibv_create_comp_channel", code: errno, device: context.name)
      }
      unsafe self.pointer = pointer
      self.context = context
      try ContextNode.makeNonBlocking(unsafe pointer.pointee.fd, on: context.name)
    }

    deinit {
      VerbsError.checkRelease(
        "ibv_destroy_comp_channel", on: context.name, unsafe ibv_destroy_comp_channel(pointer))
    }
  }
#endif
