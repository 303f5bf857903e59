import Quantities
public import Simulation

/// α, β and γ of every regime, in picoseconds, picoseconds a byte and picoseconds a reduced byte.
struct Parameters: Sendable, Equatable {
  /// The smallest message of each regime, ascending from 0.
  var starts: [Int]
  /// Three a regime: α, β, γ.
  var values: [Double]
  /// The share of α and β that keeps the two processors busy, half of it each.
  var processorShare = 0.0

  static let perRegime = 3

  /// The regime of messages of `bytes`.
  func regime(of bytes: Int) -> Int { (starts.lastIndex { $0 <= bytes }) ?? 0 }

  /// What one message of `bytes` costs on its own.
  func cost(of bytes: Int, isReduced: Bool) -> Double {
    let first = regime(of: bytes) * Self.perRegime
    return values[first] + (values[first + 1] + (isReduced ? values[first + 2] : 0)) * Double(bytes)
  }

  /// The host model with all times `scale` times as long: simulated times on links without cost are in proportion, so a
  /// scale of 1,000 takes a picosecond's rounding out of differences.
  func host(scale: Double = 1) -> HostModel {
    HostModel(
      regimes: starts.enumerated().map { index, start in
        let first = index * Self.perRegime
        // Past what a host model allows, which then is refused by name.
        let sum = min((values[first] * scale).rounded(), 9e18)
        let overhead = (sum * processorShare / 2).rounded(.down)
        let copying = values[first + 1] * scale * processorShare / 2
        let transfer = processorShare < 1 ? values[first + 1] * scale * (1 - processorShare) : 0
        return HostModel.Regime(
          from: ByteCount(start), sendOverhead: Time(picoseconds: Int64(overhead)),
          receiveOverhead: Time(picoseconds: Int64(overhead)),
          latency: Time(picoseconds: Int64(sum - 2 * overhead)),
          bandwidth: transfer > 0 ? Bandwidth(bytesPerSecond: 1e12 / transfer) : nil,
          reduction: values[first + 2] * scale * 1e-12, copying: copying * 1e-12)
      })
  }
}

extension MachineModel {
  /// What a simulation takes.
  ///
  /// Latency, overheads, bandwidth and reduction cost of every regime.
  public var host: HostModel {
    parameters(
      alpha: regimes.map(\.alpha.value), beta: regimes.map(\.beta.value),
      gamma: regimes.map { $0.gamma?.value ?? 0 }
    ).host()
  }

  func parameters(of replicate: Replicate) -> Parameters {
    parameters(alpha: replicate.alpha, beta: replicate.beta, gamma: replicate.gamma)
  }

  private func parameters(alpha: [Double], beta: [Double], gamma: [Double]) -> Parameters {
    Parameters(
      starts: regimes.map(\.from.bytes),
      values: regimes.indices.flatMap { [alpha[$0], beta[$0], gamma[$0]] },
      processorShare: processorShare)
  }
}
