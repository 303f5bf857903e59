/// A sequence of steps that a proof can follow: a schedule's ``Program``, or a broken one in a test of the proof.
public protocol StepSequence {
  /// How many steps there are.
  var count: Int { get }
  /// How far past the first incomplete step another may be admitted.
  var window: Int { get }
  /// Step `index`, from 0 up to `count`.
  subscript(index: Int) -> Step { get }
  /// Runs of steps that repeat themselves, in order and disjoint; those that are known, which may be none.
  var repeats: [Repeat] { get }
}

extension StepSequence {
  /// None.
  public var repeats: [Repeat] { [] }
}

extension Program: StepSequence {}
