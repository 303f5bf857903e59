/// The name in `names` that was most likely meant by `text`, or nil where none is close.
///
/// Close is an edit distance (insertions, deletions, substitutions and swaps of neighbours, letter case aside) of at
/// most a third of the longer text, and at least one. The earlier of two equally close names wins. Text past 64
/// characters is no one's typing error and has no nearest name, which also bounds the work.
package func nearestName(to text: String, among names: some Sequence<String>) -> String? {
  let typed = Array(text.lowercased())
  guard !typed.isEmpty, typed.count <= 64 else { return nil }
  var best: (name: String, distance: Int)?
  for name in names {
    let candidate = Array(name.lowercased())
    let limit = max(1, max(typed.count, candidate.count) / 3)
    guard abs(typed.count - candidate.count) <= limit else { continue }
    let distance = editDistance(typed, candidate)
    guard distance <= limit else { continue }
    if best.map({ distance < $0.distance }) ?? true { best = (name, distance) }
  }
  return best?.name
}

/// The optimal string alignment distance: Levenshtein's with swaps of neighbours, in O(left × right).
private func editDistance(_ left: [Character], _ right: [Character]) -> Int {
  guard !left.isEmpty, !right.isEmpty else { return max(left.count, right.count) }
  var beforePrevious = [Int]()
  var previous = Array(0...right.count)
  for row in 1...left.count {
    var current = [row] + previous.dropFirst()
    for column in 1...right.count {
      let isSame = left[row - 1] == right[column - 1]
      current[column] = min(
        previous[column] + 1, current[column - 1] + 1, previous[column - 1] + (isSame ? 0 : 1))
      let isSwap =
        row > 1 && column > 1 && left[row - 1] == right[column - 2] && left[row - 2] == right[column - 1]
      if isSwap { current[column] = min(current[column], beforePrevious[column - 2] + 1) }
    }
    (beforePrevious, previous) = (previous, current)
  }
  return previous[right.count]
}
