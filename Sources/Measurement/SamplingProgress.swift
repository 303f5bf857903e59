import Quantities
import Statistics

/// Decides, on every rank alike, whether a size has been measured enough and how many iterations come next.
struct SamplingProgress {
  private let sampling: Sampling
  private var isDone = false
  private var iterations = 0

  init(_ sampling: Sampling) { self.sampling = sampling }

  /// Iterations until the next decision; nil when there are enough.
  var nextBatch: Int? {
    guard !isDone else { return nil }
    switch sampling {
    case .iterations(let count): return min(count - iterations, 64)
    case .duration: return max(1, min(iterations / 2, 64))
    case .precision: return max(8, min(iterations / 2, 64))
    }
  }

  /// Takes in all samples so far, and the time since the size was begun.
  mutating func note(_ samples: [Time], elapsed: Time) {
    iterations = samples.count
    switch sampling {
    case .iterations(let count): isDone = iterations >= count
    case .duration(let duration): isDone = elapsed >= duration
    case .precision(let relative, let limit):
      isDone = elapsed >= limit || Self.isPrecise(samples, to: relative)
    }
  }

  private static func isPrecise(_ samples: [Time], to relative: Double) -> Bool {
    guard !samples.isEmpty else { return false }
    let sample = Sample(samples.lazy.map { Double($0.picoseconds) })
    let (median, interval) = (sample.median, sample.medianInterval())
    let reach = relative * median
    return interval.isSufficient && median - interval.low <= reach && interval.high - median <= reach
  }
}
