/// Where the level of a series of numbers changes: E-divisive, with permutation tests.
///
/// A series is split where the energy distance between the two sides is greatest. Whether that is more than chance makes
/// of a series without a change is found by shuffling the numbers within the parts that are there so far: the split is kept
/// where not more than a share ``level`` of shuffles, the series itself counted as one, have one as great. The parts are then
/// split in their turn, the greatest first, until one is not kept.
///
///     let changes = ChangePoints(medians)
///     changes.points.first?.index  // 17: from the eighteenth run on
///
/// A series of independent draws of one distribution gets a false change with a probability of ``level`` or less, whatever
/// the distribution; one with true changes, a further one with about that of the last test. Draws that drift or lean on the
/// one before are no such series. With 9 numbers or fewer no change can be told at 1 %.
///
/// Numbers count in steps of 2^-40 of the series' range, so that all sums are of whole numbers: two shuffles of the same
/// sides have the same distance, and every machine finds the same.
///
/// - Complexity: *r n²* for each change found, *r* being the permutations; where there is none, about *20 n²*.
/// - Source: Matteson and James, "A Nonparametric Approach for Multiple Change Point Analysis of Multivariate Data",
///   Journal of the American Statistical Association 109, 2014, with exponent 1.
package struct ChangePoints: Sendable {
  /// A change.
  package struct Point: Sendable, Equatable {
    /// The place of the first number after it, counted from 0.
    package let index: Int
    /// The share of shuffles that had as great a split.
    package let probability: Double
  }

  /// In the order of the series.
  package let points: [Point]

  /// The fewest numbers between two changes: a distance within a part takes two.
  static let shortest = 2

  /// The most numbers: the sums of their distances fit into 64 bits.
  package static let longest = 2_048
  /// Into how many steps the range of a series is cut.
  private static let steps = 0x1p40

  /// Finds the changes of `values`: ``longest`` at the most, and finite.
  ///
  /// - Parameters:
  ///   - level: the greatest probability of a false change, above 0.
  ///   - permutations: how many shuffles a test has at the most; at least 1 / `level` - 1, or nothing is found.
  ///   - seed: of the shuffles.
  package init(_ values: [Double], level: Double = 0.01, permutations: Int = 999, seed: UInt64 = 1) {
    precondition(values.count <= Self.longest, "a series has \(Self.longest) numbers at the most")
    precondition(values.allSatisfy(\.isFinite), "a series' numbers are finite")
    let numbers = Self.whole(values)
    var generator = SplitMix64(seed: seed)
    var parts = [Part(numbers, from: 0)]
    var points: [Point] = []
    while let place = parts.indices.filter({ parts[$0].split != nil }).max(by: { left, right in
      // The first of equal ones.
      parts[left].distance < parts[right].distance
        || (parts[left].distance == parts[right].distance && left > right)
    }) {
      let part = parts[place]
      guard let split = part.split,
        let probability = Self.probability(
          of: part.distance, among: parts, level: level, permutations: permutations, &generator)
      else { break }
      points.append(Point(index: part.start + split, probability: probability))
      parts.replaceSubrange(
        place...place,
        with: [
          Part(Array(numbers[part.start..<part.start + split]), from: part.start),
          Part(
            Array(numbers[(part.start + split)..<part.start + part.numbers.count]), from: part.start + split),
        ])
    }
    self.points = points.sorted { $0.index < $1.index }
  }

  /// The numbers in steps from the least.
  private static func whole(_ values: [Double]) -> [Int] {
    guard let least = values.min(), let greatest = values.max(), least < greatest else {
      return Array(repeating: 0, count: values.count)
    }
    // Halves first: the range itself may be past the greatest number.
    let range = greatest / 2 - least / 2
    return values.map { Int((($0 / 2 - least / 2) / range * steps).rounded()) }
  }

  /// The share of shuffles whose greatest split is `distance` or more; nil once it is above `level`.
  private static func probability(
    of distance: Double, among parts: [Part], level: Double, permutations: Int,
    _ generator: inout SplitMix64
  ) -> Double? {
    let most = level * Double(permutations + 1)
    var parts = parts
    var reached = 1
    guard Double(reached) <= most else { return nil }
    for _ in 0..<permutations {
      var greatest = 0.0
      for place in parts.indices {
        parts[place].shuffle(&generator)
        greatest = max(greatest, parts[place].distance)
      }
      guard greatest >= distance else { continue }
      reached += 1
      guard Double(reached) <= most else { return nil }
    }
    return Double(reached) / Double(permutations + 1)
  }
}

/// A run of numbers without a known change, and the best place to split it.
private struct Part: Sendable {
  /// The place of its first number in the series.
  let start: Int
  private(set) var numbers: [Int]
  /// How many numbers stand before the split; nil for a part that is too short.
  private(set) var split: Int?
  /// The energy distance of the two sides, times their numbers' product over their sum; 0 without a split.
  private(set) var distance = 0.0

  init(_ numbers: [Int], from start: Int) {
    (self.numbers, self.start) = (numbers, start)
    findSplit()
  }

  mutating func shuffle(_ generator: inout SplitMix64) {
    guard numbers.count >= 2 * ChangePoints.shortest else { return }
    for last in stride(from: numbers.count - 1, to: 0, by: -1) {
      numbers.swapAt(last, generator.index(below: last + 1))
    }
    findSplit()
  }

  /// Moves the split along the part, and each number's distances from the right side's sums to the left side's.
  private mutating func findSplit() {
    let count = numbers.count
    (split, distance) = (nil, 0)
    guard count >= 2 * ChangePoints.shortest else { return }
    // Sums of distances: between the sides, within the left one, within the right one, each pair once.
    var (between, left, right) = (0, 0, 0)
    for one in 0..<count {
      for other in one + 1..<count { right += abs(numbers[one] - numbers[other]) }
    }
    for moved in 0..<count - ChangePoints.shortest {
      var (toLeft, toRight) = (0, 0)
      for other in 0..<moved { toLeft += abs(numbers[moved] - numbers[other]) }
      for other in moved + 1..<count { toRight += abs(numbers[moved] - numbers[other]) }
      left += toLeft
      right -= toRight
      between += toRight - toLeft
      let before = moved + 1
      guard before >= ChangePoints.shortest else { continue }
      let after = count - before
      let pairs = Double(before) * Double(after)
      let energy =
        2 * Double(between) / pairs - 2 * Double(left) / (Double(before) * Double(before - 1))
        - 2 * Double(right) / (Double(after) * Double(after - 1))
      let candidate = energy * pairs / Double(count)
      if split == nil || candidate > distance { (split, distance) = (before, candidate) }
    }
    distance = max(0, distance)
  }
}
