/// What a residual of a logarithm costs: minus twice the log-likelihood of Student's t with three degrees of freedom.
///
/// Small residuals count by their squares; one that is many times what is usual counts little more than one that is a
/// few times, so that points which a model can't explain (a rank that lost its processor) don't bend the rest.
///
/// - Source: Lange, Little and Taylor, "Robust Statistical Modeling Using the t Distribution", 1989.
struct StudentLoss {
  /// The residual that is usual of a model, as a share.
  let scale: Double

  private static let freedom = 3.0

  /// Within one series, over neighbouring sizes.
  static let withinSeries = StudentLoss(scale: 0.03)
  /// Over all series with their different algorithms.
  static let overall = StudentLoss(scale: 0.1)

  private func relative(_ residual: Double, _ variance: Double) -> Double {
    residual * residual / (Self.freedom * (scale * scale + variance))
  }

  /// The cost of `residual`, whose measurement has `variance` on top.
  func cost(_ residual: Double, variance: Double) -> Double {
    (Self.freedom + 1) * (1 + relative(residual, variance)).logarithm
  }

  /// The weight of `residual` in the next least squares fit; 1 for a certain one of no size.
  func weight(_ residual: Double, variance: Double) -> Double {
    scale * scale / (scale * scale + variance) / (1 + relative(residual, variance))
  }
}
