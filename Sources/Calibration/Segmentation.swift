import Statistics

/// Break points found from the data: segmented regression over message sizes.
///
/// Every run of neighbouring sizes is fitted by α, β and γ, none negative, by weighted least squares of the logarithms,
/// in which twice too long is as wrong as half. Dynamic programming finds the best cut into 1, 2, 3… runs; Schwarz's
/// criterion (BIC) says how many the data are worth.
/// A cut is allowed only where the message time does not fall over it, unless the measured times do. Time grows with
/// the square of the number of sizes for the fits and the cube for the cuts.
///
/// - Source: Bellman and Roth, "Curve Fitting by Segmented Straight Lines", 1969; Schwarz, "Estimating the Dimension of a
///   Model", 1978.
struct Segmentation {
  /// One point: how often each parameter counts in it, over its measured time.
  struct Row {
    /// The bytes of its messages.
    let message: Double
    /// Messages, bytes and reduced bytes on its longest path, each over the measured time.
    let coefficients: [Double]
    let weight: Double
    /// The variance of the logarithm of the measured time, as far as that follows from its samples.
    var variance = 0.0
  }

  /// Residuals below this share are not worth a regime.
  static let resolution = 0.005
  /// The most regimes that are tried.
  static let mostRegimes = 6

  private let groups: [[Row]]

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
    self.groups = groups
    let count = groups.count
    let rows = groups.reduce(0) { $0 + $1.count }
    // How many points there are, where uncertain ones count less than the best.
    let weights = groups.joined().map(\.weight)
    let scale = 1 / (weights.max() ?? 1)
    let evidence = weights.reduce(0, +) * scale
    // What a fit can't be blamed for, and gains nothing by following.
    let noise = groups.joined().reduce(0) { $0 + $1.weight * $1.variance } * scale / evidence
    var fits: [[RunFit?]] = []
    for start in 0..<count {
      var members: [Row] = []
      var row: [RunFit?] = Array(repeating: nil, count: count)
      for end in start..<count {
        members += groups[end]
        // A run needs two sizes to tell a message from a byte.
        if end > start || count == 1 { row[end] = RunFit(members) }
      }
      fits.append(row)
    }
    // The message time as measured: a point's time over its messages.
    let measured = groups.map { group in Sample(group.map { 1 / max($0.coefficients[0], 1e-300) }).median }
    func mayFollow(_ end: Int, _ before: RunFit, _ after: RunFit) -> Bool {
      guard let last = groups[end].last?.message, let first = groups[end + 1].first?.message else {
        return false
      }
      let allowed = min(1, measured[end + 1] / measured[end])
      return after.time(of: first) >= 0.98 * allowed * before.time(of: last)
    }

    struct Best {
      var sum: Double
      var parameters: Int
      var previousStart: Int
    }
    var best: (criterion: Double, starts: [Int]) = (.infinity, [0])
    // layers[r][start][end]: the best cut of 0...end into r + 1 runs of which the last is start...end.
    var layers: [[[Best?]]] = []
    for layer in 0..<min(Self.mostRegimes, max(1, count / 2)) {
      var table: [[Best?]] = Array(repeating: Array(repeating: nil, count: count), count: count)
      for start in 0..<count {
        for end in start..<count {
          guard let fit = fits[start][end] else { continue }
          if layer == 0 {
            if start == 0 {
              table[start][end] = Best(sum: fit.sum, parameters: fit.parameters, previousStart: -1)
            }
            continue
          }
          guard start > 0 else { continue }
          for previous in 0..<start {
            guard let before = layers[layer - 1][previous][start - 1],
              let beforeFit = fits[previous][start - 1],
              before.sum + fit.sum < table[start][end]?.sum ?? .infinity, mayFollow(start - 1, beforeFit, fit)
            else { continue }
            table[start][end] = Best(
              sum: before.sum + fit.sum, parameters: before.parameters + fit.parameters + 1,
              previousStart: previous)
          }
        }
      }
      layers.append(table)
      for start in 0..<count {
        guard let last = table[start][count - 1], last.parameters < rows || layer == 0 else { continue }
        // The mean square as the criterion knows it never falls below the noise, nor below what is worth resolving.
        let meanSquare = last.sum * scale / evidence + noise + Self.resolution * Self.resolution
        let criterion = evidence * meanSquare.logarithm + Double(last.parameters) * max(evidence, 2).logarithm
        guard criterion < best.criterion else { continue }
        var starts = [start]
        var (depth, place, end) = (layer, start, count - 1)
        while depth > 0, let entry = layers[depth][place][end] {
          (depth, end) = (depth - 1, place - 1)
          place = entry.previousStart
          starts.append(place)
        }
        best = (criterion, starts.reversed())
      }
    }
    starts = best.starts
  }
}
