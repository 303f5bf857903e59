package import Quantities
package import Records

extension StepRecord.Energy {
  /// What a step draws: `(N (P_c t_c + P_w t_w) + P_net t) × PUE` joules.
  ///
  /// A GPU computes for `t_c`, and waits for the rest of the step: for the network, for the pipeline, and for
  /// the slowest rank.
  ///
  /// - Parameters:
  ///   - step: one step's time in seconds; its interval carries over.
  ///   - computing: for how many of them a GPU computes; the pipeline's idle time is none of it.
  ///   - gpus: how many there are.
  ///   - power: what one draws.
  ///   - network: what the network draws, busy or not; nil where it isn't known.
  ///   - tokensPerStep: of all copies of the model.
  package init(
    step: StepRecord.Figure, computing: Double, gpus: Int, power: GPUPower, network: Power?,
    tokensPerStep: Int
  ) {
    let compute = Double(gpus) * power.computing.watts * computing
    let waiting = step.rising { Double(gpus) * power.waiting.watts * max(0, $0 - computing) }
    let net = network.map { network in step.rising { network.watts * $0 } }
    // All but compute rises with the step's time, so that the interval's ends belong together.
    let machines = step.rising { time in
      compute + Double(gpus) * power.waiting.watts * max(0, time - computing) + (network?.watts ?? 0) * time
    }
    let whole = machines.rising { $0 * power.effectiveness }
    self.init(
      compute: compute, waiting: waiting, network: net,
      overhead: machines.rising { $0 * (power.effectiveness - 1) }, perStep: whole,
      perThousandTokens: whole.rising { $0 * 1_000 / Double(tokensPerStep) })
  }
}
