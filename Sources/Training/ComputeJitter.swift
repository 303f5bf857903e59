/// How the compute times of a step's ranks differ from their mean.
package struct ComputeJitter: Sendable, Hashable {
  /// How they are distributed.
  package enum Law: String, CaseIterable, Sendable {
    /// Around the mean.
    case gaussian
    /// Nothing below a least time, and an exponential tail above it.
    case exponential
  }

  /// The distribution.
  package var law: Law
  /// Standard deviation over mean; of an exponential law, the tail's mean over the mean time.
  package var variation: Double

  /// Jitter; `variation` is zero or more.
  package init(law: Law, variation: Double) {
    precondition(variation >= 0)
    (self.law, self.variation) = (law, variation)
  }

  /// What the slowest of `ranks` takes over the mean, less 1, expected.
  package func expectedExcess(ranks: Int) -> Double {
    switch law {
    case .gaussian: variation * ExpectedMaximum.gaussian(of: ranks)
    // A rank's time is a least time of 1 - variation and a tail of mean variation.
    case .exponential: variation * (ExpectedMaximum.exponential(of: ranks) - 1)
    }
  }
}
