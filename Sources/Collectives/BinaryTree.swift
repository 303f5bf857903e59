/// An in-order binary tree over positions 0 up to `size`, computed and never stored.
///
/// Position 0 is the root and has one child. Every other position stands as high as its lowest set bit: odd ones
/// are leaves. A subtree is a run of neighbouring positions, so most edges join ranks that are close together.
///
/// - Source: Sanders, Speck and Träff, "Two-tree algorithms for full bandwidth broadcast, reduction and scan" (2009).
struct BinaryTree: Sendable {
  let size: Int

  /// A position's place among its neighbours.
  enum Side: Int, Sendable { case parent, left, right }

  private static func height(_ position: Int) -> Int { position & -position }

  func parent(of position: Int) -> Int? {
    guard position > 0 else { return nil }
    let height = Self.height(position)
    let candidate = (position - height) | (height << 1)
    return candidate < size ? candidate : position - height
  }

  /// The child below `position` that covers lower positions; the root's only child counts as its left one.
  func left(of position: Int) -> Int? {
    guard position == 0 else {
      let reach = Self.height(position) >> 1
      return reach > 0 ? position - reach : nil
    }
    guard size > 1 else { return nil }
    return 1 << (Int.bitWidth - 1 - (size - 1).leadingZeroBitCount)
  }

  func right(of position: Int) -> Int? {
    guard position > 0 else { return nil }
    var reach = Self.height(position) >> 1
    while reach > 0, position + reach >= size { reach >>= 1 }
    return reach > 0 ? position + reach : nil
  }

  func neighbour(_ side: Side, of position: Int) -> Int? {
    switch side {
    case .parent: parent(of: position)
    case .left: left(of: position)
    case .right: right(of: position)
    }
  }

  /// On which side of `position` its neighbour `other` stands.
  func side(of other: Int, seenFrom position: Int) -> Side {
    if parent(of: position) == other { return .parent }
    return position == 0 || other < position ? .left : .right
  }

  /// The side on which `target` is reached from `position`; nil where they are the same.
  func side(towards target: Int, from position: Int) -> Side? {
    guard target != position else { return nil }
    guard position > 0 else { return .left }
    guard abs(target - position) < Self.height(position) else { return .parent }
    return target < position ? .left : .right
  }

  /// The positions at which the side changes on which a target is reached from `position`, those past the ends included.
  func sideStarts(of position: Int) -> [Int] {
    let height = Self.height(position)
    return [position - height + 1, position, position + 1, position + height]
  }

  /// How many edges lie between `position` and the root.
  func depth(of position: Int) -> Int {
    var (depth, position) = (0, position)
    while let parent = parent(of: position) { (depth, position) = (depth + 1, parent) }
    return depth
  }
}

/// How ranks sit in a lane's tree: rotated so that the schedule's root is at position 0, and in every second lane of
/// a double tree mirrored (even rank counts) or shifted by one (odd), so that inner ranks become leaves.
struct Seating: Sendable {
  let ranks: Int
  let root: Int
  let isSecond: Bool

  init(_ schedule: Schedule, lane: Int) {
    (ranks, root) = (schedule.ranks, schedule.root)
    isSecond = schedule.algorithm == .doubleTree && lane & 1 == 1
  }

  func position(of rank: Int) -> Int {
    let turned = rank >= root ? rank - root : rank - root + ranks
    guard isSecond else { return turned }
    return ranks.isMultiple(of: 2) ? ranks - 1 - turned : (turned + 1) % ranks
  }

  func rank(at position: Int) -> Int {
    let turned: Int
    if !isSecond {
      turned = position
    } else if ranks.isMultiple(of: 2) {
      turned = ranks - 1 - position
    } else {
      turned = position == 0 ? ranks - 1 : position - 1
    }
    return turned + root < ranks ? turned + root : turned + root - ranks
  }
}
