/// The series of one run of message sizes, each with an α and a β of its own.
struct SegmentFit {
  private let fits: [(series: Int, points: Int, fit: RunFit)]

  /// The cost of all series' residuals.
  var cost: Double { fits.reduce(0) { $0 + $1.fit.cost } }
  /// The parameters of all series.
  var parameters: Int { fits.reduce(0) { $0 + $1.fit.parameters } }

  /// The fit to `rows`; nil where a series has none.
  ///
  /// A reduction's cost is left in β.
  init?(_ rows: [Segmentation.Row]) {
    let members = Dictionary(grouping: rows, by: \.series)
    var fits: [(series: Int, points: Int, fit: RunFit)] = []
    // In order, so that sums come out the same on every run.
    for series in members.keys.sorted() {
      let rows = (members[series] ?? []).map { row in
        Segmentation.Row(
          message: row.message, coefficients: [row.coefficients[0], row.coefficients[1], 0],
          variance: row.variance)
      }
      guard let fit = RunFit(rows) else { return nil }
      fits.append((series, rows.count, fit))
    }
    self.fits = fits
  }

  /// Whether each series that both know well takes at least `share` of the time for a message of `upper` bytes that it
  /// took, by `before`, for one of `lower`.
  func isAbove(_ before: SegmentFit, from lower: Double, to upper: Double, by share: Double) -> Bool {
    fits.allSatisfy { own in
      guard own.points > 1, let other = before.fits.first(where: { $0.series == own.series }),
        other.points > 1
      else {
        return true
      }
      return own.fit.time(of: upper) >= share * other.fit.time(of: lower)
    }
  }
}
