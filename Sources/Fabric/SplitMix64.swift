/// A small random number generator, the same on every machine: Steele, Lea and Flood's SplitMix64 (2014).
package struct SplitMix64: RandomNumberGenerator, Sendable {
  private var state: UInt64

  /// A generator whose whole sequence follows from `seed`.
  package init(seed: UInt64) { state = seed }

  package mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    return Self.mix(state)
  }

  /// A number from 0 to `bound - 1`, each as likely but for a bias below `bound / 2^64`.
  package mutating func next(below bound: Int) -> Int { Self.pick(next(), of: bound) }

  /// Shuffles in place (Fisher and Yates); unlike the standard library's, its outcome is fixed for ever.
  package mutating func shuffle<Element>(_ elements: inout [Element]) {
    for last in stride(from: elements.count - 1, to: 0, by: -1) {
      elements.swapAt(last, next(below: last + 1))
    }
  }

  /// Scatters the bits of `value`, so that close values have unrelated hashes.
  @inline(__always)
  static func mix(_ value: UInt64) -> UInt64 {
    var value = value
    value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
    value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
    return value ^ (value >> 31)
  }

  /// Maps a hash to 0 up to `count - 1` by its high bits (Lemire 2019).
  @inline(__always)
  static func pick(_ hash: UInt64, of count: Int) -> Int {
    Int(truncatingIfNeeded: hash.multipliedFullWidth(by: UInt64(truncatingIfNeeded: count)).high)
  }
}
