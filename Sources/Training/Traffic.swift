package import Collectives

/// One call of a collective, or one send to the next stage, as each group of a kind does it.
package struct Traffic: Sendable, Hashable {
  /// What is moved.
  package enum Content: String, CaseIterable, Sendable {
    case gradients
    case parameters
    case activations
    case keysAndValues = "keys and values"
    case dispatch
    case combine
  }

  /// Whose groups do it.
  package let group: GroupKind
  /// What it moves.
  package let content: Content
  /// What they do; nil for a send to the next stage.
  package let collective: Collective?
  /// The whole vector of one call, as nccl-tests counts it.
  package let bytes: Int

  /// The bytes that each rank's block is a multiple of, whatever the precision.
  private static let grain = 4

  /// A call over a group of `ranks`.
  ///
  /// - Parameter bytes: what there is to move. It is padded to a multiple of 4 bytes for each rank, so that each
  ///   rank's block has whole elements of up to four bytes and no block is longer than another.
  package init(_ collective: Collective?, _ content: Content, over group: GroupKind, ranks: Int, bytes: Int) {
    (self.group, self.content, self.collective) = (group, content, collective)
    let unit = (collective == nil ? 1 : ranks) * Self.grain
    self.bytes = (bytes + unit - 1) / unit * unit
  }

  /// What one of `ranks` sends in the call, at the least: what nccl-tests' busbw counts.
  package func sentBytes(ranks: Int) -> Double {
    Double(bytes) * (collective?.busFactor(ranks: ranks) ?? 1)
  }
}
