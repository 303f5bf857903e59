public import Collectives

/// A collective as a library's own implementation is asked for it.
public struct NativeTask: Sendable {
  /// What is done.
  public let collective: Collective
  /// The whole vector's elements.
  public let count: Int
  /// The special rank of a rooted collective.
  public let root: Int
  /// What an element is.
  public let type: DataType
  /// How elements are combined.
  public let operation: ReduceOperation

  /// A collective of `count` elements.
  public init(_ collective: Collective, count: Int, root: Int, type: DataType, operation: ReduceOperation) {
    (self.collective, self.count, self.root) = (collective, count, root)
    (self.type, self.operation) = (type, operation)
  }

  /// Where each rank's block starts, in elements, and the end: the same blocks as the schedules'.
  public func blockStarts(ranks: Int) -> [Int] { Schedule.blockStarts(count: count, ranks: ranks) }
}
