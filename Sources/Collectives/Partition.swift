/// A run of elements cut into `parts` runs whose lengths differ by one at the most.
struct Partition: Sendable {
  let elements: Range<Int>
  let parts: Int

  /// Where part `index` starts, and the end for `index == parts`; without overflow for any count.
  func start(of index: Int) -> Int {
    let (quotient, remainder) = elements.count.quotientAndRemainder(dividingBy: parts)
    return elements.lowerBound + index * quotient + min(index, remainder)
  }

  subscript(index: Int) -> Range<Int> { start(of: index)..<start(of: index + 1) }

  /// Which part `element` is in; it is one of the elements.
  func part(of element: Int) -> Int {
    let (quotient, remainder) = elements.count.quotientAndRemainder(dividingBy: parts)
    let (offset, longer) = (element - elements.lowerBound, remainder * (quotient + 1))
    return offset < longer ? offset / (quotient + 1) : remainder + (offset - longer) / quotient
  }

  /// The run from the start of `first` up to the start of `end`.
  func run(from first: Int, to end: Int) -> Range<Int> { start(of: first)..<start(of: end) }

  /// The most elements that `count` neighbouring parts can have.
  func longest(of count: Int = 1) -> Int { start(of: count) - elements.lowerBound }
}

/// How a run is cut into pieces that are sent one by one: as many as the longest run needs, so that the number
/// is the same for every run of one program.
struct Pieces: Sendable {
  let count: Int
  let length: Int

  /// Cuts runs of up to `longest` elements into equal pieces of at most `limit`.
  init(longest: Int, limit: Int) {
    count = max(1, (longest + limit - 1) / limit)
    length = (longest + count - 1) / count
  }

  subscript(index: Int, of run: Range<Int>) -> Range<Int> {
    let start = min(run.lowerBound + index * length, run.upperBound)
    return start..<min(start + length, run.upperBound)
  }

  /// How many pieces of `run` have the full length; the others are shorter, and come last.
  func fullCount(of run: Range<Int>) -> Int { run.count / length }
}
