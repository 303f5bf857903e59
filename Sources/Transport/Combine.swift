extension Region {
  /// Combines each element with the one at the same place of `source`: what a reduction does with what has arrived.
  ///
  /// Both regions are equally long, aligned to the element, and don't overlap. 16-bit floating point is combined in
  /// 32 bits and rounded once.
  public func combine(_ source: Region, as type: DataType, by operation: ReduceOperation) {
    precondition(source.bytes == bytes && bytes % type.size == 0, "regions hold the same whole elements")
    switch type {
    case .float32: arithmetic(source, Float.self, operation)
    case .float64: arithmetic(source, Double.self, operation)
    case .int32: wrapping(source, Int32.self, operation)
    case .int64: wrapping(source, Int64.self, operation)
    case .float16: narrow(source, Binary16.self, operation)
    case .bfloat16: narrow(source, BFloat16.self, operation)
    }
  }

  /// The loop that all kernels share; `body` is inlined, and the loop vectorised, in each of them.
  @inline(__always)
  private func zip<T: BitwiseCopyable>(_ source: Region, _ type: T.Type, _ body: (T, T) -> T) {
    let count = bytes / MemoryLayout<T>.stride
    guard count > 0 else { return }
    let target = unsafe address.assumingMemoryBound(to: T.self)
    let from = unsafe source.address.assumingMemoryBound(to: T.self)
    for index in 0..<count {
      unsafe target[index] = unsafe body(target[index], from[index])
    }
  }

  @inline(__always)
  private func arithmetic<T: BinaryFloatingPoint & BitwiseCopyable>(
    _ source: Region, _ type: T.Type, _ operation: ReduceOperation
  ) {
    switch operation {
    case .sum: zip(source, type) { $0 + $1 }
    case .min: zip(source, type) { $1 < $0 ? $1 : $0 }
    case .max: zip(source, type) { $1 > $0 ? $1 : $0 }
    case .prod: zip(source, type) { $0 * $1 }
    }
  }

  @inline(__always)
  private func wrapping<T: FixedWidthInteger & BitwiseCopyable>(
    _ source: Region, _ type: T.Type, _ operation: ReduceOperation
  ) {
    switch operation {
    case .sum: zip(source, type) { $0 &+ $1 }
    case .min: zip(source, type) { $1 < $0 ? $1 : $0 }
    case .max: zip(source, type) { $1 > $0 ? $1 : $0 }
    case .prod: zip(source, type) { $0 &* $1 }
    }
  }

  @inline(__always)
  private func narrow<T: HalfPrecision>(_ source: Region, _ type: T.Type, _ operation: ReduceOperation) {
    switch operation {
    case .sum: zip(source, type) { T(rounding: $0.wide + $1.wide) }
    case .min: zip(source, type) { T(rounding: $1.wide < $0.wide ? $1.wide : $0.wide) }
    case .max: zip(source, type) { T(rounding: $1.wide > $0.wide ? $1.wide : $0.wide) }
    case .prod: zip(source, type) { T(rounding: $0.wide * $1.wide) }
    }
  }
}
