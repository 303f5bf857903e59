/// A link that a flow loads, and the part of the flow's bytes that crosses it.
public struct LinkShare: Sendable, Equatable {
  /// The link's index.
  public let link: Int32
  /// Above 0, up to 1.
  public let share: Float

  /// A part of a flow on a link.
  public init(link: Int32, share: Float) { (self.link, self.share) = (link, share) }
}
