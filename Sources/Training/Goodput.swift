package import Quantities

/// The share of a job's time that makes progress, by its failures and checkpoints.
///
/// With `N` GPUs that fail every `m` on average, the job fails every `M = m / N`. Writing a checkpoint takes
/// `C`, and coming back from a failure `R`. Checkpoints every `√(2 C M)` lose least: half goes into writing
/// them, half into work that is done again, together `√(2 C / M)`; failures take `R / M` more.
///
/// It holds while a checkpoint is short against the time between failures.
///
/// - Source: Young, "A first order approximation to the optimum checkpoint interval", 1974; Daly, "A higher
///   order estimate of the optimum checkpoint interval for restart dumps", 2006.
package struct Goodput: Sendable, Hashable {
  /// The mean time between failures of the job, in seconds.
  package let meanTimeBetweenFailures: Double
  /// The time between checkpoints that loses least, in seconds.
  package let checkpointInterval: Double
  /// The share of time that makes progress, above 0 and below 1.
  package let share: Double

  /// The goodput of a job on `gpus`.
  ///
  /// - Throws: ``GoodputError`` where failures leave no time to make progress.
  package init(_ failures: Failures, gpus: Int) throws(GoodputError) {
    let between = failures.gpuMeanTime.seconds / Double(gpus)
    let checkpoint = failures.checkpoint.seconds
    let lost = (2 * checkpoint / between).squareRoot() + failures.restart.seconds / between
    guard lost < 1 else {
      throw GoodputError(failures: failures, gpus: gpus, between: .init(seconds: between))
    }
    meanTimeBetweenFailures = between
    checkpointInterval = (2 * checkpoint * between).squareRoot()
    share = 1 - lost
  }
}

/// Why a job makes no progress at all.
package struct GoodputError: Error, Equatable, CustomStringConvertible {
  /// What fails how often.
  package let failures: Failures
  /// On how many GPUs.
  package let gpus: Int
  /// How often the job fails.
  package let between: LongTime

  /// One line: what was found, and what would be right.
  package var description: String {
    "field 'failures': found a failure every \(between) on \(gpus) GPUs, of which checkpoints of "
      + "\(failures.checkpoint) and restarts of \(failures.restart) leave nothing, expected a longer 'gpu-mttf', "
      + "or a shorter 'checkpoint' and 'restart'"
  }
}
