import Collectives
import Quantities

/// A gradient bucket of one GPU, and what moves it.
package struct GradientBucket: Sendable, Hashable {
  /// What reduces its gradients.
  package let reduction: Traffic
  /// What gathers its parameters once they are updated; nil where each copy updates all of them.
  package let gather: Traffic?
  /// The part, by its place in ``StageWork/parts``, whose backward pass makes its last gradient.
  package let part: Int
  /// The share of that part's backward pass after which the bucket is full.
  package let share: Double

  /// The buckets of a stage's parts, in the order in which they are full.
  ///
  /// Experts' gradients have buckets of their own, since another group reduces them.
  static func buckets(of parts: [LayerWork], _ workload: Workload, on grid: RankGrid) -> [GradientBucket] {
    let isWhole = workload.parallelism.sharding == .zero0
    var buckets: [GradientBucket] = []
    for (group, isExpert) in [(GroupKind.data, false), (.expertData, true)] {
      var tensors: [BucketPlan.Tensor] = []
      for (index, part) in parts.enumerated().reversed() {
        for gradient in part.gradients where gradient.isExpert == isExpert {
          tensors.append(.init(elements: gradient.elements, part: index, share: gradient.share))
        }
      }
      let plan = BucketPlan(
        tensors, elementSize: workload.gradientPrecision.bytes, first: workload.buckets.first.bytes,
        rest: workload.buckets.rest.bytes)
      let ranks = grid.size(group)
      buckets += plan.buckets.map { bucket in
        GradientBucket(
          reduction: Traffic(
            isWhole ? .allReduce : .reduceScatter, .gradients, over: group, ranks: ranks,
            bytes: bucket.elements * workload.gradientPrecision.bytes),
          gather: isWhole
            ? nil
            : Traffic(
              .allGather, .parameters, over: group, ranks: ranks,
              bytes: bucket.elements * workload.precision.bytes),
          part: bucket.part, share: bucket.share)
      }
    }
    // A stable order: later parts come first in the backward pass, and the experts' bucket last among equals.
    return buckets.enumerated().sorted { left, right in
      (-left.element.part, left.element.share, left.offset)
        < (-right.element.part, right.element.share, right.offset)
    }.map(\.element)
  }
}
