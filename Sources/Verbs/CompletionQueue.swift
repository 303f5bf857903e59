#if RDMA
  internal import CVerbs
  internal import Foundation

  /// Where requests end (`ibv_cq`).
  ///
  ///     for index in 0..<(try queue.poll()) {
  ///       switch queue[index] { … }
  ///     }
  ///
  /// Polling allocates nothing and counts no references.
  @safe
  package struct CompletionQueue: ~Copyable {
    /// How many completions one poll takes at the most.
    package static let batch = 32

    let node: CompletionQueueNode
    private let pointer: UnsafeMutablePointer<ibv_cq>
    private let completions: UnsafeMutablePointer<ibv_wc>
    /// How many completions the last poll took.
    package private(set) var count = 0

    /// A queue with room for `capacity` completions, or some more, for those who poll it.
    package init(_ context: borrowing Context, capacity: Int) throws(VerbsError) {
      self.init(try CompletionQueueNode(context.node, capacity, nil))
    }

    /// The same, for those who sleep: a notification that was asked for goes to `channel`.
    package init(
      _ context: borrowing Context, capacity: Int, channel: borrowing CompletionChannel
    ) throws(VerbsError) {
      self.init(try CompletionQueueNode(context.node, capacity, channel.node))
    }

    /// The same, where there may be a channel: a non-copyable value does not become an optional by being borrowed.
    package init(
      _ context: borrowing Context, capacity: Int, channel: borrowing CompletionChannel?
    ) throws(VerbsError) {
      let channel: CompletionChannelNode? =
        switch channel {
        case .some(let channel): channel.node
        case .none: nil
        }
      self.init(try CompletionQueueNode(context.node, capacity, channel))
    }

    private init(_ node: CompletionQueueNode) {
      self.node = node
      unsafe pointer = node.pointer
      unsafe completions = node.completions
    }

    /// How many completions it has room for.
    package var capacity: Int { Int(unsafe pointer.pointee.cqe) }

    /// Makes room for `capacity` completions, or some more; those that are there stay.
    package mutating func resize(to capacity: Int) throws(VerbsError) {
      try VerbsError.check(
        "ibv_resize_cq", on: node.context.name, unsafe ibv_resize_cq(pointer, Int32(clamping: capacity)),
        detail: "\(capacity) completions, of \(node.context.attributes.max_cqe) at the most")
    }

    /// Asks for one event on the channel at the next completion.
    ///
    /// Poll once more after this: a completion that came before gives no event.
    package func requestNotification() throws(VerbsError) {
      try VerbsError.check("ibv_req_notify_cq", on: node.context.name, unsafe ibv_req_notify_cq(pointer, 0))
    }

    /// Takes the completions that are there, ``batch`` at the most, for ``subscript(_:)``.
    ///
    /// - Returns: how many; those of the poll before are gone.
    package mutating func poll() throws(VerbsError) -> Int {
      let taken = unsafe ibv_poll_cq(pointer, Int32(Self.batch), completions)
      guard taken >= 0 else {
        count = 0
        throw VerbsError("ibv_poll_cq", code: -taken, device: node.context.name)
      }
      count = Int(taken)
      return count
    }

    /// One of those that the last poll took.
    package subscript(_ index: Int) -> Completion {
      precondition(index >= 0 && index < count, "the last poll took \(count) completions")
      return unsafe Completion(completions + index)
    }
  }

  /// Owns one `ibv_cq`, and the memory that completions are taken into.
  @safe
  final class CompletionQueueNode {
    let pointer: UnsafeMutablePointer<ibv_cq>
    let completions: UnsafeMutablePointer<ibv_wc>
    let context: ContextNode
    private let channel: CompletionChannelNode?

    init(
      _ context: ContextNode, _ capacity: Int, _ channel: CompletionChannelNode?
    ) throws(VerbsError) {
      let most = context.attributes.max_cqe
      guard
        let pointer = unsafe ibv_create_cq(
          context.pointer, Int32(clamping: capacity), nil, channel?.pointer, 0)
      else {
        throw VerbsError(
          "ibv_create_cq", code: errno, device: context.name,
          detail: "\(capacity) completions, of \(most) at the most")
      }
      unsafe self.pointer = pointer
      unsafe completions = .allocate(capacity: CompletionQueue.batch)
      unsafe completions.initialize(repeating: ibv_wc(), count: CompletionQueue.batch)
      self.context = context
      self.channel = channel
    }

    deinit {
      VerbsError.checkRelease("ibv_destroy_cq", on: context.name, unsafe ibv_destroy_cq(pointer))
      unsafe completions.deallocate()
    }
  }
#endif
