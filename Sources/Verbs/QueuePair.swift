#if RDMA
  internal import CVerbs
  internal import Foundation

  /// One end of a reliable connection (`ibv_qp` of type IBV_QPT_RC).
  ///
  /// Connected by hand: ``initialize(port:pkeyIndex:access:)``, ``makeReady(to:own:minRNRTimer:)``,
  /// ``startSending(psn:timeout:retryCount:rnrRetry:)``, each end with the other's numbers; or by an ``Identifier``,
  /// which does all three. Posting allocates nothing and counts no references. A request's memory stays allocated until
  /// its completion was taken.
  @safe
  package struct QueuePair: ~Copyable {
    let node: QueuePairNode
    let pointer: UnsafeMutablePointer<ibv_qp>
    /// Its number on its device: what the other end must know.
    package let number: UInt32
    /// The most bytes that a write may carry inline, as granted.
    package let inlineLimit: Int
    /// The most writes that are posted and not complete, as granted.
    package let sendDepth: Int
    /// The most receive requests that are posted and not complete, as granted.
    package let receiveDepth: Int

    init(_ node: QueuePairNode, granted: ibv_qp_cap) {
      self.node = node
      unsafe pointer = node.pointer
      number = unsafe node.pointer.pointee.qp_num
      inlineLimit = Int(granted.max_inline_data)
      sendDepth = Int(granted.max_send_wr)
      receiveDepth = Int(granted.max_recv_wr)
    }

    /// A queue pair that is not connected, in the state RESET.
    ///
    /// - Parameters:
    ///   - sendDepth: the most writes that are posted and not complete; at least 1.
    ///   - receiveDepth: the same for receive requests.
    ///   - inline: the most bytes that a write carries in its request.
    package init(
      in domain: borrowing ProtectionDomain, sending: borrowing CompletionQueue,
      receiving: borrowing CompletionQueue, sendDepth: Int, receiveDepth: Int, inline: Int = 0
    ) throws(VerbsError) {
      let demand = QueuePairDemand(
        sending: sending.node, receiving: receiving.node, sendDepth: sendDepth, receiveDepth: receiveDepth,
        inline: inline)
      var attributes = unsafe demand.attributes
      guard let pointer = unsafe ibv_create_qp(domain.node.pointer, &attributes) else {
        throw demand.refusal("ibv_create_qp", code: errno, by: domain.node.context)
      }
      let node = unsafe QueuePairNode(
        pointer, domain: domain.node, sending: sending.node, receiving: receiving.node, owner: nil)
      unsafe self.init(node, granted: attributes.cap)
    }
  }

  /// What is asked of a queue pair, before one is there.
  @safe
  struct QueuePairDemand {
    let sending: CompletionQueueNode
    let receiving: CompletionQueueNode
    let sendDepth: Int
    let receiveDepth: Int
    let inline: Int

    var attributes: ibv_qp_init_attr {
      var attributes = unsafe ibv_qp_init_attr()
      unsafe attributes.send_cq = sending.pointer
      unsafe attributes.recv_cq = receiving.pointer
      unsafe attributes.cap = ibv_qp_cap(
        max_send_wr: UInt32(clamping: sendDepth), max_recv_wr: UInt32(clamping: receiveDepth),
        max_send_sge: 1,
        max_recv_sge: 1, max_inline_data: UInt32(clamping: inline))
      unsafe attributes.qp_type = IBV_QPT_RC
      return unsafe attributes
    }

    func refusal(_ call: String, code: Int32, by context: ContextNode) -> VerbsError {
      VerbsError(
        call, code: code, device: context.name,
        detail:
          "\(sendDepth) sends and \(receiveDepth) receives, of \(context.attributes.max_qp_wr) at the most, "
          + "and \(inline) bytes inline, of which each device has its own most: ask for less"
          + MemoryLimit.hint(for: code))
    }
  }

  /// Who made a queue pair and must destroy it.
  protocol QueuePairOwner: AnyObject {
    func destroyQueuePair()
  }

  /// Owns one `ibv_qp`, or the right to have its owner destroy it.
  @safe
  final class QueuePairNode {
    let pointer: UnsafeMutablePointer<ibv_qp>
    let domain: ProtectionDomainNode
    private let sending: CompletionQueueNode
    private let receiving: CompletionQueueNode
    private let owner: (any QueuePairOwner)?

    init(
      _ pointer: UnsafeMutablePointer<ibv_qp>, domain: ProtectionDomainNode, sending: CompletionQueueNode,
      receiving: CompletionQueueNode, owner: (any QueuePairOwner)?
    ) {
      unsafe self.pointer = pointer
      self.domain = domain
      self.sending = sending
      self.receiving = receiving
      self.owner = owner
    }

    deinit {
      if let owner {
        owner.destroyQueuePair()
      } else {
        VerbsError.checkRelease("ibv_destroy_qp", on: domain.context.name, unsafe ibv_destroy_qp(pointer))
      }
    }
  }
#endif
