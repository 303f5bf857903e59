import Statistics
import Testing
import Training

@Suite("Gradient buckets")
struct BucketPlanTests {
  private static func tensors(_ elements: [Int]) -> [BucketPlan.Tensor] {
    elements.enumerated().map { BucketPlan.Tensor(elements: $1, part: elements.count - 1 - $0) }
  }

  @Test("Buckets are those of PyTorch for three linear layers")
  func pyTorch() {
    // Three layers of 512 × 512 numbers and a bias, of four bytes, and caps of 1 MiB: what PyTorch 2.2 gives
    // is [[0], [1, 2], [3, 4], [5]].
    let plan = BucketPlan(
      Self.tensors([262_144, 512, 262_144, 512, 262_144, 512]), elementSize: 4, first: 1 << 20, rest: 1 << 20)
    #expect(plan.buckets.map(\.tensors) == [1, 2, 2, 1])
    #expect(plan.buckets.map(\.elements) == [262_144, 262_656, 262_656, 512])
    #expect(plan.buckets.map(\.part) == [5, 3, 1, 0])
  }

  @Test("The first bucket closes at its own cap")
  func first() {
    let plan = BucketPlan(Self.tensors(Array(repeating: 10, count: 10)), elementSize: 2, first: 20, rest: 60)
    #expect(plan.buckets.map(\.elements) == [10, 30, 30, 30])
  }

  @Test("A bucket is ready when its last tensor is")
  func ready() {
    let tensors = [
      BucketPlan.Tensor(elements: 1, part: 1, share: 0.5), .init(elements: 1, part: 1, share: 1),
      .init(elements: 1, part: 0, share: 0.25),
    ]
    let plan = BucketPlan(tensors, elementSize: 4, first: 4, rest: 8)
    #expect(plan.buckets.map(\.part) == [1, 0])
    #expect(plan.buckets.map(\.share) == [0.5, 0.25])
  }

  @Test(
    "Buckets hold every gradient, reach their cap, and would not without their last tensor", arguments: 0..<40
  )
  func law(seed: UInt64) {
    var random = SplitMix64(seed: seed)
    let sizes = (0..<Int(1 + random.uniform() * 60)).map { _ in Int(1 + random.uniform() * 1_000) }
    let (first, rest) = (Int(1 + random.uniform() * 2_000), Int(1 + random.uniform() * 8_000))
    let plan = BucketPlan(Self.tensors(sizes), elementSize: 4, first: first, rest: rest)
    #expect(plan.buckets.reduce(0) { $0 + $1.elements } == sizes.reduce(0, +))
    var next = 0
    for (index, bucket) in plan.buckets.enumerated() {
      let part = sizes[next..<next + bucket.tensors]
      next += bucket.tensors
      let cap = index == 0 ? first : rest
      #expect(bucket.elements == part.reduce(0, +))
      #expect(index == plan.buckets.count - 1 || bucket.elements * 4 >= cap)
      #expect(part.dropLast().reduce(0, +) * 4 < cap)
    }
    #expect(next == sizes.count)
  }

  @Test("No gradients fill no bucket")
  func none() { #expect(BucketPlan([], elementSize: 4, first: 1, rest: 1).buckets.isEmpty) }
}
