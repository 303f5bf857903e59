/// A link that a flow loads, and the part of the flow's bytes that crosses it.
public struct LinkShare: Sendable, Equatable {
  /// The link's index.
  public let link: Int32
  /// Above 0, up to 1.
  public internal(set) var share: Float

  /// A part of a flow on a link.
  public init(link: Int32, share: Float) { (self.link, self.share) = (link, share) }
}

extension [LinkShare] {
  @inline(__always)
  mutating func add(_ link: Int32, _ share: Float) { append(LinkShare(link: link, share: share)) }

  /// Gives each entry from a place on the same part of its share.
  mutating func splitEvenly(from start: Int) {
    let parts = Float(count - start)
    for place in start..<count { self[place].share /= parts }
  }

  /// Keeps one of the entries from a place on: the least loaded, and of those `first`, or the next after it in a round.
  mutating func keepLeastLoaded(from start: Int, by loads: [Double], first: Int) {
    var best = start + first
    for place in start + first..<count where loads[Int(self[place].link)] < loads[Int(self[best].link)] {
      best = place
    }
    for place in start..<start + first where loads[Int(self[place].link)] < loads[Int(self[best].link)] {
      best = place
    }
    self[start] = self[best]
    removeLast(count - start - 1)
  }

  /// Makes one entry of those from a place on that are of the same link.
  mutating func merge(from start: Int) {
    sort(from: start) { $0.link < $1.link }
    var last = start
    for place in start + 1..<Swift.max(count, start + 1) {
      if self[place].link == self[last].link {
        self[last].share += self[place].share
      } else {
        last += 1
        self[last] = self[place]
      }
    }
    removeLast(Swift.max(0, count - last - 1))
  }

  /// Sorts the entries from a place on without memory: most often they are in order, else by a heap.
  @inline(__always)
  mutating func sort(from start: Int, by isBefore: (LinkShare, LinkShare) -> Bool) {
    guard count - start > 1 else { return }
    if (start + 1..<count).allSatisfy({ !isBefore(self[$0], self[$0 - 1]) }) { return }
    let size = count - start
    for root in (0..<size / 2).reversed() { siftDown(root, start, size, isBefore) }
    for end in (1..<size).reversed() {
      swapAt(start, start + end)
      siftDown(0, start, end, isBefore)
    }
  }

  /// Moves an entry down in the heap of `size` entries from `start` on until none below comes after it.
  @inline(__always)
  private mutating func siftDown(
    _ root: Int, _ start: Int, _ size: Int, _ isBefore: (LinkShare, LinkShare) -> Bool
  ) {
    var root = root
    while 2 * root + 1 < size {
      var child = 2 * root + 1
      if child + 1 < size, isBefore(self[start + child], self[start + child + 1]) { child += 1 }
      guard isBefore(self[start + root], self[start + child]) else { return }
      swapAt(start + root, start + child)
      root = child
    }
  }
}
