package import Records

extension StepRecord.Run {
  /// A run over a budget of tokens, the last step whole.
  ///
  /// It takes `steps × step time / goodput`.
  ///
  /// - Parameters:
  ///   - tokens: the budget.
  ///   - tokensPerStep: of all copies of the model.
  ///   - step: one step's time in seconds; its interval carries over.
  ///   - goodput: the share of time that makes progress; nil without failures.
  package init(tokens: Double, tokensPerStep: Int, step: StepRecord.Figure, goodput: Goodput?) {
    let steps = (tokens / Double(tokensPerStep)).rounded(.up)
    let share = goodput?.share ?? 1
    self.init(
      tokens: tokens, steps: steps, goodput: share,
      meanTimeBetweenFailures: goodput?.meanTimeBetweenFailures,
      checkpointInterval: goodput?.checkpointInterval, time: step.rising { steps * $0 / share })
  }
}
