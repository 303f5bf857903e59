import Testing
import Transport

@Suite("Reduction kernels")
struct CombineTests {
  /// Combines one pair of elements on its own and in the middle of a long vector, where loops are vectorised.
  private func combine<T: BitwiseCopyable>(
    _ type: DataType, _ operation: ReduceOperation, _ target: T, _ source: T
  ) -> [T] {
    [1, 37].map { count in
      let left = Memory(bytes: count * type.size)
      let right = Memory(bytes: count * type.size)
      for index in 0..<count {
        left.region.store(target, at: index)
        right.region.store(source, at: index)
      }
      left.region.combine(right.region, as: type, by: operation)
      return left.region.load(count / 2, as: T.self)
    }
  }

  @Test(
    "Each operation is the one it is named after",
    arguments: [(ReduceOperation.sum, -1.0), (.min, -3), (.max, 2), (.prod, -6)])
  func operations(operation: ReduceOperation, expected: Double) {
    #expect(combine(.float32, operation, Float(2), Float(-3)).allSatisfy { $0 == Float(expected) })
    #expect(combine(.float64, operation, 2.0, -3.0).allSatisfy { $0 == expected })
    #expect(combine(.int32, operation, Int32(2), Int32(-3)).allSatisfy { $0 == Int32(expected) })
    #expect(combine(.int64, operation, Int64(2), Int64(-3)).allSatisfy { $0 == Int64(expected) })
    let half = combine(.float16, operation, Binary16(rounding: 2), Binary16(rounding: -3))
    #expect(half.allSatisfy { $0.wide == Float(expected) })
    let brain = combine(.bfloat16, operation, BFloat16(rounding: 2), BFloat16(rounding: -3))
    #expect(brain.allSatisfy { $0.wide == Float(expected) })
  }

  @Test("Every binary16 is the number that the language says it is")
  func widening() {
    for bits in 0...UInt16.max {
      let (ours, theirs) = (Binary16(bits: bits).wide, Float(Float16(bitPattern: bits)))
      #expect(ours.bitPattern == theirs.bitPattern || (ours.isNaN && theirs.isNaN), "\(bits)")
    }
  }

  @Test("Rounding to binary16 is the language's, on every boundary and at random")
  func narrowing() {
    var patterns: [UInt32] = []
    // Each binary16, the middle to the next, and a little to both sides of the middle.
    for bits in 0..<UInt16(0x7c00) {
      let middle = (Float(Float16(bitPattern: bits)) / 2 + Float(Float16(bitPattern: bits + 1)) / 2)
        .bitPattern
      patterns += [middle &- 1, middle, middle &+ 1]
    }
    var generator = SystemRandomNumberGenerator()
    for _ in 0..<100_000 { patterns.append(generator.next()) }
    for pattern in patterns + patterns.map({ $0 | 0x8000_0000 }) {
      let number = Float(bitPattern: pattern)
      let (ours, theirs) = (Binary16(rounding: number).bits, Float16(number).bitPattern)
      #expect(ours == theirs || (number.isNaN && Float16(bitPattern: ours).isNaN), "\(number)")
    }
  }

  @Test("Rounding to bfloat16 is to nearest, ties to even, and keeps NaN and infinity")
  func brainFloat() {
    #expect(BFloat16(rounding: 1).bits == 0x3f80)
    // 1 + 2^-8 lies half-way between 1 and 1 + 2^-7: to the even one. 1 + 3 · 2^-8 goes up.
    #expect(BFloat16(rounding: 1 + 0x1p-8).wide == 1)
    #expect(BFloat16(rounding: 1 + 3 * 0x1p-8).wide == 1 + 0x1p-6)
    #expect(BFloat16(rounding: .infinity).wide == .infinity)
    #expect(BFloat16(rounding: .greatestFiniteMagnitude).wide == .infinity)
    #expect(BFloat16(rounding: -.nan).wide.isNaN)
    #expect(BFloat16(rounding: Float(bitPattern: 0x7f80_0001)).wide.isNaN)
  }
}
