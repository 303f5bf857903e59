/// How a flow's path is chosen among those that are equally short.
public enum Routing: Sendable, Equatable {
  /// By a hash of source, destination and flow, so that flows may collide.
  case ecmp(seed: UInt64)
  /// By the destination's number modulo the number of choices, so that neighbours take different spines.
  case destinationModulo
}
