/// Gradients cut into buckets, each of which is reduced as one vector.
///
/// Buckets are filled in the order in which the backward pass makes gradients. A bucket takes the next tensor
/// whole and closes once its bytes reach the cap, so that it may be larger than the cap by less than one
/// tensor, and is never empty. The first has a cap of its own, which is small, so that the network has
/// something to do early.
///
/// - Source: PyTorch, `torch/csrc/distributed/c10d/reducer.cpp`, `compute_bucket_assignment_by_size`.
package struct BucketPlan: Sendable, Hashable {
  /// A gradient tensor of one GPU.
  package struct Tensor: Sendable, Hashable {
    /// Its numbers.
    package let elements: Int
    /// Which of the stage's parts it belongs to.
    package let part: Int
    /// The share of that part's backward pass after which it is there, from 0 to 1.
    package let share: Double

    /// A tensor.
    package init(elements: Int, part: Int, share: Double = 1) {
      (self.elements, self.part, self.share) = (elements, part, share)
    }
  }

  /// Gradients that are reduced together.
  package struct Bucket: Sendable, Hashable {
    /// Its numbers.
    package fileprivate(set) var elements: Int
    /// Its tensors.
    package fileprivate(set) var tensors: Int
    /// The part whose backward pass makes its last gradient.
    package fileprivate(set) var part: Int
    /// The share of that pass after which the bucket is full.
    package fileprivate(set) var share: Double
  }

  /// The buckets in the order in which they are filled.
  package let buckets: [Bucket]

  /// Fills buckets.
  ///
  /// - Parameters:
  ///   - tensors: in the order of the backward pass.
  ///   - elementSize: bytes of one number.
  ///   - first: the bytes at which the first bucket closes.
  ///   - rest: the bytes at which every other closes.
  package init(_ tensors: [Tensor], elementSize: Int, first: Int, rest: Int) {
    var buckets: [Bucket] = []
    var isOpen = false
    for tensor in tensors {
      if isOpen {
        let last = buckets.count - 1
        buckets[last].elements += tensor.elements
        buckets[last].tensors += 1
        (buckets[last].part, buckets[last].share) = (tensor.part, tensor.share)
      } else {
        buckets.append(
          Bucket(elements: tensor.elements, tensors: 1, part: tensor.part, share: tensor.share))
      }
      let cap = buckets.count == 1 ? first : rest
      isOpen = buckets[buckets.count - 1].elements * elementSize < cap
    }
    self.buckets = buckets
  }
}
