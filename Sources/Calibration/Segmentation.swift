import Statistics

/// Break points found from the data: segmented regression over message sizes.
///
/// In every run of neighbouring sizes each series is fitted by an α and a β of its own, none negative, to the logarithms,
/// in which twice too long is as wrong as half, with ``StudentLoss``. So breaks come from the curves' shapes, and not from
/// what sets one algorithm off from another. Dynamic programming finds the best cut; Schwarz's criterion (BIC) says how
/// many regimes the data are worth. A cut is allowed only where the message time does not fall over it, unless the
/// measured times do. Time grows with the square of the number of sizes for the fits and the cube for the cuts.
///
/// - Source: Bellman and Roth, "Curve Fitting by Segmented Straight Lines", 1969; Schwarz, "Estimating the Dimension of a
///   Model", 1978.
struct Segmentation {
  /// One point: how often each parameter counts in it, over its measured time.
  struct Row {
    /// The series, whose points share an α and a β.
    var series = 0
    /// The bytes of its messages.
    let message: Double
    /// Messages, bytes and reduced bytes on its longest path, each over the measured time.
    let coefficients: [Double]
    /// The variance of the logarithm of the measured time, as far as that follows from its samples.
    var variance = 0.0
  }

  /// The places, in the ascending distinct message sizes, where each regime starts; the first is 0.
  let starts: [Int]

  /// Sizes that count as different: 3 % apart or more; further apart where there would be more than 64 of them.
  static func groups(_ rows: [Row]) -> [[Row]] {
    let ascending = rows.sorted { $0.message < $1.message }
    var ratio = 1.03
    while true {
      var groups: [[Row]] = []
      for row in ascending {
        if let first = groups.last?.first, row.message < first.message * ratio {
          groups[groups.count - 1].append(row)
        } else {
          groups.append([row])
        }
      }
      if groups.count <= 64 { return groups }
      ratio *= 1.1
    }
  }

  init(_ groups: [[Row]]) {
    let count = groups.count
    let rows = groups.reduce(0) { $0 + $1.count }
    var fits: [[SegmentFit?]] = []
    for start in 0..<count {
      var members: [Row] = []
      var row: [SegmentFit?] = Array(repeating: nil, count: count)
      for end in start..<count {
        members += groups[end]
        // A run needs two sizes to tell a message from a byte.
        if end > start || count == 1 { row[end] = SegmentFit(members) }
      }
      fits.append(row)
    }
    // The message time as measured: a point's time over its messages.
    let measured = groups.map { group in Sample(group.map { 1 / max($0.coefficients[0], 1e-300) }).median }
    func mayFollow(_ end: Int, _ before: SegmentFit, _ after: SegmentFit) -> Bool {
      guard let last = groups[end].last?.message, let first = groups[end + 1].first?.message else {
        return false
      }
      let allowed = min(1, measured[end + 1] / measured[end])
      return after.isAbove(before, from: last, to: first, by: 0.98 * allowed)
    }

    struct Best {
      var criterion: Double
      var parameters: Int
      var previousStart: Int
    }
    let price = max(2, Double(rows)).logarithm
    // table[start][end]: the best cut of 0...end whose last run is start...end.
    var table: [[Best?]] = Array(repeating: Array(repeating: nil, count: count), count: count)
    for end in 0..<count {
      for start in 0...end {
        guard let fit = fits[start][end] else { continue }
        let own = fit.cost + Double(fit.parameters) * price
        guard start > 0 else {
          table[start][end] = Best(criterion: own, parameters: fit.parameters, previousStart: -1)
          continue
        }
        for previous in 0..<start {
          guard let before = table[previous][start - 1], let beforeFit = fits[previous][start - 1],
            before.criterion + own + price < table[start][end]?.criterion ?? .infinity,
            before.parameters + fit.parameters + 1 < rows, mayFollow(start - 1, beforeFit, fit)
          else { continue }
          table[start][end] = Best(
            criterion: before.criterion + own + price, parameters: before.parameters + fit.parameters + 1,
            previousStart: previous)
        }
      }
    }
    let last = (0..<count).min { left, right in
      (table[left][count - 1]?.criterion ?? .infinity) < (table[right][count - 1]?.criterion ?? .infinity)
    }
    var starts: [Int] = []
    var (place, end) = (last ?? 0, count - 1)
    while place >= 0, let entry = table[place][end] {
      starts.append(place)
      (place, end) = (entry.previousStart, place - 1)
    }
    self.starts = starts.isEmpty ? [0] : starts.reversed()
  }
}
