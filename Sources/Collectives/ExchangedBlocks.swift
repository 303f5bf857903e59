/// How an all-to-all cuts each rank's vector into one block for every rank.
///
/// Block *j* of rank *i* has as many elements as block *i* of rank *j*, for which it is exchanged, so that what arrives
/// fits where it lands. Of `count` elements, each block has `count / ranks`, and block *j* of rank *i* one more where
/// *(i + j + 1) mod ranks* is below the remainder; so every element of every rank takes part, some rank keeps no more than
/// a short block, and an even vector is cut as
/// `nccl-tests` cuts it.
public struct ExchangedBlocks: Sendable {
  private let ranks: Int
  private let length: Int
  private let remainder: Int

  /// The blocks of vectors of `count` elements over `ranks` ranks, one or more.
  public init(count: Int, ranks: Int) {
    self.ranks = ranks
    (length, remainder) = count.quotientAndRemainder(dividingBy: ranks)
  }

  /// The elements of `rank`'s vector that go to `other`, and those that `other`'s replace.
  public func block(of rank: Int, with other: Int) -> Range<Int> {
    start(of: rank, other)..<start(of: rank, other + 1)
  }

  /// The rank with which `rank` exchanges `element` of its vector.
  func other(of rank: Int, at element: Int) -> Int {
    var (low, high) = (0, ranks - 1)
    while low < high {
      let middle = (low + high) / 2
      if start(of: rank, middle + 1) <= element { low = middle + 1 } else { high = middle }
    }
    return low
  }

  /// The most elements that a block has.
  var longest: Int { length + (remainder > 0 ? 1 : 0) }

  private func start(of rank: Int, _ other: Int) -> Int {
    other * length + longer(before: rank + 1 + other) - longer(before: rank + 1)
  }

  /// How many numbers from 0 up to `end` are below the remainder, modulo `ranks`.
  private func longer(before end: Int) -> Int {
    let (turns, rest) = end.quotientAndRemainder(dividingBy: ranks)
    return turns * remainder + min(rest, remainder)
  }
}
