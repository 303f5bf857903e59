import Statistics

extension SplitMix64 {
  /// Shuffles in place (Fisher and Yates); unlike the standard library's, its outcome is fixed for ever.
  mutating func shuffle<Element>(_ elements: inout [Element]) {
    for last in stride(from: elements.count - 1, to: 0, by: -1) {
      elements.swapAt(last, index(below: last + 1))
    }
  }
}
