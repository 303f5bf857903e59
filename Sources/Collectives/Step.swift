/// One thing that one rank does: send or receive one run of elements, once the steps that it names are complete.
///
/// A message is named at both ends: `peerStep` is the index of the matching step in the peer's program of the same
/// lane, and points back. Steps without a mutual order may run at the same time and in any order; reductions into
/// the same elements are atomic and commute.
public struct Step: BitwiseCopyable, Sendable {
  /// What is done with the elements.
  public enum Action: UInt8, Sendable, BitwiseCopyable {
    /// Nothing: a place kept so that an index can be computed; complete as soon as what it names is.
    case idle
    /// The elements go to the peer.
    case send
    /// The peer's elements replace the rank's own.
    case receive
    /// The peer's elements are combined with the rank's own.
    case reduce
  }

  /// Send, receive, reduce or nothing.
  public var action: Action
  /// The other rank; meaningless for an idle step.
  public var peer: Int32
  /// The matching step's index in the peer's program.
  public var peerStep: Int32
  /// The first element.
  public var offset: Int
  /// How many elements; a step of none moves no message and is complete as soon as what it names is.
  public var count: Int
  /// Up to two earlier steps of the same program that must be complete before this one starts; -1 for none.
  public var after: (Int32, Int32)
  /// Every step with a lower index than this must be complete before this one starts.
  public var barrier: Int32

  /// A place that does nothing.
  public static let idle = Step(
    action: .idle, peer: -1, peerStep: -1, offset: 0, count: 0, after: (-1, -1), barrier: 0)

  init(
    action: Action, peer: Int32, peerStep: Int32, offset: Int, count: Int, after: (Int32, Int32),
    barrier: Int32
  ) {
    (self.action, self.peer, self.peerStep) = (action, peer, peerStep)
    (self.offset, self.count, self.after, self.barrier) = (offset, count, after, barrier)
  }

  init(
    _ action: Action, peer: Int, step: Int, _ elements: Range<Int>, after first: Int = -1, _ second: Int = -1,
    barrier: Int = 0
  ) {
    self.init(
      action: action, peer: Int32(truncatingIfNeeded: peer), peerStep: Int32(truncatingIfNeeded: step),
      offset: elements.lowerBound, count: elements.count,
      after: (Int32(truncatingIfNeeded: first), Int32(truncatingIfNeeded: second)),
      barrier: Int32(truncatingIfNeeded: barrier))
  }

  /// The elements that move.
  public var elements: Range<Int> { offset..<offset + count }

  /// Whether a message is sent or awaited.
  public var movesData: Bool { action != .idle && count > 0 }
}
