import Records
import Reports
package import Statistics
import Synchronization

/// The runs of one benchmark over time, and where its level changed.
package struct History: Sendable {
  /// One run.
  package struct Run: Sendable, Equatable {
    package let started: String
    /// The record's path below the folder.
    package let path: String
    /// Microseconds.
    package let median: Double
    /// The median's 95 % interval in microseconds; nil for a single sample.
    package let interval: Interval?
  }

  /// A change of level, with the medians of the runs between it and its neighbours.
  package struct Change: Sendable, Equatable {
    /// The place of the first run after it.
    package let index: Int
    package let probability: Double
    /// Of the level before, in microseconds.
    package let before: Double
    /// Of the level after.
    package let after: Double

    package var ratio: Double { before > 0 ? after / before : .infinity }
  }

  package let benchmark: Benchmark
  /// By time, the earliest first; runs of one time by path.
  package let runs: [Run]
  package let changes: [Change]

  /// The greatest probability that a benchmark which never changed is given a change.
  package static let level = 0.01
  /// How many runs, the latest, are searched for changes: the search takes time in proportion to their square.
  package static let mostRuns = 400

  init(_ benchmark: Benchmark, _ runs: [Run], cache: borrowing HistoryCache) {
    self.benchmark = benchmark
    let runs = runs.sorted { ($0.started, $0.path) < ($1.started, $1.path) }
    self.runs = runs
    let first = max(0, runs.count - Self.mostRuns)
    let medians = runs[first...].map(\.median)
    let points = cache.points(of: medians, for: benchmark)
    let bounds = [0] + points.map(\.index) + [medians.count]
    changes = points.enumerated().map { place, point in
      Change(
        index: first + point.index, probability: point.probability,
        before: Sample(medians[bounds[place]..<point.index]).median,
        after: Sample(medians[point.index..<bounds[place + 2]]).median)
    }
  }

  /// The histories of all benchmarks in `items`, in the order of their names and sizes.
  package static func all(in items: [SiteCatalogue.Item], cache: borrowing HistoryCache) -> [History] {
    var runs: [Benchmark: [Run]] = [:]
    for item in items {
      guard case .record(let record) = item.content else { continue }
      for run in record.runs {
        runs[run.benchmark, default: []].append(
          Run(
            started: record.started, path: item.entry.path, median: run.summary.median,
            interval: run.summary.interval))
      }
    }
    return runs.keys.sorted().map { History($0, runs[$0] ?? [], cache: cache) }
  }
}

/// Changes that were searched for, until a benchmark has other runs.
package struct HistoryCache: ~Copyable, Sendable {
  private let known = Mutex<[Benchmark: (medians: [Double], points: [ChangePoints.Point])]>([:])

  package init() {}

  func points(of medians: [Double], for benchmark: Benchmark) -> [ChangePoints.Point] {
    if let found = known.withLock({ $0[benchmark] }), found.medians == medians { return found.points }
    let points = ChangePoints(medians, level: History.level).points
    known.withLock { $0[benchmark] = (medians, points) }
    return points
  }
}
