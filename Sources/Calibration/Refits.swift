import Quantities
import Statistics

/// The bootstrap of a fit: what its parameters could have been.
///
/// Each refit is to new data: the fitted times, each with a residual (of the logarithm) drawn from the points of its
/// regime in proportion to their weight, widened by the freedom that the fit has used up, and with the median of
/// samples drawn again. It is one step of Gauss and Newton's method; longest paths and breaks stay.
struct Refits {
  /// The regimes with their intervals.
  let regimes: [MachineModel.Regime]
  /// The refits that the file keeps.
  let kept: [MachineModel.Replicate]

  private static let count = 200
  private static let keptCount = 40

  init(_ fit: RegimeFit, seed: UInt64) {
    let observations = fit.observations
    let regimes = fit.parameters.starts.indices
    let mains = observations.indices.map(fit.mainRegime)
    let widening = Double(observations.count) / Double(max(1, observations.count - fit.freedoms))
    let residuals = observations.indices.map {
      (observations[$0].measured / fit.fitted[$0] - 1) * widening.squareRoot()
    }
    // A regime with few points borrows from all.
    let pools = regimes.map { regime in
      let own = observations.indices.filter { mains[$0] == regime }
      return own.count >= 5 ? own : Array(observations.indices)
    }
    let poolWeights = pools.map { pool in pool.map { observations[$0].weight } }
    let columns = fit.columns
    let free = columns.filter { fit.parameters.values[$0] > 0 }
    let weights = fit.weights
    func rows(_ columns: [Int]) -> [[Double]] {
      observations.indices.map { index in columns.map { fit.derivatives[index][$0] / fit.fitted[index] } }
    }
    let (freeRows, allRows) = (rows(free), rows(columns))
    var (bootstrap, generator) = (Bootstrap(seed: seed), SplitMix64(seed: ~seed))
    var refits: [[Double]] = []
    for _ in 0..<Self.count {
      let targets = observations.indices.map { index in
        let pool = pools[mains[index]]
        let residual = residuals[pool[generator.index(weights: poolWeights[mains[index]])]]
        let redrawn = bootstrap.median(of: observations[index].sample) / observations[index].measured
        return fit.hostShare(of: index) / fit.fitted[index]
          + max(-0.8, residual + max(redrawn, 1e-3).logarithm)
      }
      var values = [Double](repeating: 0, count: fit.parameters.values.count)
      if let plain = try? LeastSquares(rows: freeRows, observations: targets, weights: weights),
        plain.coefficients.allSatisfy({ $0 > 0 }), free.count == columns.count
      {
        for (place, column) in free.enumerated() { values[column] = plain.coefficients[place] }
      } else {
        let bound = NonNegativeLeastSquares(rows: allRows, observations: targets, weights: weights)
        for (place, column) in columns.enumerated() { values[column] = bound.coefficients[place] }
      }
      refits.append(values)
    }
    func estimate(_ place: Int) -> MachineModel.Estimate {
      let interval = Sample(refits.map { $0[place] }).percentileInterval()
      return MachineModel.Estimate(
        value: fit.parameters.values[place], low: interval.low, high: interval.high)
    }
    self.regimes = regimes.map { regime in
      MachineModel.Regime(
        from: ByteCount(fit.parameters.starts[regime]), after: fit.lasts[regime].map { ByteCount($0) },
        points: mains.count { $0 == regime }, alpha: estimate(3 * regime), beta: estimate(3 * regime + 1),
        gamma: fit.isReductionKnown[regime] ? estimate(3 * regime + 2) : nil)
    }
    kept = refits.prefix(Self.keptCount).map { values in
      MachineModel.Replicate(
        alpha: regimes.map { values[3 * $0] }, beta: regimes.map { values[3 * $0 + 1] },
        gamma: regimes.map { values[3 * $0 + 2] })
    }
  }
}
