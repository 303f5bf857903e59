package import Records

extension StepRecord.Figure {
  /// The figure and its interval through a function that never falls.
  package func rising(_ function: (Double) -> Double) -> StepRecord.Figure {
    StepRecord.Figure(function(value), low: low.map(function), high: high.map(function))
  }
}
